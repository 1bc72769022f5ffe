// How long a camera's frame takes to the input tensor of a model, on one thread:
//
//   edgetasks_preprocess_bench [WIDTH HEIGHT [SIDE [ROUNDS]]]     1920 1080 224 200
//
// Prints one line of JSON: milliseconds, the least and the median of the rounds, for each format,
// rotation, filter and type. compare_preprocess.py holds them against OpenCV's steps.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "core/image/image_to_tensor.h"

namespace {

using namespace edgetasks::image;  // a program of one file

struct Case {
  const char* name;
  PixelFormat format;
  int rotation;
  ResizeFilter filter;
  bool floats;
};

constexpr Case kCases[] = {
    {"nv21_uint8", PixelFormat::kNv21, 0, ResizeFilter::kBilinear, false},
    {"nv21_float32", PixelFormat::kNv21, 0, ResizeFilter::kBilinear, true},
    {"nv21_float32_90", PixelFormat::kNv21, 90, ResizeFilter::kBilinear, true},
    {"i420_float32", PixelFormat::kI420, 0, ResizeFilter::kBilinear, true},
    {"rgb_float32", PixelFormat::kRgb, 0, ResizeFilter::kBilinear, true},
    {"rgba_float32", PixelFormat::kRgba, 0, ResizeFilter::kBilinear, true},
    {"nv21_float32_area", PixelFormat::kNv21, 0, ResizeFilter::kArea, true},
    {"nv21_float32_bicubic", PixelFormat::kNv21, 0, ResizeFilter::kBicubic, true},
};

struct Times {
  double least, median;
};

Times Measure(const Case& c, int width, int height, int side, int rounds) {
  std::vector<uint8_t> data(static_cast<size_t>(width) * height * 4);
  std::mt19937 random(1);
  for (uint8_t& byte : data) byte = static_cast<uint8_t>(random());
  PixelView picture{data, width, height, int64_t{width} * BytesOf(c.format), c.format};
  if (!LocateChroma({}, picture).ok()) return {};
  const Normalization normalization{{127.5f}, {127.5f}};
  AnyValueTable values = RawValues<uint8_t>(3);
  if (c.floats) values = *NormalizedValues(normalization, 3);
  auto converter =
      ImageToTensor::Create({side, side}, std::move(values), {ResizeMode::kStretch, c.filter});
  std::vector<float> tensor(static_cast<size_t>(side) * side * 3);
  View view;
  view.rotation_degrees = c.rotation;
  std::vector<double> times;
  for (int round = 0; round < rounds; ++round) {
    const auto start = std::chrono::steady_clock::now();
    if (!converter.ok() || !converter->Convert(picture, view, tensor.data()).ok()) return {};
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    times.push_back(took.count());
  }
  std::sort(times.begin(), times.end());
  return {times.front(), times[times.size() / 2]};
}

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int i, int otherwise) {
    return argc > i ? std::max(1, std::atoi(argv[i])) : otherwise;
  };
  const int width = number(1, 1920), height = number(2, 1080);
  const int side = number(3, 224), rounds = number(4, 200);
  std::cout << "{";
  const char* separator = "";
  for (const Case& c : kCases) {
    const bool slow = c.filter != ResizeFilter::kBilinear;
    const Times times = Measure(c, width, height, side, slow ? (rounds + 9) / 10 : rounds);
    std::cout << separator << "\"" << c.name << "\": [" << times.least << ", " << times.median
              << "]";
    separator = ", ";
  }
  std::cout << "}\n";
}
