// Finds the token sequences that end a response.
#ifndef CORE_LLM_STOP_DETECTOR_H_
#define CORE_LLM_STOP_DETECTOR_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace edgetasks::llm {

// Tokens go in as they are generated and come out as soon as they cannot be the beginning of a stop
// sequence. Not thread safe.
class StopDetector {
 public:
  // Empty sequences are ignored.
  explicit StopDetector(std::vector<std::vector<int32_t>> sequences);

  // Adds `id`; returns the tokens that may be shown, valid until the next call. Once a sequence is
  // complete, stopped() is true and its tokens are never returned. Allocates only at the end.
  absl::Span<const int32_t> Push(int32_t id);

  // The generation ended otherwise: returns what is held back.
  std::vector<int32_t> Flush();

  bool stopped() const { return stopped_; }
  // The sequence that is complete; empty before.
  const std::vector<int32_t>& stop_sequence() const { return stop_sequence_; }

 private:
  std::vector<std::vector<int32_t>> sequences_;
  std::vector<int32_t> held_;   // the beginning of some sequence
  std::vector<int32_t> shown_;  // what Push returned
  std::vector<int32_t> stop_sequence_;
  bool stopped_ = false;
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_STOP_DETECTOR_H_
