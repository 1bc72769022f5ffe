#include "core/llm/llm_model.h"

#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/llm/kv_cache.h"
#include "core/llm/prefill.h"

namespace edgetasks::llm {

// A context over an LlmModel's graphs.
class GraphContext : public LlmExecutor {
 public:
  GraphContext(LlmModel* model, KvCache cache)
      : model_(*model),
        cache_(std::move(cache)),
        state_(std::make_shared<ir::StateStore>()),
        logits_(model->graph_.vocab_size) {}

  int vocab_size() const override { return model_.graph_.vocab_size; }
  int capacity() const override { return model_.graph_.capacity; }
  int position() const override { return position_; }

  absl::Status Prefill(absl::Span<const int32_t> ids, const std::atomic<bool>* cancel) override {
    ET_RETURN_IF_ERROR(Check(ids));
    while (!ids.empty()) {
      const PrefillChunk chunk =
          NextPrefillChunk(model_.prefill_lengths_, static_cast<int>(ids.size()), position_,
                           capacity(), model_.graph_.may_pad);
      StepRunner& step = chunk.step < 0 ? *model_.decode_ : *model_.prefills_[chunk.step];
      ET_RETURN_IF_ERROR(Run(&step, ids.subspan(0, chunk.count), cancel, nullptr));
      ids.remove_prefix(chunk.count);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<absl::Span<const float>> Decode(int32_t id,
                                                 const std::atomic<bool>* cancel) override {
    const absl::Span<const int32_t> ids(&id, 1);
    ET_RETURN_IF_ERROR(Check(ids));
    ET_RETURN_IF_ERROR(Run(model_.decode_.get(), ids, cancel, logits_.data()));
    return absl::Span<const float>(logits_);
  }

  absl::Status Reset() override {
    ET_RETURN_IF_ERROR(cache_.Clear());
    state_ = std::make_shared<ir::StateStore>();
    position_ = 0;
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<LlmExecutor>> Clone() const override {
    ET_ASSIGN_OR_RETURN(KvCache cache, cache_.Clone());
    auto clone = std::make_unique<GraphContext>(&model_, std::move(cache));
    ET_ASSIGN_OR_RETURN(clone->state_, state_->Clone());
    clone->position_ = position_;
    return clone;
  }

 private:
  absl::Status Check(absl::Span<const int32_t> ids) const {
    if (ids.size() > static_cast<size_t>(capacity() - position_)) {
      return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kContextFull,
                       absl::StrCat(ids.size(), " tokens do not fit: the context holds ", position_,
                                    " of at most ", capacity()));
    }
    for (const int32_t id : ids) {
      if (id >= 0 && id < vocab_size()) continue;
      return MakeError(absl::StatusCode::kOutOfRange, ErrorDetail::kBadValue,
                       absl::StrCat("token id ", id, " is outside the model's vocabulary of ",
                                    vocab_size(), "; does the tokenizer belong to this model?"));
    }
    return absl::OkStatus();
  }

  absl::Status Run(StepRunner* step, absl::Span<const int32_t> ids, const std::atomic<bool>* cancel,
                   float* logits) {
    StepInput input;
    input.ids = ids;
    input.position = position_;
    input.cache = &cache_;
    input.state = state_;
    input.cancel = cancel;
    input.observer = model_.observer_;
    std::lock_guard<FairMutex> turn(model_.mutex_);
    ET_RETURN_IF_ERROR(step->Run(input, logits));
    position_ += static_cast<int>(ids.size());
    return absl::OkStatus();
  }

  LlmModel& model_;
  KvCache cache_;
  std::shared_ptr<ir::StateStore> state_;
  std::vector<float> logits_;
  int position_ = 0;
};

absl::Status LlmModel::PlanSteps(const ir::Model& model, bool may_relayout) {
  prefills_.clear();
  prefill_lengths_.clear();
  std::vector<bool> relayout(graph_.caches.size(), may_relayout);
  ET_ASSIGN_OR_RETURN(decode_, StepRunner::Create(model, graph_, graph_.decode, engine_, relayout));
  // The others follow decode, which reads all caches: a prefill does not read those of the last
  // layer, and could not tell how they are wanted.
  for (size_t c = 0; c < relayout.size(); ++c) {
    relayout[c] = decode_->is_turned(static_cast<int>(c));
  }
  for (const StepGraph& prefill : graph_.prefills) {
    ET_ASSIGN_OR_RETURN(auto step, StepRunner::Create(model, graph_, prefill, engine_, relayout));
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

absl::StatusOr<std::unique_ptr<LlmModel>> LlmModel::Create(const ir::Model& model,
                                                           absl::Span<const CacheHint> hints,
                                                           int num_threads) {
  std::unique_ptr<LlmModel> result(new LlmModel);
  ET_ASSIGN_OR_RETURN(result->graph_, FindLlmGraph(model, hints));
  const LlmGraph& graph = result->graph_;
  ET_ASSIGN_OR_RETURN(result->engine_, exec::Engine::Create(num_threads));
  ET_RETURN_IF_ERROR(result->PlanSteps(model, true));
  // One graph was spelled so that its caches must stay as they are: then all stay.
  if (!result->StepsAgreeOnCaches()) ET_RETURN_IF_ERROR(result->PlanSteps(model, false));
  for (int c = 0; c < static_cast<int>(graph.caches.size()); ++c) {
    bool needs_spare = !result->decode_->updates_in_place(c);
    for (const auto& prefill : result->prefills_) needs_spare |= !prefill->updates_in_place(c);
    result->needs_spare_.push_back(needs_spare);
  }
  return result;
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

absl::StatusOr<std::unique_ptr<LlmExecutor>> LlmModel::NewContext() {
  std::vector<CacheLayout> layouts;
  for (size_t c = 0; c < graph_.caches.size(); ++c) {
    layouts.push_back(decode_->cache_layout(static_cast<int>(c)));
  }
  ET_ASSIGN_OR_RETURN(KvCache cache, KvCache::Create(std::move(layouts), needs_spare_));
  return std::unique_ptr<LlmExecutor>(new GraphContext(this, std::move(cache)));
}

}  // namespace edgetasks::llm
