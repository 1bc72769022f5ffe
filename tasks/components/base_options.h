// Where a task's model comes from, and what the task may use to run it.
#ifndef TASKS_COMPONENTS_BASE_OPTIONS_H_
#define TASKS_COMPONENTS_BASE_OPTIONS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/types/span.h"

namespace edgetasks {

/// A part of an open file, such as an asset inside an Android package.
struct FileDescriptor {
  /// An open, readable descriptor, >= 0. It is not taken over: it may be closed as soon as the task
  /// is created.
  int fd = -1;
  /// The model's first byte, in bytes from the start of the file, >= 0. Default 0.
  int64_t offset = 0;
  /// The model's size in bytes, >= 0. Default 0: to the end of the file.
  int64_t length = 0;
};

/// Options that all tasks share.
///
/// Exactly one of the three model sources must be set: INVALID_ARGUMENT (kInvalidOption) otherwise.
struct BaseOptions {
  /// The path of a model file. Its format is recognised by its content, never by its name. The file
  /// is mapped, not copied: it must not be truncated while the task lives. A language model's pages
  /// are brought in by a thread of their own while the task is created, unless the file is larger
  /// than half of the machine's memory. Default "": not set.
  std::string model_asset_path;

  /// A model inside an open file. Default: not set.
  std::optional<FileDescriptor> model_asset_descriptor;

  /// The bytes of a model, aligned to 4. They are not copied: they must stay valid and unchanged as
  /// long as the task lives. Default empty: not set.
  absl::Span<const uint8_t> model_asset_buffer;

  /// The threads that compute, the calling one included: 1 to 1024. Default 0: as many as the
  /// process may run on. Others: INVALID_ARGUMENT (kInvalidOption).
  int num_threads = 0;
};

}  // namespace edgetasks

#endif  // TASKS_COMPONENTS_BASE_OPTIONS_H_
