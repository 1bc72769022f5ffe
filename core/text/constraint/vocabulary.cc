#include "core/text/constraint/vocabulary.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/base/utf8.h"

namespace edgetasks::text {
namespace {

constexpr size_t kMaxTokenBytes = 0xFFFF;

// The signs that are kinds by themselves, and the kinds after them.
constexpr absl::string_view kSigns = " !\"#'()*,-./:;<>?[\\]_`{|}";
enum Kind { kLower = kSigns.size(), kUpper, kDigit, kControl, kRest, kEndOfAscii };
static_assert(kEndOfAscii <= Vocabulary::kNotAscii, "a bit of kinds_below each");

}  // namespace

absl::StatusOr<std::shared_ptr<const Vocabulary>> Vocabulary::Create(
    const Tokenizer& tokenizer, absl::Span<const int32_t> excluded) {
  std::vector<std::string> bytes(tokenizer.vocab_size());
  for (int32_t id = 0; id < tokenizer.vocab_size(); ++id) {
    ET_RETURN_IF_ERROR(tokenizer.AppendIdBytes(id, &bytes[id]));
  }
  for (const int32_t id : excluded) {
    if (id >= 0 && id < tokenizer.vocab_size()) bytes[id].clear();
  }
  return Create(bytes);
}

absl::StatusOr<std::shared_ptr<const Vocabulary>> Vocabulary::Create(
    absl::Span<const std::string> bytes_of_ids) {
  std::shared_ptr<Vocabulary> vocabulary(new Vocabulary());
  vocabulary->offsets_.push_back(0);
  for (size_t id = 0; id < bytes_of_ids.size(); ++id) {
    const std::string& bytes = bytes_of_ids[id];
    if (bytes.size() > kMaxTokenBytes) {
      return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kBadValue,
                       absl::StrCat("token ", id, " has ", bytes.size(),
                                    " bytes; constrained output takes up to ", kMaxTokenBytes));
    }
    vocabulary->bytes_ += bytes;
    vocabulary->offsets_.push_back(vocabulary->bytes_.size());
    if (!bytes.empty()) vocabulary->sorted_ids_.push_back(static_cast<int32_t>(id));
  }
  vocabulary->BuildTree();
  return std::shared_ptr<const Vocabulary>(std::move(vocabulary));
}

absl::string_view Vocabulary::BytesOf(int32_t id) const {
  if (id < 0 || id >= size()) return {};
  return absl::string_view(bytes_).substr(offsets_[id], offsets_[id + 1] - offsets_[id]);
}

int Vocabulary::KindOf(uint8_t byte) {
  if (byte >= 0x80) return kNotAscii;
  if (byte < 0x20) return kControl;
  if (byte >= 'a' && byte <= 'z') return kLower;
  if (byte >= 'A' && byte <= 'Z') return kUpper;
  if (byte >= '0' && byte <= '9') return kDigit;
  const size_t sign = kSigns.find(static_cast<char>(byte));
  return sign != absl::string_view::npos ? static_cast<int>(sign) : kRest;
}

void Vocabulary::BuildTree() {
  std::sort(sorted_ids_.begin(), sorted_ids_.end(), [this](int32_t a, int32_t b) {
    const absl::string_view bytes_a = BytesOf(a), bytes_b = BytesOf(b);
    return bytes_a != bytes_b ? bytes_a < bytes_b : a < b;
  });
  std::vector<size_t> path;     // nodes of the last token
  std::vector<uint32_t> kinds;  // of what the last token has from each byte on
  absl::string_view last;
  const auto close = [&](size_t depth) {
    while (path.size() > depth) {
      nodes_[path.back()].end = static_cast<uint32_t>(nodes_.size());
      path.pop_back();
    }
  };
  for (uint32_t i = 0; i < sorted_ids_.size(); ++i) {
    const absl::string_view bytes = BytesOf(sorted_ids_[i]);
    size_t common = 0;
    while (common < std::min(bytes.size(), last.size()) && bytes[common] == last[common]) ++common;
    close(common);
    for (size_t d = common; d < bytes.size(); ++d) {
      path.push_back(nodes_.size());
      nodes_.push_back({0, i, 0, static_cast<uint16_t>(d + 1), static_cast<uint8_t>(bytes[d])});
    }
    kinds.assign(bytes.size() + 1, 0);
    for (size_t d = bytes.size(); --d > 0;) {
      const size_t length = Utf8CharBytes(bytes.substr(d));
      const int kind = length > 0 ? KindOf(static_cast<uint8_t>(bytes[d])) : kNoCharacter;
      kinds[d] = uint32_t{1} << kind | (length > 0 ? kinds[d + length] : 0);
      nodes_[path[d - 1]].kinds_below |= kinds[d];
    }
    if (bytes.size() == 1) single_bytes_[static_cast<uint8_t>(bytes[0])] = true;
    longest_token_ = std::max(longest_token_, static_cast<int>(bytes.size()));
    last = bytes;
  }
  close(0);
}

}  // namespace edgetasks::text
