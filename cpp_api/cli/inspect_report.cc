#include "cpp_api/cli/inspect_report.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/exec/runner.h"

namespace edgetasks::cli {
namespace {

using Json = nlohmann::ordered_json;

Json Dims(const ir::Shape& shape) {
  Json dims = Json::array();
  for (int32_t dim : shape.dims()) dims.push_back(dim);
  return dims;
}

Json TensorJson(const std::string& name, const ir::Tensor& tensor) {
  Json json = {{"name", name},
               {"dtype", std::string(ir::NameOf(tensor.dtype))},
               {"shape", Dims(tensor.shape)}};
  if (tensor.shape_signature != tensor.shape) {
    json["shape_signature"] = Dims(tensor.shape_signature);
  }
  if (tensor.quantization.per_tensor()) {
    json["scale"] = tensor.quantization.scale();
    json["zero_point"] = tensor.quantization.zero_point();
  }
  return json;
}

Json SignatureJson(const ir::Model& model, const ir::Signature& signature) {
  const ir::Graph& graph = model.graphs[signature.graph];
  Json json = {{"name", signature.key},
               {"graph", signature.graph},
               {"inputs", Json::array()},
               {"outputs", Json::array()}};
  for (const auto& t : signature.inputs) {
    json["inputs"].push_back(TensorJson(t.name, graph.tensors[t.tensor]));
  }
  for (const auto& t : signature.outputs) {
    json["outputs"].push_back(TensorJson(t.name, graph.tensors[t.tensor]));
  }
  return json;
}

Json GraphJson(const ir::Graph& graph) {
  Json json = {{"name", graph.name},
               {"tensors", graph.tensors.size()},
               {"ops", graph.ops.size()},
               {"inputs", Json::array()},
               {"outputs", Json::array()}};
  for (int t : graph.inputs) {
    json["inputs"].push_back(TensorJson(graph.tensors[t].name, graph.tensors[t]));
  }
  for (int t : graph.outputs) {
    json["outputs"].push_back(TensorJson(graph.tensors[t].name, graph.tensors[t]));
  }
  return json;
}

// "int8 per channel", "int4 by blocks of 32", "float16".
std::string StorageName(const ir::Tensor& tensor) {
  const ir::Quantization& q = tensor.quantization;
  const std::string name(ir::NameOf(tensor.dtype));
  if (q.blockwise()) return absl::StrCat(name, " by blocks of ", q.block_size);
  if (q.per_channel()) return absl::StrCat(name, " per channel");
  if (q.per_tensor()) return absl::StrCat(name, " per tensor");
  return name;
}

// Constants by the way they are stored: tensors and bytes. Constants that several graphs share are
// counted once.
Json QuantizationJson(const ir::Model& model) {
  std::map<std::string, std::pair<int, int64_t>> totals;
  std::map<const uint8_t*, bool> seen;
  for (const ir::Graph& graph : model.graphs) {
    for (const ir::Tensor& tensor : graph.tensors) {
      if (!tensor.is_constant() || tensor.data.empty()) continue;
      if (!seen.emplace(tensor.data.data(), true).second) continue;
      auto& [count, bytes] = totals[StorageName(tensor)];
      ++count;
      bytes += static_cast<int64_t>(tensor.data.size());
    }
  }
  Json json = Json::array();
  for (const auto& [name, total] : totals) {
    json.push_back({{"type", name}, {"constants", total.first}, {"bytes", total.second}});
  }
  return json;
}

Json OpsJson(const ir::Model& model) {
  std::map<std::string, int> counts;
  for (const ir::Graph& graph : model.graphs) {
    for (const ir::Op& op : graph.ops) {
      const auto* composite = std::get_if<ir::CompositeParams>(&op.params);
      ++counts[composite != nullptr ? absl::StrCat(op.DisplayName(), " ", composite->name)
                                    : op.DisplayName()];
    }
  }
  Json json = Json::object();
  for (const auto& [name, count] : counts) json[name] = count;
  return json;
}

// The graphs that a caller can run: those of the signatures, or the first.
std::vector<std::pair<std::string, int>> EntryGraphs(const ir::Model& model) {
  std::vector<std::pair<std::string, int>> entries;
  for (const ir::Signature& s : model.signatures) entries.emplace_back(s.key, s.graph);
  if (entries.empty() && !model.graphs.empty()) entries.emplace_back(model.graphs[0].name, 0);
  return entries;
}

Json MissingJson(const ir::Model& model) {
  Json json = Json::array();
  for (const auto& [name, graph] : EntryGraphs(model)) {
    for (const std::string& op : exec::MissingOps(model, graph)) {
      if (std::find(json.begin(), json.end(), op) == json.end()) json.push_back(op);
    }
  }
  return json;
}

// Weights stay in the mapped file; beside them a run needs the arena of its signature, and inputs
// and outputs (of a language model: its KV cache).
Json MemoryJson(const model::ModelFile& file) {
  const ir::Model& model = file.main_model();
  int64_t weights = 0;
  const Json quantization = QuantizationJson(model);
  for (const Json& row : quantization) weights += row["bytes"].get<int64_t>();
  Json json = {{"weights_bytes", weights}, {"signatures", Json::array()}};
  auto engine = std::make_shared<exec::Engine>(1);
  for (const auto& [name, graph] : EntryGraphs(model)) {
    Json entry = {{"name", name}};
    auto runner = exec::Runner::ForGraph(model, graph, engine);
    absl::Status status = runner.ok() ? (*runner)->Prepare() : runner.status();
    if (status.ok()) {
      int64_t io = 0;
      for (size_t i = 0; i < (*runner)->inputs().size(); ++i) {
        io += (*runner)->input_bytes(static_cast<int>(i));
      }
      entry["arena_bytes"] = (*runner)->arena_bytes();
      entry["input_bytes"] = io;
    } else {
      entry["error"] = std::string(status.message());
    }
    json["signatures"].push_back(entry);
  }
  return json;
}

Json TokenJson(const model::TokenSpec& token) {
  if (!token.text.empty()) return token.text;
  return token.ids.size() == 1 ? Json(token.ids[0]) : Json(token.ids);
}

Json LlmJson(const model::LlmSettings& llm) {
  Json json = Json::object();
  if (!llm.model_type.empty()) json["model_type"] = llm.model_type;
  if (llm.max_num_tokens > 0) json["max_num_tokens"] = llm.max_num_tokens;
  if (llm.start_token) json["start_token"] = TokenJson(*llm.start_token);
  json["stop_tokens"] = Json::array();
  for (const auto& token : llm.stop_tokens) json["stop_tokens"].push_back(TokenJson(token));
  for (const auto& [name, affixes] : {std::pair{"user", &llm.user}, std::pair{"model", &llm.model},
                                      std::pair{"system", &llm.system}}) {
    if (affixes->prefix.empty() && affixes->suffix.empty()) continue;
    json["prompt_templates"][name] = {{"prefix", affixes->prefix}, {"suffix", affixes->suffix}};
  }
  if (!llm.jinja_prompt_template.empty()) {
    json["jinja_prompt_template"] = llm.jinja_prompt_template;
  }
  if (llm.bytes_to_unicode) json["bytes_to_unicode"] = true;
  return json;
}

Json AssociatedFilesJson(const std::vector<model::AssociatedFile>& files) {
  Json json = Json::array();
  for (const auto& file : files) {
    json.push_back({{"name", file.name}, {"bytes", file.data.size()}});
    if (!file.locale.empty()) json.back()["locale"] = file.locale;
  }
  return json;
}

Json TensorMetadataJson(const model::TensorMetadata& tensor) {
  Json json = {{"name", tensor.name}};
  if (!tensor.description.empty()) json["description"] = tensor.description;
  for (const auto& normalization : tensor.normalizations) {
    json["mean"] = normalization.mean;
    json["std"] = normalization.std;
  }
  if (!tensor.score_thresholds.empty()) json["score_threshold"] = tensor.score_thresholds[0];
  if (!tensor.associated_files.empty()) {
    json["associated_files"] = AssociatedFilesJson(tensor.associated_files);
  }
  return json;
}

Json MetadataJson(const model::TfliteMetadata& metadata) {
  Json json = {{"name", metadata.name},       {"description", metadata.description},
               {"version", metadata.version}, {"author", metadata.author},
               {"license", metadata.license}, {"inputs", Json::array()},
               {"outputs", Json::array()}};
  for (const auto& t : metadata.inputs) json["inputs"].push_back(TensorMetadataJson(t));
  for (const auto& t : metadata.outputs) json["outputs"].push_back(TensorMetadataJson(t));
  return json;
}

Json SectionJson(const model::Section& section) {
  Json json = {{"type", section.type}, {"offset", section.offset}, {"size", section.size}};
  if (!section.model_type.empty()) json["model_type"] = section.model_type;
  for (const auto& [key, value] : section.items) json["items"][key] = value;
  return json;
}

}  // namespace

Json Inspect(const model::ModelFile& file) {
  const ir::Model& model = file.main_model();
  Json json = {{"container", std::string(model::NameOf(file.container))},
               {"file_bytes", file.file->bytes().size()},
               {"sections", Json::array()}};
  for (const auto& section : file.sections) json["sections"].push_back(SectionJson(section));
  for (const auto& [key, value] : file.system_metadata) json["system_metadata"][key] = value;
  json["description"] = model.description;
  json["signatures"] = Json::array();
  for (const auto& s : model.signatures) json["signatures"].push_back(SignatureJson(model, s));
  json["graphs"] = Json::array();
  for (const auto& graph : model.graphs) json["graphs"].push_back(GraphJson(graph));
  json["ops"] = OpsJson(model);
  json["quantization"] = QuantizationJson(model);
  if (file.metadata) json["metadata"] = MetadataJson(*file.metadata);
  json["tokenizer"] = nullptr;
  for (const auto& tokenizer : file.tokenizers) {
    const bool sentence_piece = tokenizer.kind == model::TokenizerKind::kSentencePiece;
    json["tokenizer"] = {{"kind", sentence_piece ? "SentencePiece" : "tokenizer.json"},
                         {"bytes", tokenizer.bytes.size()}};
    break;
  }
  if (file.llm) json["llm"] = LlmJson(*file.llm);
  json["memory"] = MemoryJson(file);
  json["missing"] = MissingJson(model);
  return json;
}

}  // namespace edgetasks::cli
