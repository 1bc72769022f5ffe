#include "tasks/image_classifier/model_contract.h"

#include <cmath>
#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "tasks/components/options_check.h"

namespace edgetasks::tasks {
namespace {

using image::Normalization;
using ir::DType;

// Two bytes a class already make 32 MiB: more is no list of classes.
constexpr int kMaxClasses = 1 << 24;
// What most float models are trained with: pixels in [-1, 1].
constexpr float kDefaultMean = 127.5f, kDefaultStd = 127.5f;

template <typename... Args>
absl::Status NotAClassifier(const Args&... args) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kNotAClassifier,
                   absl::StrCat("not an image classifier: ", args...));
}

bool IsChannelCount(int32_t dim) { return dim == 1 || dim == 3 || dim == 4; }

// "input 'x' is float32 [1, 224, 224, 3]".
std::string Describe(const char* kind, const ir::Tensor& tensor) {
  return absl::StrCat(kind, " '", tensor.name, "' is ", ir::NameOf(tensor.dtype), " ",
                      tensor.shape_signature.ToString());
}

absl::StatusOr<image::TensorSpec> ReadSpec(const ir::Tensor& tensor) {
  constexpr char kExpected[] =
      "; expected [1, height, width, channels] or [1, channels, height, width] with 1, 3 or 4 "
      "channels";
  const ir::Shape& shape = tensor.shape;
  if (shape.rank() != 4 || shape.dim(0) != 1) {
    return NotAClassifier(Describe("input", tensor), kExpected);
  }
  image::TensorSpec spec;
  int height_axis = 1;
  if (IsChannelCount(shape.dim(3))) {
    spec.layout = image::TensorLayout::kNhwc;
    spec.channels = shape.dim(3);
  } else if (IsChannelCount(shape.dim(1))) {
    spec.layout = image::TensorLayout::kNchw;
    spec.channels = shape.dim(1);
    height_axis = 2;
  } else {
    return NotAClassifier(Describe("input", tensor), kExpected);
  }
  for (int axis = 1; axis < 4; ++axis) {
    if (tensor.shape_signature.rank() == 4 && tensor.shape_signature.dim(axis) < 0) {
      return NotAClassifier(Describe("input", tensor),
                            "; only the first dimension may be open (-1): export the model with a "
                            "fixed input size");
    }
  }
  spec.height = shape.dim(height_axis);
  spec.width = shape.dim(height_axis + 1);
  if (spec.height < 1 || spec.height > image::kMaxSide || spec.width < 1 ||
      spec.width > image::kMaxSide) {
    return NotAClassifier(Describe("input", tensor), "; height and width must be 1 to ",
                          image::kMaxSide);
  }
  return spec;
}

// The normalization to apply; empty vectors where neither the options nor the metadata have one.
absl::StatusOr<Normalization> ReadNormalization(const model::TensorMetadata* metadata,
                                                const ImageClassifierOptions& options) {
  if (options.mean.empty() != options.std.empty()) {
    return InvalidOption(
        options.mean.empty() ? "std is set without mean" : "mean is set without std",
        "; set both or neither");
  }
  if (!options.mean.empty()) return Normalization{options.mean, options.std};
  if (metadata == nullptr || metadata->normalizations.empty()) return Normalization{};
  if (metadata->normalizations.size() > 1) {
    return InvalidMetadata("the input's metadata has ", metadata->normalizations.size(),
                           " normalizations; at most one is expected");
  }
  const model::Normalization& normalization = metadata->normalizations[0];
  return Normalization{normalization.mean, normalization.std};
}

// Errors about values that came from the metadata are the file's, not the caller's.
template <typename T>
absl::StatusOr<image::AnyValueTable> Blame(absl::StatusOr<image::ValueTable<T>> table,
                                           bool from_options) {
  if (table.ok()) return image::AnyValueTable(*std::move(table));
  if (from_options) return table.status();
  return InvalidMetadata("the input's metadata: ", table.status().message(),
                         "; set mean and std to override it");
}

template <typename T>
absl::StatusOr<image::AnyValueTable> IntegerValues(const Normalization& normalization,
                                                   bool from_options, const ir::Tensor& tensor,
                                                   int channels) {
  const ir::Quantization& quantization = tensor.quantization;
  if (normalization.mean.empty()) return image::AnyValueTable(image::RawValues<T>(channels));
  if (!quantization.quantized()) {
    if (!from_options) return image::AnyValueTable(image::RawValues<T>(channels));
    return InvalidOption(
        Describe("input", tensor),
        " without quantization: its integers have no scale that mean and std could "
        "be applied to; leave both empty to feed the pixels as they are");
  }
  if (!quantization.per_tensor()) {
    return NotAClassifier(Describe("input", tensor),
                          " with one scale a channel; expected one scale for the tensor");
  }
  return Blame(image::QuantizedValues<T>(
                   normalization, {quantization.scale(), quantization.zero_point()}, channels),
               from_options);
}

absl::StatusOr<image::AnyValueTable> ReadValues(const ir::Tensor& tensor, int channels,
                                                const model::TensorMetadata* metadata,
                                                const ImageClassifierOptions& options,
                                                std::vector<std::string>& assumptions) {
  const bool from_options = !options.mean.empty();
  // Bytes go into uint8 tensors as they are, whatever the metadata says: what the peers do, and
  // what such models are trained for.
  const bool ignore_metadata = tensor.dtype == DType::kUInt8;
  ET_ASSIGN_OR_RETURN(Normalization normalization,
                      ReadNormalization(ignore_metadata ? nullptr : metadata, options));
  const bool known = !normalization.mean.empty() || !normalization.std.empty();
  switch (tensor.dtype) {
    case DType::kUInt8:
      return IntegerValues<uint8_t>(normalization, from_options, tensor, channels);
    case DType::kInt8:
      if (!known) {
        assumptions.push_back(
            "the model does not say how its pixels are normalized: value - 128 is assumed for its "
            "int8 input; set mean and std if it was trained otherwise");
      }
      return IntegerValues<int8_t>(normalization, from_options, tensor, channels);
    case DType::kFloat32:
      if (!known) {
        normalization = {{kDefaultMean}, {kDefaultStd}};
        assumptions.push_back(
            absl::StrCat("the model does not say how its pixels are normalized: mean ",
                         kDefaultMean, " and std ", kDefaultStd,
                         " are assumed; set mean and std if it was trained otherwise"));
      }
      return Blame(image::NormalizedValues(normalization, channels), from_options);
    default:
      return NotAClassifier(Describe("input", tensor), "; expected uint8, int8 or float32");
  }
}

absl::StatusOr<HeadOutput> ReadHead(const ir::Tensor& tensor) {
  HeadOutput head;
  head.dtype = tensor.dtype;
  const bool integer = tensor.dtype == DType::kUInt8 || tensor.dtype == DType::kInt8 ||
                       tensor.dtype == DType::kInt16;
  if (!integer && tensor.dtype != DType::kFloat32) {
    return NotAClassifier(Describe("output", tensor), "; expected float32, uint8, int8 or int16");
  }
  const ir::Shape& shape = tensor.shape;
  const int rank = shape.rank();
  if ((rank != 2 && rank != 4) || shape.back(0) < 1 || shape.back(0) > kMaxClasses ||
      shape.Product(0, rank - 1) != 1) {
    return NotAClassifier(Describe("output", tensor),
                          "; expected [1, classes] or [1, 1, 1, classes] with 1 to ", kMaxClasses,
                          " classes");
  }
  head.num_classes = shape.back(0);
  if (integer && tensor.quantization.quantized()) {
    if (!tensor.quantization.per_tensor()) {
      return NotAClassifier(Describe("output", tensor),
                            " with one scale a channel; expected one scale for the tensor");
    }
    head.scale = tensor.quantization.scale();
    head.zero_point = tensor.quantization.zero_point();
  }
  return head;
}

absl::Status ReadHeads(const model::ModelFile& file, const ir::Graph& graph,
                       std::vector<HeadOutput>& heads) {
  if (graph.outputs.empty()) return NotAClassifier("the model has no output");
  const bool described = file.metadata.has_value() && !file.metadata->outputs.empty();
  if (described && file.metadata->outputs.size() != graph.outputs.size()) {
    return InvalidMetadata("the metadata describes ", file.metadata->outputs.size(),
                           " outputs, but the model has ", graph.outputs.size());
  }
  for (size_t i = 0; i < graph.outputs.size(); ++i) {
    ET_ASSIGN_OR_RETURN(HeadOutput head, ReadHead(graph.tensors[graph.outputs[i]]));
    if (described) head.metadata = &file.metadata->outputs[i];
    heads.push_back(head);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ModelContract> CheckContract(const model::ModelFile& file,
                                            const ImageClassifierOptions& options) {
  if (file.container != model::Container::kTflite) {
    return NotAClassifier("this is a .", model::NameOf(file.container),
                          " bundle of a language model; expected a .tflite (use LlmInference for "
                          "language models)");
  }
  const ir::Graph& graph = file.main_model().graphs.front();
  if (graph.inputs.size() != 1) {
    return NotAClassifier("the model has ", graph.inputs.size(),
                          " inputs; expected one, the image");
  }
  const ir::Tensor& input = graph.tensors[graph.inputs[0]];
  const model::TensorMetadata* metadata = nullptr;
  if (file.metadata.has_value() && !file.metadata->inputs.empty()) {
    metadata = &file.metadata->inputs[0];
  }
  ModelContract contract;
  ET_ASSIGN_OR_RETURN(contract.input.spec, ReadSpec(input));
  ET_ASSIGN_OR_RETURN(contract.input.values, ReadValues(input, contract.input.spec.channels,
                                                        metadata, options, contract.assumptions));
  ET_RETURN_IF_ERROR(ReadHeads(file, graph, contract.heads));
  return contract;
}

}  // namespace edgetasks::tasks
