// Which class of a model a folder of pictures stands for.
#ifndef CPP_API_CLI_FOLDER_LABELS_H_
#define CPP_API_CLI_FOLDER_LABELS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace edgetasks::cli {

// The class of each folder. A name stands for the class with that label; else for the one whose
// label is the same but for case and for "_", "-" and " "; else, a number, for the class with that
// index. `labels` has an entry for each class, empty where the model has no label.
//
// INVALID_ARGUMENT (kInvalidOption) lists every folder that stands for no class, with the labels
// that are written most alike, or for more than one, with their indices; and every two folders that
// stand for the same class.
absl::StatusOr<std::vector<int>> MatchFolders(absl::Span<const std::string> folders,
                                              absl::Span<const std::string> labels);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_FOLDER_LABELS_H_
