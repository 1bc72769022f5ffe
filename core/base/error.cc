#include "core/base/error.h"

#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"

namespace edgetasks {
namespace {
constexpr absl::string_view kPayloadUrl = "edgetasks.org/error_detail";
}  // namespace

absl::Status MakeError(absl::StatusCode code, ErrorDetail detail, absl::string_view message) {
  absl::Status status(code, message);
  status.SetPayload(kPayloadUrl, absl::Cord(absl::StrCat(static_cast<int>(detail))));
  return status;
}

ErrorDetail GetErrorDetail(const absl::Status& status) {
  auto payload = status.GetPayload(kPayloadUrl);
  int value = 0;
  if (!payload || !absl::SimpleAtoi(std::string(*payload), &value)) return ErrorDetail::kNone;
  return static_cast<ErrorDetail>(value);
}

absl::Status Annotate(const absl::Status& status, absl::string_view where) {
  if (status.ok()) return status;
  absl::Status annotated(status.code(), absl::StrCat(where, ": ", status.message()));
  status.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& value) { annotated.SetPayload(url, value); });
  return annotated;
}

}  // namespace edgetasks
