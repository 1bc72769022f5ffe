#include "core/model/model_file.h"

#include <cstring>
#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/model/litertlm_bundle.h"
#include "core/model/model_parts.h"
#include "core/model/task_bundle.h"
#include "core/model/zip_archive.h"

namespace edgetasks::model {
namespace {

constexpr absl::string_view kMetadataName = "TFLITE_METADATA";

// `bytes` at an address that is a multiple of 8: themselves, or a copy that `owned` keeps.
absl::Span<const uint8_t> Aligned(absl::Span<const uint8_t> bytes,
                                  std::vector<std::unique_ptr<std::vector<uint64_t>>>* owned) {
  if (reinterpret_cast<uintptr_t>(bytes.data()) % 8 == 0) return bytes;
  auto copy = std::make_unique<std::vector<uint64_t>>((bytes.size() + 7) / 8);
  if (!bytes.empty()) std::memcpy(copy->data(), bytes.data(), bytes.size());
  const absl::Span<const uint8_t> view(reinterpret_cast<const uint8_t*>(copy->data()),
                                       bytes.size());
  owned->push_back(std::move(copy));
  return view;
}

absl::Status ReadMetadata(ModelFile* result) {
  for (const ir::MetadataEntry& entry : result->main_model().metadata) {
    if (entry.name != kMetadataName) continue;
    std::optional<ZipArchive> files;
    if (ZipArchive::EndsLikeZip(result->file->bytes())) {
      auto zip = ZipArchive::Open(result->file->bytes());
      if (!zip.ok()) return Annotate(zip.status(), "the associated files behind the model");
      files = *std::move(zip);
    }
    ET_ASSIGN_OR_RETURN(result->metadata, ParseTfliteMetadata(Aligned(entry.data, &result->owned),
                                                              files ? &*files : nullptr));
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status ReadBareTflite(ModelFile* result) {
  Section section;
  section.type = "TFLiteModel";
  section.size = result->file->bytes().size();
  result->sections.push_back(std::move(section));
  ET_RETURN_IF_ERROR(AddModel(result, 0));
  return ReadMetadata(result);
}

absl::Status ReadFile(ModelFile* result) {
  ET_ASSIGN_OR_RETURN(result->container, DetectContainer(result->file->bytes()));
  switch (result->container) {
    case Container::kTflite:
      return ReadBareTflite(result);
    case Container::kTask:
      return ReadTaskBundle(result);
    case Container::kLitertlm:
      return ReadLitertlmBundle(result);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::shared_ptr<const ModelFile>> OpenModelFile(
    std::shared_ptr<const MappedFile> file) {
  auto result = std::make_shared<ModelFile>();
  result->file = std::move(file);
  const absl::Status status = ReadFile(result.get());
  if (!status.ok()) return Annotate(status, result->file->name());
  return result;
}

}  // namespace edgetasks::model
