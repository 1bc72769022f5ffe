// What the readers of .task and .litertlm share: from a section's bytes to a part of a ModelFile.
#ifndef CORE_MODEL_MODEL_PARTS_H_
#define CORE_MODEL_MODEL_PARTS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/model/model_file.h"

namespace edgetasks::model {

inline constexpr absl::string_view kPrefillDecode = "tf_lite_prefill_decode";

// The bytes of a section of `file`, whose offset and size were verified.
absl::Span<const uint8_t> BytesOf(const ModelFile& file, const Section& section);

// Reads the graph in section `index`, whose model_type is set, into file->models; the
// prefill/decode model goes to the front. A graph that text generation can do without (a vision
// encoder, say) and that EdgeTasks does not support is skipped, and its section says why.
absl::Status AddModel(ModelFile* file, size_t index);

// "A, B and 7 more": the sections' types, for messages.
std::string ListSections(const ModelFile& file);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_MODEL_PARTS_H_
