#include "core/model/tflite_file.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::model {
namespace {

constexpr size_t kLongestQuote = 120;
constexpr uint64_t kFreeMemory = uint64_t{64} << 20;

// Where the writer has not put the data behind the FlatBuffer after all, offset is 0 or 1.
constexpr uint64_t kSmallestOffset = 2;

constexpr ir::DType kTensorTypes[] = {
    ir::DType::kFloat32,   ir::DType::kFloat16,      ir::DType::kInt32,      ir::DType::kUInt8,
    ir::DType::kInt64,     ir::DType::kString,       ir::DType::kBool,       ir::DType::kInt16,
    ir::DType::kComplex64, ir::DType::kInt8,         ir::DType::kFloat64,    ir::DType::kComplex128,
    ir::DType::kUInt64,    ir::DType::kResource,     ir::DType::kVariant,    ir::DType::kUInt32,
    ir::DType::kUInt16,    ir::DType::kInt4,         ir::DType::kBFloat16,   ir::DType::kInt2,
    ir::DType::kUInt4,     ir::DType::kFloat8E4M3FN, ir::DType::kFloat8E5M2,
};

}  // namespace

bool DTypeOfTensorType(int type, ir::DType* dtype) {
  constexpr int kCount = sizeof(kTensorTypes) / sizeof(kTensorTypes[0]);
  if (type < 0 || type >= kCount) return false;
  *dtype = kTensorTypes[type];
  return true;
}

size_t AlignmentOf(ir::DType dtype) {
  switch (ir::BitsOf(dtype)) {
    case 16:
      return 2;
    case 32:
      return 4;
    case 64:
    case 128:
      return 8;
    default:
      return 1;
  }
}

std::string Quoted(absl::string_view text) {
  const bool cut = text.size() > kLongestQuote;
  return absl::StrCat("\"", absl::Utf8SafeCHexEscape(text.substr(0, kLongestQuote)),
                      cut ? "...\"" : "\"");
}

absl::string_view View(const flatbuffers::String* text) {
  return text == nullptr ? absl::string_view() : absl::string_view(text->c_str(), text->size());
}

TfliteFile::TfliteFile(absl::Span<const uint8_t> bytes, const schema::Model& root,
                       OwnedBuffers* owned)
    : bytes_(bytes), root_(root), owned_(*owned) {}

absl::Status TfliteFile::Charge(uint64_t bytes) {
  charged_ += std::min<uint64_t>(bytes, uint64_t{1} << 40);
  if (charged_ <= 4 * bytes_.size() + kFreeMemory) return absl::OkStatus();
  return CorruptFile("the file of ", bytes_.size(),
                     " bytes unfolds to more than four times its size: parts of it are referred to "
                     "over and over");
}

absl::StatusOr<absl::Span<const uint8_t>> TfliteFile::Range(uint64_t offset, uint64_t size) const {
  if (offset > bytes_.size() || size > bytes_.size() - offset) {
    return CorruptFile(size, " bytes at offset ", offset, " lead out of the file, which has ",
                       bytes_.size(), " bytes: the file is cut short or damaged");
  }
  return bytes_.subspan(offset, size);
}

absl::StatusOr<absl::Span<const uint8_t>> TfliteFile::BufferBytes(uint32_t index) const {
  const auto* buffers = root_.buffers();
  const uint32_t count = buffers == nullptr ? 0 : buffers->size();
  if (index >= count) {
    // Files without any constant may have no buffers at all.
    if (index == 0) return absl::Span<const uint8_t>();
    return CorruptFile("buffer ", index, " does not exist; the file has ", count);
  }
  const schema::Buffer& buffer = *buffers->Get(index);
  if (buffer.data() != nullptr && buffer.data()->size() > 0) {
    return absl::Span<const uint8_t>(buffer.data()->data(), buffer.data()->size());
  }
  if (buffer.offset() < kSmallestOffset || buffer.size() == 0) return absl::Span<const uint8_t>();
  auto range = Range(buffer.offset(), buffer.size());
  if (!range.ok()) return Annotate(range.status(), absl::StrCat("buffer ", index));
  return range;
}

absl::StatusOr<absl::Span<const uint8_t>> TfliteFile::AlignedBufferBytes(uint32_t index,
                                                                         size_t alignment) {
  ET_ASSIGN_OR_RETURN(absl::Span<const uint8_t> bytes, BufferBytes(index));
  if (reinterpret_cast<uintptr_t>(bytes.data()) % alignment == 0) return bytes;
  const auto known = realigned_.find(index);
  if (known != realigned_.end()) return known->second;
  ET_RETURN_IF_ERROR(Charge(bytes.size()));
  auto copy = std::make_unique<std::vector<uint64_t>>((bytes.size() + 7) / 8);
  std::memcpy(copy->data(), bytes.data(), bytes.size());
  const absl::Span<const uint8_t> view(reinterpret_cast<const uint8_t*>(copy->data()),
                                       bytes.size());
  owned_.push_back(std::move(copy));
  realigned_.emplace(index, view);
  return view;
}

absl::StatusOr<std::vector<int32_t>> TfliteFile::Ints(const flatbuffers::Vector<int32_t>* values) {
  if (values == nullptr) return std::vector<int32_t>();
  ET_RETURN_IF_ERROR(Charge(uint64_t{values->size()} * sizeof(int32_t)));
  return std::vector<int32_t>(values->begin(), values->end());
}

absl::StatusOr<std::string> TfliteFile::Text(const flatbuffers::String* text) {
  const absl::string_view view = View(text);
  ET_RETURN_IF_ERROR(Charge(view.size()));
  return std::string(view);
}

}  // namespace edgetasks::model
