// Which kind of file this is, by its content alone: names and extensions are the user's.
#ifndef CORE_MODEL_FILE_FORMAT_H_
#define CORE_MODEL_FILE_FORMAT_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace edgetasks::model {

enum class Container { kTflite, kTask, kLitertlm };

// "tflite", "task", "litertlm".
absl::string_view NameOf(Container container);

// kTask stands for any ZIP: what is in it is for its reader to tell. Errors: kUnsupportedFormat for
// formats that are known by name, with the way to a format that EdgeTasks reads; kCorruptFile for a
// ZIP that is cut off; kNotAModelFile.
absl::StatusOr<Container> DetectContainer(absl::Span<const uint8_t> file);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_FILE_FORMAT_H_
