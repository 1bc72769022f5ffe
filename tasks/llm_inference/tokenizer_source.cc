#include "tasks/llm_inference/tokenizer_source.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/mapped_file.h"
#include "core/base/status_macros.h"
#include "core/text/sentencepiece_tokenizer.h"
#include "core/text/tokenizer_json/json_tokenizer.h"

namespace edgetasks::tasks {
namespace {

constexpr absl::string_view kWayOut =
    "set tokenizer_path to the SentencePiece model (tokenizer.model) or the tokenizer.json that "
    "the "
    "model was trained with";

// A JSON object, which no SentencePiece model begins with: '{' is field 15, of a group.
bool LooksLikeJson(absl::Span<const uint8_t> bytes) {
  for (const uint8_t byte : bytes) {
    if (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n') return byte == '{';
  }
  return false;
}

absl::StatusOr<std::unique_ptr<text::Tokenizer>> Make(absl::Span<const uint8_t> bytes,
                                                      const model::ModelFile& file) {
  if (LooksLikeJson(bytes)) return text::JsonTokenizer::Create(bytes);
  text::SentencePieceOptions options;
  options.bytes_to_unicode = file.llm.has_value() && file.llm->bytes_to_unicode;
  return text::SentencePieceTokenizer::Create(bytes, options);
}

absl::StatusOr<std::shared_ptr<const text::Tokenizer>> MakeTokenizer(
    absl::Span<const uint8_t> bytes, const model::ModelFile& file, absl::string_view where) {
  absl::StatusOr<std::unique_ptr<text::Tokenizer>> tokenizer = Make(bytes, file);
  if (!tokenizer.ok()) return Annotate(tokenizer.status(), where);
  return std::shared_ptr<const text::Tokenizer>(*std::move(tokenizer));
}

// How well a tokenizer suits the language model: a .litertlm may hold one for each of its graphs,
// and says whose it is, or does not.
int FitOf(const model::TokenizerPart& part) {
  if (absl::EqualsIgnoreCase(part.model_type, "tf_lite_prefill_decode")) return 2;
  return part.model_type.empty() ? 1 : 0;
}

// A SentencePiece model is smaller and sooner ready than a tokenizer.json of the same tokens.
bool IsBetter(const model::TokenizerPart& part, const model::TokenizerPart& than) {
  if (FitOf(part) != FitOf(than)) return FitOf(part) > FitOf(than);
  return part.kind == model::TokenizerKind::kSentencePiece &&
         than.kind != model::TokenizerKind::kSentencePiece;
}

// Of equal ones the first; null if there is none.
const model::TokenizerPart* BestTokenizer(const model::ModelFile& file) {
  const model::TokenizerPart* best = nullptr;
  for (const model::TokenizerPart& part : file.tokenizers) {
    if (best == nullptr || IsBetter(part, *best)) best = &part;
  }
  return best;
}

}  // namespace

absl::StatusOr<std::shared_ptr<const text::Tokenizer>> OpenTokenizer(
    const model::ModelFile& file, const std::string& tokenizer_path) {
  if (!tokenizer_path.empty()) {
    ET_ASSIGN_OR_RETURN(const auto tokenizer_file, MappedFile::Open(tokenizer_path));
    return MakeTokenizer(tokenizer_file->bytes(), file, tokenizer_file->name());
  }
  const std::string& name = file.file->name();
  if (const model::TokenizerPart* part = BestTokenizer(file)) {
    return MakeTokenizer(part->bytes, file, absl::StrCat(name, ": the tokenizer inside"));
  }
  return MakeError(absl::StatusCode::kNotFound, ErrorDetail::kMissingPart,
                   absl::StrCat(name, ": the file holds no tokenizer; ", kWayOut));
}

}  // namespace edgetasks::tasks
