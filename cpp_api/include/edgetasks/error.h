// Tells the causes of errors apart.
#ifndef EDGETASKS_ERROR_H_
#define EDGETASKS_ERROR_H_

#include "absl/status/status.h"
#include "edgetasks/error_detail.h"
#include "edgetasks/export.h"

namespace edgetasks {

/// The cause of an error that this library returned; kNone for an OK status or one from elsewhere.
///
///   if (edgetasks::ErrorDetailOf(status) == edgetasks::ErrorDetail::kContextFull) ...
EDGETASKS_EXPORT ErrorDetail ErrorDetailOf(const absl::Status& status);

}  // namespace edgetasks

#endif  // EDGETASKS_ERROR_H_
