#include "core/text/template/chat_template.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/json/json_value.h"
#include "core/text/template/interpreter.h"
#include "core/text/template/parser.h"

namespace edgetasks::text {
namespace {

using jinja::Dict;
using jinja::List;
using jinja::Value;

constexpr size_t kMaxSourceBytes = size_t{1} << 20;

Value FromJson(const JsonValue& json) {
  switch (json.kind) {
    case JsonValue::Kind::kNull:
      return Value::None();
    case JsonValue::Kind::kBool:
      return Value::Bool(json.truth);
    case JsonValue::Kind::kInteger:
      return Value::Int(json.integer);
    case JsonValue::Kind::kNumber:
      return Value::Float(json.number);
    case JsonValue::Kind::kString:
      return Value::String(json.string);
    case JsonValue::Kind::kArray: {
      List list;
      for (const JsonValue& item : json.items) list.push_back(FromJson(item));
      return Value::OfList(std::move(list));
    }
    case JsonValue::Kind::kObject: {
      Dict dict;
      for (size_t i = 0; i < json.items.size(); ++i) {
        if (json.Find(json.names[i]) != &json.items[i]) continue;  // named again later
        dict.emplace_back(Value::String(json.names[i]), FromJson(json.items[i]));
      }
      return Value::OfDict(std::move(dict));
    }
  }
  return Value::None();
}

Value MessageList(absl::Span<const ChatMessage> messages) {
  List list;
  for (const ChatMessage& message : messages) {
    Dict dict;
    dict.emplace_back(Value::String("role"), Value::String(ReplaceInvalidUtf8(message.role)));
    dict.emplace_back(Value::String("content"), Value::String(ReplaceInvalidUtf8(message.content)));
    list.push_back(Value::OfDict(std::move(dict)));
  }
  return Value::OfList(std::move(list));
}

std::tm LocalTime() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  localtime_r(&now, &local);
  return local;
}

absl::Status BadExtra(absl::string_view why) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                   absl::StrCat("the extra variables of a chat template: ", why));
}

}  // namespace

struct ChatTemplate::Tree {
  jinja::Body body;
};

ChatTemplate::ChatTemplate(std::shared_ptr<const Tree> tree) : tree_(std::move(tree)) {}
ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;
ChatTemplate::~ChatTemplate() = default;

absl::StatusOr<ChatTemplate> ChatTemplate::Parse(absl::string_view source) {
  if (source.size() > kMaxSourceBytes) {
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidMetadata,
                     absl::StrCat("the chat template has ", source.size(),
                                  " bytes; expected at most ", kMaxSourceBytes));
  }
  // transformers' files may have any line ends; Jinja makes them one.
  std::string text;
  for (size_t i = 0; i < source.size(); ++i) {
    if (source[i] == '\r') {
      text.push_back('\n');
      if (i + 1 < source.size() && source[i + 1] == '\n') ++i;
    } else {
      text.push_back(source[i]);
    }
  }
  auto tree = std::make_shared<Tree>();
  absl::StatusOr<jinja::Body> body = jinja::ParseTemplate(ReplaceInvalidUtf8(text));
  if (!body.ok()) return Annotate(body.status(), "the chat template");
  tree->body = *std::move(body);
  return ChatTemplate(std::move(tree));
}

absl::StatusOr<std::string> ChatTemplate::Render(absl::Span<const ChatMessage> messages,
                                                 const ChatTemplateOptions& options) const {
  std::vector<std::pair<std::string, Value>> variables = {
      {"bos_token", Value::String(options.bos_token)},
      {"eos_token", Value::String(options.eos_token)},
      {"add_generation_prompt", Value::Bool(options.add_generation_prompt)},
      {"tools", Value::None()},
      {"documents", Value::None()},
      {"messages", MessageList(messages)}};
  if (!options.extra_json.empty()) {
    const absl::StatusOr<JsonValue> extra = ParseJson(options.extra_json);
    if (!extra.ok()) return BadExtra(extra.status().message());
    if (!extra->is_object()) return BadExtra("expected a JSON object");
    const Value members = FromJson(*extra);
    for (const auto& [name, value] : members.dict()) {
      for (auto variable = variables.begin(); variable != variables.end(); ++variable) {
        if (variable->first != name.string()) continue;
        variables.erase(variable);
        break;
      }
      variables.emplace_back(name.string(), value);
    }
  }
  jinja::Interpreter interpreter(jinja::Limits(), options.now ? *options.now : LocalTime());
  absl::StatusOr<std::string> prompt = interpreter.Render(tree_->body, std::move(variables));
  if (!prompt.ok()) return Annotate(prompt.status(), "the chat template");
  return prompt;
}

}  // namespace edgetasks::text
