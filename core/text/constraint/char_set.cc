#include "core/text/constraint/char_set.h"

#include <algorithm>

namespace edgetasks::text {
namespace {

constexpr char32_t kFirstSurrogate = 0xD800, kLastSurrogate = 0xDFFF, kLastChar = 0x10FFFF;

}  // namespace

void CharSet::Add(char32_t first, char32_t last) {
  last = std::min(last, kLastChar);
  if (first > last) return;
  if (first <= kLastSurrogate && last >= kFirstSurrogate) {
    if (first < kFirstSurrogate) Add(first, kFirstSurrogate - 1);
    if (last > kLastSurrogate) Add(kLastSurrogate + 1, last);
    return;
  }
  const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), first,
                                   [](const Range& r, char32_t c) { return r.last + 1 < c; });
  auto end = at;
  while (end != ranges_.end() && end->first <= last + 1) {
    first = std::min(first, end->first);
    last = std::max(last, end->last);
    ++end;
  }
  ranges_.insert(ranges_.erase(at, end), Range{first, last});
}

void CharSet::Add(const CharSet& other) {
  const std::vector<Range> ranges = other.ranges_;  // `other` may be this one
  for (const Range& r : ranges) Add(r.first, r.last);
}

CharSet CharSet::Complement() const {
  CharSet result;
  char32_t next = 0;
  for (const Range& r : ranges_) {
    if (r.first > next) result.Add(next, r.first - 1);
    next = r.last + 1;
  }
  result.Add(next, kLastChar);
  return result;
}

CharSet CharSet::Intersect(const CharSet& other) const {
  CharSet result;
  auto a = ranges_.begin(), b = other.ranges_.begin();
  while (a != ranges_.end() && b != other.ranges_.end()) {
    result.Add(std::max(a->first, b->first), std::min(a->last, b->last));
    if (a->last < b->last) {
      ++a;
    } else {
      ++b;
    }
  }
  return result;
}

bool CharSet::Contains(char32_t c) const {
  const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), c,
                                   [](const Range& r, char32_t x) { return r.last < x; });
  return at != ranges_.end() && at->first <= c;
}

}  // namespace edgetasks::text
