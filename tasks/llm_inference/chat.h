// Messages with roles, and the text that a model reads of them.
#ifndef TASKS_LLM_INFERENCE_CHAT_H_
#define TASKS_LLM_INFERENCE_CHAT_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/model/llm_settings.h"
#include "core/text/template/chat_template.h"
#include "core/text/tokenizer.h"
#include "tasks/llm_inference/llm_inference_options.h"

namespace edgetasks::tasks {

// Writes messages down as a model was trained to read them. Immutable.
class ChatFormat {
 public:
  // In this order: options.chat_template, the model file's Jinja template,
  // options.prompt_templates, the model file's prefixes and suffixes. FAILED_PRECONDITION
  // (kMissingPart) if there is none of them; INVALID_ARGUMENT (kInvalidOption, kInvalidMetadata)
  // for a template that is no Jinja.
  static absl::StatusOr<ChatFormat> Create(const LlmInferenceSessionOptions& options,
                                           const model::LlmSettings* settings,
                                           const text::Tokenizer& tokenizer);

  // The text of all `messages`, and of the beginning of the model's next one. INVALID_ARGUMENT
  // (kInvalidOption): what the template says of these messages, such as roles out of turn.
  absl::StatusOr<std::string> Render(absl::Span<const LlmMessage> messages) const;

 private:
  ChatFormat() = default;

  std::shared_ptr<const text::ChatTemplate> jinja_;  // null: affixes_ do it
  LlmPromptTemplates affixes_;
  std::string bos_, eos_;  // as the template knows them
};

// The messages of a session, and how far the context had come after each response.
class Chat {
 public:
  struct Mark {
    int messages, tokens;
  };

  const std::vector<LlmMessage>& messages() const { return messages_; }
  // The last message is a response of the model.
  bool answered() const {
    return !marks_.empty() && marks_.back().messages == static_cast<int>(messages_.size());
  }
  void Add(LlmMessage message) { messages_.push_back(std::move(message)); }
  void RemoveLast() { messages_.pop_back(); }
  // The model answered; the context has `tokens` now.
  void AddResponse(std::string text, int tokens);
  // Forgets all messages but those that were answered within the first `tokens` tokens.
  void Rewind(int tokens);
  // Forgets the oldest messages that are no system prompt, up to and without the next one of the
  // user. False if only one of the user is left.
  bool DropOldest();

  // What is saved.
  const std::vector<Mark>& marks() const { return marks_; }
  // False if the marks contradict the messages; nothing has changed then.
  bool Restore(std::vector<LlmMessage> messages, std::vector<Mark> marks);

 private:
  std::vector<LlmMessage> messages_;
  std::vector<Mark> marks_;
};

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_CHAT_H_
