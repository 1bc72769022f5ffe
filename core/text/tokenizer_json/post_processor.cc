#include "core/text/tokenizer_json/post_processor.h"

#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::text::tokenizer_json {
namespace {

constexpr int kMaxDepth = 16;
constexpr size_t kMaxFrame = 1024;  // tokens on one side

absl::StatusOr<int32_t> ReadId(const JsonField& field, int32_t vocab_size) {
  ET_ASSIGN_OR_RETURN(const int64_t id, field.Integer(0, int64_t{vocab_size} - 1));
  return static_cast<int32_t>(id);
}

// ["[SEP]", 102]
absl::StatusOr<int32_t> ReadToken(const JsonField& field, int32_t vocab_size) {
  ET_ASSIGN_OR_RETURN(const size_t pair, field.ArraySize());
  if (pair != 2) return field.Expected("a token and its id");
  return ReadId(field.Item(1), vocab_size);
}

// {"id": "<s>", ...}, whose ids stand in "special_tokens".
absl::Status AppendSpecial(const JsonField& piece, const JsonField& tokens, int32_t vocab_size,
                           std::vector<int32_t>* side) {
  ET_ASSIGN_OR_RETURN(const absl::string_view name, piece["id"].String());
  const JsonField token = tokens[name];
  const JsonField list = token["ids"];
  ET_ASSIGN_OR_RETURN(const size_t ids, list.ArraySize());
  if (side->size() + ids > kMaxFrame) {
    return CorruptFile(list.Path(), ": more than ", kMaxFrame, " special tokens");
  }
  for (size_t i = 0; i < ids; ++i) {
    ET_ASSIGN_OR_RETURN(const int32_t id, ReadId(list.Item(i), vocab_size));
    side->push_back(id);
  }
  return absl::OkStatus();
}

absl::StatusOr<SpecialFrame> ReadTemplate(const JsonField& field, int32_t vocab_size) {
  SpecialFrame frame;
  const JsonField single = field["single"], tokens = field["special_tokens"];
  ET_ASSIGN_OR_RETURN(const size_t pieces, single.ArraySize());
  bool text_seen = false;
  for (size_t i = 0; i < pieces; ++i) {
    const JsonField item = single.Item(i);
    const JsonField special = item["SpecialToken"];
    if (!special.is_null()) {
      ET_RETURN_IF_ERROR(
          AppendSpecial(special, tokens, vocab_size, text_seen ? &frame.after : &frame.before));
      continue;
    }
    ET_ASSIGN_OR_RETURN(const absl::string_view name, item["Sequence"]["id"].String());
    if (name != "A" || text_seen) {
      return CorruptFile(item.Path(), ": expected the sequence A, once");
    }
    text_seen = true;
  }
  if (!text_seen) return CorruptFile(single.Path(), ": expected the sequence A, once");
  return frame;
}

absl::StatusOr<SpecialFrame> Read(const JsonField& field, int32_t vocab_size, int depth) {
  const JsonField type_field = field["type"];
  ET_ASSIGN_OR_RETURN(const absl::string_view type, type_field.String());
  SpecialFrame frame;
  if (type == "ByteLevel") return frame;  // looks after offsets only
  if (type == "TemplateProcessing") return ReadTemplate(field, vocab_size);
  if (type == "BertProcessing" || type == "RobertaProcessing") {
    ET_ASSIGN_OR_RETURN(const int32_t cls, ReadToken(field["cls"], vocab_size));
    ET_ASSIGN_OR_RETURN(const int32_t sep, ReadToken(field["sep"], vocab_size));
    frame.before.push_back(cls);
    frame.after.push_back(sep);
    return frame;
  }
  if (type != "Sequence") {
    return Unsupported(ErrorDetail::kUnsupportedFormat, type_field.Path(),
                       ": EdgeTasks knows no post-processor \"", type, "\"");
  }
  if (depth >= kMaxDepth) return CorruptFile(field.Path(), ": sequences nest too deep");
  const JsonField list = field["processors"];
  ET_ASSIGN_OR_RETURN(const size_t items, list.ArraySize());
  for (size_t i = 0; i < items; ++i) {  // each goes around those before it
    ET_ASSIGN_OR_RETURN(const SpecialFrame outer, Read(list.Item(i), vocab_size, depth + 1));
    frame.before.insert(frame.before.begin(), outer.before.begin(), outer.before.end());
    frame.after.insert(frame.after.end(), outer.after.begin(), outer.after.end());
    if (frame.before.size() > kMaxFrame || frame.after.size() > kMaxFrame) {
      return CorruptFile(list.Path(), ": more than ", kMaxFrame, " special tokens");
    }
  }
  return frame;
}

}  // namespace

absl::StatusOr<SpecialFrame> ReadPostProcessor(const JsonField& field, int32_t vocab_size) {
  if (field.is_null()) return SpecialFrame();
  return Read(field, vocab_size, 0);
}

}  // namespace edgetasks::text::tokenizer_json
