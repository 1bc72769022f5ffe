#include "core/model/litertlm_bundle.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_split.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/model/inflate.h"
#include "core/model/litertlm_header.h"
#include "core/model/little_endian.h"
#include "core/model/model_parts.h"

namespace edgetasks::model {
namespace {

constexpr absl::string_view kModelSection = "TFLiteModel";
constexpr absl::string_view kArtisanDecoder = "tf_lite_artisan_text_decoder";

// How well a graph suits the CPU, best first, by the backends that it was made for.
enum class Fit { kCpu, kAny, kGpu, kGpuArtisan, kNpu };

Fit FitOf(const Section& section) {
  const absl::string_view constraint = section.item("backend_constraint");
  if (absl::StripAsciiWhitespace(constraint).empty()) return Fit::kAny;
  Fit best = Fit::kNpu;
  for (const absl::string_view part : absl::StrSplit(constraint, ',')) {
    const std::string backend = absl::AsciiStrToLower(absl::StripAsciiWhitespace(part));
    if (backend == "cpu") best = std::min(best, Fit::kCpu);
    if (backend == "gpu") best = std::min(best, Fit::kGpu);
    if (backend == "gpu_artisan") best = std::min(best, Fit::kGpuArtisan);
  }
  return best;
}

// Gives graphs without a model_type the type that they must have, and marks all but the best graph
// of each type as skipped.
void ChooseModels(std::vector<Section>* sections) {
  std::vector<Section*> models;
  for (Section& section : *sections) {
    if (section.type != kModelSection) continue;
    section.model_type = absl::AsciiStrToLower(section.model_type);
    models.push_back(&section);
  }
  if (models.size() == 1 && models[0]->model_type.empty()) {
    models[0]->model_type = std::string(kPrefillDecode);
  }
  for (Section* section : models) {
    for (Section* other : models) {
      if (other == section || other->model_type != section->model_type) continue;
      const Fit fit = FitOf(*section), other_fit = FitOf(*other);
      if (other_fit < fit || (other_fit == fit && other < section)) {
        section->skipped = "another graph of this type suits the CPU better";
      }
    }
    if (section->model_type == kArtisanDecoder) {
      section->skipped = "the weights of a hand-written GPU engine, not a graph";
    } else if (section->skipped.empty() && section->model_type != kPrefillDecode &&
               FitOf(*section) >= Fit::kGpuArtisan) {
      section->skipped = absl::StrCat("made for ", section->item("backend_constraint"), " only");
    }
  }
}

absl::Status CheckBackend(const Section& section) {
  if (FitOf(section) < Fit::kGpuArtisan) return absl::OkStatus();
  return Unsupported(ErrorDetail::kUnsupportedFormat, "the language model in this .litertlm is ",
                     "made for ", section.item("backend_constraint"),
                     " only; get the variant of the model for the CPU");
}

absl::Status CheckExternalWeights(const std::vector<Section>& sections) {
  for (const Section& weights : sections) {
    if (weights.type != "TFLiteWeights") continue;
    const std::string type = absl::AsciiStrToLower(weights.model_type);
    for (const Section& model : sections) {
      if (model.type != kModelSection || !model.skipped.empty()) continue;
      if (!type.empty() && model.model_type != type) continue;
      return Unsupported(ErrorDetail::kUnsupportedFormat, "the weights of ", model.model_type,
                         " are in a section of their own (TFLiteWeights); build the file with "
                         "the weights inside the model section");
    }
  }
  return absl::OkStatus();
}

// HF_Tokenizer_Zlib: u64 size of tokenizer.json, then a zlib stream of it. `total` counts what all
// such sections of the file decompress to.
absl::StatusOr<absl::Span<const uint8_t>> InflateTokenizer(absl::Span<const uint8_t> bytes,
                                                           uint64_t* total, ModelFile* result) {
  if (bytes.size() < 8) {
    return CorruptFile("has ", bytes.size(), " bytes; expected a size and a zlib stream");
  }
  const uint64_t size = LoadU64(bytes, 0);
  const absl::Span<const uint8_t> stream = bytes.subspan(8);
  if (size > kMaxTokenizerBytes - *total || size / kMaxInflateRatio > stream.size()) {
    return CorruptFile("declares ", size, " bytes of tokenizer.json in ", stream.size(),
                       " compressed ones; expected at most ", kMaxTokenizerBytes, " in all and ",
                       kMaxInflateRatio, " times the compressed size");
  }
  *total += size;
  auto memory = std::make_unique<std::vector<uint64_t>>((size + 7) / 8);
  const absl::Span<uint8_t> output(reinterpret_cast<uint8_t*>(memory->data()), size);
  ET_RETURN_IF_ERROR(Inflate(stream, output));
  result->owned.push_back(std::move(memory));
  return absl::Span<const uint8_t>(output);
}

absl::Status ReadMetadata(absl::Span<const uint8_t> bytes, ModelFile* result) {
  ET_ASSIGN_OR_RETURN(LlmMetadata metadata, ParseLlmMetadata(bytes));
  ET_ASSIGN_OR_RETURN(LlmSettings settings, SettingsOf(std::move(metadata)));
  result->llm = std::move(settings);
  return absl::OkStatus();
}

absl::Status ReadSection(size_t index, uint64_t* tokenizer_bytes, ModelFile* result) {
  Section& section = result->sections[index];
  const absl::Span<const uint8_t> bytes = BytesOf(*result, section);
  if (section.type == kModelSection) {
    if (!section.skipped.empty()) return absl::OkStatus();
    if (section.model_type == kPrefillDecode) ET_RETURN_IF_ERROR(CheckBackend(section));
    return AddModel(result, index);
  }
  if (section.type == "SP_Tokenizer") {
    result->tokenizers.push_back({TokenizerKind::kSentencePiece, bytes, section.model_type});
  } else if (section.type == "HF_Tokenizer_Zlib") {
    ET_ASSIGN_OR_RETURN(const absl::Span<const uint8_t> json,
                        InflateTokenizer(bytes, tokenizer_bytes, result));
    result->tokenizers.push_back({TokenizerKind::kHuggingFaceJson, json, section.model_type});
  } else if (section.type == "LlmMetadataProto") {
    if (result->llm) {
      return CorruptFile("there is a second section of this type; build the file with one");
    }
    return ReadMetadata(bytes, result);
  } else if (section.type == "ExecutorMetadataProto" && !result->executor) {
    ET_ASSIGN_OR_RETURN(result->executor, ParseExecutorMetadata(bytes));
  }
  return absl::OkStatus();
}

absl::Status NoModel(const ModelFile& file) {
  for (const Section& section : file.sections) {
    if (section.type != kModelSection || section.skipped.empty()) continue;
    return Unsupported(ErrorDetail::kUnsupportedFormat, "no graph of this .litertlm runs on the ",
                       "CPU: ", section.model_type, " is ", section.skipped,
                       "; get the variant of the model for the CPU");
  }
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kMissingPart,
                   absl::StrCat("the .litertlm has no TFLiteModel section; it holds ",
                                ListSections(file), ": build it again with its graph"));
}

}  // namespace

absl::Status ReadLitertlmBundle(ModelFile* result) {
  ET_ASSIGN_OR_RETURN(LitertlmHeader header, ReadLitertlmHeader(result->file->bytes()));
  result->system_metadata = std::move(header.system_metadata);
  result->sections = std::move(header.sections);
  ChooseModels(&result->sections);
  ET_RETURN_IF_ERROR(CheckExternalWeights(result->sections));
  uint64_t tokenizer_bytes = 0;
  for (size_t i = 0; i < result->sections.size(); ++i) {
    const absl::Status status = ReadSection(i, &tokenizer_bytes, result);
    if (!status.ok()) {
      return Annotate(status, absl::StrCat("section ", i, " (", result->sections[i].type, ")"));
    }
  }
  if (result->models.empty()) return NoModel(*result);
  return absl::OkStatus();
}

}  // namespace edgetasks::model
