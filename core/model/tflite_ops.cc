#include "core/model/tflite_ops.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/model/flex_attributes.h"
#include "core/model/op_params_reader.h"

namespace edgetasks::model {
namespace {

// Stands for a part of a graph, or all of it, that was compiled ahead of time. (Its code alone says
// nothing: some writers list it and do not use it.)
constexpr absl::string_view kNpuOp = "DISPATCH_OP";

absl::StatusOr<OperatorKind> ReadKind(const schema::OperatorCode& source, TfliteFile& file) {
  const int32_t code = std::max<int32_t>(source.deprecated_builtin_code(), source.builtin_code());
  if (code < 0 || code >= static_cast<int32_t>(ir::OpCode::kFirstFused)) {
    return Unsupported(ErrorDetail::kUnsupportedOp, "operator ", code,
                       " is none of the TFLite schema's");
  }
  OperatorKind kind;
  kind.code = static_cast<ir::OpCode>(code);
  kind.version = source.version();
  if (kind.code == ir::OpCode::CUSTOM) {
    ET_ASSIGN_OR_RETURN(kind.custom_name, file.Text(source.custom_code()));
  }
  return kind;
}

absl::StatusOr<std::vector<int>> ReadOperands(const flatbuffers::Vector<int32_t>* indices,
                                              int smallest, const char* what, TfliteFile& file,
                                              const ir::Graph& graph) {
  ET_ASSIGN_OR_RETURN(std::vector<int32_t> operands, file.Ints(indices));
  const int count = static_cast<int>(graph.tensors.size());
  for (size_t i = 0; i < operands.size(); ++i) {
    if (operands[i] < smallest || operands[i] >= count) {
      return CorruptFile(what, " ", i, " is tensor ", operands[i], "; the subgraph has ", count);
    }
  }
  return operands;
}

absl::StatusOr<absl::Span<const uint8_t>> CustomOptions(const schema::Operator& source,
                                                        const TfliteFile& file) {
  if (source.large_custom_options_size() > 0) {
    return file.Range(source.large_custom_options_offset(), source.large_custom_options_size());
  }
  const auto* options = source.custom_options();
  if (options == nullptr) return absl::Span<const uint8_t>();
  return absl::Span<const uint8_t>(options->data(), options->size());
}

// What custom_options hold is the operator's own affair: most have a flexbuffer map, some have a
// structure of their own or nothing at all. All but the map give no attributes, which is for the
// operator's kernel to judge.
absl::StatusOr<ir::OpParams> ReadCustomParams(const schema::Operator& source, TfliteFile& file) {
  ET_ASSIGN_OR_RETURN(absl::Span<const uint8_t> options, CustomOptions(source, file));
  ir::CustomParams params;
  absl::StatusOr<ir::Attributes> attributes = ReadFlexAttributes(options);
  if (attributes.ok()) params.attributes = *std::move(attributes);
  ET_RETURN_IF_ERROR(file.Charge(MemoryOf(params.attributes)));
  return ir::OpParams(std::move(params));
}

absl::Status ReadOp(const schema::Operator& source, const std::vector<OperatorKind>& kinds,
                    TfliteFile& file, const ir::Graph& graph, ir::Op* op) {
  if (source.opcode_index() >= kinds.size()) {
    return CorruptFile("opcode_index is ", source.opcode_index(), "; the file has ", kinds.size(),
                       " operator codes");
  }
  const OperatorKind& kind = kinds[source.opcode_index()];
  if (kind.custom_name == kNpuOp) {
    return Unsupported(ErrorDetail::kUnsupportedFormat,
                       "the model is compiled for an NPU; use the model's CPU export");
  }
  ET_RETURN_IF_ERROR(file.Charge(kind.custom_name.size()));
  op->code = kind.code;
  op->version = kind.version;
  op->custom_name = kind.custom_name;
  ET_ASSIGN_OR_RETURN(op->inputs, ReadOperands(source.inputs(), -1, "input", file, graph));
  ET_ASSIGN_OR_RETURN(op->outputs, ReadOperands(source.outputs(), 0, "output", file, graph));
  if (op->code == ir::OpCode::CUSTOM) {
    ET_ASSIGN_OR_RETURN(op->params, ReadCustomParams(source, file));
  } else {
    ET_ASSIGN_OR_RETURN(op->params, ReadOpParams(op->code, source, file));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<OperatorKind>> ReadOperatorKinds(TfliteFile& file) {
  std::vector<OperatorKind> kinds;
  const auto* codes = file.root().operator_codes();
  if (codes == nullptr) return kinds;
  ET_RETURN_IF_ERROR(file.Charge(uint64_t{codes->size()} * sizeof(OperatorKind)));
  kinds.reserve(codes->size());
  for (const schema::OperatorCode* code : *codes) {
    absl::StatusOr<OperatorKind> kind = ReadKind(*code, file);
    if (!kind.ok()) {
      return Annotate(kind.status(), absl::StrCat("operator code ", kinds.size()));
    }
    kinds.push_back(*std::move(kind));
  }
  return kinds;
}

std::string WhereOp(int index, const ir::Op& op) {
  return absl::StrCat("op ", index, " ", op.DisplayName());
}

absl::Status ReadOps(const schema::SubGraph& subgraph, const std::vector<OperatorKind>& kinds,
                     TfliteFile& file, ir::Graph* graph) {
  const auto* operators = subgraph.operators();
  if (operators == nullptr) return absl::OkStatus();
  ET_RETURN_IF_ERROR(file.Charge(uint64_t{operators->size()} * sizeof(ir::Op)));
  graph->ops.resize(operators->size());
  for (size_t i = 0; i < graph->ops.size(); ++i) {
    ir::Op& op = graph->ops[i];
    const absl::Status status = ReadOp(*operators->Get(i), kinds, file, *graph, &op);
    if (!status.ok()) return Annotate(status, WhereOp(static_cast<int>(i), op));
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::model
