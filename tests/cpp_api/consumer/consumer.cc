// Uses the installed API: the error of a missing model reaches the program with its cause.
#include <iostream>

#include "edgetasks/error.h"
#include "edgetasks/image_classifier.h"

int main() {
  edgetasks::ImageClassifierOptions options;
  options.base_options.model_asset_path = "no-such-model.tflite";
  auto classifier = edgetasks::ImageClassifier::Create(options);
  const bool as_expected =
      edgetasks::ErrorDetailOf(classifier.status()) == edgetasks::ErrorDetail::kFileNotFound;
  std::cout << classifier.status().message() << "\n";
  return as_expected ? 0 : 1;
}
