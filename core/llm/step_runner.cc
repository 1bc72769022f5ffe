#include "core/llm/step_runner.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/half.h"
#include "core/base/status_macros.h"

namespace edgetasks::llm {
namespace {

// "Do not attend". Finite, so that a graph which scales or adds masks makes no NaN of it; far
// enough below any score that its softmax weight is 0. The values that LiteRT-LM feeds.
constexpr float kMaskedFloat = -0.7f * 3.402823466e38f;
constexpr float kMaskedHalf = -45824.0f;

// Writes value(i) for i in [0, count) as int32 or int64.
template <typename ValueOf>
void FillIndices(void* data, ir::DType dtype, int count, const ValueOf& value) {
  if (dtype == ir::DType::kInt64) {
    for (int i = 0; i < count; ++i) static_cast<int64_t*>(data)[i] = value(i);
  } else {
    for (int i = 0; i < count; ++i) static_cast<int32_t*>(data)[i] = value(i);
  }
}

// Row r of `rows` attends to columns [0, first + r].
template <typename T>
void FillCausal(T* mask, int rows, int width, int first, T attend, T masked) {
  for (int r = 0; r < rows; ++r, mask += width) {
    const int visible = std::min(first + r + 1, width);
    std::fill(mask, mask + visible, attend);
    std::fill(mask + visible, mask + width, masked);
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<StepRunner>> StepRunner::Create(
    const ir::Model& model, const LlmGraph& graph, const StepGraph& step,
    std::shared_ptr<exec::Engine> engine, const std::vector<bool>& may_turn, ir::DType keep_as) {
  std::unique_ptr<StepRunner> result(new StepRunner(graph, step));
  exec::RunnerOptions options;
  for (size_t c = 0; c < step.caches.size(); ++c) {
    const CacheSlot& slot = step.caches[c];
    options.states.push_back({slot.input, slot.output, may_turn[c], keep_as});
    if (graph.enlarged) {
      options.sizes.push_back({slot.input, graph.caches[c].sequence_axis, graph.capacity});
    }
  }
  if (graph.enlarged) {
    options.sizes.push_back({step.mask, step.mask_axis, graph.capacity});
    options.positions = step.positions;
  }
  absl::StatusOr<std::unique_ptr<exec::Runner>> runner =
      step.signature >= 0
          ? exec::Runner::ForSignature(model, step.signature, std::move(engine), options)
          : exec::Runner::ForGraph(model, 0, std::move(engine), options);
  if (!runner.ok() && graph.enlarged) {
    return Annotate(runner.status(), absl::StrCat("signature '", step.name, "'"));
  }
  ET_ASSIGN_OR_RETURN(result->runner_, std::move(runner));
  // State that does not count tokens must survive a run that fails half-way: never in place.
  for (size_t c = 0; c < step.caches.size(); ++c) {
    const CacheInfo& info = graph.caches[c];
    if (info.shape.dim(info.sequence_axis) != graph.capacity) continue;
    result->runner_->AllowAlias(step.caches[c].input, step.caches[c].output);
  }
  ET_RETURN_IF_ERROR(result->runner_->Prepare());
  if (graph.enlarged) ET_RETURN_IF_ERROR(result->CheckShapes());
  if (step.length == 1 && step.logits >= 0) result->AddLanes();
  return result;
}

// That the graph makes of enlarged caches what it made of the file's.
absl::Status StepRunner::CheckShapes() const {
  for (const CacheSlot& slot : step_.caches) {
    const ir::Shape& input = runner_->input_shape(slot.input);
    const ir::Shape& output = runner_->output_shape(slot.output);
    if (input == output) continue;
    return InvalidGraph("the cache '", runner_->inputs()[slot.input].name, "' goes in as ",
                        input.ToString(), " and comes out as ", output.ToString());
  }
  if (step_.logits < 0) return absl::OkStatus();
  const ir::Shape& logits = runner_->output_shape(step_.logits);
  if (logits.num_elements() == int64_t{step_.length} * graph_.vocab_size) return absl::OkStatus();
  return InvalidGraph("the logits have shape ", logits.ToString());
}

// Caches are the contexts' own; all else is each lane's.
void StepRunner::AddLanes() {
  exec::LaneRunner::OwnMemory own;
  own.inputs = {step_.tokens, step_.positions};
  if (step_.mask >= 0) own.inputs.push_back(step_.mask);
  std::vector<bool> is_cache(runner_->outputs().size(), false);
  for (const CacheSlot& slot : step_.caches) is_cache[slot.output] = true;
  for (size_t o = 0; o < is_cache.size(); ++o) {
    if (!is_cache[o]) own.outputs.push_back(static_cast<int>(o));
  }
  lanes_ = exec::LaneRunner::Create(runner_.get(), own);
}

CacheLayout StepRunner::cache_layout(int c) const {
  const CacheInfo& info = graph_.caches[c];
  const int input = step_.caches[c].input;
  CacheLayout layout;
  layout.name = info.name;
  layout.dtype = runner_->input_dtype(input);
  layout.shape = runner_->input_shape(input);
  layout.bytes = runner_->input_bytes(input);
  layout.position_axis = info.sequence_axis;
  if (is_turned(c)) {
    const int last = info.shape.rank() - 1;
    if (info.sequence_axis == last) layout.position_axis = last - 1;
    if (info.sequence_axis == last - 1) layout.position_axis = last;
  }
  layout.by_position =
      info.shape.dim(info.sequence_axis) == graph_.capacity && ir::BitsOf(layout.dtype) >= 8;
  return layout;
}

absl::Status StepRunner::Run(const StepInput& input, float* logits) {
  ET_RETURN_IF_ERROR(BindCaches(input.cache));
  runner_->SetState(input.state);
  FillTokensAndPositions(input, runner_->input_data(step_.tokens),
                         runner_->input_data(step_.positions));
  if (step_.mask >= 0) FillMask(input, runner_->input_data(step_.mask));
  exec::RunOptions options;
  options.cancel = input.cancel;
  options.observer = input.observer;
  ET_RETURN_IF_ERROR(runner_->Run(options));
  SwapCaches(input.cache);
  if (logits != nullptr) ReadLogits(runner_->output_data(step_.logits), logits);
  return absl::OkStatus();
}

absl::Status StepRunner::RunTogether(absl::Span<StepLane> lanes, exec::StepObserver* observer) {
  const int count = static_cast<int>(lanes.size());
  ET_RETURN_IF_ERROR(lanes_->Reserve(count));
  if (lane_runs_.size() < lanes.size()) lane_runs_.resize(lanes.size());
  for (int l = 0; l < count; ++l) {
    const StepInput& input = lanes[l].input;
    ET_RETURN_IF_ERROR(BindLaneCaches(l, input.cache));
    FillTokensAndPositions(input, lanes_->input_data(l, step_.tokens),
                           lanes_->input_data(l, step_.positions));
    if (step_.mask >= 0) FillMask(input, lanes_->input_data(l, step_.mask));
    lane_runs_[l].state = input.state.get();
    lane_runs_[l].cancel = input.cancel;
  }
  lanes_->Run(absl::MakeSpan(lane_runs_.data(), lanes.size()), observer);
  for (int l = 0; l < count; ++l) {
    lanes[l].status = std::move(lane_runs_[l].status);
    if (!lanes[l].status.ok()) continue;
    SwapCaches(lanes[l].input.cache);
    ReadLogits(lanes_->output_data(l, step_.logits), lanes[l].logits);
  }
  return absl::OkStatus();
}

absl::Status StepRunner::BindLaneCaches(int lane, KvCache* cache) {
  for (int c = 0; c < cache->size(); ++c) {
    const CacheSlot& slot = step_.caches[c];
    ET_RETURN_IF_ERROR(lanes_->BindInput(lane, slot.input, cache->current(c), cache->bytes(c)));
    if (updates_in_place(c)) continue;
    ET_RETURN_IF_ERROR(lanes_->BindOutput(lane, slot.output, cache->spare(c), cache->bytes(c)));
  }
  return absl::OkStatus();
}

void StepRunner::SwapCaches(KvCache* cache) const {
  for (int c = 0; c < cache->size(); ++c) {
    if (!updates_in_place(c)) cache->Swap(c);
  }
}

absl::Status StepRunner::BindCaches(KvCache* cache) {
  for (int c = 0; c < cache->size(); ++c) {
    const CacheSlot& slot = step_.caches[c];
    ET_RETURN_IF_ERROR(runner_->BindInput(slot.input, cache->current(c), cache->bytes(c)));
    if (updates_in_place(c)) continue;
    ET_RETURN_IF_ERROR(runner_->BindOutput(slot.output, cache->spare(c), cache->bytes(c)));
  }
  return absl::OkStatus();
}

void StepRunner::FillTokensAndPositions(const StepInput& input, void* tokens,
                                        void* positions) const {
  const int count = static_cast<int>(input.ids.size());
  FillIndices(tokens, runner_->inputs()[step_.tokens].tensor->dtype, step_.length,
              [&](int i) { return i < count ? input.ids[i] : 0; });
  FillIndices(positions, runner_->inputs()[step_.positions].tensor->dtype, step_.length,
              [&](int i) { return input.position + i; });
}

void StepRunner::FillMask(const StepInput& input, void* mask) const {
  const int rows = step_.length, width = graph_.capacity, first = input.position;
  switch (runner_->inputs()[step_.mask].tensor->dtype) {
    case ir::DType::kBool:
      return FillCausal<uint8_t>(static_cast<uint8_t*>(mask), rows, width, first, 1, 0);
    case ir::DType::kFloat16:
      return FillCausal<uint16_t>(static_cast<uint16_t*>(mask), rows, width, first, 0,
                                  FloatToHalf(kMaskedHalf));
    case ir::DType::kBFloat16:
      return FillCausal<uint16_t>(static_cast<uint16_t*>(mask), rows, width, first, 0,
                                  FloatToBFloat16(kMaskedFloat));
    default:
      return FillCausal<float>(static_cast<float*>(mask), rows, width, first, 0.0f, kMaskedFloat);
  }
}

void StepRunner::ReadLogits(const void* data, float* logits) const {
  const int count = graph_.vocab_size;
  switch (runner_->outputs()[step_.logits].tensor->dtype) {
    case ir::DType::kFloat16:
      std::transform(static_cast<const uint16_t*>(data), static_cast<const uint16_t*>(data) + count,
                     logits, HalfToFloat);
      return;
    case ir::DType::kBFloat16:
      std::transform(static_cast<const uint16_t*>(data), static_cast<const uint16_t*>(data) + count,
                     logits, BFloat16ToFloat);
      return;
    default:
      std::memcpy(logits, data, count * sizeof(float));
  }
}

}  // namespace edgetasks::llm
