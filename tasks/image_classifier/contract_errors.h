// How the contract's errors are worded.
#ifndef TASKS_IMAGE_CLASSIFIER_CONTRACT_ERRORS_H_
#define TASKS_IMAGE_CLASSIFIER_CONTRACT_ERRORS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/ir/graph.h"

namespace edgetasks::tasks {

// INVALID_ARGUMENT (kNotAClassifier); the arguments are joined by absl::StrCat.
template <typename... Args>
absl::Status NotAClassifier(const Args&... args) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kNotAClassifier,
                   absl::StrCat("not an image classifier: ", args...));
}

// "input 'x' is float32 [1, 224, 224, 3]".
inline std::string Describe(const char* kind, const ir::Tensor& tensor) {
  return absl::StrCat(kind, " '", tensor.name, "' is ", ir::NameOf(tensor.dtype), " ",
                      tensor.shape_signature.ToString());
}

}  // namespace edgetasks::tasks

#endif  // TASKS_IMAGE_CLASSIFIER_CONTRACT_ERRORS_H_
