// Ranges of characters as sequences of byte ranges.
#ifndef CORE_TEXT_CONSTRAINT_UTF8_RANGES_H_
#define CORE_TEXT_CONSTRAINT_UTF8_RANGES_H_

#include <cstdint>
#include <vector>

#include "core/text/constraint/char_set.h"

namespace edgetasks::text {

struct ByteRange {
  uint8_t first, last;  // both inside
};
// The texts of one byte out of each range.
using ByteRanges = std::vector<ByteRange>;

// Sequences whose texts together are the UTF-8 forms of the characters of `set`, each once.
std::vector<ByteRanges> Utf8RangesOf(const CharSet& set);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_UTF8_RANGES_H_
