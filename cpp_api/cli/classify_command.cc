// `edgetasks classify`: names what is in pictures.
#include <iostream>
#include <memory>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "cpp_api/cli/commands.h"
#include "cpp_api/cli/picture_reader.h"
#include "cpp_api/cli/terminal.h"
#include "edgetasks/image_classifier.h"
#include "nlohmann/json.hpp"

namespace edgetasks::cli {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  ImageClassifierOptions classifier;
  std::string model;
  std::vector<std::string> pictures;
  float score_threshold = 0.0f;
  ImageProcessingOptions processing;
  std::vector<float> region;  // left, top, right, bottom; empty: all of the picture
  bool json = false;
};

Json ToJson(const std::string& picture, const ClassificationResult& result) {
  Json json = {{"picture", picture}, {"classifications", Json::array()}};
  for (const Classifications& head : result.classifications) {
    Json entry = {{"head_index", head.head_index}};
    if (head.head_name) entry["head_name"] = *head.head_name;
    entry["categories"] = Json::array();
    for (const Category& category : head.categories) {
      Json c = {{"index", category.index}, {"score", category.score}};
      if (!category.category_name.empty()) c["category_name"] = category.category_name;
      if (!category.display_name.empty()) c["display_name"] = category.display_name;
      entry["categories"].push_back(c);
    }
    json["classifications"].push_back(entry);
  }
  return json;
}

void PrintText(const std::string& picture, const ClassificationResult& result) {
  std::cout << Bold(picture) << "\n";
  for (const Classifications& head : result.classifications) {
    if (result.classifications.size() > 1) {
      std::cout << "  head " << head.head_index
                << (head.head_name ? absl::StrCat(" (", *head.head_name, ")") : "") << "\n";
    }
    for (const Category& category : head.categories) {
      const std::string& name =
          !category.display_name.empty() ? category.display_name : category.category_name;
      std::cout << absl::StrFormat("  %.4f  %s\n", category.score,
                                   name.empty() ? absl::StrCat("class ", category.index) : name);
    }
    if (head.categories.empty()) std::cout << "  nothing above the threshold\n";
  }
}

absl::Status Classify(Options& options, bool has_threshold) {
  options.classifier.base_options.model_asset_path = options.model;
  if (has_threshold) options.classifier.score_threshold = options.score_threshold;
  if (const auto& r = options.region; r.size() == 4) {
    options.processing.region_of_interest = RectF{r[0], r[1], r[2], r[3]};
  }
  ET_ASSIGN_OR_RETURN(auto classifier, ImageClassifier::Create(options.classifier));
  for (const std::string& note : classifier->assumptions()) {
    std::cerr << "edgetasks classify: note: " << note << "\n";
  }
  // A picture that cannot be read is reported, and does not stop the others.
  absl::Status first_error;
  Json all = Json::array();
  Progress progress("classifying");
  for (size_t i = 0; i < options.pictures.size(); ++i) {
    const std::string& path = options.pictures[i];
    progress.Update(absl::StrCat(i + 1, " of ", options.pictures.size()));
    auto picture = ReadPicture(path);
    auto result = picture.ok() ? classifier->Classify(picture->view(), options.processing)
                               : absl::StatusOr<ClassificationResult>(picture.status());
    if (!result.ok()) {
      if (!first_error.ok()) std::cerr << "edgetasks classify: " << first_error.message() << "\n";
      first_error = picture.ok() ? Annotate(result.status(), path) : result.status();
    } else if (options.json) {
      all.push_back(ToJson(path, *result));
    } else {
      PrintText(path, *result);
    }
  }
  if (options.json) std::cout << all.dump(1, ' ', false, Json::error_handler_t::replace) << "\n";
  return first_error;
}

}  // namespace

Action AddClassifyCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("classify", "Name what is in pictures");
  command->add_option("MODEL", options->model, "A .tflite classifier")->required();
  command->add_option("PICTURE", options->pictures, "PNG, JPEG or BMP files")->required();
  command->add_option("--max-results", options->classifier.max_results,
                      "The best so many classes (-1: all)");
  CLI::Option* threshold = command->add_option(
      "--score-threshold", options->score_threshold,
      "Leave out classes with a lower score (default: what the model's metadata says)");
  command
      ->add_option("--allow", options->classifier.category_allowlist,
                   "The only labels to report; once a label")
      ->allow_extra_args(false);
  command
      ->add_option("--deny", options->classifier.category_denylist,
                   "A label not to report; once a label")
      ->allow_extra_args(false);
  command
      ->add_option("--region", options->region,
                   "LEFT TOP RIGHT BOTTOM of the part to look at, fractions of the picture")
      ->expected(4);
  command->add_option("--rotation", options->processing.rotation_degrees,
                      "Rotate clockwise by so many degrees, a multiple of 90");
  command->add_option("--labels", options->classifier.labels_path,
                      "A text file with one label a line, instead of the model's own");
  command->add_option("--mean", options->classifier.mean,
                      "Subtracted from pixels: one number, or one a channel; with --std");
  command->add_option("--std", options->classifier.std, "Pixels are divided by it, after --mean");
  command
      ->add_option("--threads", options->classifier.base_options.num_threads,
                   "Threads (0: the processors there are)")
      ->check(CLI::Range(0, 1024));
  command->add_flag("--json", options->json, "Print JSON");
  options->classifier.max_results = 5;
  command->footer(
      "Examples:\n"
      "  edgetasks classify models/emoji/emoji_int8.tflite models/emoji/samples/*.png\n"
      "  edgetasks classify model.tflite picture.jpg --labels labels.txt --mean 0 --std 255 "
      "--json");
  return [options, threshold] { return Classify(*options, threshold->count() > 0); };
}

}  // namespace edgetasks::cli
