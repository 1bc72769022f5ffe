// The format: values are read from the end. The last byte is the width of the root in bytes, the
// one before it its packed type (type << 2 | log2 of the width of what it points to), before them
// the root itself. Offsets are unsigned and lead back. A vector is preceded by its size; an untyped
// one is followed by one packed type for each element; a map is an untyped vector that is preceded
// by the offset and the width of its vector of keys as well.
#include "core/model/flex_attributes.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "core/base/error.h"
#include "core/base/half.h"
#include "core/base/status_macros.h"

namespace edgetasks::model {
namespace {

constexpr int kMaxAttributes = 1024;
constexpr int kMaxValues = 65536;
constexpr int kMaxDepth = 8;
constexpr size_t kMaxKeyLength = 256;

enum Type : int {
  kNull = 0,
  kInt = 1,
  kUInt = 2,
  kFloat = 3,
  kKey = 4,
  kString = 5,
  kIndirectInt = 6,
  kIndirectUInt = 7,
  kIndirectFloat = 8,
  kMap = 9,
  kVector = 10,
  kVectorInt = 11,
  kVectorUInt = 12,
  kVectorFloat = 13,
  kVectorKey = 14,
  kVectorInt2 = 16,  // then UInt2, Float2, Int3, UInt3, Float3, Int4, UInt4, Float4: no size
  kVectorFloat4 = 24,
  kBlob = 25,
  kBool = 26,
  kVectorBool = 36,
};

// One value: `width` bytes at `position`, which are the value itself or an offset back from there
// to it; `child_width` is the width of what is pointed to.
struct Value {
  size_t position = 0;
  int width = 1;
  int child_width = 1;
  int type = kNull;
};

// Elements of a vector: `count` of them, `width` bytes each, from `position` on.
struct Elements {
  size_t position = 0;
  int width = 1;
  uint64_t count = 0;
};

class FlexReader {
 public:
  explicit FlexReader(absl::Span<const uint8_t> bytes) : bytes_(bytes) {}

  absl::StatusOr<ir::Attributes> Read() {
    if (bytes_.size() < 3) return Corrupt("they are too short");
    const int width = bytes_.back();
    const size_t end = bytes_.size() - 2;
    if (!IsWidth(width) || static_cast<size_t>(width) > end) return Corrupt("the root is damaged");
    const Value root = Unpack(end - width, width, bytes_[end]);
    if (root.type != kMap) return Corrupt("the root is of type ", root.type, ", not a map");
    ET_RETURN_IF_ERROR(ReadMap(root, "", 0));
    return std::move(attributes_);
  }

 private:
  template <typename... Args>
  static absl::Status Corrupt(const Args&... args) {
    return CorruptFile("the attributes are no valid FlexBuffer: ", args...);
  }
  static bool IsWidth(uint64_t width) {
    return width == 1 || width == 2 || width == 4 || width == 8;
  }
  static Value Unpack(size_t position, int width, uint8_t packed) {
    return {position, width, 1 << (packed & 3), packed >> 2};
  }
  bool Inside(size_t position, uint64_t size) const {
    return position <= bytes_.size() && size <= bytes_.size() - position;
  }

  // The readers below require that the bytes are Inside.
  uint64_t UInt(size_t position, int width) const {
    uint64_t value = 0;
    std::memcpy(&value, bytes_.data() + position, width);  // little-endian
    return value;
  }
  int64_t Int(size_t position, int width) const {
    const int shift = 64 - 8 * width;
    return static_cast<int64_t>(UInt(position, width) << shift) >> shift;
  }
  double Float(size_t position, int width) const {
    const uint64_t bits = UInt(position, width);
    if (width == 8) {
      double value;
      std::memcpy(&value, &bits, sizeof(value));
      return value;
    }
    if (width == 4) return BitsToFloat(static_cast<uint32_t>(bits));
    return width == 2 ? HalfToFloat(static_cast<uint16_t>(bits)) : 0.0;
  }

  absl::Status Count(uint64_t values) {
    if (values > static_cast<uint64_t>(kMaxValues - values_)) {
      return Corrupt("they have more than ", kMaxValues, " values");
    }
    values_ += static_cast<int>(values);
    return absl::OkStatus();
  }

  // Where an offset at `position` leads.
  absl::StatusOr<size_t> Follow(size_t position, int width) const {
    const uint64_t offset = UInt(position, width);
    if (offset == 0 || offset > position) return Corrupt("an offset leads out of them");
    return position - static_cast<size_t>(offset);
  }

  absl::StatusOr<Elements> Sized(const Value& value, int bytes_after_each) {
    ET_ASSIGN_OR_RETURN(const size_t position, Follow(value.position, value.width));
    const int width = value.child_width;
    if (position < static_cast<size_t>(width)) return Corrupt("a vector has no size");
    const uint64_t count = UInt(position - width, width);
    const uint64_t each = width + bytes_after_each;
    if (count > bytes_.size() || !Inside(position, count * each)) {
      return Corrupt("a vector leads out of them");
    }
    ET_RETURN_IF_ERROR(Count(count));
    return Elements{position, width, count};
  }

  absl::StatusOr<std::string> KeyAt(size_t position) const {
    const size_t longest = std::min(bytes_.size() - position, kMaxKeyLength + 1);
    const void* end = std::memchr(bytes_.data() + position, 0, longest);
    if (end == nullptr) return Corrupt("a key does not end or is too long");
    const auto* begin = reinterpret_cast<const char*>(bytes_.data() + position);
    return std::string(begin, static_cast<const char*>(end));
  }

  absl::StatusOr<std::string> StringAt(const Value& value) {
    ET_ASSIGN_OR_RETURN(const size_t position, Follow(value.position, value.width));
    if (value.type == kKey) return KeyAt(position);
    const int width = value.child_width;
    if (position < static_cast<size_t>(width)) return Corrupt("a string has no size");
    const uint64_t size = UInt(position - width, width);
    if (!Inside(position, size)) return Corrupt("a string leads out of them");
    ET_RETURN_IF_ERROR(Count(size));
    return std::string(reinterpret_cast<const char*>(bytes_.data() + position), size);
  }

  absl::Status Add(const std::string& key, ir::AttributeValue value) {
    if (attributes_.size() >= static_cast<size_t>(kMaxAttributes)) {
      return Corrupt("there are more than ", kMaxAttributes);
    }
    attributes_[key] = std::move(value);
    return absl::OkStatus();
  }

  absl::Status ReadMap(const Value& map, const std::string& prefix, int depth) {
    ET_ASSIGN_OR_RETURN(const Elements values, Sized(map, 1));
    const size_t before = 3 * static_cast<size_t>(values.width);  // keys, their width, the size
    if (values.position < before) return Corrupt("a map has no keys");
    const size_t keys_field = values.position - before;
    ET_ASSIGN_OR_RETURN(const size_t keys, Follow(keys_field, values.width));
    const uint64_t key_width = UInt(keys_field + values.width, values.width);
    if (!IsWidth(key_width) || !Inside(keys, values.count * key_width)) {
      return Corrupt("the keys of a map lead out of them");
    }
    for (uint64_t i = 0; i < values.count; ++i) {
      const int width = static_cast<int>(key_width);
      ET_ASSIGN_OR_RETURN(const size_t key_position, Follow(keys + i * width, width));
      ET_ASSIGN_OR_RETURN(const std::string key, KeyAt(key_position));
      ET_RETURN_IF_ERROR(ReadValue(ElementOf(values, i), absl::StrCat(prefix, key), depth + 1));
    }
    return absl::OkStatus();
  }

  // Element i of an untyped vector.
  Value ElementOf(const Elements& elements, uint64_t i) const {
    const size_t types = elements.position + elements.count * elements.width;
    return Unpack(elements.position + i * elements.width, elements.width, bytes_[types + i]);
  }

  absl::Status ReadValue(const Value& value, const std::string& key, int depth) {
    if (depth > kMaxDepth) return Corrupt("they are nested too deep");
    switch (value.type) {
      case kNull:
        return absl::OkStatus();
      case kInt:
        return Add(key, Int(value.position, value.width));
      case kUInt:
        return Add(key, static_cast<int64_t>(UInt(value.position, value.width)));
      case kBool:
        return Add(key, UInt(value.position, value.width) != 0);
      case kFloat:
        return Add(key, Float(value.position, value.width));
      case kIndirectInt:
      case kIndirectUInt:
      case kIndirectFloat: {
        ET_ASSIGN_OR_RETURN(const size_t target, Follow(value.position, value.width));
        if (!Inside(target, value.child_width)) return Corrupt("a number leads out of them");
        const int direct = value.type - kIndirectInt + kInt;
        return ReadValue({target, value.child_width, 1, direct}, key, depth);
      }
      case kKey:
      case kString:
      case kBlob: {
        ET_ASSIGN_OR_RETURN(std::string text, StringAt(value));
        return Add(key, std::move(text));
      }
      case kMap:
        return ReadMap(value, absl::StrCat(key, "."), depth);
      case kVector:
        return ReadUntyped(value, key, depth);
      default:
        return ReadTyped(value, key, depth);
    }
  }

  // A vector whose elements have one type.
  absl::Status ReadTyped(const Value& value, const std::string& key, int depth) {
    Elements elements;
    int type = kNull;
    if (value.type >= kVectorInt2 && value.type <= kVectorFloat4) {
      ET_ASSIGN_OR_RETURN(elements.position, Follow(value.position, value.width));
      elements.width = value.child_width;
      elements.count = (value.type - kVectorInt2) / 3 + 2;
      type = (value.type - kVectorInt2) % 3 + kInt;
      if (!Inside(elements.position, elements.count * elements.width)) {
        return Corrupt("a vector leads out of them");
      }
    } else if ((value.type >= kVectorInt && value.type <= kVectorKey) ||
               value.type == kVectorBool) {
      ET_ASSIGN_OR_RETURN(elements, Sized(value, 0));
      type = value.type == kVectorBool ? kBool : value.type - kVectorInt + kInt;
    } else {
      return Corrupt("type ", value.type, " of ", key, " is unknown");
    }
    std::vector<Value> values(elements.count);
    for (size_t i = 0; i < values.size(); ++i) {
      values[i] = {elements.position + i * elements.width, elements.width, 1, type};
    }
    return AddVector(values, key, depth);
  }

  absl::Status ReadUntyped(const Value& value, const std::string& key, int depth) {
    ET_ASSIGN_OR_RETURN(const Elements elements, Sized(value, 1));
    std::vector<Value> values(elements.count);
    for (size_t i = 0; i < values.size(); ++i) values[i] = ElementOf(elements, i);
    return AddVector(values, key, depth);
  }

  absl::Status AddVector(const std::vector<Value>& values, const std::string& key, int depth) {
    bool numbers = true, integers = true;
    for (const Value& value : values) {
      const bool integer = value.type == kInt || value.type == kUInt || value.type == kBool;
      integers = integers && integer;
      numbers = numbers && (integer || value.type == kFloat);
    }
    if (!numbers) {
      for (size_t i = 0; i < values.size(); ++i) {
        ET_RETURN_IF_ERROR(ReadValue(values[i], absl::StrCat(key, ".", i), depth + 1));
      }
      return absl::OkStatus();
    }
    if (integers) {
      std::vector<int64_t> result;
      result.reserve(values.size());
      for (const Value& value : values) result.push_back(Integer(value));
      return Add(key, std::move(result));
    }
    std::vector<double> result;
    result.reserve(values.size());
    for (const Value& value : values) {
      result.push_back(value.type == kFloat ? Float(value.position, value.width)
                                            : static_cast<double>(Integer(value)));
    }
    return Add(key, std::move(result));
  }

  int64_t Integer(const Value& value) const {
    return value.type == kInt ? Int(value.position, value.width)
                              : static_cast<int64_t>(UInt(value.position, value.width));
  }

  absl::Span<const uint8_t> bytes_;
  ir::Attributes attributes_;
  int values_ = 0;
};

}  // namespace

absl::StatusOr<ir::Attributes> ReadFlexAttributes(absl::Span<const uint8_t> bytes) {
  if (bytes.empty()) return ir::Attributes();
  return FlexReader(bytes).Read();
}

uint64_t MemoryOf(const ir::Attributes& attributes) {
  constexpr uint64_t kTreeNode = 4 * sizeof(void*);
  uint64_t bytes = 0;
  for (const auto& [key, value] : attributes) {
    bytes += kTreeNode + sizeof(std::string) + key.size() + sizeof(value);
    if (const auto* text = std::get_if<std::string>(&value)) bytes += text->size();
    if (const auto* ints = std::get_if<std::vector<int64_t>>(&value)) bytes += 8 * ints->size();
    if (const auto* doubles = std::get_if<std::vector<double>>(&value))
      bytes += 8 * doubles->size();
  }
  return bytes;
}

}  // namespace edgetasks::model
