#include "tasks/llm_inference/conversation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::tasks {

int Conversation::used() const {
  const size_t start = record_.started ? 0 : parts_.special.start.size();
  return fed() + static_cast<int>(record_.pending.size() + record_.query_ids.size() + start);
}

std::vector<int32_t> Conversation::Tokens() const {
  const absl::Span<const int32_t> fed = parts_.executor->tokens();
  std::vector<int32_t> tokens(fed.begin(), fed.end());
  tokens.insert(tokens.end(), record_.pending.begin(), record_.pending.end());
  return tokens;
}

// The tokens of a user's words with the templates around them.
absl::StatusOr<std::vector<int32_t>> Conversation::EncodeTurn(absl::string_view query,
                                                              const LlmPromptTemplates& t) const {
  if (query.empty()) return std::vector<int32_t>{};
  const bool answered = !record_.turns.empty();
  ET_ASSIGN_OR_RETURN(std::vector<int32_t> ids, parts_.tokenizer->Encode(absl::StrCat(
                                                    answered ? t.model_suffix : "", t.user_prefix,
                                                    query, t.user_suffix, t.model_prefix)));
  const bool said = answered && !t.model_suffix.empty() && ids.size() >= record_.stop.size() &&
                    std::equal(record_.stop.begin(), record_.stop.end(), ids.begin());
  if (said) ids.erase(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(record_.stop.size()));
  return ids;
}

absl::StatusOr<int> Conversation::SizeOfQuery(absl::string_view text,
                                              const LlmPromptTemplates& templates) const {
  ET_ASSIGN_OR_RETURN(const std::vector<int32_t> ids,
                      EncodeTurn(absl::StrCat(record_.query, text), templates));
  return static_cast<int>(ids.size()) - static_cast<int>(record_.query_ids.size());
}

absl::Status Conversation::AddQuery(absl::string_view text,
                                    const LlmInferenceSessionOptions& options) {
  std::string query = absl::StrCat(record_.query, text);
  ET_ASSIGN_OR_RETURN(std::vector<int32_t> ids, EncodeTurn(query, options.prompt_templates));
  // What stays beside it in any case. A dropped turn makes room for at least one more token.
  const bool drops = options.overflow_policy == LlmOverflowPolicy::kDropOldest;
  const auto start = static_cast<int64_t>(parts_.special.start.size());
  const int64_t beside =
      drops ? start + options.keep_tokens + 1 : used() - record_.query_ids.size();
  if (beside + static_cast<int64_t>(ids.size()) > max_tokens()) {
    return MakeError(
        absl::StatusCode::kResourceExhausted, ErrorDetail::kContextFull,
        absl::StrCat("the prompt has ", ids.size(), " tokens, but only ",
                     std::max<int64_t>(0, max_tokens() - beside), " of the context's ",
                     max_tokens(), " are free (", beside, drops ? " stay" : " used",
                     "); shorten it, raise max_tokens if the model allows it, or begin a new "
                     "session"));
  }
  record_.query = std::move(query);
  record_.query_ids = std::move(ids);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int32_t>> Conversation::EncodeMessages(const ChatFormat& format,
                                                                  const Chat& chat) const {
  ET_ASSIGN_OR_RETURN(const std::string text, format.Render(chat.messages()));
  ET_ASSIGN_OR_RETURN(std::vector<int32_t> ids, parts_.tokenizer->EncodeMarkup(text));
  // Some templates write the start token, some leave it to who feeds them.
  const std::vector<int32_t>& start = parts_.special.start;
  const bool written =
      ids.size() >= start.size() && std::equal(start.begin(), start.end(), ids.begin());
  if (!written) ids.insert(ids.begin(), start.begin(), start.end());
  return ids;
}

absl::Status Conversation::AddMessage(LlmMessage message, const ChatFormat& format,
                                      const LlmInferenceSessionOptions& options) {
  if (!record_.query.empty()) {
    return MakeError(absl::StatusCode::kFailedPrecondition, ErrorDetail::kInvalidOption,
                     "words were added with AddQueryChunk and not answered yet; a prompt is either "
                     "plain text or messages");
  }
  Chat chat = record_.chat;
  chat.Add(std::move(message));
  ET_ASSIGN_OR_RETURN(std::vector<int32_t> ids, EncodeMessages(format, chat));
  const bool drops = options.overflow_policy == LlmOverflowPolicy::kDropOldest;
  const bool full = static_cast<int>(ids.size()) > max_tokens();
  const size_t target = static_cast<size_t>(max_tokens()) / 4 * 3;
  while (full && drops && ids.size() > target && chat.DropOldest()) {
    ET_ASSIGN_OR_RETURN(ids, EncodeMessages(format, chat));
  }
  if (static_cast<int>(ids.size()) > max_tokens()) {
    return MakeError(
        absl::StatusCode::kResourceExhausted, ErrorDetail::kContextFull,
        absl::StrCat("the messages have ", ids.size(), " tokens, the context holds ", max_tokens(),
                     "; shorten the last one, set overflow_policy to drop the oldest, "
                     "or begin a new session"));
  }
  record_.chat = std::move(chat);
  return absl::OkStatus();
}

absl::Status Conversation::FeedMessages(const ChatFormat& format) {
  ET_ASSIGN_OR_RETURN(const std::vector<int32_t> ids, EncodeMessages(format, record_.chat));
  const int before = size();
  ET_RETURN_IF_ERROR(Become(ids));
  record_.started = true;
  record_.stop.clear();
  while (!record_.turns.empty() && record_.turns.back().response > before) record_.turns.pop_back();
  const int begin = record_.turns.empty() ? static_cast<int>(parts_.special.start.size())
                                          : std::min(before, size());
  record_.turns.push_back({std::min(begin, size()), size()});
  return absl::OkStatus();
}

absl::Status Conversation::Become(const std::vector<int32_t>& tokens) {
  const std::vector<int32_t> now = Tokens();
  const size_t most = std::min(tokens.size(), now.size());
  const auto same = static_cast<int>(
      std::mismatch(now.begin(), now.begin() + static_cast<std::ptrdiff_t>(most), tokens.begin())
          .first -
      now.begin());
  // At least one token is fed for its logits.
  const int stay = std::min({same, fed(), static_cast<int>(tokens.size()) - 1});
  return Refeed(stay, {tokens.begin() + stay, tokens.end()});
}

absl::StatusOr<std::string> Conversation::RenderPrompt(const ChatFormat* format,
                                                       const LlmPromptTemplates& t) const {
  if (format != nullptr && !record_.chat.messages().empty()) {
    return format->Render(record_.chat.messages());
  }
  if (record_.query.empty()) return std::string();
  return absl::StrCat(record_.turns.empty() ? "" : t.model_suffix, t.user_prefix, record_.query,
                      t.user_suffix, t.model_prefix);
}

void Conversation::BeginResponse() {
  const std::vector<int32_t>& start = parts_.special.start;
  if (!record_.started) record_.pending.insert(record_.pending.end(), start.begin(), start.end());
  const int begin = fed() + static_cast<int>(record_.pending.size());
  if (!record_.query_ids.empty() || record_.turns.empty()) {
    record_.turns.push_back({record_.started ? begin : static_cast<int>(start.size()),
                             begin + static_cast<int>(record_.query_ids.size())});
  }
  record_.started = true;
  record_.pending.insert(record_.pending.end(), record_.query_ids.begin(), record_.query_ids.end());
  record_.query.clear();
  record_.query_ids.clear();
  record_.stop.clear();
}

absl::Status Conversation::Refeed(int keep, std::vector<int32_t> tokens) {
  keep = std::min(keep, fed());
  const absl::Span<const int32_t> before = parts_.executor->tokens();
  const std::vector<int32_t> kept(before.begin(), before.begin() + keep);
  if (parts_.executor->Rewind(keep).ok()) {
    record_.pending = std::move(tokens);
    return absl::OkStatus();
  }
  // A state that cannot go back is computed anew.
  ET_RETURN_IF_ERROR(parts_.executor->Reset());
  record_.pending = kept;
  record_.pending.insert(record_.pending.end(), tokens.begin(), tokens.end());
  return absl::OkStatus();
}

absl::Status Conversation::DropOldest(int keep) {
  const std::vector<int32_t> tokens = Tokens();
  const int size = static_cast<int>(tokens.size());
  keep = std::min<int>(keep + static_cast<int>(parts_.special.start.size()), size);
  const int excess = size - max_tokens() / 4 * 3;
  if (excess <= 0 || record_.turns.empty()) return absl::OkStatus();
  // The first turn that stays begins at `from`: the current one, if need be.
  int from = record_.turns.back().begin;
  for (const ConversationRecord::Turn& turn : record_.turns) {
    if (turn.begin >= keep + excess) from = std::min(from, turn.begin);
  }
  // The current one alone is too long: its oldest tokens go.
  if (size - std::max(0, from - keep) >= max_tokens()) from = std::min(keep + excess, size - 1);
  if (from <= keep) return absl::OkStatus();  // all that may be dropped is gone already
  const int fed_after = std::min(keep, fed());
  std::vector<int32_t> rest(tokens.begin() + fed_after, tokens.begin() + keep);
  rest.insert(rest.end(), tokens.begin() + from, tokens.end());
  ET_RETURN_IF_ERROR(Refeed(keep, std::move(rest)));
  const int dropped = from - keep;
  record_.turns.erase(
      std::remove_if(record_.turns.begin(), record_.turns.end() - 1,
                     [&](const ConversationRecord::Turn& turn) { return turn.begin < from; }),
      record_.turns.end() - 1);
  for (ConversationRecord::Turn& turn : record_.turns) {
    turn.begin = std::max(keep, turn.begin - dropped);
    turn.response = std::max(keep, turn.response - dropped);
  }
  return absl::OkStatus();
}

absl::Status Conversation::Rewind(int n) {
  const std::vector<int32_t> tokens = Tokens();
  if (n < 0 || n > static_cast<int>(tokens.size())) {
    return MakeError(absl::StatusCode::kOutOfRange, ErrorDetail::kInvalidOption,
                     absl::StrCat("cannot go back to token ", n, "; the context holds ",
                                  tokens.size(), " tokens"));
  }
  // The last token is fed again: its logits are those of what comes next.
  const int stay = n > fed() ? fed() : std::max(0, n - 1);
  ET_RETURN_IF_ERROR(parts_.executor->Rewind(stay));
  record_.pending.assign(tokens.begin() + stay, tokens.begin() + n);
  record_.query.clear();
  record_.query_ids.clear();
  if (n < static_cast<int>(tokens.size())) record_.stop.clear();
  if (n == 0) record_.started = false;
  record_.chat.Rewind(n);
  // A prompt that is cut has no response.
  while (!record_.turns.empty() && record_.turns.back().response > n) record_.turns.pop_back();
  return absl::OkStatus();
}

absl::StatusOr<Conversation> Conversation::Clone() const {
  ConversationParts parts;
  parts.keep_alive = parts_.keep_alive;
  parts.tokenizer = parts_.tokenizer;
  ET_ASSIGN_OR_RETURN(parts.executor, parts_.executor->Clone());
  parts.special = parts_.special;
  parts.max_tokens = parts_.max_tokens;
  Conversation clone(std::move(parts));
  clone.record_ = record_;
  return clone;
}

absl::Status Conversation::Restore(ConversationRecord record) {
  const int vocab_size = parts_.executor->vocab_size();
  const auto all_known = [&](const std::vector<int32_t>& ids) {
    return std::all_of(ids.begin(), ids.end(),
                       [&](int32_t id) { return id >= 0 && id < vocab_size; });
  };
  const int size = fed() + static_cast<int>(record.pending.size());
  bool sound = all_known(record.query_ids) && all_known(record.pending) && all_known(record.stop) &&
               size + static_cast<int>(record.query_ids.size()) <= max_tokens();
  int end = 0;  // of the turn before
  for (const ConversationRecord::Turn& turn : record.turns) {
    sound = sound && turn.begin >= end && turn.response >= turn.begin && turn.response <= size;
    end = turn.response;
  }
  if (!sound) return CorruptFile("the turns and tokens of the conversation contradict themselves");
  record_ = std::move(record);
  return absl::OkStatus();
}

void Conversation::Adopt(std::unique_ptr<llm::LlmExecutor> executor) {
  parts_.executor = std::move(executor);
  record_.pending.erase(record_.pending.begin(), record_.pending.begin() + fed());
}

}  // namespace edgetasks::tasks
