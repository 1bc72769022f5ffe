#include "core/model/tflite_reader.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/model/graph_checks.h"
#include "core/model/tflite_file.h"
#include "core/model/tflite_ops.h"
#include "core/model/tflite_tensors.h"

namespace edgetasks::model {
namespace {

constexpr uint32_t kSchemaVersion = 3;
// FlatBuffers count in 31 bits. What lies behind is reached through Buffer.offset alone.
constexpr size_t kLargestFlatBuffer = FLATBUFFERS_MAX_BUFFER_SIZE - 1;
// Vectors and tables of FlatBuffers are read where they are; wider numbers in them byte by byte.
constexpr size_t kAlignmentOfFile = 4;
constexpr flatbuffers::uoffset_t kMaxDepth = 32;        // the schema's own depth is 5
constexpr flatbuffers::uoffset_t kMaxTables = 1000000;  // tens of times the largest models'

absl::StatusOr<const schema::Model*> Verify(absl::Span<const uint8_t> bytes) {
  if (!LooksLikeTflite(bytes)) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kNotAModelFile,
                     "no TFLite model: expected a FlatBuffer with the identifier \"TFL3\"");
  }
  flatbuffers::Verifier verifier(bytes.data(), std::min(bytes.size(), kLargestFlatBuffer),
                                 kMaxDepth, kMaxTables);
  if (!schema::VerifyModelBuffer(verifier)) {
    return CorruptFile(
        "the TFLite FlatBuffer is damaged or cut short: an offset in it leads out of "
        "the file's ",
        bytes.size(), " bytes; download or export the file again");
  }
  return schema::GetModel(bytes.data());
}

absl::StatusOr<std::vector<int>> ReadGraphEnds(const flatbuffers::Vector<int32_t>* indices,
                                               const char* what, TfliteFile& file,
                                               const ir::Graph& graph) {
  ET_ASSIGN_OR_RETURN(std::vector<int32_t> tensors, file.Ints(indices));
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i] < 0 || tensors[i] >= static_cast<int>(graph.tensors.size())) {
      return CorruptFile("graph ", what, " ", i, " is tensor ", tensors[i], "; the subgraph has ",
                         graph.tensors.size());
    }
  }
  return tensors;
}

absl::Status ReadGraph(const schema::SubGraph& source, const std::vector<OperatorKind>& kinds,
                       TfliteFile& file, ir::Graph* graph) {
  ET_ASSIGN_OR_RETURN(graph->name, file.Text(source.name()));
  ET_RETURN_IF_ERROR(ReadTensors(source, file, graph));
  ET_ASSIGN_OR_RETURN(graph->inputs, ReadGraphEnds(source.inputs(), "input", file, *graph));
  ET_ASSIGN_OR_RETURN(graph->outputs, ReadGraphEnds(source.outputs(), "output", file, *graph));
  ET_RETURN_IF_ERROR(ReadOps(source, kinds, file, graph));
  return OrderOps(graph);
}

absl::Status ReadGraphs(TfliteFile& file, ir::Model* model) {
  ET_ASSIGN_OR_RETURN(const std::vector<OperatorKind> kinds, ReadOperatorKinds(file));
  const auto* subgraphs = file.root().subgraphs();
  if (subgraphs == nullptr) return absl::OkStatus();
  ET_RETURN_IF_ERROR(file.Charge(uint64_t{subgraphs->size()} * sizeof(ir::Graph)));
  model->graphs.resize(subgraphs->size());
  for (size_t i = 0; i < model->graphs.size(); ++i) {
    ir::Graph& graph = model->graphs[i];
    const absl::Status status = ReadGraph(*subgraphs->Get(i), kinds, file, &graph);
    if (!status.ok()) {
      return Annotate(status, absl::StrCat("subgraph ", i, " ", Quoted(graph.name)));
    }
  }
  return CheckGraphCalls(*model);
}

using TensorMaps = flatbuffers::Vector<flatbuffers::Offset<schema::TensorMap>>;

// `ends` are the graph's inputs or outputs: a signature may name no other tensors.
absl::Status ReadNames(const TensorMaps* maps, const std::vector<int>& ends, const char* what,
                       TfliteFile& file, std::vector<ir::NamedTensor>* names) {
  if (maps == nullptr) return absl::OkStatus();
  ET_RETURN_IF_ERROR(file.Charge(uint64_t{maps->size()} * sizeof(ir::NamedTensor)));
  const std::set<int> known(ends.begin(), ends.end());
  std::set<absl::string_view> seen;
  for (const schema::TensorMap* map : *maps) {
    ir::NamedTensor named;
    ET_ASSIGN_OR_RETURN(named.name, file.Text(map->name()));
    const uint32_t tensor = map->tensor_index();
    if (tensor > INT32_MAX || known.count(static_cast<int>(tensor)) == 0) {
      return InvalidGraph(what, " ", Quoted(named.name), " is tensor ", tensor, ", which is no ",
                          what, " of the subgraph");
    }
    if (!seen.insert(View(map->name())).second) {
      return InvalidGraph(what, " ", Quoted(named.name), " is named twice");
    }
    named.tensor = static_cast<int>(tensor);
    names->push_back(std::move(named));
  }
  return absl::OkStatus();
}

absl::Status ReadSignature(const schema::SignatureDef& source, const ir::Model& model,
                           TfliteFile& file, ir::Signature* signature) {
  ET_ASSIGN_OR_RETURN(signature->key, file.Text(source.signature_key()));
  if (source.subgraph_index() >= model.graphs.size()) {
    return CorruptFile("subgraph_index is ", source.subgraph_index(), "; the file has ",
                       model.graphs.size(), " subgraphs");
  }
  signature->graph = static_cast<int>(source.subgraph_index());
  const ir::Graph& graph = model.graphs[signature->graph];
  ET_RETURN_IF_ERROR(ReadNames(source.inputs(), graph.inputs, "input", file, &signature->inputs));
  return ReadNames(source.outputs(), graph.outputs, "output", file, &signature->outputs);
}

absl::Status ReadSignatures(TfliteFile& file, ir::Model* model) {
  const auto* signatures = file.root().signature_defs();
  if (signatures == nullptr) return absl::OkStatus();
  ET_RETURN_IF_ERROR(file.Charge(uint64_t{signatures->size()} * sizeof(ir::Signature)));
  std::set<std::string> keys;
  for (const schema::SignatureDef* source : *signatures) {
    ir::Signature signature;
    const absl::Status status = ReadSignature(*source, *model, file, &signature);
    const std::string where =
        absl::StrCat("signature ", model->signatures.size(), " ", Quoted(signature.key));
    if (!status.ok()) return Annotate(status, where);
    if (!keys.insert(signature.key).second) return InvalidGraph(where, ": its key occurs twice");
    model->signatures.push_back(std::move(signature));
  }
  return absl::OkStatus();
}

absl::Status ReadMetadata(TfliteFile& file, ir::Model* model) {
  const auto* entries = file.root().metadata();
  if (entries == nullptr) return absl::OkStatus();
  ET_RETURN_IF_ERROR(file.Charge(uint64_t{entries->size()} * sizeof(ir::MetadataEntry)));
  for (const schema::Metadata* source : *entries) {
    ir::MetadataEntry entry;
    ET_ASSIGN_OR_RETURN(entry.name, file.Text(source->name()));
    absl::StatusOr<absl::Span<const uint8_t>> data = file.BufferBytes(source->buffer());
    if (!data.ok()) {
      return Annotate(data.status(), absl::StrCat("metadata ", Quoted(entry.name)));
    }
    entry.data = *data;
    model->metadata.push_back(std::move(entry));
  }
  return absl::OkStatus();
}

// MediaPipe's first language models came as weights without a graph: the graph was written by hand
// in the program that read them. Their marks are these metadata entries and not a single op.
absl::Status CheckHasGraph(const ir::Model& model) {
  for (const ir::Graph& graph : model.graphs) {
    if (!graph.ops.empty()) return absl::OkStatus();
  }
  for (const ir::MetadataEntry& entry : model.metadata) {
    if (entry.name == "odml.infra.proto.LlmParameters" || entry.name == "spm_vocab_model") {
      return Unsupported(
          ErrorDetail::kUnsupportedFormat,
          "the file holds the weights of a language model, but no graph (it was made "
          "for a hand-written graph of MediaPipe); export the model again with "
          "litert-torch, to a .tflite with prefill and decode signatures, a .task or "
          "a .litertlm");
    }
  }
  return absl::OkStatus();
}

}  // namespace

bool LooksLikeTflite(absl::Span<const uint8_t> bytes) {
  constexpr size_t kIdentifierEnd = 8;
  return bytes.size() >= kIdentifierEnd && std::memcmp(bytes.data() + 4, "TFL3", 4) == 0;
}

absl::StatusOr<ir::Model> ReadTflite(absl::Span<const uint8_t> bytes, OwnedBuffers* owned) {
  if (reinterpret_cast<uintptr_t>(bytes.data()) % kAlignmentOfFile != 0) {
    auto copy = std::make_unique<std::vector<uint64_t>>(bytes.size() / 8 + 1);
    std::memcpy(copy->data(), bytes.data(), bytes.size());
    bytes = {reinterpret_cast<const uint8_t*>(copy->data()), bytes.size()};
    owned->push_back(std::move(copy));
  }
  ET_ASSIGN_OR_RETURN(const schema::Model* root, Verify(bytes));
  if (root->version() != kSchemaVersion) {
    return Unsupported(ErrorDetail::kUnsupportedFormat, "TFLite schema version ", root->version(),
                       " is not supported; supported: ", kSchemaVersion);
  }
  TfliteFile file(bytes, *root, owned);
  ir::Model model;
  model.schema_version = static_cast<int>(root->version());
  ET_ASSIGN_OR_RETURN(model.description, file.Text(root->description()));
  ET_RETURN_IF_ERROR(ReadGraphs(file, &model));
  ET_RETURN_IF_ERROR(ReadSignatures(file, &model));
  ET_RETURN_IF_ERROR(ReadMetadata(file, &model));
  ET_RETURN_IF_ERROR(CheckHasGraph(model));
  return model;
}

}  // namespace edgetasks::model
