// Pictures whose planes and strides lie: what is accepted must be read within its memory, what does
// not fit must be refused. Each plane ends where the process may not read.
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "core/base/error.h"
#include "core/image/image_to_tensor.h"
#include "tests/support/fuzz_limits.h"

namespace edgetasks::image {
namespace {

// Memory whose last byte is the last before a page that cannot be read.
class GuardedMemory {
 public:
  GuardedMemory() : page_(sysconf(_SC_PAGESIZE)) {
    void* begin =
        mmap(nullptr, kBytes + page_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (begin == MAP_FAILED) return;
    begin_ = static_cast<uint8_t*>(begin);
    if (mprotect(begin_ + kBytes, page_, PROT_NONE) != 0) begin_ = nullptr;
  }
  ~GuardedMemory() {
    if (begin_ != nullptr) munmap(begin_, kBytes + page_);
  }
  GuardedMemory(const GuardedMemory&) = delete;
  GuardedMemory& operator=(const GuardedMemory&) = delete;

  bool ok() const { return begin_ != nullptr; }
  absl::Span<const uint8_t> Last(size_t size) const { return {begin_ + kBytes - size, size}; }

  static constexpr size_t kBytes = size_t{1} << 16;

 private:
  size_t page_;
  uint8_t* begin_ = nullptr;
};

class Fuzzer {
 public:
  explicit Fuzzer(uint32_t seed) : random_(seed) {}

  // Mostly what fits, sometimes one off, sometimes absurd.
  int64_t Stride(int64_t fitting) {
    constexpr int64_t kAbsurd[] = {std::numeric_limits<int64_t>::max(),
                                   std::numeric_limits<int64_t>::min(),
                                   int64_t{1} << 62,
                                   int64_t{1} << 32,
                                   -1,
                                   0};
    switch (Below(8)) {
      case 0:
        return kAbsurd[Below(6)];
      case 1:
        return fitting - 1;
      case 2:
        return fitting + Below(9);
      default:
        return fitting;
    }
  }

  absl::Span<const uint8_t> Data(const GuardedMemory& memory, int64_t fitting) {
    switch (Below(8)) {
      case 0:
        return {};
      case 1:
        fitting -= 1 + Below(3);
        break;
      case 2:
        fitting += Below(50);
        break;
      default:
        break;
    }
    const int64_t most = GuardedMemory::kBytes;
    return memory.Last(static_cast<size_t>(std::clamp<int64_t>(fitting, 1, most)));
  }

  int Below(int limit) { return static_cast<int>(random_() % static_cast<uint32_t>(limit)); }

 private:
  std::mt19937 random_;
};

// A plane that would hold columns x rows samples but for what goes wrong.
Plane MakePlane(Fuzzer& fuzzer, const GuardedMemory& memory, int64_t columns, int64_t rows,
                int64_t step, int64_t bytes) {
  const int64_t row = step * (columns - 1) + bytes;
  Plane plane;
  plane.pixel_stride = fuzzer.Below(8) == 0 ? fuzzer.Stride(step) : step;
  plane.stride = fuzzer.Stride(row);
  const int64_t stride = plane.stride > 0 && plane.stride < 1000 ? plane.stride : row;
  plane.data = fuzzer.Data(memory, stride * (rows - 1) + row);
  return plane;
}

TEST(PictureFuzzTest, PlanesThatLieAreRefusedAndOthersReadWithinBounds) {
  const GuardedMemory memory[3];
  for (const GuardedMemory& m : memory) ASSERT_TRUE(m.ok());
  Fuzzer fuzzer(3);
  int accepted = 0, refused = 0;
  for (int i = 0; i < test::MutantCount() * 10; ++i) {
    const auto format = static_cast<PixelFormat>(fuzzer.Below(10));
    PixelView picture;
    picture.format = format;
    picture.width = fuzzer.Below(40) == 0 ? fuzzer.Below(3) - 1 : 1 + fuzzer.Below(60);
    picture.height = fuzzer.Below(40) == 0 ? kMaxSide + 1 : 1 + fuzzer.Below(60);
    const int64_t width = std::max(picture.width, 1), height = std::min(picture.height, 60);
    const int64_t bytes = BytesOf(format), cw = (width + 1) / 2, ch = (height + 1) / 2;
    const Plane first = MakePlane(fuzzer, memory[0], width, height, bytes, bytes);
    picture.data = first.data;
    picture.stride = first.stride;
    const bool paired = format == PixelFormat::kNv12 || format == PixelFormat::kNv21;
    const int64_t step = paired ? 2 : 1 + fuzzer.Below(2);
    Plane chroma[2] = {};
    if (fuzzer.Below(3) != 0) {
      chroma[0] = MakePlane(fuzzer, memory[1], cw, ch, step, paired ? 2 : 1);
      chroma[1] = MakePlane(fuzzer, memory[2], cw, ch, step, 1);
    } else if (fuzzer.Below(2) != 0) {
      picture.data = fuzzer.Data(memory[0], (width + 1) * height + 2 * cw * ch);
    }
    absl::Status status = LocateChroma(chroma, picture);
    if (status.ok()) {
      const auto filter = static_cast<ResizeFilter>(fuzzer.Below(3));
      const auto mode = static_cast<ResizeMode>(fuzzer.Below(3));
      auto converter = ImageToTensor::Create({1 + fuzzer.Below(20), 1 + fuzzer.Below(20), 3},
                                             RawValues<uint8_t>(3), {mode, filter});
      ASSERT_TRUE(converter.ok());
      std::vector<uint8_t> tensor(20 * 20 * 3);
      View view;
      view.rotation_degrees = 90 * fuzzer.Below(4);
      if (fuzzer.Below(2) != 0) {
        view.left = fuzzer.Below(100) / 100.0;
        view.right = std::min(1.0, view.left + (1 - view.left) * (1 + fuzzer.Below(100)) / 100);
      }
      status = converter->Convert(picture, view, tensor.data());
    }
    if (status.ok()) {
      ++accepted;
    } else {
      ASSERT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidImage) << status;
      ++refused;
    }
  }
  EXPECT_GT(accepted, 100);
  EXPECT_GT(refused, 100);
}

}  // namespace
}  // namespace edgetasks::image
