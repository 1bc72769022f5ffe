#include "core/model/task_bundle.h"

#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/model/model_parts.h"
#include "core/model/zip_archive.h"

namespace edgetasks::model {
namespace {

constexpr absl::string_view kGraphEntry = "TF_LITE_PREFILL_DECODE";
constexpr absl::string_view kTokenizerEntry = "TOKENIZER_MODEL";
constexpr absl::string_view kMetadataEntry = "METADATA";

bool HasEntryLike(const ZipArchive& zip, absl::string_view suffix) {
  for (const ZipEntry& entry : zip.entries()) {
    if (absl::EndsWith(entry.name, suffix)) return true;
  }
  return false;
}

// Why a ZIP without the graph's entry is refused.
absl::Status NotALanguageBundle(const ModelFile& file, const ZipArchive& zip) {
  if (zip.Find(kTokenizerEntry) != nullptr || zip.Find(kMetadataEntry) != nullptr) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kMissingPart,
                     absl::StrCat("the .task bundle has no entry ", kGraphEntry, "; it holds ",
                                  ListSections(file), ": bundle it again with its graph"));
  }
  if (HasEntryLike(zip, "/data.pkl")) {
    return Unsupported(ErrorDetail::kUnsupportedFormat,
                       "this is a PyTorch checkpoint (a ZIP with data.pkl); EdgeTasks reads "
                       ".tflite, .task and .litertlm files: convert it with litert-torch");
  }
  if (HasEntryLike(zip, "model.weights.h5")) {
    return Unsupported(ErrorDetail::kUnsupportedFormat,
                       "this is a Keras model; EdgeTasks reads .tflite, .task and .litertlm "
                       "files: convert it with tf.lite.TFLiteConverter");
  }
  const bool has_graph = HasEntryLike(zip, ".tflite");
  return MakeError(
      absl::StatusCode::kInvalidArgument, ErrorDetail::kNotAModelFile,
      absl::StrCat("this ZIP is not the .task bundle of a language model: expected an entry ",
                   kGraphEntry, ", it holds ", ListSections(file),
                   has_graph ? "; unpack the .tflite file that you need and open that"
                             : "; EdgeTasks reads .tflite, .task and .litertlm files"));
}

absl::Status CompressedEntry(const ZipEntry& entry) {
  return Unsupported(ErrorDetail::kUnsupportedFormat, "entry '", entry.name,
                     "' of the .task bundle cannot be mapped (", entry.obstacle,
                     "), expected stored; pack the bundle again without compression, such as "
                     "with `zip -0`");
}

}  // namespace

absl::Status ReadTaskBundle(ModelFile* result) {
  ET_ASSIGN_OR_RETURN(const ZipArchive zip, ZipArchive::Open(result->file->bytes()));
  for (const ZipEntry& entry : zip.entries()) {
    Section section;
    section.type = entry.name;
    section.offset = entry.offset;
    section.size = entry.size;
    if (absl::StartsWith(entry.name, "TF_LITE_")) {
      section.model_type = absl::AsciiStrToLower(entry.name);
    }
    result->sections.push_back(std::move(section));
  }
  if (zip.Find(kGraphEntry) == nullptr) return NotALanguageBundle(*result, zip);

  for (size_t i = 0; i < zip.entries().size(); ++i) {
    const ZipEntry& entry = zip.entries()[i];
    if (!entry.obstacle.empty()) return CompressedEntry(entry);
    if (&entry != zip.Find(entry.name)) {
      return CorruptFile("the .task bundle has two entries '", entry.name, "'; bundle it again");
    }
    if (!result->sections[i].model_type.empty()) {
      ET_RETURN_IF_ERROR(AddModel(result, i));
    } else if (entry.name == kTokenizerEntry) {
      result->tokenizers.push_back({TokenizerKind::kSentencePiece, entry.data, ""});
    } else if (entry.name == kMetadataEntry) {
      auto parameters = ParseLlmParameters(entry.data);
      if (!parameters.ok()) return Annotate(parameters.status(), kMetadataEntry);
      auto settings = SettingsOf(*std::move(parameters));
      if (!settings.ok()) return Annotate(settings.status(), kMetadataEntry);
      result->llm = *std::move(settings);
    }
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::model
