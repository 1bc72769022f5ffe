#include "core/model/tflite_tensors.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/model/tflite_quantization.h"

namespace edgetasks::model {
namespace {

absl::StatusOr<ir::Shape> ReadDims(const flatbuffers::Vector<int32_t>* dims, int32_t smallest,
                                   const char* what) {
  ir::Shape shape;
  if (dims == nullptr) return shape;
  if (dims->size() > ir::Shape::kMaxRank) {
    return Unsupported(ErrorDetail::kUnsupportedType, what, " has ", dims->size(),
                       " dimensions; supported: up to ", ir::Shape::kMaxRank);
  }
  for (int32_t dim : *dims) {
    if (dim < smallest) return InvalidGraph(what, " has a dimension of ", dim);
    shape.Append(dim);
  }
  return shape;
}

// The signature says only which dimensions are free; fixed ones are taken from the shape.
absl::StatusOr<ir::Shape> ReadSignature(const flatbuffers::Vector<int32_t>* dims,
                                        const ir::Shape& shape) {
  if (dims == nullptr || dims->size() == 0) return shape;
  ET_ASSIGN_OR_RETURN(ir::Shape signature, ReadDims(dims, -1, "shape_signature"));
  if (signature.rank() != shape.rank()) {
    return InvalidGraph("shape_signature ", signature.ToString(), " and shape ", shape.ToString(),
                        " differ in rank");
  }
  for (int i = 0; i < shape.rank(); ++i) {
    if (signature.dim(i) != -1) signature.set_dim(i, shape.dim(i));
  }
  return signature;
}

// `expected`: what shape and type ask for.
absl::Status ReadConstant(const schema::Tensor& source, int64_t expected, TfliteFile& file,
                          ir::Tensor* tensor) {
  ET_ASSIGN_OR_RETURN(absl::Span<const uint8_t> bytes,
                      file.AlignedBufferBytes(source.buffer(), AlignmentOf(tensor->dtype)));
  if (bytes.empty()) return absl::OkStatus();
  if (ir::BitsOf(tensor->dtype) == 0) {  // strings: the length is in the data
    tensor->data = bytes;
    return absl::OkStatus();
  }
  if (static_cast<uint64_t>(expected) > bytes.size()) {
    return CorruptFile("a constant of shape ", tensor->shape.ToString(), " and type ",
                       ir::NameOf(tensor->dtype), " takes ", expected, " bytes, buffer ",
                       source.buffer(), " has ", bytes.size());
  }
  tensor->data = bytes.first(expected);
  return absl::OkStatus();
}

absl::Status ReadTensor(const schema::Tensor& source, TfliteFile& file, ir::Tensor* tensor) {
  ET_ASSIGN_OR_RETURN(tensor->name, file.Text(source.name()));
  if (!DTypeOfTensorType(source.type(), &tensor->dtype)) {
    return Unsupported(ErrorDetail::kUnsupportedType, "element type ", source.type(),
                       " is unknown; supported: 0 to 22 of the TFLite schema");
  }
  if (source.sparsity() != nullptr) {
    return Unsupported(ErrorDetail::kUnsupportedType,
                       "sparse tensors are not supported; convert the model without sparsity");
  }
  if (source.external_buffer() != 0) {
    return Unsupported(ErrorDetail::kUnsupportedFormat,
                       "the weights are in another file (external buffer ",
                       source.external_buffer(), "); export the model as one file");
  }
  ET_ASSIGN_OR_RETURN(tensor->shape, ReadDims(source.shape(), 0, "shape"));
  ET_ASSIGN_OR_RETURN(tensor->shape_signature,
                      ReadSignature(source.shape_signature(), tensor->shape));
  int64_t bytes = 0;
  if (!ir::CheckedBytes(tensor->shape, tensor->dtype, &bytes)) {
    return CorruptFile("shape ", tensor->shape.ToString(),
                       " has more elements than can be counted");
  }
  tensor->is_variable = source.is_variable();
  // A variable's buffer, where a file has one, is no initial value: variables start from zeros.
  if (tensor->is_variable) return absl::OkStatus();
  return ReadConstant(source, bytes, file, tensor);
}

}  // namespace

std::string WhereTensor(int index, const ir::Tensor& tensor) {
  return absl::StrCat("tensor ", index, " ", Quoted(tensor.name));
}

absl::Status ReadTensors(const schema::SubGraph& subgraph, TfliteFile& file, ir::Graph* graph) {
  const auto* tensors = subgraph.tensors();
  if (tensors == nullptr) return absl::OkStatus();
  const int count = static_cast<int>(tensors->size());
  ET_RETURN_IF_ERROR(file.Charge(count * sizeof(ir::Tensor)));
  graph->tensors.resize(count);
  for (int i = 0; i < count; ++i) {
    ir::Tensor& tensor = graph->tensors[i];
    const absl::Status status = ReadTensor(*tensors->Get(i), file, &tensor);
    if (!status.ok()) return Annotate(status, WhereTensor(i, tensor));
  }
  // After all tensors, because blocks have their scales in another one.
  for (int i = 0; i < count; ++i) {
    const auto* quantization = tensors->Get(i)->quantization();
    if (quantization == nullptr) continue;
    ir::Tensor& tensor = graph->tensors[i];
    const absl::Status status = ReadQuantization(*quantization, graph->tensors, file, &tensor);
    if (!status.ok()) return Annotate(status, WhereTensor(i, tensor));
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::model
