#include "core/llm/graph_context.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/llm/prefill.h"

namespace edgetasks::llm {

GraphContext::GraphContext(LlmModel* model, std::shared_ptr<KvCache> cache)
    : model_(*model),
      cache_(std::move(cache)),
      state_(std::make_shared<ir::StateStore>()),
      logits_(model->graph_.vocab_size) {
  tokens_.reserve(model->graph_.capacity);  // a step allocates nothing
  step_.context = this;
}

absl::Status GraphContext::Prefill(absl::Span<const int32_t> ids, const Cancellation* cancel) {
  ET_RETURN_IF_ERROR(Check(ids));
  while (!ids.empty()) {
    const PrefillChunk chunk =
        NextPrefillChunk(model_.prefill_lengths_, static_cast<int>(ids.size()), position(),
                         capacity(), model_.graph_.may_pad);
    StepRunner& step = chunk.step < 0 ? *model_.decode_ : *model_.prefills_[chunk.step];
    const absl::Span<const int32_t> run_ids = ids.subspan(0, chunk.count);
    absl::Status status;
    model_.queue_.Run(&step_, [&] { status = Run(&step, run_ids, cancel, nullptr); });
    ET_RETURN_IF_ERROR(status);
    tokens_.insert(tokens_.end(), run_ids.begin(), run_ids.end());
    ids.remove_prefix(chunk.count);
  }
  return absl::OkStatus();
}

absl::StatusOr<absl::Span<const float>> GraphContext::Decode(int32_t id,
                                                             const Cancellation* cancel) {
  ET_RETURN_IF_ERROR(Check(absl::MakeConstSpan(&id, 1)));
  step_.id = id;
  step_.cancel = cancel;
  model_.queue_.RunTogether(&step_, [&](RunQueue::Together together) { model_.Decode(together); });
  ET_RETURN_IF_ERROR(step_.status);
  tokens_.push_back(id);
  return absl::Span<const float>(logits_);
}

absl::Status GraphContext::Reset() {
  ET_RETURN_IF_ERROR(cache_.use_count() > 1 ? OwnCache(0) : cache_->Clear());
  state_ = std::make_shared<ir::StateStore>();
  tokens_.clear();
  return absl::OkStatus();
}

// What lies in the caches behind n is overwritten before it is attended to, as are padded rows.
absl::Status GraphContext::Rewind(int n) {
  if (n == position()) return absl::OkStatus();
  if (n == 0) return Reset();
  if (model_.graph_.caches.empty() || !model_.graph_.may_pad) {
    return Unsupported(
        ErrorDetail::kUnsupportedOp,
        "this model keeps a state that is no list of positions, and cannot go back to ", n, " of ",
        position(), " tokens; only to none");
  }
  tokens_.resize(n);
  return absl::OkStatus();
}

absl::StatusOr<std::string> GraphContext::StateFormat() const {
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

absl::Status GraphContext::SaveState(
    absl::FunctionRef<absl::Status(absl::Span<const uint8_t>)> write) const {
  absl::Status status;
  const KvCache& cache = *cache_;
  cache.ForEachLiveRange(position(), [&](absl::Span<const uint8_t> piece) {
    if (status.ok()) status = write(piece);
  });
  return status;
}

absl::Status GraphContext::LoadState(absl::Span<const int32_t> tokens,
                                     absl::FunctionRef<absl::Status(absl::Span<uint8_t>)> read) {
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

absl::StatusOr<std::unique_ptr<LlmExecutor>> GraphContext::Clone() const {
  auto clone = std::make_unique<GraphContext>(&model_, cache_);
  ET_ASSIGN_OR_RETURN(clone->state_, state_->Clone());
  clone->tokens_.assign(tokens_.begin(), tokens_.end());
  return clone;
}

absl::Status GraphContext::Check(absl::Span<const int32_t> ids) const {
  if (ids.size() > static_cast<size_t>(capacity() - position())) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kContextFull,
                     absl::StrCat(ids.size(), " tokens do not fit: the context holds ", position(),
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

absl::StatusOr<StepInput> GraphContext::InputOf(absl::Span<const int32_t> ids,
                                                const Cancellation* cancel) {
  if (cache_.use_count() > 1) ET_RETURN_IF_ERROR(OwnCache(position()));
  StepInput input;
  input.ids = ids;
  input.position = position();
  input.cache = cache_.get();
  input.state = state_;
  input.cancel = cancel;
  input.observer = model_.observer_;
  return input;
}

absl::Status GraphContext::Run(StepRunner* step, absl::Span<const int32_t> ids,
                               const Cancellation* cancel, float* logits) {
  ET_ASSIGN_OR_RETURN(const StepInput input, InputOf(ids, cancel));
  return step->Run(input, logits);
}

// Stops sharing: a cache of its own with the first `count` positions.
absl::Status GraphContext::OwnCache(int count) {
  ET_ASSIGN_OR_RETURN(KvCache copy, cache_->Clone(count));
  cache_ = std::make_shared<KvCache>(std::move(copy));
  return absl::OkStatus();
}

}  // namespace edgetasks::llm
