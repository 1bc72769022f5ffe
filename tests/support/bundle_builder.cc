#include "tests/support/bundle_builder.h"

#include <zlib.h>

#include <memory>
#include <protozero/pbf_writer.hpp>

#include "tests/support/tflite_builder.h"

namespace edgetasks::test {
namespace {

namespace fb = model::litertlm;

void AppendNumber(uint64_t value, int count, Bytes* bytes) {
  for (int i = 0; i < count; ++i) bytes->push_back(static_cast<uint8_t>(value >> (8 * i)));
}

template <typename Container>
void Append(const Container& from, Bytes* bytes) {
  bytes->insert(bytes->end(), from.begin(), from.end());
}

void PutNumber(uint64_t value, int count, size_t offset, Bytes* bytes) {
  for (int i = 0; i < count; ++i) {
    (*bytes)[offset + static_cast<size_t>(i)] = static_cast<uint8_t>(value >> (8 * i));
  }
}

std::unique_ptr<fb::KeyValueT> Item(const std::string& key, const std::string& value) {
  auto item = std::make_unique<fb::KeyValueT>();
  item->key = key;
  fb::StringValueT text;
  text.value = value;
  item->value.Set(std::move(text));
  return item;
}

}  // namespace

Bytes BytesOf(absl::string_view text) { return Bytes(text.begin(), text.end()); }

Bytes TinyTflite() {
  TfliteBuilder builder;
  const int x = builder.AddTensor("x", ir::DType::kFloat32, {1, 4});
  const int one = builder.AddConstant<float>("one", {1}, {1.0f});
  const int y = builder.AddTensor("y", ir::DType::kFloat32, {1, 4});
  builder.AddOp(ir::OpCode::ADD, {x, one}, {y}, schema::AddOptionsT());
  builder.SetEnds({x}, {y});
  builder.AddSignature("decode", {{"x", x}}, {{"y", y}});
  return builder.Finish();
}

ZipBuilder& ZipBuilder::Add(std::string name, Bytes data) {
  Entry entry;
  entry.name = std::move(name);
  entry.data = std::move(data);
  return Add(std::move(entry));
}

ZipBuilder& ZipBuilder::Add(Entry entry) {
  entries_.push_back(std::move(entry));
  return *this;
}

ZipBuilder& ZipBuilder::Behind(Bytes file) {
  prefix_ = std::move(file);
  return *this;
}

ZipBuilder& ZipBuilder::Padded() {
  padded_ = true;
  return *this;
}

ZipBuilder& ZipBuilder::Zip64() {
  zip64_ = true;
  return *this;
}

ZipBuilder& ZipBuilder::ClaimEntries(uint64_t count) {
  claimed_entries_ = static_cast<int64_t>(count);
  return *this;
}

// PKWARE APPNOTE 6.3, 4.3.7; the ZIP64 field is 4.5.3.
void ZipBuilder::AddLocal(const Entry& entry, Bytes* file) const {
  const uint64_t size = entry.data.size() + entry.size_excess;
  AppendNumber(0x04034b50, 4, file);
  AppendNumber(zip64_ ? 45 : 20, 2, file);
  AppendNumber(entry.flags, 2, file);
  AppendNumber(entry.method, 2, file);
  AppendNumber(0, 4, file);  // time and date
  AppendNumber(crc32(0, entry.data.data(), static_cast<uInt>(entry.data.size())), 4, file);
  AppendNumber(zip64_ ? 0xffffffff : size, 4, file);
  AppendNumber(zip64_ ? 0xffffffff : size, 4, file);
  AppendNumber(entry.name.size(), 2, file);
  AppendNumber(zip64_ ? 20 : 0, 2, file);
  Append(entry.name, file);
  if (zip64_) {
    AppendNumber(1, 2, file);
    AppendNumber(16, 2, file);
    AppendNumber(size, 8, file);
    AppendNumber(size, 8, file);
  }
  Append(entry.data, file);
}

// 4.3.12.
void ZipBuilder::AddCentral(const Entry& entry, uint64_t offset, Bytes* file) const {
  const uint64_t size = entry.data.size() + entry.size_excess;
  AppendNumber(0x02014b50, 4, file);
  AppendNumber(zip64_ ? 45 : 20, 2, file);
  AppendNumber(zip64_ ? 45 : 20, 2, file);
  AppendNumber(entry.flags, 2, file);
  AppendNumber(entry.method, 2, file);
  AppendNumber(0, 4, file);
  AppendNumber(crc32(0, entry.data.data(), static_cast<uInt>(entry.data.size())), 4, file);
  AppendNumber(zip64_ ? 0xffffffff : size, 4, file);
  AppendNumber(zip64_ ? 0xffffffff : size, 4, file);
  AppendNumber(entry.name.size(), 2, file);
  AppendNumber(zip64_ ? 28 : 0, 2, file);
  file->insert(file->end(), 2 + 2 + 2 + 4, 0);  // comment, disk, attributes
  AppendNumber(zip64_ ? 0xffffffff : offset, 4, file);
  Append(entry.name, file);
  if (zip64_) {
    AppendNumber(1, 2, file);
    AppendNumber(24, 2, file);
    AppendNumber(size, 8, file);
    AppendNumber(size, 8, file);
    AppendNumber(offset, 8, file);
  }
}

// 4.3.14 to 4.3.16.
void ZipBuilder::AddEnd(uint64_t directory, Bytes* file) const {
  const uint64_t bytes = file->size() - directory;
  const uint64_t count =
      claimed_entries_ >= 0 ? static_cast<uint64_t>(claimed_entries_) : entries_.size();
  if (zip64_) {
    const uint64_t record = file->size();
    AppendNumber(0x06064b50, 4, file);
    AppendNumber(44, 8, file);
    AppendNumber(45, 2, file);
    AppendNumber(45, 2, file);
    AppendNumber(0, 8, file);
    AppendNumber(count, 8, file);
    AppendNumber(count, 8, file);
    AppendNumber(bytes, 8, file);
    AppendNumber(directory, 8, file);
    AppendNumber(0x07064b50, 4, file);
    AppendNumber(0, 4, file);
    AppendNumber(record, 8, file);
    AppendNumber(1, 4, file);
  }
  AppendNumber(0x06054b50, 4, file);
  AppendNumber(0, 4, file);
  AppendNumber(zip64_ ? 0xffff : count, 2, file);
  AppendNumber(zip64_ ? 0xffff : count, 2, file);
  AppendNumber(zip64_ ? 0xffffffff : bytes, 4, file);
  AppendNumber(zip64_ ? 0xffffffff : directory, 4, file);
  AppendNumber(0, 2, file);
}

Bytes ZipBuilder::Finish() const {
  Bytes file = prefix_;
  std::vector<uint64_t> offsets;
  for (const Entry& entry : entries_) {
    const size_t header = 30 + entry.name.size() + (zip64_ ? 20 : 0);
    if (padded_) file.resize(file.size() + 4 - (file.size() + header) % 4);
    offsets.push_back(file.size());
    AddLocal(entry, &file);
  }
  const uint64_t directory = file.size();
  for (size_t i = 0; i < entries_.size(); ++i) {
    AddCentral(entries_[i], offsets[i] + static_cast<uint64_t>(entries_[i].offset_shift), &file);
  }
  AddEnd(directory, &file);
  return file;
}

Bytes TinyTask() {
  std::string metadata;
  protozero::pbf_writer writer(metadata);
  writer.add_string(6, "<s>");
  writer.add_string(5, "</s>");
  return ZipBuilder()
      .Padded()
      .Add("TF_LITE_PREFILL_DECODE", TinyTflite())
      .Add("TOKENIZER_MODEL", BytesOf("pieces"))
      .Add("METADATA", BytesOf(metadata))
      .Finish();
}

LitertlmBuilder::LitertlmBuilder() {
  header_.system_metadata = std::make_unique<fb::SystemMetadataT>();
  header_.section_metadata = std::make_unique<fb::SectionMetadataT>();
}

LitertlmBuilder& LitertlmBuilder::AddSystem(const std::string& key, const std::string& value) {
  header_.system_metadata->entries.push_back(Item(key, value));
  return *this;
}

LitertlmBuilder& LitertlmBuilder::Add(SectionType type, Bytes data, const Items& items) {
  auto section = std::make_unique<fb::SectionEntryT>();
  section->data_type = type;
  for (const auto& [key, value] : items) section->items.push_back(Item(key, value));
  section->begin_offset = next_offset_;
  section->end_offset = next_offset_ + data.size();
  next_offset_ = (section->end_offset / 16384 + 1) * 16384;
  header_.section_metadata->objects.push_back(std::move(section));
  data_.push_back(std::move(data));
  return *this;
}

LitertlmBuilder& LitertlmBuilder::AddModel(const std::string& model_type, Bytes data,
                                           const std::string& backend_constraint) {
  Items items;
  if (!model_type.empty()) items.emplace_back("model_type", model_type);
  if (!backend_constraint.empty()) items.emplace_back("backend_constraint", backend_constraint);
  return Add(fb::SectionType_TFLiteModel, std::move(data), items);
}

LitertlmBuilder& LitertlmBuilder::ClaimHeaderEnd(uint64_t offset) {
  claimed_header_end_ = offset;
  return *this;
}

LitertlmBuilder& LitertlmBuilder::Version(uint32_t major, uint32_t minor, uint32_t patch) {
  version_[0] = major;
  version_[1] = minor;
  version_[2] = patch;
  return *this;
}

Bytes LitertlmBuilder::Finish() const {
  flatbuffers::FlatBufferBuilder builder;
  builder.Finish(fb::Header::Pack(builder, &header_));
  Bytes file = BytesOf("LITERTLM");
  for (const uint32_t part : version_) AppendNumber(part, 4, &file);
  AppendNumber(0, 4, &file);
  AppendNumber(0, 8, &file);
  file.insert(file.end(), builder.GetBufferPointer(),
              builder.GetBufferPointer() + builder.GetSize());
  PutNumber(claimed_header_end_ != 0 ? claimed_header_end_ : file.size(), 8, 24, &file);
  uint64_t offset = 16384;
  for (const Bytes& data : data_) {
    file.resize(offset);
    Append(data, &file);
    offset = (file.size() / 16384 + 1) * 16384;
  }
  return file;
}

Bytes TinyLitertlm() {
  std::string start_token, metadata;
  protozero::pbf_writer(start_token).add_string(2, "<s>");
  protozero::pbf_writer writer(metadata);
  writer.add_message(1, start_token);
  writer.add_int32(5, 64);
  return LitertlmBuilder()
      .AddSystem("Authors", "a test")
      .Add(fb::SectionType_LlmMetadataProto, BytesOf(metadata))
      .Add(fb::SectionType_SP_Tokenizer, BytesOf("pieces"))
      .AddModel("tf_lite_prefill_decode", TinyTflite())
      .Finish();
}

Bytes ZlibTokenizer(absl::string_view json) {
  Bytes section;
  AppendNumber(json.size(), 8, &section);
  uLongf bytes = compressBound(json.size());
  Bytes stream(bytes);
  compress(stream.data(), &bytes, reinterpret_cast<const Bytef*>(json.data()), json.size());
  stream.resize(bytes);
  Append(stream, &section);
  return section;
}

}  // namespace edgetasks::test
