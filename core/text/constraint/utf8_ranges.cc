#include "core/text/constraint/utf8_ranges.h"

#include <algorithm>
#include <string>

#include "core/base/utf8.h"

namespace edgetasks::text {
namespace {

// Splits [first, last] until all its characters have the same number of bytes and differ, after
// the first byte that differs, in whole ranges of continuation bytes 80 to BF; then the bytes of
// the ends, side by side, are the ranges.
void Split(char32_t first, char32_t last, std::vector<ByteRanges>* sequences) {
  for (const char32_t limit : {0x7Fu, 0x7FFu, 0xFFFFu}) {
    if (first <= limit && last > limit) {
      Split(first, limit, sequences);
      Split(limit + 1, last, sequences);
      return;
    }
  }
  const int bytes = first <= 0x7F ? 1 : first <= 0x7FF ? 2 : first <= 0xFFFF ? 3 : 4;
  for (int i = 1; i < bytes; ++i) {
    const char32_t low = (char32_t{1} << (6 * i)) - 1;  // the bits of the last i bytes
    if ((first & ~low) == (last & ~low)) continue;
    if ((first & low) != 0) {
      Split(first, first | low, sequences);
      Split((first | low) + 1, last, sequences);
      return;
    }
    if ((last & low) != low) {
      Split(first, (last & ~low) - 1, sequences);
      Split(last & ~low, last, sequences);
      return;
    }
  }
  std::string a, b;
  AppendUtf8(first, &a);
  AppendUtf8(last, &b);
  ByteRanges sequence;
  for (size_t i = 0; i < a.size(); ++i) {
    sequence.push_back({static_cast<uint8_t>(a[i]), static_cast<uint8_t>(b[i])});
  }
  sequences->push_back(std::move(sequence));
}

}  // namespace

std::vector<ByteRanges> Utf8RangesOf(const CharSet& set) {
  std::vector<ByteRanges> sequences;
  for (const CharSet::Range& r : set.ranges()) Split(r.first, r.last, &sequences);
  return sequences;
}

}  // namespace edgetasks::text
