// Chat templates: messages to the prompt that a model was trained with.
#ifndef CORE_TEXT_TEMPLATE_CHAT_TEMPLATE_H_
#define CORE_TEXT_TEMPLATE_CHAT_TEMPLATE_H_

#include <ctime>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"
#include "absl/types/span.h"

namespace edgetasks::text {

// One turn. Templates see {"role": ..., "content": ...}.
struct ChatMessage {
  std::string role;  // "system", "user", "assistant", "tool", or what the template knows
  std::string content;
};

struct ChatTemplateOptions {
  std::string bos_token, eos_token;  // as the tokenizer spells them
  // Ends with what stands before the model's words, so that it goes on from there.
  bool add_generation_prompt = true;
  // A JSON object of more variables, such as {"tools": [...], "enable_thinking": false}; "" is
  // none. "messages" in it replaces the messages: for contents that are lists, and for tool calls.
  std::string extra_json;
  // What strftime_now shows. Default: the local time.
  absl::optional<std::tm> now;
};

// A Jinja template as transformers' apply_chat_template renders it (trim_blocks, lstrip_blocks,
// break and continue, tojson without HTML's escapes, raise_exception, strftime_now, {% generation
// %}), in an implementation of our own of the constructs that chat templates use. What it does not
// know is an error that names it, with line and column. A rendering may take 10 million steps, 64
// MiB of values and 16 MiB of output; it recurses 200 levels at most.
//
// Other than there: what items(), keys(), values(), range, select and map give prints as a list;
// numbers have no attributes; case is known of Latin-1, Greek and Cyrillic letters alone.
// Left out: include, import, extends, block, autoescape; filters that make HTML; *args; integers
// beyond 64 bits; methods that change lists and dicts, which transformers' sandbox refuses too.
//
// Immutable, safe to use from several threads.
//
//   ET_ASSIGN_OR_RETURN(const auto chat, ChatTemplate::Parse(source));
//   ET_ASSIGN_OR_RETURN(const std::string prompt, chat.Render({{"user", "Hello"}}, {}));
class ChatTemplate {
 public:
  // INVALID_ARGUMENT (kInvalidMetadata), with line and column. At most 1 MiB.
  static absl::StatusOr<ChatTemplate> Parse(absl::string_view source);

  ChatTemplate(ChatTemplate&&) noexcept;
  ChatTemplate& operator=(ChatTemplate&&) noexcept;
  ~ChatTemplate();

  // INVALID_ARGUMENT (kInvalidMetadata) where the template fails, with line and column;
  // INVALID_ARGUMENT (kInvalidOption) with the template's own words where it calls raise_exception,
  // and for extra_json that is no JSON object; RESOURCE_EXHAUSTED (kInvalidMetadata) beyond a
  // limit.
  absl::StatusOr<std::string> Render(absl::Span<const ChatMessage> messages,
                                     const ChatTemplateOptions& options) const;

 private:
  struct Tree;
  explicit ChatTemplate(std::shared_ptr<const Tree> tree);
  std::shared_ptr<const Tree> tree_;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_TEMPLATE_CHAT_TEMPLATE_H_
