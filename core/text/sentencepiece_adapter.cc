// The only file that includes SentencePiece. It must include no abseil header: both define
// absl::string_view.
#include "core/text/sentencepiece_adapter.h"

#include <sentencepiece_processor.h>

#include <exception>
#include <mutex>

// Exported by the library, in none of its installed headers. Severity 3 is FATAL.
namespace sentencepiece::logging {
void SetMinLogLevel(int level);
}

namespace edgetasks::text {
namespace {

// The library writes to stderr what it also returns as a status.
void SilenceLibrary() {
  static std::once_flag once;
  std::call_once(once, [] { sentencepiece::logging::SetMinLogLevel(3); });
}

bool Succeeded(const sentencepiece::util::Status& status, std::string* error) {
  if (!status.ok()) *error = status.error_message();
  return status.ok();
}

// Runs `call`, which returns the library's status. Its trie builder throws on keys it dislikes.
template <typename Call>
bool Guarded(const Call& call, std::string* error) {
  try {
    return Succeeded(call(), error);
  } catch (const std::exception& e) {
    *error = e.what();
  } catch (...) {
    *error = "the SentencePiece library failed";
  }
  return false;
}

}  // namespace

struct SentencePieceAdapter::Processor {
  sentencepiece::SentencePieceProcessor library;
};

SentencePieceAdapter::SentencePieceAdapter() : processor_(std::make_unique<Processor>()) {}
SentencePieceAdapter::~SentencePieceAdapter() = default;

std::unique_ptr<SentencePieceAdapter> SentencePieceAdapter::Load(std::string_view proto,
                                                                 std::string* error) {
  SilenceLibrary();
  std::unique_ptr<SentencePieceAdapter> adapter(new SentencePieceAdapter);
  auto& library = adapter->processor_->library;
  if (!Guarded([&] { return library.LoadFromSerializedProto(proto); }, error)) return nullptr;
  return adapter;
}

int SentencePieceAdapter::vocab_size() const { return processor_->library.GetPieceSize(); }

bool SentencePieceAdapter::Encode(std::string_view text, std::vector<int>* ids,
                                  std::string* error) const {
  return Guarded([&] { return processor_->library.Encode(text, ids); }, error);
}

bool SentencePieceAdapter::Decode(const std::vector<int>& ids, std::string* text,
                                  std::string* error) const {
  return Guarded([&] { return processor_->library.Decode(ids, text); }, error);
}

int SentencePieceAdapter::PieceToId(std::string_view piece) const {
  return processor_->library.PieceToId(piece);
}

const std::string& SentencePieceAdapter::IdToPiece(int id) const {
  return processor_->library.IdToPiece(id);
}

PieceKind SentencePieceAdapter::KindOf(int id) const {
  const auto& library = processor_->library;
  if (library.IsControl(id) || library.IsUnused(id)) return PieceKind::kControl;
  if (library.IsByte(id)) return PieceKind::kByte;
  return library.IsUnknown(id) ? PieceKind::kUnknown : PieceKind::kText;
}

int SentencePieceAdapter::bos_id() const { return processor_->library.bos_id(); }
int SentencePieceAdapter::eos_id() const { return processor_->library.eos_id(); }

}  // namespace edgetasks::text
