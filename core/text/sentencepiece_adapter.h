// The SentencePiece library behind a face of std types only: its header and abseil's string_view
// cannot be included together. Use SentencePieceTokenizer; nothing else includes this.
#ifndef CORE_TEXT_SENTENCEPIECE_ADAPTER_H_
#define CORE_TEXT_SENTENCEPIECE_ADAPTER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace edgetasks::text {

// kControl: unused pieces too, which have no text either.
enum class PieceKind { kText, kControl, kByte, kUnknown };

// Immutable, safe to use from several threads. Functions that return bool report failure through
// `error`; no exception leaves this class.
class SentencePieceAdapter {
 public:
  // null, with the reason, if the library refuses the model. The bytes are copied. They have passed
  // CheckSentencePieceModel.
  static std::unique_ptr<SentencePieceAdapter> Load(std::string_view proto, std::string* error);
  ~SentencePieceAdapter();

  int vocab_size() const;
  bool Encode(std::string_view text, std::vector<int>* ids, std::string* error) const;
  // Ids are in range.
  bool Decode(const std::vector<int>& ids, std::string* text, std::string* error) const;
  // The library's answer for a piece that it does not know is the id of the unknown piece.
  int PieceToId(std::string_view piece) const;
  // `id` is in range.
  const std::string& IdToPiece(int id) const;
  PieceKind KindOf(int id) const;
  // -1 if the model has none.
  int bos_id() const;
  int eos_id() const;

 private:
  SentencePieceAdapter();

  struct Processor;
  std::unique_ptr<Processor> processor_;
};

}  // namespace edgetasks::text

#endif  // CORE_TEXT_SENTENCEPIECE_ADAPTER_H_
