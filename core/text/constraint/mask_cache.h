// The masks of an automaton's states over a vocabulary, made when they are first asked for.
#ifndef CORE_TEXT_CONSTRAINT_MASK_CACHE_H_
#define CORE_TEXT_CONSTRAINT_MASK_CACHE_H_

#include <cstdint>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/types/span.h"
#include "core/text/constraint/automaton.h"
#include "core/text/constraint/utf8_ranges.h"
#include "core/text/constraint/vocabulary.h"

namespace edgetasks::text {

// Shared by all responses under one constraint. When states and masks outgrow the limit, all of
// them are dropped and those in use are made anew: a place keeps the memory it lies in alive, and
// moves on with the next call. So there is at most one generation a response beside the current.
class MaskCache {
 public:
  struct Mask {
    std::vector<uint64_t> words;    // a bit for each token that may follow
    uint32_t most_bytes_after = 0;  // BytesToEnd after the token after which it is largest
  };
  struct Generation {
    explicit Generation(const Network* network) : automaton(network) {}
    Automaton automaton;
    std::unordered_map<Automaton::StateId, std::unique_ptr<Mask>> masks;
    size_t mask_bytes = 0;
    size_t bytes() const { return automaton.bytes() + mask_bytes; }
  };
  // A state, and the generation it belongs to.
  struct Place {
    std::shared_ptr<Generation> generation;
    Automaton::StateId state = 0;
    bool accepts = false, is_end = false;  // what the automaton says of the state
  };

  // The network and the vocabulary must outlive it.
  MaskCache(const Network* network, const Vocabulary* vocabulary, size_t max_bytes);

  // All calls below hold the lock; a place that is passed in may move to the current generation.
  Place Start();
  // Steps over `bytes`; false if they may not follow, and then the place is as before.
  bool Advance(absl::string_view bytes, Place* place);
  // Valid as long as place->generation is kept.
  const Mask& MaskOf(Place* place);
  // Sets the bits of tokens after which `most_bytes` or fewer lead to the end.
  void TokensWithin(uint32_t most_bytes, Place* place, std::vector<uint64_t>* words);
  std::string WayToEnd(const Place& place, size_t max_bytes);
  uint32_t BytesToEnd(const Place& place);

 private:
  using Visitor = absl::FunctionRef<void(absl::Span<const int32_t> tokens, uint32_t bytes_to_end)>;

  static void SetState(Automaton::StateId state, Place* place);
  void MoveToCurrent(Place* place);
  // A bit for each kind of character (Vocabulary::KindOf) that always leads back to the state; some
  // that do may be missing.
  uint32_t LoopsOf(Automaton::StateId state);
  // Visits the tokens after which a way to the end can be spelled, in groups with as long a way.
  void Walk(Place* place, Visitor visit);
  void StartGeneration(std::vector<Automaton::StateId>* keep, Place* place);

  const Network& network_;
  const Vocabulary& vocabulary_;
  const size_t max_bytes_;
  const std::vector<ByteRanges> not_ascii_;  // the UTF-8 forms of all these characters
  std::mutex mutex_;
  std::shared_ptr<Generation> current_;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_MASK_CACHE_H_
