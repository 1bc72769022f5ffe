#include "tasks/llm_inference/session_file.h"

#include <cstring>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/crc32.h"
#include "core/base/error.h"
#include "core/base/file_writer.h"
#include "core/base/mapped_file.h"
#include "core/base/status_macros.h"

namespace edgetasks::tasks {
namespace {

constexpr absl::string_view kMagic = "EdgeTasksSession";
constexpr uint32_t kVersion = 1;

template <typename T>
absl::Span<const uint8_t> BytesOf(const T* data, size_t count) {
  static_assert(std::is_trivially_copyable<T>::value, "written as it lies in memory");
  return {reinterpret_cast<const uint8_t*>(data), count * sizeof(T)};
}

// All machines that EdgeTasks runs on are little-endian. The first error stays.
class Writer {
 public:
  explicit Writer(FileWriter* file) : file_(*file) {}

  template <typename T>
  void Number(T value) {
    Bytes(BytesOf(&value, 1));
  }
  template <typename List>  // std::string or a std::vector of plain elements
  void Append(const List& list) {
    Number<uint64_t>(list.size());
    Bytes(BytesOf(list.data(), list.size()));
  }
  void Bytes(absl::Span<const uint8_t> bytes) {
    if (status_.ok()) status_ = file_.Append(bytes);
  }
  const absl::Status& status() const { return status_; }

 private:
  FileWriter& file_;
  absl::Status status_;
};

// The first thing that is not there makes it not ok, and everything after it zero or empty.
class Reader {
 public:
  explicit Reader(absl::Span<const uint8_t> bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && bytes_.empty(); }

  void Bytes(absl::Span<uint8_t> to) {
    ok_ = ok_ && to.size() <= bytes_.size();
    if (!ok_ || to.empty()) return;
    std::memcpy(to.data(), bytes_.data(), to.size());
    bytes_.remove_prefix(to.size());
  }
  template <typename T>
  T Number() {
    T value{};
    Bytes({reinterpret_cast<uint8_t*>(&value), sizeof(T)});
    return ok_ ? value : T{};
  }
  template <typename List>
  List Take() {
    const auto size = Number<uint64_t>();
    List list;
    using Element = typename List::value_type;
    static_assert(std::is_trivially_copyable<Element>::value, "read as it lies in memory");
    ok_ = ok_ && size <= bytes_.size() / sizeof(Element);
    if (!ok_) return list;
    if (size == 0) return list;
    list.resize(size);
    Bytes({reinterpret_cast<uint8_t*>(&list[0]), size * sizeof(Element)});
    return list;
  }

 private:
  absl::Span<const uint8_t> bytes_;
  bool ok_ = true;
};

// False if it contradicts itself.
bool ReadChat(Reader* reader, Chat* chat) {
  const auto count = reader->Number<uint64_t>();
  std::vector<LlmMessage> messages;
  for (uint64_t i = 0; i < count && reader->ok(); ++i) {
    LlmMessage message;
    message.role = reader->Take<std::string>();
    message.content = reader->Take<std::string>();
    messages.push_back(std::move(message));
  }
  auto marks = reader->Take<std::vector<Chat::Mark>>();
  return chat->Restore(std::move(messages), std::move(marks));
}

absl::Status WrongSession(const std::string& path, absl::string_view what) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kWrongSession,
                   absl::StrCat(path, ": ", what));
}

absl::Status CheckIdentity(const std::string& path, const SessionIdentity& saved,
                           const SessionIdentity& identity) {
  if (saved.model != identity.model) {
    return WrongSession(path,
                        "was saved with another model file; open that one, or begin a new session");
  }
  if (saved.tokenizer != identity.tokenizer) {
    return WrongSession(
        path, "was saved with another tokenizer; set tokenizer_path as it was, or begin anew");
  }
  return absl::OkStatus();
}

// The part after the magic and before the checksum.
absl::StatusOr<Reader> OpenBody(const std::string& path, absl::Span<const uint8_t> bytes) {
  const size_t frame = kMagic.size() + sizeof(kVersion) + sizeof(uint32_t);
  if (bytes.size() < frame || std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0) {
    return CorruptFile(path, ": is no saved session; it must begin with \"", kMagic, "\"");
  }
  uint32_t version = 0, crc = 0;
  std::memcpy(&version, bytes.data() + kMagic.size(), sizeof(version));
  if (version != kVersion) {
    return WrongSession(path, absl::StrCat("has version ", version, ", this library reads ",
                                           kVersion, "; begin a new session"));
  }
  const absl::Span<const uint8_t> checked = bytes.first(bytes.size() - sizeof(crc));
  std::memcpy(&crc, checked.data() + checked.size(), sizeof(crc));
  if (Crc32(checked) != crc) {
    return CorruptFile(path, ": is damaged or cut off: its checksum is not that of its ",
                       bytes.size(), " bytes; begin a new session");
  }
  return Reader(checked.subspan(kMagic.size() + sizeof(version)));
}

}  // namespace

const SessionIdentity& LazySessionIdentity::Get() const {
  std::call_once(once_, [this] {
    identity_.model = uint64_t{model_.size()} << 32 ^ Crc32(model_);
    uint32_t crc = 0;
    std::string bytes;
    for (int32_t id = 0; id < tokenizer_.vocab_size(); ++id) {
      bytes.clear();
      const absl::Status known = tokenizer_.AppendIdBytes(id, &bytes);
      const uint32_t length = known.ok() ? static_cast<uint32_t>(bytes.size()) : ~uint32_t{0};
      crc = Crc32(BytesOf(&length, 1), crc);
      crc = Crc32(BytesOf(bytes.data(), bytes.size()), crc);
    }
    identity_.tokenizer = uint64_t{static_cast<uint32_t>(tokenizer_.vocab_size())} << 32 ^ crc;
  });
  return identity_;
}

absl::Status SaveSession(const std::string& path, const SessionIdentity& identity,
                         const Conversation& conversation, uint64_t random_state) {
  const llm::LlmExecutor& executor = *conversation.parts().executor;
  const ConversationRecord& record = conversation.record();
  ET_ASSIGN_OR_RETURN(const std::string format, executor.StateFormat());
  ET_ASSIGN_OR_RETURN(const std::unique_ptr<FileWriter> file, FileWriter::Create(path));
  Writer writer(file.get());
  writer.Bytes(BytesOf(kMagic.data(), kMagic.size()));
  writer.Number(kVersion);
  writer.Number(identity.model);
  writer.Number(identity.tokenizer);
  writer.Append(format);
  writer.Number(random_state);
  const absl::Span<const int32_t> fed = executor.tokens();
  writer.Append(std::vector<int32_t>(fed.begin(), fed.end()));
  writer.Append(record.pending);
  writer.Append(record.query);
  writer.Append(record.query_ids);
  writer.Append(record.stop);
  writer.Append(record.turns);
  writer.Number<uint32_t>(record.started);
  writer.Number<uint64_t>(record.chat.messages().size());
  for (const LlmMessage& message : record.chat.messages()) {
    writer.Append(message.role);
    writer.Append(message.content);
  }
  writer.Append(record.chat.marks());
  ET_RETURN_IF_ERROR(writer.status());
  ET_RETURN_IF_ERROR(executor.SaveState([&](absl::Span<const uint8_t> piece) {
    writer.Bytes(piece);
    return writer.status();
  }));
  writer.Number(file->crc());
  ET_RETURN_IF_ERROR(writer.status());
  return file->Commit();
}

absl::StatusOr<uint64_t> LoadSession(const std::string& path, const SessionIdentity& identity,
                                     Conversation* conversation) {
  ET_ASSIGN_OR_RETURN(const auto file, MappedFile::Open(path));
  ET_ASSIGN_OR_RETURN(Reader reader, OpenBody(path, file->bytes()));
  SessionIdentity saved;
  saved.model = reader.Number<uint64_t>();
  saved.tokenizer = reader.Number<uint64_t>();
  if (reader.ok()) ET_RETURN_IF_ERROR(CheckIdentity(path, saved, identity));
  llm::LlmExecutor& executor = *conversation->executor();
  ET_ASSIGN_OR_RETURN(const std::string format, executor.StateFormat());
  if (reader.Take<std::string>() != format && reader.ok()) {
    return WrongSession(path, "keeps its state in another layout; set kv_cache_type as it was");
  }
  const auto random_state = reader.Number<uint64_t>();
  const auto tokens = reader.Take<std::vector<int32_t>>();
  ConversationRecord record;
  record.pending = reader.Take<std::vector<int32_t>>();
  record.query = reader.Take<std::string>();
  record.query_ids = reader.Take<std::vector<int32_t>>();
  record.stop = reader.Take<std::vector<int32_t>>();
  record.turns = reader.Take<std::vector<ConversationRecord::Turn>>();
  record.started = reader.Number<uint32_t>() != 0;
  const bool sound = ReadChat(&reader, &record.chat);
  const size_t held = tokens.size() + record.pending.size() + record.query_ids.size();
  if (reader.ok() && held > static_cast<size_t>(conversation->max_tokens())) {
    return WrongSession(path, absl::StrCat("holds ", held, " tokens, but max_tokens is ",
                                           conversation->max_tokens(), "; raise it"));
  }
  const absl::Status cut_off =
      CorruptFile(path, ": its parts are longer or shorter than it says; begin a new session");
  if (!reader.ok() || !sound) return cut_off;
  const absl::Status loaded = executor.LoadState(tokens, [&](absl::Span<uint8_t> piece) {
    reader.Bytes(piece);
    return reader.ok() ? absl::OkStatus() : cut_off;
  });
  if (!loaded.ok()) return Annotate(loaded, path);
  if (!reader.at_end()) return cut_off;
  const absl::Status restored = conversation->Restore(std::move(record));
  if (!restored.ok()) return Annotate(restored, path);
  return random_state;
}

}  // namespace edgetasks::tasks
