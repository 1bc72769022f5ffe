#include "edgetasks/error.h"

#include "core/base/error.h"

namespace edgetasks {

ErrorDetail ErrorDetailOf(const absl::Status& status) { return GetErrorDetail(status); }

}  // namespace edgetasks
