#include "tests/support/mutator.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace edgetasks::test {
namespace {
constexpr size_t kMaxChanges = 4;
constexpr size_t kMaxRun = 64;
}  // namespace

size_t Mutator::Below(size_t limit) { return limit == 0 ? 0 : random_() % limit; }

// Of `width` bytes inside the focus, aligned to them three times out of four.
size_t Mutator::Position(const std::vector<uint8_t>& bytes, size_t width) {
  const size_t end = std::min(focus_end_, bytes.size());
  const size_t begin = std::min(focus_begin_, end);
  if (width == 0 || end - begin < width) return begin;
  size_t position = begin + Below(end - begin - width + 1);
  if (Below(4) != 0) position = std::max(begin, position / width * width);
  return position;
}

uint64_t Mutator::InterestingValue(const std::vector<uint8_t>& bytes, size_t position,
                                   size_t width) {
  const uint64_t size = bytes.size();
  const uint64_t fixed[] = {
      0,
      1,
      2,
      ~uint64_t{0},
      ~uint64_t{0} - 3,
      0x7f,
      0x80,
      0x7fff,
      0x8000,
      0xffff,
      0x7fffffff,
      0x80000000,
      0xffffffff,
      0x40000000,
      0x20000000,
      uint64_t{1} << 32,
      uint64_t{1} << 62,
      uint64_t{1} << 63,
      size,
      size - 1,
      size + 1,
      size - position,
      position,
      0x7fffffffffffffff,
  };
  constexpr size_t kFixed = sizeof(fixed) / sizeof(fixed[0]);
  const size_t choice = Below(kFixed + 8);
  if (choice < kFixed) return fixed[choice];
  uint64_t old = 0;
  std::memcpy(&old, bytes.data() + position, width);
  if (choice < kFixed + 6) return old + Below(33) - 16;
  return random_();
}

void Mutator::Cut(std::vector<uint8_t>* bytes) {
  const size_t size = Below(bytes->size() + 1);
  bytes->resize(size);
  absl::StrAppend(&description_, "cut to ", size, ", ");
}

void Mutator::FlipBits(std::vector<uint8_t>* bytes) {
  if (bytes->empty()) return;
  const size_t flips = 1 + Below(8);
  const size_t position = Position(*bytes, 4);
  for (size_t i = 0; i < flips; ++i) {
    const size_t target = std::min(position + Below(4), bytes->size() - 1);
    (*bytes)[target] = static_cast<uint8_t>((*bytes)[target] ^ (1u << Below(8)));
  }
  absl::StrAppend(&description_, "flip ", flips, " bits at ", position, ", ");
}

void Mutator::OverwriteField(std::vector<uint8_t>* bytes) {
  const size_t width = size_t{1} << Below(4);
  const size_t position = Position(*bytes, width);
  if (bytes->size() < width || position > bytes->size() - width) return;
  const uint64_t value = InterestingValue(*bytes, position, width);
  std::memcpy(bytes->data() + position, &value, width);  // little-endian
  absl::StrAppend(&description_, "overwrite ", width, " bytes at ", position, " with 0x",
                  absl::Hex(value), ", ");
}

void Mutator::CopyRun(std::vector<uint8_t>* bytes) {
  const size_t length = std::min(bytes->size(), 1 + Below(kMaxRun));
  const size_t from = Below(bytes->size() - length + 1);
  const size_t to = Position(*bytes, length);
  if (to > bytes->size() - length) return;
  std::memmove(bytes->data() + to, bytes->data() + from, length);
  absl::StrAppend(&description_, "copy ", length, " bytes from ", from, " to ", to, ", ");
}

void Mutator::ClearRun(std::vector<uint8_t>* bytes) {
  const size_t length = std::min(bytes->size(), 1 + Below(kMaxRun));
  const size_t position = Position(*bytes, length);
  if (position > bytes->size() - length) return;
  std::fill_n(bytes->begin() + position, length, uint8_t{0});
  absl::StrAppend(&description_, "clear ", length, " bytes at ", position, ", ");
}

void Mutator::RemoveRun(std::vector<uint8_t>* bytes) {
  const size_t length = std::min(bytes->size(), 1 + Below(kMaxRun));
  const size_t position = Below(bytes->size() - length + 1);
  bytes->erase(bytes->begin() + position, bytes->begin() + position + length);
  absl::StrAppend(&description_, "remove ", length, " bytes at ", position, ", ");
}

std::vector<uint8_t> Mutator::Next() {
  std::vector<uint8_t> bytes = original_;
  description_.clear();
  for (size_t changes = 1 + Below(kMaxChanges); changes > 0; --changes) {
    switch (Below(16)) {
      case 0:
        Cut(&bytes);
        break;
      case 1:
        CopyRun(&bytes);
        break;
      case 2:
        ClearRun(&bytes);
        break;
      case 3:
        RemoveRun(&bytes);
        break;
      case 4:
      case 5:
      case 6:
      case 7:
        FlipBits(&bytes);
        break;
      default:
        OverwriteField(&bytes);
    }
  }
  return bytes;
}

}  // namespace edgetasks::test
