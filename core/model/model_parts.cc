#include "core/model/model_parts.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/model/tflite_reader.h"

namespace edgetasks::model {
namespace {

// A graph without a type is a bare .tflite, or may be anything.
bool IsNeeded(absl::string_view model_type) {
  return model_type.empty() || model_type == kPrefillDecode || model_type == "tf_lite_embedder" ||
         model_type == "tf_lite_per_layer_embedder" || model_type == "tf_lite_aux";
}

}  // namespace

absl::Span<const uint8_t> BytesOf(const ModelFile& file, const Section& section) {
  return file.file->bytes().subspan(section.offset, section.size);
}

absl::Status AddModel(ModelFile* file, size_t index) {
  Section& section = file->sections[index];
  auto model = ReadTflite(BytesOf(*file, section), &file->owned);
  if (!model.ok()) {
    if (model.status().code() == absl::StatusCode::kUnimplemented &&
        !IsNeeded(section.model_type)) {
      section.skipped = std::string(model.status().message());
      return absl::OkStatus();
    }
    return Annotate(model.status(), section.model_type.empty() ? section.type : section.model_type);
  }
  ModelPart part;
  part.type = section.model_type;
  part.section = static_cast<int>(index);
  part.model = *std::move(model);
  const auto at = part.type == kPrefillDecode ? file->models.begin() : file->models.end();
  file->models.insert(at, std::move(part));
  return absl::OkStatus();
}

std::string ListSections(const ModelFile& file) {
  constexpr size_t kShown = 12;
  std::string list;
  for (size_t i = 0; i < std::min(file.sections.size(), kShown); ++i) {
    absl::StrAppend(&list, i == 0 ? "" : ", ", file.sections[i].type);
  }
  if (file.sections.size() > kShown) {
    absl::StrAppend(&list, " and ", file.sections.size() - kShown, " more");
  }
  return list.empty() ? "nothing" : list;
}

}  // namespace edgetasks::model
