#include "core/llm/llm_model.h"

#include <algorithm>
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
  GraphContext(LlmModel* model, std::shared_ptr<KvCache> cache)
      : model_(*model),
        cache_(std::move(cache)),
        state_(std::make_shared<ir::StateStore>()),
        logits_(model->graph_.vocab_size) {
    tokens_.reserve(model->graph_.capacity);  // a step allocates nothing
  }

  int vocab_size() const override { return model_.graph_.vocab_size; }
  int capacity() const override { return model_.graph_.capacity; }
  absl::Span<const int32_t> tokens() const override { return tokens_; }

  absl::Status Prefill(absl::Span<const int32_t> ids, const Cancellation* cancel) override {
    ET_RETURN_IF_ERROR(Check(ids));
    while (!ids.empty()) {
      const PrefillChunk chunk =
          NextPrefillChunk(model_.prefill_lengths_, static_cast<int>(ids.size()), position(),
                           capacity(), model_.graph_.may_pad);
      StepRunner& step = chunk.step < 0 ? *model_.decode_ : *model_.prefills_[chunk.step];
      ET_RETURN_IF_ERROR(Run(&step, ids.subspan(0, chunk.count), cancel, nullptr));
      ids.remove_prefix(chunk.count);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<absl::Span<const float>> Decode(int32_t id, const Cancellation* cancel) override {
    const absl::Span<const int32_t> ids(&id, 1);
    ET_RETURN_IF_ERROR(Check(ids));
    ET_RETURN_IF_ERROR(Run(model_.decode_.get(), ids, cancel, logits_.data()));
    return absl::Span<const float>(logits_);
  }

  absl::Status Reset() override {
    ET_RETURN_IF_ERROR(cache_.use_count() > 1 ? OwnCache(0) : cache_->Clear());
    state_ = std::make_shared<ir::StateStore>();
    tokens_.clear();
    return absl::OkStatus();
  }

  // What lies in the caches behind n is overwritten before it is attended to, as are padded rows.
  absl::Status Rewind(int n) override {
    if (n == position()) return absl::OkStatus();
    if (n == 0) return Reset();
    if (model_.graph_.caches.empty() || !model_.graph_.may_pad) {
      return Unsupported(
          ErrorDetail::kUnsupportedOp,
          "this model keeps a state that is no list of positions, and cannot go back to ", n,
          " of ", position(), " tokens; only to none");
    }
    tokens_.resize(n);
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> StateFormat() const override {
    if (model_.graph_.caches.empty()) {
      return Unsupported(ErrorDetail::kUnsupportedOp,
                         "this model keeps its state inside its graphs, and cannot save it");
    }
    std::string format;
    for (const CacheLayout& layout : cache_->layouts()) {
      absl::StrAppend(&format, layout.name, " ", ir::NameOf(layout.dtype), layout.shape.ToString(),
                      " by ", layout.position_axis, "\n");
    }
    return format;
  }

  absl::Status SaveState(
      absl::FunctionRef<absl::Status(absl::Span<const uint8_t>)> write) const override {
    absl::Status status;
    const KvCache& cache = *cache_;
    cache.ForEachLiveRange(position(), [&](absl::Span<const uint8_t> piece) {
      if (status.ok()) status = write(piece);
    });
    return status;
  }

  absl::Status LoadState(absl::Span<const int32_t> tokens,
                         absl::FunctionRef<absl::Status(absl::Span<uint8_t>)> read) override {
    ET_RETURN_IF_ERROR(Reset());
    ET_RETURN_IF_ERROR(Check(tokens));
    absl::Status status;
    cache_->ForEachLiveRange(static_cast<int>(tokens.size()), [&](absl::Span<uint8_t> piece) {
      if (status.ok()) status = read(piece);
    });
    if (!status.ok()) {
      const absl::Status reset = Reset();
      return status;
    }
    tokens_.assign(tokens.begin(), tokens.end());
    return absl::OkStatus();
  }

  absl::StatusOr<std::unique_ptr<LlmExecutor>> Clone() const override {
    auto clone = std::make_unique<GraphContext>(&model_, cache_);
    ET_ASSIGN_OR_RETURN(clone->state_, state_->Clone());
    clone->tokens_.assign(tokens_.begin(), tokens_.end());
    return clone;
  }

 private:
  absl::Status Check(absl::Span<const int32_t> ids) const {
    if (ids.size() > static_cast<size_t>(capacity() - position())) {
      return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kContextFull,
                       absl::StrCat(ids.size(), " tokens do not fit: the context holds ",
                                    position(), " of at most ", capacity()));
    }
    for (const int32_t id : ids) {
      if (id >= 0 && id < vocab_size()) continue;
      return MakeError(absl::StatusCode::kOutOfRange, ErrorDetail::kBadValue,
                       absl::StrCat("token id ", id, " is outside the model's vocabulary of ",
                                    vocab_size(), "; does the tokenizer belong to this model?"));
    }
    return absl::OkStatus();
  }

  absl::Status Run(StepRunner* step, absl::Span<const int32_t> ids, const Cancellation* cancel,
                   float* logits) {
    StepInput input;
    input.ids = ids;
    input.position = position();
    input.state = state_;
    input.cancel = cancel;
    input.observer = model_.observer_;
    std::lock_guard<FairMutex> turn(model_.mutex_);
    if (cache_.use_count() > 1) ET_RETURN_IF_ERROR(OwnCache(position()));
    input.cache = cache_.get();
    ET_RETURN_IF_ERROR(step->Run(input, logits));
    tokens_.insert(tokens_.end(), ids.begin(), ids.end());
    return absl::OkStatus();
  }

  // Stops sharing: a cache of its own with the first `count` positions.
  absl::Status OwnCache(int count) {
    ET_ASSIGN_OR_RETURN(KvCache copy, cache_->Clone(count));
    cache_ = std::make_shared<KvCache>(std::move(copy));
    return absl::OkStatus();
  }

  LlmModel& model_;
  // Shared with clones until one of them runs. Who shares it only reads it, and does that, like
  // who runs, while it is its turn: so whoever finds that it shares with nobody may write.
  std::shared_ptr<KvCache> cache_;
  std::shared_ptr<ir::StateStore> state_;
  std::vector<float> logits_;
  std::vector<int32_t> tokens_;
};

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
                                                           int num_threads, ir::DType cache_type) {
  std::unique_ptr<LlmModel> result(new LlmModel);
  result->cache_type_ = cache_type;
  ET_ASSIGN_OR_RETURN(result->graph_, FindLlmGraph(model, hints));
  const LlmGraph& graph = result->graph_;
  ET_ASSIGN_OR_RETURN(result->engine_, exec::Engine::Create(num_threads));
  ET_RETURN_IF_ERROR(result->PlanSteps(model, true));
  // One graph was spelled so that its caches must stay as they are: then all stay.
  if (!result->StepsAgreeOnCaches()) ET_RETURN_IF_ERROR(result->PlanSteps(model, false));
  ET_RETURN_IF_ERROR(result->CheckCacheType());
  for (int c = 0; c < static_cast<int>(graph.caches.size()); ++c) {
    bool needs_spare = !result->decode_->updates_in_place(c);
    for (const auto& prefill : result->prefills_) needs_spare |= !prefill->updates_in_place(c);
    result->needs_spare_.push_back(needs_spare);
  }
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

absl::StatusOr<std::unique_ptr<LlmExecutor>> LlmModel::NewContext() {
  ET_ASSIGN_OR_RETURN(KvCache cache, KvCache::Create(cache_layouts(), needs_spare_));
  return std::unique_ptr<LlmExecutor>(
      new GraphContext(this, std::make_shared<KvCache>(std::move(cache))));
}

}  // namespace edgetasks::llm
