// A conversation as a file: its tokens, the state that the model computed of them, and where its
// random numbers are.
//
// Little-endian. "EdgeTasksSession", version (u32), then the parts in the order of SaveSession: a
// number is 4 or 8 bytes, a text or a list its length (u64) and its elements. At the end the CRC-32
// of all before it.
#ifndef TASKS_LLM_INFERENCE_SESSION_FILE_H_
#define TASKS_LLM_INFERENCE_SESSION_FILE_H_

#include <cstdint>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/text/tokenizer.h"
#include "tasks/llm_inference/conversation.h"

namespace edgetasks::tasks {

// What a saved session belongs to: it is of no use with another model or tokenizer.
struct SessionIdentity {
  uint64_t model = 0;      // bytes and checksum of the model file
  uint64_t tokenizer = 0;  // of what its tokens stand for

  friend bool operator==(const SessionIdentity& a, const SessionIdentity& b) {
    return a.model == b.model && a.tokenizer == b.tokenizer;
  }
};

// Reads all of the model file and the vocabulary once, when it is first asked. Thread safe.
class LazySessionIdentity {
 public:
  // Both must outlive it.
  LazySessionIdentity(absl::Span<const uint8_t> model, const text::Tokenizer& tokenizer)
      : model_(model), tokenizer_(tokenizer) {}

  const SessionIdentity& Get() const;

 private:
  const absl::Span<const uint8_t> model_;
  const text::Tokenizer& tokenizer_;
  mutable std::once_flag once_;
  mutable SessionIdentity identity_;
};

// The file appears as a whole or not at all; one that was there stays until then. Errors:
// kFileUnwritable, LlmExecutor::StateFormat's.
absl::Status SaveSession(const std::string& path, const SessionIdentity& identity,
                         const Conversation& conversation, uint64_t random_state);

// Fills a fresh conversation; returns the random state. On an error the conversation is of no use.
// NOT_FOUND (kFileNotFound), kFileUnreadable; INVALID_ARGUMENT: kCorruptFile for a file that is
// damaged or cut off, or none of ours, kWrongSession for one of another version, model, tokenizer
// or layout of state, or with more tokens than max_tokens.
absl::StatusOr<uint64_t> LoadSession(const std::string& path, const SessionIdentity& identity,
                                     Conversation* conversation);

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_SESSION_FILE_H_
