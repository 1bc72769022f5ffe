// Options of a classifier that several commands have.
#ifndef CPP_API_CLI_CLASSIFIER_FLAGS_H_
#define CPP_API_CLI_CLASSIFIER_FLAGS_H_

#include "CLI/CLI.hpp"
#include "edgetasks/image_classifier.h"

namespace edgetasks::cli {

// What the model does not say: --labels, --mean, --std, --resize-mode, --resize-filter,
// --color-order, --input-layout and --softmax; and --threads. `options` must outlive the command.
void AddClassifierFlags(CLI::App* command, ImageClassifierOptions* options);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_CLASSIFIER_FLAGS_H_
