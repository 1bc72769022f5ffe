#include "tasks/image_classifier/head_contract.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/base/half.h"
#include "core/base/status_macros.h"
#include "tasks/components/options_check.h"
#include "tasks/image_classifier/contract_errors.h"

namespace edgetasks::tasks {
namespace {

using ir::DType;
using ir::OpCode;

// Two bytes a class already make 32 MiB: more is no list of classes.
constexpr int kMaxClasses = 1 << 24;

bool IsQuantizable(DType dtype) {
  return dtype == DType::kUInt8 || dtype == DType::kInt8 || dtype == DType::kInt16;
}

absl::StatusOr<HeadOutput> ReadHead(const ir::Tensor& tensor) {
  HeadOutput head;
  head.dtype = tensor.dtype;
  if (!IsQuantizable(tensor.dtype) && tensor.dtype != DType::kFloat32 &&
      tensor.dtype != DType::kFloat16 && tensor.dtype != DType::kBool) {
    return NotAClassifier(Describe("output", tensor),
                          "; expected float32, float16, uint8, int8, int16 or bool");
  }
  const ir::Shape& shape = tensor.shape;
  const int rank = shape.rank();
  if (rank < 2 || rank > 4 || shape.back(0) < 1 || shape.back(0) > kMaxClasses ||
      shape.Product(0, rank - 1) != 1) {
    return NotAClassifier(Describe("output", tensor),
                          "; expected [1, classes] or [1, 1, 1, classes] with 1 to ", kMaxClasses,
                          " classes");
  }
  head.num_classes = shape.back(0);
  if (IsQuantizable(tensor.dtype) && tensor.quantization.quantized()) {
    if (!tensor.quantization.per_tensor()) {
      return NotAClassifier(Describe("output", tensor),
                            " with one scale a channel; expected one scale for the tensor");
    }
    head.scale = tensor.quantization.scale();
    head.zero_point = tensor.quantization.zero_point();
  }
  return head;
}

template <typename T>
bool WithinUnit(const HeadOutput& head) {
  const auto real = [&](int64_t integer) {
    return head.scale * static_cast<double>(integer - head.zero_point);
  };
  // Most scales of [0, 1] are 1/256 or 1/255, as floats.
  return real(std::numeric_limits<T>::min()) >= 0 &&
         real(std::numeric_limits<T>::max()) <= 1 + 1e-6;
}

// Whether no number that the output can hold is outside [0, 1].
bool HoldsOnlyProbabilities(const HeadOutput& head) {
  switch (head.dtype) {
    case DType::kBool:
      return true;
    case DType::kUInt8:
      return WithinUnit<uint8_t>(head);
    case DType::kInt8:
      return WithinUnit<int8_t>(head);
    case DType::kInt16:
      // Symmetric by convention: from 0 up it must stay within 1.
      return head.scale * 32767.0 <= 1 + 1e-6 && head.zero_point == 0;
    default:
      return false;
  }
}

bool NeedsSoftmax(const ir::Graph& graph, int tensor, const HeadOutput& head,
                  ApplySoftmax softmax) {
  if (softmax != ApplySoftmax::kAuto) return softmax == ApplySoftmax::kAlways;
  if (head.num_classes == 1 || HoldsOnlyProbabilities(head)) return false;
  if (head.metadata != nullptr && !head.metadata->score_calibrations.empty()) return false;
  return !EndsInProbabilities(graph, tensor);
}

// Ops whose only result holds the numbers of their first input, in their order.
bool KeepsValues(OpCode code) {
  switch (code) {
    case OpCode::RESHAPE:
    case OpCode::SQUEEZE:
    case OpCode::EXPAND_DIMS:
    case OpCode::CAST:
    case OpCode::QUANTIZE:
    case OpCode::DEQUANTIZE:
      return true;
    default:
      return false;
  }
}

template <typename T>
void Dequantize(const T* values, const HeadOutput& output, absl::Span<float> scores) {
  for (size_t i = 0; i < scores.size(); ++i) {
    // In 64 bits: a file's zero point may be any int32.
    const int64_t steps = int64_t{values[i]} - output.zero_point;
    scores[i] = static_cast<float>(steps) * output.scale;
  }
}

void Softmax(absl::Span<float> scores) {
  const float most = *std::max_element(scores.begin(), scores.end());
  double sum = 0;
  for (const float score : scores) sum += std::exp(static_cast<double>(score) - most);
  for (float& score : scores) {
    score = static_cast<float>(std::exp(static_cast<double>(score) - most) / sum);
  }
}

}  // namespace

bool EndsInProbabilities(const ir::Graph& graph, int tensor) {
  // Ops come after those whose results they read: one walk backwards follows the chain.
  for (auto op = graph.ops.rbegin(); op != graph.ops.rend(); ++op) {
    if (std::find(op->outputs.begin(), op->outputs.end(), tensor) == op->outputs.end()) continue;
    if (op->code == OpCode::SOFTMAX || op->code == OpCode::LOGISTIC) return true;
    if (!KeepsValues(op->code) || op->inputs.empty()) return false;
    tensor = op->inputs[0];
  }
  return false;
}

absl::StatusOr<std::vector<HeadOutput>> ReadHeads(const model::ModelFile& file,
                                                  const ir::Graph& graph, ApplySoftmax softmax) {
  if (softmax != ApplySoftmax::kNever && softmax != ApplySoftmax::kAlways &&
      softmax != ApplySoftmax::kAuto) {
    return InvalidOption("apply_softmax is ", static_cast<int>(softmax), "; it must be 0 to 2");
  }
  if (graph.outputs.empty()) return NotAClassifier("the model has no output");
  const bool described = file.metadata.has_value() && !file.metadata->outputs.empty();
  if (described && file.metadata->outputs.size() != graph.outputs.size()) {
    return InvalidMetadata("the metadata describes ", file.metadata->outputs.size(),
                           " outputs, but the model has ", graph.outputs.size());
  }
  std::vector<HeadOutput> heads;
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    const int tensor = graph.outputs[i];
    ET_ASSIGN_OR_RETURN(HeadOutput head, ReadHead(graph.tensors[tensor]));
    if (described) head.metadata = &file.metadata->outputs[i];
    head.softmax = NeedsSoftmax(graph, tensor, head, softmax);
    heads.push_back(head);
  }
  return heads;
}

void ReadScores(const void* data, const HeadOutput& output, absl::Span<float> scores) {
  switch (output.dtype) {
    case DType::kUInt8:
    case DType::kBool:
      Dequantize(static_cast<const uint8_t*>(data), output, scores);
      break;
    case DType::kInt8:
      Dequantize(static_cast<const int8_t*>(data), output, scores);
      break;
    case DType::kInt16:
      Dequantize(static_cast<const int16_t*>(data), output, scores);
      break;
    case DType::kFloat16: {
      const auto* halves = static_cast<const uint16_t*>(data);
      for (size_t i = 0; i < scores.size(); ++i) scores[i] = HalfToFloat(halves[i]);
      break;
    }
    default:
      std::copy_n(static_cast<const float*>(data), scores.size(), scores.begin());
  }
  if (output.softmax) Softmax(scores);
}

}  // namespace edgetasks::tasks
