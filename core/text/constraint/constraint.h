// Holds the text of a response to a format, token by token.
#ifndef CORE_TEXT_CONSTRAINT_CONSTRAINT_H_
#define CORE_TEXT_CONSTRAINT_CONSTRAINT_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/text/constraint/mask_cache.h"
#include "core/text/constraint/network.h"
#include "core/text/constraint/response_format.h"
#include "core/text/constraint/vocabulary.h"

namespace edgetasks::text {

// A format, compiled for a vocabulary. Safe to use from several threads; sessions share it, and
// with it the masks of all states that one of them has come to.
//
// What it constrains is the text as StreamingDetokenizer makes it of a response: the bytes of all
// its tokens. A leading space is part of it: "▁yes" is " yes", which is not "yes".
class Constraint {
 public:
  // For states and masks together, before they are dropped and made anew.
  static constexpr size_t kDefaultMaxCacheBytes = size_t{64} << 20;

  // nullptr for ResponseFormatKind::kNone. Errors, INVALID_ARGUMENT (kInvalidOption), with the
  // place in the schema, expression or grammar: it is not well formed, uses what cannot be honoured
  // exactly, is too large, or no text satisfies it that the vocabulary can spell.
  //
  // "Can spell" means: a way to the end always uses bytes that are tokens by themselves, as in
  // vocabularies with all bytes, which is to say nearly all.
  static absl::StatusOr<std::shared_ptr<const Constraint>> Compile(
      const ResponseFormat& format, std::shared_ptr<const Vocabulary> vocabulary,
      size_t max_cache_bytes = kDefaultMaxCacheBytes);

  const Vocabulary& vocabulary() const { return *vocabulary_; }

 private:
  friend class ConstraintMatcher;
  Constraint(Network network, std::shared_ptr<const Vocabulary> vocabulary, size_t max_cache_bytes);

  const Network network_;
  const std::shared_ptr<const Vocabulary> vocabulary_;
  mutable MaskCache cache_;
};

// One response under a constraint. From every state that Accept leads to, some tokens lead to the
// end: choosing among Allowed() never gets stuck. Not thread safe; a copy goes on by itself from
// the same place.
//
//   ConstraintMatcher matcher(constraint);
//   while (!matcher.must_end()) {
//     id = choose among matcher.AllowedWithin(tokens_left), and the stop tokens if may_end()
//     if (id is a stop token) break;
//     matcher.Accept(id);
//   }
class ConstraintMatcher {
 public:
  // `constraint` is not null.
  explicit ConstraintMatcher(std::shared_ptr<const Constraint> constraint);

  // A bit for each token (bit id % 64 of word id / 64): set if after it some tokens lead to the
  // end. Stop tokens are never in it: they may be chosen exactly if may_end(). Ids beyond the words
  // are not allowed. Valid until the next call of this matcher. In a state that any matcher of the
  // constraint has been in, it costs a look into a table; else a walk over the vocabulary's tree.
  absl::Span<const uint64_t> Allowed();

  // The same for a response that has `tokens_left` more tokens, without a stop token: only those
  // after which the rest suffices. If it cannot (min_tokens_to_end() > tokens_left), the next token
  // of the shortest way.
  absl::Span<const uint64_t> AllowedWithin(int tokens_left);

  // Goes on with a token. False if it is not allowed; nothing has changed then.
  bool Accept(int32_t id);

  // The text so far is complete.
  bool may_end() const { return place_.accepts; }
  // It is, and no token can follow.
  bool must_end() const { return place_.is_end; }

  // Tokens with which the text is complete, spelled in the fewest bytes; 0 if it is now.
  int min_tokens_to_end();

  // Back to the beginning of a response.
  void Reset();

 private:
  void MakePlan();

  std::shared_ptr<const Constraint> constraint_;
  MaskCache::Place place_;
  std::vector<uint64_t> within_;  // of AllowedWithin
  // The shortest way to the end, last token first. A way that begins here stays one after its first
  // token, so that what was possible with n tokens is possible with n - 1 after it.
  std::vector<int32_t> plan_;
  bool has_plan_ = false;
  int beyond_plan_ = 0;  // tokens after it, if the way is too long to be planned as a whole
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_CONSTRAINT_H_
