#include "core/text/markup.h"

#include <algorithm>
#include <utility>

#include "core/base/status_macros.h"

namespace edgetasks::text {
namespace {

// Longer than any control piece in use.
constexpr size_t kLongestPiece = 64;

// The control piece that `text` begins with: its id and how many bytes spell it; -1 if there is
// none.
std::pair<int32_t, size_t> ControlAt(const Tokenizer& tokenizer, absl::string_view text) {
  const char close = text[0] == '<' ? '>' : ']';
  const size_t most = std::min(text.size(), kLongestPiece);
  for (size_t end = text.find(close); end < most; end = text.find(close, end + 1)) {
    const int32_t id = tokenizer.PieceToId(text.substr(0, end + 1));
    if (id >= 0 && tokenizer.IsControl(id)) return {id, end + 1};
  }
  return {-1, 0};
}

}  // namespace

absl::StatusOr<std::vector<int32_t>> EncodeSpelledControls(const Tokenizer& tokenizer,
                                                           absl::string_view text) {
  std::vector<int32_t> ids;
  const auto encode = [&](absl::string_view plain) -> absl::Status {
    if (plain.empty()) return absl::OkStatus();
    ET_ASSIGN_OR_RETURN(const std::vector<int32_t> more, tokenizer.Encode(plain));
    ids.insert(ids.end(), more.begin(), more.end());
    return absl::OkStatus();
  };
  size_t plain = 0;  // what is not encoded yet begins here
  for (size_t at = text.find_first_of("<["); at != absl::string_view::npos;
       at = text.find_first_of("<[", at)) {
    const auto [id, bytes] = ControlAt(tokenizer, text.substr(at));
    if (id < 0) {
      ++at;
      continue;
    }
    ET_RETURN_IF_ERROR(encode(text.substr(plain, at - plain)));
    ids.push_back(id);
    at += bytes;
    plain = at;
  }
  ET_RETURN_IF_ERROR(encode(text.substr(plain)));
  return ids;
}

}  // namespace edgetasks::text
