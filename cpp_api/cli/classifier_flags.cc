#include "cpp_api/cli/classifier_flags.h"

#include <map>
#include <string>

namespace edgetasks::cli {
namespace {

// An option whose values are names of an enum's numbers.
template <typename Enum>
void AddChoice(CLI::App& command, const std::string& name, Enum& value, const std::string& text,
               const std::map<std::string, Enum>& choices) {
  command.add_option(name, value, text)->transform(CLI::CheckedTransformer(choices));
}

// What a model without metadata does not say.
void AddModelOptions(CLI::App& command, ImageClassifierOptions& options) {
  AddChoice<ResizeMode>(command, "--resize-mode", options.resize_mode,
                        "How pictures of another shape are brought to the model's",
                        {{"stretch", ResizeMode::kStretch},
                         {"letterbox", ResizeMode::kLetterbox},
                         {"center-crop", ResizeMode::kCenterCrop}});
  AddChoice<ResizeFilter>(command, "--resize-filter", options.resize_filter,
                          "How pixels are made when they are",
                          {{"bilinear", ResizeFilter::kBilinear},
                           {"area", ResizeFilter::kArea},
                           {"bicubic", ResizeFilter::kBicubic}});
  AddChoice<ColorOrder>(command, "--color-order", options.color_order,
                        "The order of the channels of the model's input",
                        {{"rgb", ColorOrder::kRgb}, {"bgr", ColorOrder::kBgr}});
  AddChoice<InputLayout>(
      command, "--input-layout", options.input_layout, "The order of the axes of the model's input",
      {{"auto", InputLayout::kAuto}, {"nhwc", InputLayout::kNhwc}, {"nchw", InputLayout::kNchw}});
  AddChoice<ApplySoftmax>(command, "--softmax", options.apply_softmax,
                          "Whether the model's numbers are logits",
                          {{"never", ApplySoftmax::kNever},
                           {"always", ApplySoftmax::kAlways},
                           {"auto", ApplySoftmax::kAuto}});
}

}  // namespace

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
  AddModelOptions(*command, *options);
}

}  // namespace edgetasks::cli
