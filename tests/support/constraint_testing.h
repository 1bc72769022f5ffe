// Vocabularies and texts for tests of constrained output.
#ifndef TESTS_SUPPORT_CONSTRAINT_TESTING_H_
#define TESTS_SUPPORT_CONSTRAINT_TESTING_H_

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "core/text/constraint/constraint.h"
#include "core/text/constraint/vocabulary.h"

namespace edgetasks::testing {

// Ids 0 to 255 are the bytes, `more` follow.
inline std::shared_ptr<const text::Vocabulary> ByteVocabulary(
    const std::vector<std::string>& more = {}) {
  std::vector<std::string> bytes;
  for (int byte = 0; byte < 256; ++byte) bytes.emplace_back(1, static_cast<char>(byte));
  bytes.insert(bytes.end(), more.begin(), more.end());
  return *text::Vocabulary::Create(bytes);
}

inline bool IsSet(absl::Span<const uint64_t> mask, int32_t id) {
  return (mask[id / 64] >> (id % 64) & 1) != 0;
}

// True if the text is complete under the constraint, fed byte by byte to a vocabulary of
// ByteVocabulary(). Fails the test where mask and Accept disagree.
inline bool Matches(const std::shared_ptr<const text::Constraint>& constraint,
                    absl::string_view text, bool check_masks = false) {
  text::ConstraintMatcher matcher(constraint);
  for (const char c : text) {
    const int32_t id = static_cast<uint8_t>(c);
    const bool in_mask = !check_masks || IsSet(matcher.Allowed(), id);
    const bool accepted = matcher.Accept(id);
    EXPECT_TRUE(!check_masks || accepted == in_mask) << text;
    if (!accepted) return false;
  }
  return matcher.may_end();
}

}  // namespace edgetasks::testing

#endif  // TESTS_SUPPORT_CONSTRAINT_TESTING_H_
