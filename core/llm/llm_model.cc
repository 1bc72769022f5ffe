#include "core/llm/llm_model.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/llm/graph_context.h"
#include "core/llm/kv_cache.h"
#include "core/llm/larger_context.h"

namespace edgetasks::llm {

namespace {

// `why`: memory is no property of the model, so lack of it stays what it is.
absl::Status CannotHold(int max_tokens, int held, const absl::Status& why) {
  const std::string what =
      absl::StrCat("max_tokens is ", max_tokens, ", but the model's caches hold ", held, " tokens");
  if (GetErrorDetail(why) == ErrorDetail::kOutOfMemory) return Annotate(why, what);
  return InvalidOption(what, " and cannot be made larger: ", why.message(), "; set it to 1 to ",
                       held, ", or to 0 for all of them");
}

}  // namespace

absl::Status LlmModel::Plan(const ir::Model& model) {
  ET_RETURN_IF_ERROR(PlanSteps(model, true));
  // One graph was spelled so that its caches must stay as they are: then all stay.
  return StepsAgreeOnCaches() ? absl::OkStatus() : PlanSteps(model, false);
}

absl::Status LlmModel::PlanSteps(const ir::Model& model, bool may_turn) {
  prefills_.clear();
  prefill_lengths_.clear();
  std::vector<bool> turn(graph_.caches.size(), may_turn);
  ET_ASSIGN_OR_RETURN(decode_,
                      StepRunner::Create(model, graph_, graph_.decode, engine_, turn, cache_type_));
  // The others follow decode, which reads all caches: a prefill does not read those of the last
  // layer, and could not tell how they are wanted.
  for (size_t c = 0; c < turn.size(); ++c) {
    turn[c] = decode_->is_turned(static_cast<int>(c));
  }
  for (const StepGraph& prefill : graph_.prefills) {
    ET_ASSIGN_OR_RETURN(auto step,
                        StepRunner::Create(model, graph_, prefill, engine_, turn, cache_type_));
    prefills_.push_back(std::move(step));
    prefill_lengths_.push_back(prefill.length);
  }
  return absl::OkStatus();
}

bool LlmModel::StepsAgreeOnCaches() const {
  for (int c = 0; c < static_cast<int>(graph_.caches.size()); ++c) {
    for (const auto& prefill : prefills_) {
      if (prefill->cache_layout(c) != decode_->cache_layout(c)) return false;
    }
  }
  return true;
}

// A type that was asked for and cannot be had is no reason to go on in silence: memory would not be
// what the caller counts on.
absl::Status LlmModel::CheckCacheType() const {
  if (cache_type_ == ir::DType::kFloat32) return absl::OkStatus();
  const auto refuse = [&](const std::string& why) {
    return MakeError(
        absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
        absl::StrCat("kv_cache_type: this model's key and value cache cannot be kept as ",
                     ir::NameOf(cache_type_), ": ", why, "; leave kv_cache_type at its default"));
  };
  if (graph_.caches.empty()) {
    return refuse("the model keeps it inside its graph, in ops that fix its type");
  }
  for (size_t c = 0; c < graph_.caches.size(); ++c) {
    const CacheInfo& info = graph_.caches[c];
    if (info.dtype != ir::DType::kFloat32) {
      return refuse(absl::StrCat("cache '", info.name, "' is ", ir::NameOf(info.dtype),
                                 " in the file, expected float32"));
    }
    const auto kept = [&](const StepRunner& step) {
      return step.cache_layout(static_cast<int>(c)).dtype == cache_type_;
    };
    const bool kept_by_all =
        kept(*decode_) && std::all_of(prefills_.begin(), prefills_.end(),
                                      [&](const auto& prefill) { return kept(*prefill); });
    if (kept_by_all) continue;
    return refuse(absl::StrCat("cache '", info.name, "' ", info.shape.ToString(),
                               " is not updated by rows and read by attention alone in a form that "
                               "EdgeTasks computes as one op (see `edgetasks inspect --plan`)"));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<LlmModel>> LlmModel::Create(const ir::Model& model,
                                                           absl::Span<const CacheHint> hints,
                                                           int num_threads, ir::DType cache_type,
                                                           int max_tokens) {
  std::unique_ptr<LlmModel> result(new LlmModel);
  result->cache_type_ = cache_type;
  ET_ASSIGN_OR_RETURN(result->graph_, FindLlmGraph(model, hints));
  const LlmGraph& graph = result->graph_;
  ET_ASSIGN_OR_RETURN(result->engine_, exec::Engine::Create(num_threads));
  if (const int held = graph.capacity; max_tokens > held) {
    absl::Status status = EnlargeContext(max_tokens, &result->graph_);
    if (status.ok()) status = result->Plan(model);
    if (!status.ok()) return CannotHold(max_tokens, held, status);
  } else {
    ET_RETURN_IF_ERROR(result->Plan(model));
  }
  ET_RETURN_IF_ERROR(result->CheckCacheType());
  for (int c = 0; c < static_cast<int>(graph.caches.size()); ++c) {
    bool needs_spare = !result->decode_->updates_in_place(c);
    for (const auto& prefill : result->prefills_) needs_spare |= !prefill->updates_in_place(c);
    result->needs_spare_.push_back(needs_spare);
  }
  result->lanes_.reserve(kMaxTogether);
  result->in_lanes_.reserve(kMaxTogether);
  result->SetMaxTogether(kMaxTogether);
  return result;
}

std::vector<CacheLayout> LlmModel::cache_layouts() const {
  std::vector<CacheLayout> layouts;
  for (size_t c = 0; c < graph_.caches.size(); ++c) {
    layouts.push_back(decode_->cache_layout(static_cast<int>(c)));
  }
  return layouts;
}

std::vector<std::pair<std::string, exec::PlanReport>> LlmModel::Reports() const {
  std::vector<std::pair<std::string, exec::PlanReport>> reports;
  reports.emplace_back(graph_.decode.name, decode_->Report());
  for (size_t i = 0; i < prefills_.size(); ++i) {
    reports.emplace_back(graph_.prefills[i].name, prefills_[i]->Report());
  }
  return reports;
}

void LlmModel::SetObservers(exec::StepObserver* steps, RangeObserver* ranges) {
  observer_ = steps;
  engine_->pool.SetRangeObserver(ranges);
}

void LlmModel::SetMaxTogether(int contexts) {
  queue_.SetMaxTogether(decode_->can_run_together() ? std::clamp(contexts, 1, kMaxTogether) : 1);
}

void LlmModel::Decode(RunQueue::Together together) {
  if (together.size() > 1 && DecodeTogether(together)) return;
  for (RunQueue::Member* member : together) {
    auto* step = static_cast<GraphContext::Step*>(member);
    step->status = step->context->Run(decode_.get(), absl::MakeConstSpan(&step->id, 1),
                                      step->cancel, step->context->logits_.data());
  }
}

// False if there is no memory for it: nothing has run then.
bool LlmModel::DecodeTogether(RunQueue::Together together) {
  in_lanes_.assign(together.begin(), together.end());
  std::sort(in_lanes_.begin(), in_lanes_.end());  // the same contexts again: the same lanes
  lanes_.clear();
  size_t kept = 0;
  for (RunQueue::Member* member : in_lanes_) {
    auto* step = static_cast<GraphContext::Step*>(member);
    absl::StatusOr<StepInput> input =
        step->context->InputOf(absl::MakeConstSpan(&step->id, 1), step->cancel);
    step->status = input.status();
    if (!input.ok()) continue;
    lanes_.push_back({*std::move(input), step->context->logits_.data(), absl::OkStatus()});
    in_lanes_[kept++] = member;
  }
  if (lanes_.empty()) return true;
  if (!decode_->RunTogether(absl::MakeSpan(lanes_), observer_).ok()) return false;
  for (size_t l = 0; l < lanes_.size(); ++l) {
    static_cast<GraphContext::Step*>(in_lanes_[l])->status = std::move(lanes_[l].status);
  }
  steps_together_.fetch_add(static_cast<int64_t>(lanes_.size()));
  lanes_.clear();  // and with them the states
  return true;
}

absl::StatusOr<std::unique_ptr<LlmExecutor>> LlmModel::NewContext() {
  ET_ASSIGN_OR_RETURN(KvCache cache, KvCache::Create(cache_layouts(), needs_spare_));
  return std::unique_ptr<LlmExecutor>(
      new GraphContext(this, std::make_shared<KvCache>(std::move(cache))));
}

}  // namespace edgetasks::llm
