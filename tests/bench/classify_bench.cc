// Times the classification of one picture through the C++ API, from its pixels to its labels;
// compare_classify.py holds it against ClassifyBench.java and MediaPipe. Prints one line of JSON:
// the microseconds of each run.
//
//   classify_bench MODEL PIXELS WIDTH HEIGHT RUNS      (PIXELS: a file of RGB bytes)
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "edgetasks/image_classifier.h"

namespace edgetasks {
namespace {

constexpr int kWarmUp = 10;

absl::StatusOr<std::vector<double>> ClassifyUs(const char* model, const Image& image, int runs) {
  ImageClassifierOptions options;
  options.base_options.model_asset_path = model;
  auto classifier = ImageClassifier::Create(options);
  if (!classifier.ok()) return classifier.status();
  std::vector<double> times;
  for (int i = 0; i < kWarmUp + runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    const auto result = (*classifier)->Classify(image);
    const auto end = std::chrono::steady_clock::now();
    if (!result.ok()) return result.status();
    if (i < kWarmUp) continue;
    times.push_back(std::chrono::duration<double, std::micro>(end - start).count());
  }
  return times;
}

}  // namespace
}  // namespace edgetasks

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: classify_bench MODEL PIXELS WIDTH HEIGHT RUNS\n");
    return 2;
  }
  std::ifstream file(argv[2], std::ios::binary);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file), {}};
  edgetasks::Image image;
  image.data = absl::MakeConstSpan(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  image.width = std::atoi(argv[3]);
  image.height = std::atoi(argv[4]);
  const auto times = edgetasks::ClassifyUs(argv[1], image, std::atoi(argv[5]));
  if (!times.ok()) {
    std::fprintf(stderr, "classify_bench: %s\n", std::string(times.status().message()).c_str());
    return 1;
  }
  const char* separator = "[";
  for (const double time : *times) {
    std::printf("%s%.2f", separator, time);
    separator = ", ";
  }
  std::printf("]\n");
  return 0;
}
