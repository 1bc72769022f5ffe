// `edgetasks evaluate`: how often a classifier is right about pictures whose class is known.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <limits>
#include <memory>
#include <system_error>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/file_writer.h"
#include "core/base/status_macros.h"
#include "core/base/thread_pool.h"
#include "cpp_api/cli/classifier_flags.h"
#include "cpp_api/cli/commands.h"
#include "cpp_api/cli/evaluation_report.h"
#include "cpp_api/cli/folder_labels.h"
#include "cpp_api/cli/picture_files.h"
#include "cpp_api/cli/terminal.h"
#include "edgetasks/image_classifier.h"
#include "nlohmann/json.hpp"

namespace edgetasks::cli {
namespace {

namespace fs = std::filesystem;

struct Options {
  ImageClassifierOptions classifier;
  std::string model, folder, html, png;
  int head = 0;
  bool json = false;
};

struct LabeledPictures {
  std::vector<std::string> paths;
  std::vector<int> truths;  // the class of each
};

// The names of the folders in `folder`, sorted.
absl::StatusOr<std::vector<std::string>> ClassFolders(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  fs::directory_iterator entry(folder, error);
  for (const fs::directory_iterator end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::error_code ignored;
    if (name.front() != '.' && entry->is_directory(ignored)) names.push_back(name);
  }
  if (error) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kFileUnreadable,
                     absl::StrCat(folder, ": the folder cannot be listed: ", error.message()));
  }
  if (names.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                     absl::StrCat(folder,
                                  ": expected a folder for each class, named by its label,"
                                  " with pictures of it; there is none"));
  }
  std::sort(names.begin(), names.end());
  return names;
}

absl::StatusOr<LabeledPictures> FindPictures(const std::string& folder,
                                             const std::vector<std::string>& labels,
                                             std::vector<std::string>* unreadable) {
  ET_ASSIGN_OR_RETURN(const std::vector<std::string> folders, ClassFolders(folder));
  const absl::StatusOr<std::vector<int>> classes = MatchFolders(folders, labels);
  if (!classes.ok()) return Annotate(classes.status(), folder);
  LabeledPictures pictures;
  for (size_t i = 0; i < folders.size(); ++i) {
    const auto found = ListPictures((fs::path(folder) / folders[i]).string());
    if (!found.ok()) {
      unreadable->push_back(std::string(found.status().message()));
      continue;
    }
    pictures.paths.insert(pictures.paths.end(), found->begin(), found->end());
    pictures.truths.resize(pictures.paths.size(), (*classes)[i]);
  }
  return pictures;
}

// Reads with all threads, classifies picture by picture with all threads: a latency is what a
// program that waits for one picture sees, from pixels to labels.
void Evaluate(ImageClassifier& classifier, const LabeledPictures& pictures, int head,
              ThreadPool& readers, EvaluationReport* report) {
  Progress progress("evaluating");
  const absl::Span<const std::string> paths = pictures.paths;
  const size_t batch_size = BatchSize(readers);
  for (size_t begin = 0; begin < paths.size(); begin += batch_size) {
    const auto batch = ReadPictures(paths.subspan(begin, batch_size), readers);
    for (size_t i = 0; i < batch.size(); ++i) {
      progress.Update(static_cast<int64_t>(begin + i), static_cast<int64_t>(paths.size()));
      if (!batch[i].ok()) {
        report->unreadable.push_back(std::string(batch[i].status().message()));
        continue;
      }
      const Stopwatch watch;
      const auto result = classifier.Classify(batch[i]->view());
      const double ms = watch.seconds() * 1e3;
      if (!result.ok()) {
        report->unreadable.push_back(
            absl::StrCat(paths[begin + i], ": ", result.status().message()));
        continue;
      }
      std::vector<int> ranked;
      for (const Category& c : result->classifications[head].categories) ranked.push_back(c.index);
      report->evaluation.Add(pictures.truths[begin + i], ranked);
      report->latencies_ms.push_back(ms);
    }
  }
}

absl::Status WriteFile(const std::string& path, absl::Span<const uint8_t> bytes) {
  ET_ASSIGN_OR_RETURN(const auto file, FileWriter::Create(path));
  ET_RETURN_IF_ERROR(file->Append(bytes));
  return file->Commit();
}

absl::Status Write(const Options& options, const EvaluationReport& report) {
  if (options.json) {
    std::cout << ToJson(report).dump(1, ' ', false, nlohmann::json::error_handler_t::replace)
              << "\n";
  } else {
    std::cout << ToText(report);
  }
  if (!options.html.empty()) {
    const std::string page = ToHtml(report);
    const auto* bytes = reinterpret_cast<const uint8_t*>(page.data());
    ET_RETURN_IF_ERROR(WriteFile(options.html, absl::MakeConstSpan(bytes, page.size())));
  }
  if (!options.png.empty()) {
    ET_RETURN_IF_ERROR(WriteFile(options.png, ConfusionPng(report.evaluation)));
  }
  return absl::OkStatus();
}

absl::Status Run(Options& options) {
  ImageClassifierOptions& classifier_options = options.classifier;
  classifier_options.base_options.model_asset_path = options.model;
  // The five best, however low: thresholds of the metadata are for what people are shown.
  classifier_options.max_results = 5;
  classifier_options.score_threshold = std::numeric_limits<float>::lowest();
  ET_ASSIGN_OR_RETURN(const auto classifier, ImageClassifier::Create(classifier_options));
  for (const std::string& note : classifier->assumptions()) {
    std::cerr << "edgetasks evaluate: note: " << note << "\n";
  }
  EvaluationReport report;
  report.model = options.model;
  report.folder = options.folder;
  report.names = classifier->labels(options.head);
  if (report.names.empty()) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                     absl::StrCat("--head is ", options.head, ", but the model has no such head"));
  }
  ET_ASSIGN_OR_RETURN(const LabeledPictures pictures,
                      FindPictures(options.folder, report.names, &report.unreadable));
  ThreadPool readers(classifier_options.base_options.num_threads);
  Evaluate(*classifier, pictures, options.head, readers, &report);
  for (const std::string& message : report.unreadable) {
    std::cerr << "edgetasks evaluate: left out: " << message << "\n";
  }
  if (report.evaluation.count() == 0) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidImage,
                     absl::StrCat(options.folder, ": no picture could be read"));
  }
  return Write(options, report);
}

}  // namespace

Action AddEvaluateCommand(CLI::App& app) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("evaluate", "Measure a classifier on pictures whose class is known");
  command->add_option("MODEL", options->model, "A .tflite classifier")->required();
  command
      ->add_option("FOLDER", options->folder,
                   "A folder with a folder of pictures for each class, named by its label")
      ->required();
  command->add_option("--html", options->html, "Write a page with the confusion matrix there");
  command->add_option("--png", options->png, "Write the confusion matrix as a picture there");
  command->add_option("--head", options->head, "Which output of the model to look at (0)");
  AddClassifierFlags(command, &options->classifier);
  command->add_flag("--json", options->json, "Print JSON");
  command->footer(
      "Latency is that of one picture at a time, from its pixels to labels.\n"
      "Examples:\n"
      "  edgetasks evaluate model.tflite validation/ --html report.html\n"
      "  edgetasks evaluate model.tflite validation/ --labels labels.txt --json");
  return [options] { return Run(*options); };
}

}  // namespace edgetasks::cli
