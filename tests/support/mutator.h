// Damages files the way broken downloads, broken writers and attackers do, the same way each time.
#ifndef TESTS_SUPPORT_MUTATOR_H_
#define TESTS_SUPPORT_MUTATOR_H_

#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/types/span.h"

namespace edgetasks::test {

// One sequence of mutants for one seed:
//
//   Mutator mutator(file, /*seed=*/1);
//   for (int i = 0; i < 10000; ++i) {
//     const std::vector<uint8_t> mutant = mutator.Next();
//     SCOPED_TRACE(mutator.description());
//     ...
//   }
//
// Each mutant is `original` with up to four changes of these kinds: cut off at any byte; bits
// flipped; a field of 1, 2, 4 or 8 bytes (mostly at a multiple of its size) overwritten with a
// value that breaks readers (0, 1, -1, limits of every width, the file's size and its neighbours,
// an offset that is a bit off); a run of bytes copied elsewhere, cleared or removed.
class Mutator {
 public:
  Mutator(std::vector<uint8_t> original, uint64_t seed)
      : original_(std::move(original)), random_(seed) {}

  // Restricts changes (but for cuts and removals) to bytes [begin, end), such as a header.
  void Focus(size_t begin, size_t end) {
    focus_begin_ = begin;
    focus_end_ = end;
  }

  std::vector<uint8_t> Next();

  // What Next() did last: "flip 3 bits at 17, overwrite 4 bytes at 20 with 0xffffffff".
  const std::string& description() const { return description_; }

 private:
  size_t Below(size_t limit);  // uniform in [0, limit); 0 if limit is 0
  size_t Position(const std::vector<uint8_t>& bytes, size_t width);
  uint64_t InterestingValue(const std::vector<uint8_t>& bytes, size_t position, size_t width);

  void Cut(std::vector<uint8_t>* bytes);
  void FlipBits(std::vector<uint8_t>* bytes);
  void OverwriteField(std::vector<uint8_t>* bytes);
  void CopyRun(std::vector<uint8_t>* bytes);
  void ClearRun(std::vector<uint8_t>* bytes);
  void RemoveRun(std::vector<uint8_t>* bytes);

  std::vector<uint8_t> original_;
  std::mt19937_64 random_;
  size_t focus_begin_ = 0, focus_end_ = SIZE_MAX;
  std::string description_;
};

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_MUTATOR_H_
