#include "tasks/llm_inference/chat.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::tasks {
namespace {

constexpr absl::string_view kAssistant = "assistant";

bool AnyAffix(const LlmPromptTemplates& t) {
  return !(t.user_prefix.empty() && t.user_suffix.empty() && t.model_prefix.empty() &&
           t.model_suffix.empty() && t.system_prefix.empty() && t.system_suffix.empty());
}

LlmPromptTemplates AffixesOf(const model::LlmSettings& settings) {
  return {settings.user.prefix,  settings.user.suffix,   settings.model.prefix,
          settings.model.suffix, settings.system.prefix, settings.system.suffix};
}

absl::StatusOr<std::shared_ptr<const text::ChatTemplate>> ParseJinja(const std::string& source,
                                                                     absl::string_view whose) {
  absl::StatusOr<text::ChatTemplate> parsed = text::ChatTemplate::Parse(source);
  if (!parsed.ok()) return Annotate(parsed.status(), whose);
  return std::make_shared<const text::ChatTemplate>(*std::move(parsed));
}

// How templates know the start token.
std::string StartPiece(const model::LlmSettings* settings, const text::Tokenizer& tokenizer) {
  if (settings != nullptr && settings->start_token.has_value()) {
    const model::TokenSpec& token = *settings->start_token;
    if (!token.text.empty()) return token.text;
    if (!token.ids.empty()) return tokenizer.IdToPiece(token.ids[0]);
  }
  return tokenizer.IdToPiece(tokenizer.start_id());
}

absl::StatusOr<std::string> RenderAffixes(const LlmPromptTemplates& t,
                                          absl::Span<const LlmMessage> messages) {
  std::string text;
  for (const LlmMessage& message : messages) {
    if (message.role == "user") {
      absl::StrAppend(&text, t.user_prefix, message.content, t.user_suffix);
    } else if (message.role == kAssistant) {
      absl::StrAppend(&text, t.model_prefix, message.content, t.model_suffix);
    } else if (message.role == "system") {
      absl::StrAppend(&text, t.system_prefix, message.content, t.system_suffix);
    } else {
      return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                       absl::StrCat("a message has the role \"", message.role,
                                    "\"; the model's prefixes and suffixes know system, user and "
                                    "assistant; set a chat_template that knows it"));
    }
  }
  return absl::StrCat(text, t.model_prefix);
}

}  // namespace

absl::StatusOr<ChatFormat> ChatFormat::Create(const LlmInferenceSessionOptions& options,
                                              const model::LlmSettings* settings,
                                              const text::Tokenizer& tokenizer) {
  ChatFormat format;
  format.bos_ = StartPiece(settings, tokenizer);
  format.eos_ = tokenizer.IdToPiece(tokenizer.end_id());
  if (!options.chat_template.empty()) {
    ET_ASSIGN_OR_RETURN(format.jinja_, ParseJinja(options.chat_template, "chat_template"));
  } else if (settings != nullptr && !settings->jinja_prompt_template.empty()) {
    ET_ASSIGN_OR_RETURN(format.jinja_, ParseJinja(settings->jinja_prompt_template,
                                                  "the model file's jinja_prompt_template"));
  } else if (AnyAffix(options.prompt_templates)) {
    format.affixes_ = options.prompt_templates;
  } else if (settings != nullptr && AnyAffix(AffixesOf(*settings))) {
    format.affixes_ = AffixesOf(*settings);
  } else {
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorDetail::kMissingPart,
                     "the model file does not say how messages are written down; set chat_template "
                     "or prompt_templates, or use AddQueryChunk for plain text");
  }
  return format;
}

absl::StatusOr<std::string> ChatFormat::Render(absl::Span<const LlmMessage> messages) const {
  if (jinja_ == nullptr) return RenderAffixes(affixes_, messages);
  std::vector<text::ChatMessage> turns;
  for (const LlmMessage& message : messages) turns.push_back({message.role, message.content});
  text::ChatTemplateOptions options;
  options.bos_token = bos_;
  options.eos_token = eos_;
  return jinja_->Render(turns, options);
}

void Chat::AddResponse(std::string text, int tokens) {
  if (answered()) {
    messages_.back().content += text;  // it went on
    marks_.pop_back();
  } else {
    messages_.push_back({std::string(kAssistant), std::move(text)});
  }
  marks_.push_back({static_cast<int>(messages_.size()), tokens});
}

void Chat::Rewind(int tokens) {
  while (!marks_.empty() && marks_.back().tokens > tokens) marks_.pop_back();
  messages_.resize(marks_.empty() ? 0 : marks_.back().messages);
}

bool Chat::DropOldest() {
  const auto is_user = [](const LlmMessage& message) { return message.role == "user"; };
  const auto first = std::find_if(messages_.begin(), messages_.end(), is_user);
  if (first == messages_.end()) return false;
  const auto next = std::find_if(first + 1, messages_.end(), is_user);
  if (next == messages_.end()) return false;
  messages_.erase(first, next);
  // The context will be another: no place in it can be gone back to.
  marks_.clear();
  return true;
}

bool Chat::Restore(std::vector<LlmMessage> messages, std::vector<Mark> marks) {
  int before = 0;
  for (const Mark& mark : marks) {
    if (mark.messages <= before || mark.messages > static_cast<int>(messages.size()) ||
        mark.tokens < 0) {
      return false;
    }
    before = mark.messages;
  }
  messages_ = std::move(messages);
  marks_ = std::move(marks);
  return true;
}

}  // namespace edgetasks::tasks
