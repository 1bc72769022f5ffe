// Errors that say what went wrong in two grains: absl's canonical code for the caller's control
// flow, and an ErrorDetail (kept as a status payload) for programs that react to one cause.
#ifndef CORE_BASE_ERROR_H_
#define CORE_BASE_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/error_detail.h"

namespace edgetasks {

// An error with both grains. The message names what, where, expected and got, and the way out.
absl::Status MakeError(absl::StatusCode code, ErrorDetail detail, absl::string_view message);

// The detail of `status`; kNone if it is OK or was not made here.
ErrorDetail GetErrorDetail(const absl::Status& status);

// `status` with "where: " in front of its message; code and payload are kept.
absl::Status Annotate(const absl::Status& status, absl::string_view where);

// Shorthands for those that checks use all the time. The arguments are joined by absl::StrCat.
template <typename... Args>
absl::Status CorruptFile(const Args&... args) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kCorruptFile,
                   absl::StrCat(args...));
}
template <typename... Args>
absl::Status InvalidGraph(const Args&... args) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidGraph,
                   absl::StrCat(args...));
}
template <typename... Args>
absl::Status InvalidOption(const Args&... args) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                   absl::StrCat(args...));
}
// A model's metadata contradict the model or themselves.
template <typename... Args>
absl::Status InvalidMetadata(const Args&... args) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidMetadata,
                   absl::StrCat(args...));
}
template <typename... Args>
absl::Status Unsupported(ErrorDetail detail, const Args&... args) {
  return MakeError(absl::StatusCode::kUnimplemented, detail, absl::StrCat(args...));
}

}  // namespace edgetasks

#endif  // CORE_BASE_ERROR_H_
