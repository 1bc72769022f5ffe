// Classifies a picture that it paints itself: a yellow disc on blue.
//
//   classify_example MODEL.tflite
#include <cstdint>
#include <iostream>
#include <vector>

#include "edgetasks/image_classifier.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: classify_example MODEL.tflite\n";
    return 2;
  }
  edgetasks::ImageClassifierOptions options;
  options.base_options.model_asset_path = argv[1];
  options.max_results = 3;
  auto classifier = edgetasks::ImageClassifier::Create(options);
  if (!classifier.ok()) {
    std::cerr << classifier.status().message() << "\n";
    return 1;
  }

  constexpr int kSize = 128;
  std::vector<uint8_t> pixels;
  for (int y = 0; y < kSize; ++y) {
    for (int x = 0; x < kSize; ++x) {
      const int dx = x - kSize / 2, dy = y - kSize / 2;
      const bool inside = dx * dx + dy * dy < 48 * 48;
      pixels.push_back(inside ? 255 : 90);
      pixels.push_back(inside ? 200 : 170);
      pixels.push_back(inside ? 40 : 250);
    }
  }
  edgetasks::Image image;
  image.data = pixels;
  image.width = image.height = kSize;

  auto result = (*classifier)->Classify(image);
  if (!result.ok()) {
    std::cerr << result.status().message() << "\n";
    return 1;
  }
  for (const edgetasks::Category& category : result->classifications[0].categories) {
    std::cout << category.category_name << " " << category.score << "\n";
  }
  return 0;
}
