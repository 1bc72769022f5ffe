// `edgetasks classify`: names what is in pictures.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "core/base/status_macros.h"
#include "core/base/thread_pool.h"
#include "cpp_api/cli/classification_writer.h"
#include "cpp_api/cli/classifier_flags.h"
#include "cpp_api/cli/commands.h"
#include "cpp_api/cli/picture_files.h"
#include "cpp_api/cli/terminal.h"
#include "edgetasks/image_classifier.h"

namespace edgetasks::cli {
namespace {

struct Options {
  ImageClassifierOptions classifier;
  std::string model;
  std::vector<std::string> pictures;
  float score_threshold = 0.0f;
  ImageProcessingOptions processing;
  std::vector<float> region;  // left, top, right, bottom; empty: all of the picture
  int jobs = 0;
  bool json = false, csv = false;
};

// Prints all errors but the last one, which is returned for main to print.
absl::Status ReportAll(const std::vector<absl::Status>& errors, size_t num_classified) {
  if (errors.empty()) return absl::OkStatus();
  if (errors.size() > 1) {
    std::cerr << "edgetasks classify: " << errors.size() << " errors, " << num_classified
              << " pictures classified\n";
  }
  for (size_t i = 0; i + 1 < errors.size(); ++i) {
    std::cerr << "edgetasks classify: " << errors[i].message() << "\n";
  }
  return errors.back();
}

absl::Status Classify(Options& options, bool has_threshold) {
  options.classifier.base_options.model_asset_path = options.model;
  if (options.jobs > 0) options.classifier.base_options.num_threads = options.jobs;
  if (has_threshold) options.classifier.score_threshold = options.score_threshold;
  if (const auto& r = options.region; r.size() == 4) {
    options.processing.region_of_interest = RectF{r[0], r[1], r[2], r[3]};
  }
  ET_ASSIGN_OR_RETURN(auto classifier, ImageClassifier::Create(options.classifier));
  for (const std::string& note : classifier->assumptions()) {
    std::cerr << "edgetasks classify: note: " << note << "\n";
  }
  // What cannot be read is reported at the end, and does not stop the others.
  std::vector<absl::Status> errors;
  std::vector<std::string> paths;
  for (const std::string& given : options.pictures) {
    const auto found = ListPictures(given);
    if (found.ok()) {
      paths.insert(paths.end(), found->begin(), found->end());
    } else {
      errors.push_back(found.status());
    }
  }
  const auto writer = MakeClassificationWriter(options.json  ? OutputFormat::kJson
                                               : options.csv ? OutputFormat::kCsv
                                                             : OutputFormat::kText);
  ThreadPool readers(options.classifier.base_options.num_threads);
  size_t num_classified = 0;
  {
    Progress progress("classifying");
    ClassifyFiles(*classifier, paths, options.processing, readers,
                  [&](size_t i, const absl::StatusOr<ClassificationResult>& result) {
                    if (result.ok()) {
                      writer->Write(paths[i], *result);
                      ++num_classified;
                    } else {
                      errors.push_back(result.status());
                    }
                    progress.Update(static_cast<int64_t>(i) + 1,
                                    static_cast<int64_t>(paths.size()));
                  });
  }
  writer->Finish();
  return ReportAll(errors, num_classified);
}

}  // namespace

Action AddClassifyCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("classify", "Name what is in pictures");
  command->add_option("MODEL", options->model, "A .tflite classifier")->required();
  command->add_option("PICTURE", options->pictures, "PNG, JPEG or BMP files, or folders of them")
      ->required();
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
  AddClassifierFlags(command, &options->classifier);
  command->add_option("--locale", options->classifier.display_names_locale,
                      "Print labels in this locale of the model's metadata, such as de");
  command
      ->add_option("--jobs", options->jobs,
                   "Pictures that are read and classified at a time (default: --threads)")
      ->check(CLI::Range(1, 1024));
  CLI::Option* json = command->add_flag("--json", options->json, "Print JSON");
  command->add_flag("--csv", options->csv, "Print CSV, a line for each class of each picture")
      ->excludes(json);
  options->classifier.max_results = 5;
  command->footer(
      "Examples:\n"
      "  edgetasks classify models/emoji/emoji_int8.tflite models/emoji/samples/*.png\n"
      "  edgetasks classify model.tflite photographs/ --csv --jobs 4 > labels.csv\n"
      "  edgetasks classify model.tflite picture.jpg --labels labels.txt --mean 0 --std 255 "
      "--json");
  return [options, threshold] { return Classify(*options, threshold->count() > 0); };
}

}  // namespace edgetasks::cli
