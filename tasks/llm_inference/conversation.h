// The tokens of one conversation: those that the model has taken, those that wait for it, and the
// turns they belong to.
#ifndef TASKS_LLM_INFERENCE_CONVERSATION_H_
#define TASKS_LLM_INFERENCE_CONVERSATION_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/llm/executor.h"
#include "core/text/tokenizer.h"
#include "tasks/llm_inference/chat.h"
#include "tasks/llm_inference/llm_inference_options.h"
#include "tasks/llm_inference/special_tokens.h"

namespace edgetasks::tasks {

// What a conversation is made of.
struct ConversationParts {
  std::shared_ptr<const void> keep_alive;  // what the executor depends on
  std::shared_ptr<const text::Tokenizer> tokenizer;
  std::unique_ptr<llm::LlmExecutor> executor;
  SpecialTokens special;
  int max_tokens = 0;  // 1 to executor->capacity()
};

// What a conversation consists of beside the state of its executor: what is saved.
struct ConversationRecord {
  // Where a turn begins and where its response does, in the tokens fed and pending.
  struct Turn {
    int begin = 0, response = 0;
  };

  std::string query;               // added, not yet pending
  std::vector<int32_t> query_ids;  // its tokens
  std::vector<int32_t> pending;
  bool started = false;  // the start tokens are pending or in the context
  std::vector<Turn> turns;
  std::vector<int32_t> stop;  // the stop sequence that ended the last response, if one did
  Chat chat;
};

// The user's words of a turn are its query until a response is asked for. Not thread safe.
class Conversation {
 public:
  explicit Conversation(ConversationParts parts) : parts_(std::move(parts)) {}

  const ConversationParts& parts() const { return parts_; }
  llm::LlmExecutor* executor() { return parts_.executor.get(); }
  // What the executor has not taken yet; the last chosen token at least, once there is one.
  std::vector<int32_t>* pending() { return &record_.pending; }
  int max_tokens() const { return parts_.max_tokens; }
  // Tokens that are in the context or about to be: start tokens, pending ones, the query.
  int used() const;
  // How many Tokens() are.
  int size() const { return fed() + static_cast<int>(record_.pending.size()); }
  // The tokens in the context and the pending ones, without a query.
  std::vector<int32_t> Tokens() const;

  // The tokens by which the context grows when `text` is added to the query.
  absl::StatusOr<int> SizeOfQuery(absl::string_view text,
                                  const LlmPromptTemplates& templates) const;

  // Appends to the query. RESOURCE_EXHAUSTED (kContextFull) if the context cannot hold it, with
  // kDropOldest beside `keep` tokens; the query is as before then.
  absl::Status AddQuery(absl::string_view text, const LlmInferenceSessionOptions& options);

  // Appends a message. FAILED_PRECONDITION (kInvalidOption) if there is a query; the errors of
  // ChatFormat::Render; RESOURCE_EXHAUSTED (kContextFull) if the context cannot hold all messages,
  // with kDropOldest the system prompt and the last of the user. The messages are as before then.
  absl::Status AddMessage(LlmMessage message, const ChatFormat& format,
                          const LlmInferenceSessionOptions& options);
  // Messages that were added and not answered yet become pending, with all that stands before them
  // and is not in the context so: what the two have in common at the beginning stays.
  absl::Status FeedMessages(const ChatFormat& format);
  // The text that a response would continue: of all messages, or the query with its templates.
  absl::StatusOr<std::string> RenderPrompt(const ChatFormat* format,
                                           const LlmPromptTemplates& templates) const;
  // The chat has messages that no response answered.
  bool has_new_messages() const {
    return !record_.chat.messages().empty() && !record_.chat.answered();
  }
  // The response ended; the chat keeps it, if there is one.
  void AddResponseText(const std::string& text) {
    if (!record_.chat.messages().empty()) record_.chat.AddResponse(text, size());
  }

  // The query and the start tokens become pending, and a turn begins.
  void BeginResponse();
  // The response of the turn ended, by this stop sequence or (empty) otherwise.
  void EndResponse(std::vector<int32_t> stop) { record_.stop = std::move(stop); }

  // Drops the oldest turns behind the start tokens and the `keep` tokens that follow them, so that
  // a quarter of the context and at least one token are free. See LlmOverflowPolicy::kDropOldest.
  absl::Status DropOldest(int keep);

  // Forgets the query, and all but the first `n` of Tokens(). OUT_OF_RANGE (kInvalidOption) beyond
  // them; the executor's errors. Nothing has changed on an error.
  absl::Status Rewind(int n);

  // A conversation with the same tokens and query. RESOURCE_EXHAUSTED (kOutOfMemory).
  absl::StatusOr<Conversation> Clone() const;

  // What to save with the executor's tokens and state, and a conversation that goes on from there.
  // Restore: INVALID_ARGUMENT (kCorruptFile) for a record that contradicts the executor or itself.
  const ConversationRecord& record() const { return record_; }
  absl::Status Restore(ConversationRecord record);

  // Gives the executor away, and the conversation up.
  std::unique_ptr<llm::LlmExecutor> TakeExecutor() { return std::move(parts_.executor); }
  // Goes on with another executor, whose tokens are the first ones of pending(), but not all.
  void Adopt(std::unique_ptr<llm::LlmExecutor> executor);

 private:
  absl::StatusOr<std::vector<int32_t>> EncodeTurn(absl::string_view query,
                                                  const LlmPromptTemplates& templates) const;
  absl::StatusOr<std::vector<int32_t>> EncodeMessages(const ChatFormat& format,
                                                      const Chat& chat) const;
  // Tokens() become `tokens`.
  absl::Status Become(const std::vector<int32_t>& tokens);
  int fed() const { return parts_.executor->position(); }
  // The first `keep` tokens stay fed as far as they are; of the rest `tokens` become pending.
  absl::Status Refeed(int keep, std::vector<int32_t> tokens);

  ConversationParts parts_;
  ConversationRecord record_;
};

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_CONVERSATION_H_
