#include "core/text/tokenizer_json/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <utility>

#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"
#include "core/text/tokenizer_json/pattern_syntax.h"

namespace edgetasks::text::tokenizer_json {
namespace {

constexpr size_t kMaxPatternBytes = 16 << 10;
constexpr size_t kMaxCompiledBytes = 1 << 20;  // what {1000} in {1000} would grow to
constexpr uint32_t kMaxGroups = 50;            // nested
constexpr uint32_t kHeapLimitKiB = 20 << 10;   // of one match, for the interpreter

// Steps that one start of a match may take: first so many, then more, which are charged against a
// budget that grows with the text. Usual patterns need some ten.
constexpr uint32_t kFreeSteps = 1 << 10;
constexpr uint32_t kChargedSteps[] = {1 << 15, 1 << 20, 1 << 24};
constexpr int64_t kBudgetPerByte = 2 << 10;
constexpr int64_t kBudgetBase = int64_t{1} << 26;

struct Free {
  void operator()(pcre2_code* code) const { pcre2_code_free(code); }
  void operator()(pcre2_match_context* context) const { pcre2_match_context_free(context); }
  void operator()(pcre2_match_data* data) const { pcre2_match_data_free(data); }
  void operator()(pcre2_compile_context* context) const { pcre2_compile_context_free(context); }
};

std::string MessageOf(int code) {
  PCRE2_UCHAR message[256];
  pcre2_get_error_message(code, message, sizeof(message));
  return reinterpret_cast<const char*>(message);
}

void AddPart(size_t begin, size_t end, bool is_match, std::vector<Part>* parts) {
  parts->push_back({begin, end, is_match});
}

// One text's searches with one pattern.
class Searches {
 public:
  Searches(const pcre2_code* code, absl::string_view text)
      : code_(code),
        text_(text),
        context_(pcre2_match_context_create(nullptr)),
        data_(pcre2_match_data_create(1, nullptr)),
        budget_(kBudgetBase + kBudgetPerByte * static_cast<int64_t>(text.size())) {
    if (context_ != nullptr) pcre2_set_heap_limit(context_.get(), kHeapLimitKiB);
  }

  // Whether there is a match at or after `from`, and where.
  absl::StatusOr<bool> Find(size_t from, size_t* begin, size_t* end) {
    if (context_ == nullptr || data_ == nullptr) return OutOfMemory();
    int found = MatchAt(from, kFreeSteps, 0);
    if (found == PCRE2_ERROR_MATCHLIMIT) {
      // Which start it was is not told. Those before it are tried once more, a second time at most,
      // so that the sum stays linear.
      for (size_t start = from;; start += std::max<size_t>(1, Utf8CharBytes(text_.substr(start)))) {
        ET_ASSIGN_OR_RETURN(found, MatchJustAt(start));
        if (found != PCRE2_ERROR_NOMATCH || start >= text_.size()) break;
      }
    }
    if (found == PCRE2_ERROR_NOMATCH) return false;
    if (found < 0) return MatchError(found);
    const PCRE2_SIZE* place = pcre2_get_ovector_pointer(data_.get());
    *begin = place[0];
    *end = place[1];
    return *begin >= from && *begin <= *end;  // \K within a lookaround can break that
  }

 private:
  absl::StatusOr<int> MatchJustAt(size_t start) {
    int found = MatchAt(start, kFreeSteps, PCRE2_ANCHORED);
    for (const uint32_t steps : kChargedSteps) {
      if (found != PCRE2_ERROR_MATCHLIMIT) return found;
      budget_ -= steps;
      if (budget_ < 0) break;
      found = MatchAt(start, steps, PCRE2_ANCHORED);
    }
    if (found != PCRE2_ERROR_MATCHLIMIT) return found;
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kBadValue,
                     absl::StrCat("a pattern of the tokenizer takes too many steps at byte ", start,
                                  " of a part of the text of ", text_.size(), " bytes"));
  }

  int MatchAt(size_t from, uint32_t steps, uint32_t options) {
    pcre2_set_match_limit(context_.get(), steps);
    options |= PCRE2_NO_UTF_CHECK;
    const auto* subject = reinterpret_cast<PCRE2_SPTR>(text_.data());
    const int found =
        pcre2_match(code_, subject, text_.size(), from, options, data_.get(), context_.get());
    if (found != PCRE2_ERROR_JIT_STACKLIMIT) return found;
    // Compiled code has little stack; interpreted, it takes heap.
    return pcre2_match(code_, subject, text_.size(), from, options | PCRE2_NO_JIT, data_.get(),
                       context_.get());
  }

  absl::Status MatchError(int code) const {
    return MakeError(
        absl::StatusCode::kResourceExhausted, ErrorDetail::kBadValue,
        absl::StrCat("a pattern of the tokenizer fails on the text: ", MessageOf(code)));
  }
  static absl::Status OutOfMemory() {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kOutOfMemory,
                     "no memory to search for a pattern");
  }

  const pcre2_code* code_;
  absl::string_view text_;
  std::unique_ptr<pcre2_match_context, Free> context_;
  std::unique_ptr<pcre2_match_data, Free> data_;
  int64_t budget_;
};

}  // namespace

struct Pattern::Compiled {
  std::unique_ptr<pcre2_code, Free> code;
};

Pattern::Pattern() = default;
Pattern::~Pattern() = default;

absl::StatusOr<std::unique_ptr<Pattern>> Pattern::FromJson(const JsonField& field) {
  if (field.value().Find("String") != nullptr) {
    ET_ASSIGN_OR_RETURN(const absl::string_view text, field["String"].String());
    return FromString(text);
  }
  if (field.value().Find("Regex") == nullptr) {
    return field.Expected("an object with a member \"String\" or \"Regex\"");
  }
  ET_ASSIGN_OR_RETURN(const absl::string_view regex, field["Regex"].String());
  absl::StatusOr<std::unique_ptr<Pattern>> pattern = FromRegex(regex);
  if (!pattern.ok()) return Annotate(pattern.status(), field["Regex"].Path());
  return pattern;
}

std::unique_ptr<Pattern> Pattern::FromString(absl::string_view text) {
  std::unique_ptr<Pattern> pattern(new Pattern);
  pattern->literal_ = std::string(text);
  return pattern;
}

absl::StatusOr<std::unique_ptr<Pattern>> Pattern::FromRegex(absl::string_view regex) {
  if (regex.size() > kMaxPatternBytes) {
    return CorruptFile("a pattern has ", regex.size(), " bytes; expected at most ",
                       kMaxPatternBytes);
  }
  ET_ASSIGN_OR_RETURN(const std::string translated, TranslatePattern(regex));
  const std::unique_ptr<pcre2_compile_context, Free> context(pcre2_compile_context_create(nullptr));
  if (context != nullptr) pcre2_set_parens_nest_limit(context.get(), kMaxGroups);
  int error = 0;
  PCRE2_SIZE place = 0;
  std::unique_ptr<Pattern> pattern(new Pattern);
  pattern->regex_ = std::make_unique<Compiled>();
  pattern->regex_->code.reset(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                    PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &error,
                    &place, context.get()));
  if (pattern->regex_->code == nullptr) {
    return CorruptFile("the pattern \"", regex, "\" (for PCRE2 \"", translated, "\", byte ", place,
                       "): ", MessageOf(error));
  }
  size_t size = 0;
  pcre2_pattern_info(pattern->regex_->code.get(), PCRE2_INFO_SIZE, &size);
  if (size > kMaxCompiledBytes) {
    return CorruptFile("the pattern \"", regex, "\" takes ", size, " bytes; expected at most ",
                       kMaxCompiledBytes);
  }
  // Where there is no compiler for this processor, or no memory may be executed, it is interpreted.
  (void)pcre2_jit_compile(pattern->regex_->code.get(), PCRE2_JIT_COMPLETE);
  return pattern;
}

absl::Status Pattern::FindParts(absl::string_view text, std::vector<Part>* parts) const {
  parts->clear();
  if (text.empty()) return absl::OkStatus();
  if (regex_ != nullptr) return FindRegexParts(text, parts);
  size_t previous = 0;
  if (!literal_.empty()) {
    for (size_t at = text.find(literal_); at != absl::string_view::npos;
         at = text.find(literal_, previous)) {
      if (at > previous) AddPart(previous, at, false, parts);
      previous = at + literal_.size();
      AddPart(at, previous, true, parts);
    }
  } else {  // matches before each character, and at the end
    for (size_t at = 0; at < text.size(); at += Utf8CharBytes(text.substr(at))) {
      if (at > previous) AddPart(previous, at, false, parts);
      AddPart(at, at, true, parts);
      previous = at;
    }
    AddPart(previous, text.size(), false, parts);
    AddPart(text.size(), text.size(), true, parts);
    return absl::OkStatus();
  }
  if (previous < text.size()) AddPart(previous, text.size(), false, parts);
  return absl::OkStatus();
}

absl::Status Pattern::FindRegexParts(absl::string_view text, std::vector<Part>* parts) const {
  Searches searches(regex_->code.get(), text);
  size_t previous = 0, from = 0;
  bool any = false;
  while (from <= text.size()) {
    size_t begin = 0, end = 0;
    ET_ASSIGN_OR_RETURN(const bool found, searches.Find(from, &begin, &end));
    if (!found) break;
    if (begin == end && any && end == previous) {
      if (from >= text.size()) break;
      from += std::max<size_t>(1, Utf8CharBytes(text.substr(from)));
      continue;
    }
    if (begin > previous) AddPart(previous, begin, false, parts);
    AddPart(begin, end, true, parts);
    previous = from = end;
    any = true;
  }
  if (previous < text.size()) AddPart(previous, text.size(), false, parts);
  return absl::OkStatus();
}

}  // namespace edgetasks::text::tokenizer_json
