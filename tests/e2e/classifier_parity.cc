// What C++ answers to a list of cases, as JSON: ClassifierFeaturesParityTest.java asks Java the
// same, and holds the two against one another.
//
//   classifier_parity ROOT CASES.json PIXELS
//
// ROOT: the folder that paths in the cases start from. PIXELS: a file of bytes; a picture's planes
// are views of it.
#include <chrono>
#include <fstream>
#include <future>
#include <iostream>
#include <iterator>
#include <map>
#include <thread>

#include "absl/strings/escaping.h"
#include "core/base/status_macros.h"
#include "edgetasks/image_classifier.h"
#include "nlohmann/json.hpp"
#include "tests/e2e/parity_json.h"

namespace edgetasks {
namespace {

using nlohmann::json;

using Options = ImageClassifierOptions;
using Setter = void (*)(const json&, Options*);
using Strings = std::vector<std::string>;

// An option by its name.
#define ET_OPTION(name, value)                                            \
  {                                                                       \
#name, [](const json& v, Options* options) { options->name = value; } \
  }

const std::map<std::string, Setter>& Setters() {
  static const auto* const setters = new std::map<std::string, Setter>{
      ET_OPTION(display_names_locale, v),
      ET_OPTION(max_results, v),
      ET_OPTION(score_threshold, v.get<float>()),
      ET_OPTION(category_allowlist, v.get<Strings>()),
      ET_OPTION(category_denylist, v.get<Strings>()),
      ET_OPTION(labels, v.get<Strings>()),
      ET_OPTION(labels_path, v),
      ET_OPTION(running_mode, static_cast<RunningMode>(v.get<int>())),
      ET_OPTION(mean, v.get<std::vector<float>>()),
      ET_OPTION(std, v.get<std::vector<float>>()),
      ET_OPTION(resize_mode, static_cast<ResizeMode>(v.get<int>())),
      ET_OPTION(resize_filter, static_cast<ResizeFilter>(v.get<int>())),
      ET_OPTION(color_order, static_cast<ColorOrder>(v.get<int>())),
      ET_OPTION(input_layout, static_cast<InputLayout>(v.get<int>())),
      ET_OPTION(apply_softmax, static_cast<ApplySoftmax>(v.get<int>())),
  };
  return *setters;
}

#undef ET_OPTION

json ToJson(const Category& category) {
  return {{"index", category.index},
          {"score", BitsOf<uint32_t>(category.score)},
          {"category_name", category.category_name},
          {"display_name", category.display_name}};
}

json ToJson(const Classifications& head) {
  json categories = json::array();
  for (const Category& category : head.categories) categories.push_back(ToJson(category));
  return {{"head_index", head.head_index},
          {"head_name", head.head_name ? json(*head.head_name) : json()},
          {"categories", std::move(categories)}};
}

json ToJson(const absl::StatusOr<ClassificationResult>& result) {
  if (!result.ok()) return {{"error", ErrorToJson(result.status())}};
  json heads = json::array();
  for (const Classifications& head : result->classifications) heads.push_back(ToJson(head));
  return heads;
}

// [offset, row stride, pixel stride]; the first plane of a picture is that of Image itself.
ImagePlane ToPlane(const json& plane, absl::Span<const uint8_t> pixels) {
  return {pixels.subspan(plane[0].get<size_t>()), plane[1], plane[2]};
}

Image ToImage(const json& picture, absl::Span<const uint8_t> pixels) {
  const json& planes = picture["planes"];
  const ImagePlane first = ToPlane(planes[0], pixels);
  Image image;
  image.data = first.data;
  image.stride = first.row_stride;
  image.width = picture["width"];
  image.height = picture["height"];
  image.format = static_cast<PixelFormat>(picture["format"].get<int>());
  for (size_t i = 1; i < planes.size(); ++i) image.chroma[i - 1] = ToPlane(planes[i], pixels);
  image.yuv_matrix = static_cast<YuvMatrix>(picture.value("yuv_matrix", 0));
  image.yuv_range = static_cast<YuvRange>(picture.value("yuv_range", 0));
  return image;
}

ImageProcessingOptions ToProcessing(const json& wanted) {
  ImageProcessingOptions options;
  options.rotation_degrees = wanted.value("rotation_degrees", 0);
  if (wanted.contains("region_of_interest")) {
    const json& sides = wanted["region_of_interest"];
    options.region_of_interest = {sides[0], sides[1], sides[2], sides[3]};
  }
  return options;
}

json ToTimed(const absl::StatusOr<ClassificationResult>& result) {
  json timed = {{"heads", ToJson(result)}};
  if (result.ok()) timed["timestamp_ms"] = result->timestamp_ms.value_or(-1);
  return timed;
}

// The pictures as frames of a video or of a camera, at the times that the case says. A camera's are
// shown when the one before has its result: otherwise they would be dropped.
absl::Status Film(Options options, const json& wanted, const std::vector<Image>& images,
                  json* answer) {
  std::promise<absl::StatusOr<ClassificationResult>>* told = nullptr;
  const bool live = options.running_mode == RunningMode::kLiveStream;
  if (live) {
    options.result_callback = [&](absl::StatusOr<ClassificationResult> result, int64_t) {
      told->set_value(std::move(result));
    };
  }
  ET_ASSIGN_OR_RETURN(auto classifier, ImageClassifier::Create(options));
  const ImageProcessingOptions processing = ToProcessing(wanted);
  for (size_t i = 0; i < images.size(); ++i) {
    const int64_t time = wanted["timestamps"][i];
    if (!live) {
      (*answer)["timed"].push_back(
          ToTimed(classifier->ClassifyForVideo(images[i], time, processing)));
      continue;
    }
    std::promise<absl::StatusOr<ClassificationResult>> result;
    told = &result;
    ET_RETURN_IF_ERROR(classifier->ClassifyAsync(images[i], time, processing));
    (*answer)["timed"].push_back(ToTimed(result.get_future().get()));
    // The stream is free a moment after its callback has returned.
    while (classifier->live_stream_statistics().results <= static_cast<int64_t>(i)) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return absl::OkStatus();
}

absl::Status Answer(const json& wanted, const std::string& root, const json& pictures,
                    absl::Span<const uint8_t> pixels, json* answer) {
  Options options;
  for (const auto& [name, value] : wanted["options"].items()) Setters().at(name)(value, &options);
  options.base_options.model_asset_path = root + "/" + wanted["model"].get<std::string>();
  if (!options.labels_path.empty()) options.labels_path = root + "/" + options.labels_path;
  std::vector<Image> images;
  for (const json& name : wanted["pictures"]) {
    images.push_back(ToImage(pictures[name.get<std::string>()], pixels));
  }
  if (wanted.contains("timestamps")) return Film(options, wanted, images, answer);
  ET_ASSIGN_OR_RETURN(auto classifier, ImageClassifier::Create(options));
  const ImageProcessingOptions processing = ToProcessing(wanted);
  (*answer)["single"] = ToJson(classifier->Classify(images[0], processing));
  for (const auto& result : classifier->ClassifyAll(images, processing)) {
    (*answer)["all"].push_back(ToJson(result));
  }
  (*answer)["labels"] = classifier->labels();
  (*answer)["labels_of_no_head"] = classifier->labels(1000);
  (*answer)["assumptions"] = classifier->assumptions();
  (*answer)["custom_metadata"] = json::array();
  for (const CustomMetadata& entry : classifier->custom_metadata()) {
    const std::string bytes(entry.data.begin(), entry.data.end());
    (*answer)["custom_metadata"].push_back({entry.name, absl::BytesToHexString(bytes)});
  }
  return absl::OkStatus();
}

void Run(const std::string& root, const char* cases_path, const char* pixels_path) {
  std::ifstream file(cases_path), pixels_file(pixels_path, std::ios::binary);
  const json cases = json::parse(file);
  const std::vector<uint8_t> pixels((std::istreambuf_iterator<char>(pixels_file)), {});
  json answers = json::array();
  for (const json& wanted : cases["cases"]) {
    json answer = {{"name", wanted["name"]}};
    const absl::Status status = Answer(wanted, root, cases["pictures"], pixels, &answer);
    if (!status.ok()) answer["error"] = ErrorToJson(status);
    answers.push_back(std::move(answer));
  }
  std::cout << answers.dump(1) << "\n";
}

}  // namespace
}  // namespace edgetasks

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: classifier_parity ROOT CASES.json PIXELS\n";
    return 2;
  }
  edgetasks::Run(argv[1], argv[2], argv[3]);
  return 0;
}
