// Sets of characters.
#ifndef CORE_TEXT_CONSTRAINT_CHAR_SET_H_
#define CORE_TEXT_CONSTRAINT_CHAR_SET_H_

#include <vector>

namespace edgetasks::text {

// A set of Unicode scalar values: surrogates, which UTF-8 cannot spell, are never in it.
class CharSet {
 public:
  struct Range {
    char32_t first, last;  // both inside
    bool operator==(const Range& other) const { return first == other.first && last == other.last; }
  };

  CharSet() = default;
  CharSet(char32_t first, char32_t last) { Add(first, last); }
  static CharSet All() { return CharSet(0, 0x10FFFF); }

  // Adds the scalar values of [first, last]; none if first > last.
  void Add(char32_t first, char32_t last);
  void Add(const CharSet& other);

  CharSet Complement() const;
  CharSet Intersect(const CharSet& other) const;
  CharSet Minus(const CharSet& other) const { return Intersect(other.Complement()); }

  bool empty() const { return ranges_.empty(); }
  bool Contains(char32_t c) const;
  // Ascending, disjoint, not touching (but for the gap of the surrogates).
  const std::vector<Range>& ranges() const { return ranges_; }

 private:
  std::vector<Range> ranges_;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_CHAR_SET_H_
