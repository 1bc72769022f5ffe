#include "tasks/image_classifier/model_contract.h"

#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "tasks/components/options_check.h"
#include "tasks/image_classifier/contract_errors.h"

namespace edgetasks::tasks {
namespace {

using image::Normalization;
using ir::DType;

// What most float models are trained with: pixels in [-1, 1].
constexpr float kDefaultMean = 127.5f, kDefaultStd = 127.5f;

bool IsChannelCount(int32_t dim) { return dim == 1 || dim == 3 || dim == 4; }

// The layout that the options ask for, or the one that fits.
absl::StatusOr<image::TensorLayout> ReadLayout(const ir::Tensor& tensor, InputLayout wanted) {
  const ir::Shape& shape = tensor.shape;
  const bool may_be_last = shape.rank() == 4 && shape.dim(0) == 1 && IsChannelCount(shape.dim(3));
  const bool may_be_first = shape.rank() == 4 && shape.dim(0) == 1 && IsChannelCount(shape.dim(1));
  switch (wanted) {
    case InputLayout::kAuto:
      if (may_be_last) return image::TensorLayout::kNhwc;
      if (may_be_first) return image::TensorLayout::kNchw;
      return NotAClassifier(Describe("input", tensor),
                            "; expected [1, height, width, channels] or [1, channels, height, "
                            "width] with 1, 3 or 4 channels");
    case InputLayout::kNhwc:
      if (may_be_last) return image::TensorLayout::kNhwc;
      break;
    case InputLayout::kNchw:
      if (may_be_first) return image::TensorLayout::kNchw;
      break;
    default:
      return InvalidOption("input_layout is ", static_cast<int>(wanted), "; it must be 0 to 2");
  }
  return InvalidOption("input_layout is ", wanted == InputLayout::kNhwc ? "NHWC" : "NCHW", ", but ",
                       Describe("input", tensor),
                       "; that axis must be 1, 3 or 4 channels: set another layout, or kAuto");
}

absl::StatusOr<image::TensorSpec> ReadSpec(const ir::Tensor& tensor,
                                           const ImageClassifierOptions& options) {
  image::TensorSpec spec;
  ET_ASSIGN_OR_RETURN(spec.layout, ReadLayout(tensor, options.input_layout));
  const bool last = spec.layout == image::TensorLayout::kNhwc;
  const ir::Shape& shape = tensor.shape;
  for (int axis = 1; axis < 4; ++axis) {
    if (tensor.shape_signature.rank() == 4 && tensor.shape_signature.dim(axis) < 0) {
      return NotAClassifier(Describe("input", tensor),
                            "; only the first dimension may be open (-1): export the model with a "
                            "fixed input size");
    }
  }
  spec.channels = shape.dim(last ? 3 : 1);
  spec.height = shape.dim(last ? 1 : 2);
  spec.width = shape.dim(last ? 2 : 3);
  if (spec.height < 1 || spec.height > image::kMaxSide || spec.width < 1 ||
      spec.width > image::kMaxSide) {
    return NotAClassifier(Describe("input", tensor), "; height and width must be 1 to ",
                          image::kMaxSide);
  }
  if (options.color_order != ColorOrder::kRgb) {
    if (options.color_order != ColorOrder::kBgr) {
      return InvalidOption("color_order is ", static_cast<int>(options.color_order),
                           "; it must be 0 or 1");
    }
    if (spec.channels == 1) {
      return InvalidOption("color_order is BGR, but ", Describe("input", tensor),
                           ", which has one channel; leave it at RGB");
    }
    spec.order = image::ColorOrder::kBgr;
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
  if constexpr (sizeof(T) == 1) {
    if (normalization.mean.empty()) return image::AnyValueTable(image::RawValues<T>(channels));
  }
  if (!quantization.quantized()) {
    if constexpr (sizeof(T) == 1) {
      if (!from_options) return image::AnyValueTable(image::RawValues<T>(channels));
    }
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

void AssumeNormalization(Normalization& normalization, std::vector<std::string>& assumptions) {
  normalization = {{kDefaultMean}, {kDefaultStd}};
  assumptions.push_back(absl::StrCat("the model does not say how its pixels are normalized: mean ",
                                     kDefaultMean, " and std ", kDefaultStd,
                                     " are assumed; set mean and std if it was trained otherwise"));
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
    case DType::kInt16:
      if (!known) AssumeNormalization(normalization, assumptions);
      if (!tensor.quantization.quantized()) {
        return NotAClassifier(Describe("input", tensor),
                              " without quantization; int16 needs a scale");
      }
      return IntegerValues<int16_t>(normalization, from_options, tensor, channels);
    case DType::kFloat16:
      if (!known) AssumeNormalization(normalization, assumptions);
      return Blame(image::NormalizedHalves(normalization, channels), from_options);
    case DType::kFloat32:
      if (!known) AssumeNormalization(normalization, assumptions);
      return Blame(image::NormalizedValues(normalization, channels), from_options);
    default:
      return NotAClassifier(Describe("input", tensor),
                            "; expected uint8, int8, int16, float16 or float32");
  }
}

void NoteSoftmax(const ImageClassifierOptions& options, ModelContract& contract) {
  if (options.apply_softmax != ApplySoftmax::kAuto) return;
  for (size_t i = 0; i < contract.heads.size(); ++i) {
    if (!contract.heads[i].softmax) continue;
    contract.assumptions.push_back(
        absl::StrCat("the numbers of head ", i,
                     " do not look like probabilities: softmax is applied; set apply_softmax to "
                     "kNever or kAlways if you know better"));
  }
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
    std::string names;
    for (const int i : graph.inputs) {
      absl::StrAppend(&names, names.empty() ? "" : ", ", Describe("input", graph.tensors[i]));
    }
    return NotAClassifier("the model has ", graph.inputs.size(), " inputs; expected one, the image",
                          names.empty() ? "" : ": ", names);
  }
  const ir::Tensor& input = graph.tensors[graph.inputs[0]];
  const model::TensorMetadata* metadata = nullptr;
  if (file.metadata.has_value() && !file.metadata->inputs.empty()) {
    metadata = &file.metadata->inputs[0];
  }
  ModelContract contract;
  ET_ASSIGN_OR_RETURN(contract.input.spec, ReadSpec(input, options));
  ET_ASSIGN_OR_RETURN(contract.input.values, ReadValues(input, contract.input.spec.channels,
                                                        metadata, options, contract.assumptions));
  ET_ASSIGN_OR_RETURN(contract.heads, ReadHeads(file, graph, options.apply_softmax));
  NoteSoftmax(options, contract);
  return contract;
}

}  // namespace edgetasks::tasks
