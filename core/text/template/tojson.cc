#include "core/text/template/tojson.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"

namespace edgetasks::text::jinja {
namespace {

class Writer {
 public:
  Writer(const Position& position, const JsonStyle& style) : position_(position), style_(style) {}

  absl::Status Write(const Value& value, int level) {
    switch (value.kind()) {
      case Value::Kind::kNone:
        out_ += "null";
        return absl::OkStatus();
      case Value::Kind::kBool:
        out_ += value.boolean() ? "true" : "false";
        return absl::OkStatus();
      case Value::Kind::kInt:
        absl::StrAppend(&out_, value.integer());
        return absl::OkStatus();
      case Value::Kind::kFloat:
        WriteFloat(value.number());
        return absl::OkStatus();
      case Value::Kind::kString:
        WriteString(value.string());
        return absl::OkStatus();
      case Value::Kind::kList:
      case Value::Kind::kTuple:
        return WriteList(value.list(), level);
      case Value::Kind::kDict:
        return WriteDict(value.dict(), level);
      default:
        return ErrorAt(position_,
                       absl::StrCat("a ", value.TypeName(), " cannot be written as JSON"));
    }
  }
  std::string Take() { return std::move(out_); }

 private:
  void WriteFloat(double value) {
    if (std::isnan(value)) {
      out_ += "NaN";
    } else if (std::isinf(value)) {
      out_ += value < 0 ? "-Infinity" : "Infinity";
    } else {
      out_ += FloatRepr(value);
    }
  }

  void WriteString(absl::string_view text) {
    out_.push_back('"');
    for (const absl::string_view c : Characters(text)) {
      constexpr absl::string_view kFrom = "\"\\\n\r\t\b\f", kTo = "\"\\nrtbf";
      const size_t simple = kFrom.find(c[0]);
      if (simple != absl::string_view::npos) {
        out_.push_back('\\');
        out_.push_back(kTo[simple]);
      } else if (static_cast<unsigned char>(c[0]) < 0x20) {
        absl::StrAppendFormat(&out_, "\\u%04x", static_cast<unsigned>(c[0]));
      } else if (style_.ensure_ascii && Utf8CharBytes(c) > 1) {
        WriteEscaped(DecodeUtf8Char(c));
      } else {
        out_.append(c.data(), c.size());
      }
    }
    out_.push_back('"');
  }

  void WriteEscaped(char32_t c) {
    if (c < 0x10000) {
      absl::StrAppendFormat(&out_, "\\u%04x", static_cast<unsigned>(c));
      return;
    }
    const unsigned rest = static_cast<unsigned>(c) - 0x10000;
    absl::StrAppendFormat(&out_, "\\u%04x\\u%04x", 0xD800 + (rest >> 10), 0xDC00 + (rest & 0x3FF));
  }

  void NewLine(int level) {
    if (!style_.pretty) return;
    out_.push_back('\n');
    for (int i = 0; i < level; ++i) out_ += style_.indent;
  }
  // Between items; a line's end has no space before it.
  void Separate(int level) {
    out_ += style_.item_separator;
    NewLine(level);
  }

  absl::Status WriteList(const List& list, int level) {
    if (list.empty()) {
      out_ += "[]";
      return absl::OkStatus();
    }
    out_.push_back('[');
    NewLine(level + 1);
    for (size_t i = 0; i < list.size(); ++i) {
      if (i > 0) Separate(level + 1);
      ET_RETURN_IF_ERROR(Write(list[i], level + 1));
    }
    NewLine(level);
    out_.push_back(']');
    return absl::OkStatus();
  }

  absl::Status WriteDict(Dict dict, int level) {
    if (dict.empty()) {
      out_ += "{}";
      return absl::OkStatus();
    }
    if (style_.sort_keys) {
      std::stable_sort(dict.begin(), dict.end(), [](const auto& a, const auto& b) {
        bool comparable = true;
        return Less(a.first, b.first, &comparable);
      });
    }
    out_.push_back('{');
    NewLine(level + 1);
    for (size_t i = 0; i < dict.size(); ++i) {
      if (i > 0) Separate(level + 1);
      if (dict[i].first.is_string()) {
        WriteString(dict[i].first.string());
      } else {  // numbers and their like are keys by their spelling
        out_.push_back('"');
        ET_RETURN_IF_ERROR(Write(dict[i].first, level));
        out_.push_back('"');
      }
      out_ += style_.key_separator;
      ET_RETURN_IF_ERROR(Write(dict[i].second, level + 1));
    }
    NewLine(level);
    out_.push_back('}');
    return absl::OkStatus();
  }

  const Position& position_;
  const JsonStyle& style_;
  std::string out_;
};

}  // namespace

absl::StatusOr<std::string> ToJson(const Position& position, const Value& value,
                                   const JsonStyle& style) {
  Writer writer(position, style);
  ET_RETURN_IF_ERROR(writer.Write(value, 0));
  return writer.Take();
}

}  // namespace edgetasks::text::jinja
