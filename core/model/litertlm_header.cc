#include "core/model/litertlm_header.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"
#include "core/model/little_endian.h"
#include "core/model/schema/litertlm_header_generated.h"
#include "core/model/text_budget.h"

namespace edgetasks::model {
namespace {

namespace fb = litertlm;

constexpr uint64_t kFlatBufferOffset = 32;
// Real headers take a few hundred bytes, and sections begin at 16 KiB.
constexpr uint64_t kMaxHeaderBytes = uint64_t{16} << 20;
constexpr size_t kMaxSections = 1024, kMaxItems = 4096;

using ItemList = flatbuffers::Vector<flatbuffers::Offset<fb::KeyValue>>;

std::string ValueText(const fb::KeyValue& item, TextBudget* text) {
  switch (item.value_type()) {
    case fb::Value_UInt8:
      return absl::StrCat(item.value_as_UInt8()->value());
    case fb::Value_Int8:
      return absl::StrCat(item.value_as_Int8()->value());
    case fb::Value_UInt16:
      return absl::StrCat(item.value_as_UInt16()->value());
    case fb::Value_Int16:
      return absl::StrCat(item.value_as_Int16()->value());
    case fb::Value_UInt32:
      return absl::StrCat(item.value_as_UInt32()->value());
    case fb::Value_Int32:
      return absl::StrCat(item.value_as_Int32()->value());
    case fb::Value_Float32:
      return absl::StrCat(item.value_as_Float32()->value());
    case fb::Value_Bool:
      return item.value_as_Bool()->value() ? "true" : "false";
    case fb::Value_StringValue:
      return text->Copy(item.value_as_StringValue()->value());
    case fb::Value_UInt64:
      return absl::StrCat(item.value_as_UInt64()->value());
    case fb::Value_Int64:
      return absl::StrCat(item.value_as_Int64()->value());
    case fb::Value_Double:
      return absl::StrCat(item.value_as_Double()->value());
    default:
      return "";
  }
}

absl::Status CorruptHeader(const std::string& what) {
  return CorruptFile("the .litertlm header ", what, "; download or export the file again");
}

absl::Status ReadItems(const ItemList* items, size_t* total, TextBudget* text,
                       std::vector<KeyValue>* result) {
  if (items == nullptr) return absl::OkStatus();
  *total += items->size();
  if (*total > kMaxItems) {
    return CorruptHeader(absl::StrCat("has more than ", kMaxItems, " key-value pairs"));
  }
  for (const fb::KeyValue* item : *items) {
    // A union member may be absent though its type is given.
    const bool has_value = item->value() != nullptr;
    result->emplace_back(text->Copy(item->key()), has_value ? ValueText(*item, text) : "");
  }
  return absl::OkStatus();
}

std::string SectionTypeName(uint8_t type) {
  if (type > fb::SectionType_MAX) return absl::StrCat("section type ", static_cast<int>(type));
  return fb::EnumNameSectionType(static_cast<fb::SectionType>(type));
}

absl::StatusOr<Section> ReadSection(const fb::SectionEntry& entry, size_t index,
                                    uint64_t header_end, uint64_t file_bytes, size_t* items,
                                    TextBudget* text) {
  Section section;
  section.type = SectionTypeName(static_cast<uint8_t>(entry.data_type()));
  const uint64_t begin = entry.begin_offset(), end = entry.end_offset();
  if (begin > end || end > file_bytes || begin < header_end) {
    return CorruptFile("section ", index, " (", section.type, ") spans bytes ", begin, " to ", end,
                       " of a file of ", file_bytes, " bytes whose header ends at ", header_end,
                       "; the file may be cut off: download or export it again");
  }
  section.offset = begin;
  section.size = end - begin;
  ET_RETURN_IF_ERROR(ReadItems(entry.items(), items, text, &section.items));
  section.model_type = std::string(section.item("model_type"));
  return section;
}

// Sections share no bytes: it bounds what reading all of them can take.
absl::Status CheckDisjoint(std::vector<Section> sections) {
  std::sort(sections.begin(), sections.end(),
            [](const Section& a, const Section& b) { return a.offset < b.offset; });
  uint64_t end = 0;
  for (const Section& section : sections) {
    if (section.size == 0) continue;
    if (section.offset < end) {
      return CorruptHeader(absl::StrCat("lists two sections that share byte ", section.offset));
    }
    end = section.offset + section.size;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LitertlmHeader> ReadLitertlmHeader(absl::Span<const uint8_t> file) {
  if (file.size() < kFlatBufferOffset) {
    return CorruptHeader(absl::StrCat("is cut off: the file has ", file.size(), " bytes"));
  }
  LitertlmHeader header;
  header.major = LoadU32(file, 8);
  header.minor = LoadU32(file, 12);
  header.patch = LoadU32(file, 16);
  if (header.major != kLitertlmMajorVersion) {
    return Unsupported(ErrorDetail::kUnsupportedFormat, "a .litertlm of version ", header.major,
                       ".", header.minor, ".", header.patch, "; expected ", kLitertlmMajorVersion,
                       ".x: export it with a matching litert-lm-builder, or update EdgeTasks");
  }
  const uint64_t header_end = LoadU64(file, 24);
  if (header_end <= kFlatBufferOffset || header_end > file.size() ||
      header_end - kFlatBufferOffset > kMaxHeaderBytes) {
    return CorruptHeader(absl::StrCat("says that it ends at byte ", header_end, " of a file of ",
                                      file.size(), " bytes"));
  }

  // Copied, so that its 64-bit fields are aligned wherever the file lies in memory.
  const size_t bytes = static_cast<size_t>(header_end - kFlatBufferOffset);
  std::vector<uint64_t> copy((bytes + 7) / 8);
  std::memcpy(copy.data(), file.data() + kFlatBufferOffset, bytes);
  const auto* buffer = reinterpret_cast<const uint8_t*>(copy.data());
  flatbuffers::Verifier verifier(buffer, bytes);
  if (!fb::VerifyHeaderBuffer(verifier)) return CorruptHeader("is not a valid FlatBuffer");
  const fb::Header& root = *fb::GetHeader(buffer);
  if (root.section_metadata() == nullptr) return CorruptHeader("lists no sections");

  TextBudget text(bytes);
  size_t items = 0;
  if (root.system_metadata() != nullptr) {
    ET_RETURN_IF_ERROR(
        ReadItems(root.system_metadata()->entries(), &items, &text, &header.system_metadata));
  }
  const auto& sections = *root.section_metadata()->objects();
  if (sections.size() > kMaxSections) {
    return CorruptHeader(
        absl::StrCat("lists ", sections.size(), " sections, expected at most ", kMaxSections));
  }
  for (size_t i = 0; i < sections.size(); ++i) {
    ET_ASSIGN_OR_RETURN(Section section,
                        ReadSection(*sections.Get(static_cast<flatbuffers::uoffset_t>(i)), i,
                                    header_end, file.size(), &items, &text));
    header.sections.push_back(std::move(section));
  }
  ET_RETURN_IF_ERROR(CheckDisjoint(header.sections));
  if (text.exceeded()) return CorruptHeader("repeats its strings beyond all measure");
  return header;
}

}  // namespace edgetasks::model
