#include "cpp_api/cli/classifier_flags.h"

namespace edgetasks::cli {

void AddClassifierFlags(CLI::App* command, ImageClassifierOptions* options) {
  command->add_option("--labels", options->labels_path,
                      "A text file with one label a line, instead of the model's own");
  command->add_option("--mean", options->mean,
                      "Subtracted from pixels: one number, or one a channel; with --std");
  command->add_option("--std", options->std, "Pixels are divided by it, after --mean");
  command
      ->add_option("--threads", options->base_options.num_threads,
                   "Threads (0: the processors there are)")
      ->check(CLI::Range(0, 1024));
}

}  // namespace edgetasks::cli
