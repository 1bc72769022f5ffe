// Reads protocol buffer messages into plain structs, field by field, over protozero.
//
// A struct S becomes readable by an overload, beside S, of
//
//   bool ReadField(ProtoField& field, S* message) {
//     return field.Is(1, &message->name) || field.Is(2, &message->sizes);
//   }
//
// that gives the field to the member with its number; false means that no member has it.
//
// A field whose wire type is not the member's is skipped as unknown, as protobuf itself does.
// Fields that appear twice follow protobuf's rules: the last scalar wins, messages merge, lists
// grow.
#ifndef CORE_MODEL_PROTO_READER_H_
#define CORE_MODEL_PROTO_READER_H_

#include <cstdint>
#include <optional>
#include <protozero/pbf_reader.hpp>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/base/error.h"

namespace edgetasks::model {

// One field of a message that is being read. Its methods may leave by an exception of protozero's,
// which ParseProto turns into a status.
class ProtoField {
 public:
  // What one ParseProto counts over all nested messages.
  struct Counts {
    int unknown_fields = 0;
    size_t list_items = 0;
  };

  // A list item may take a hundred times its bytes in the file, so their number is bounded for
  // every message as a whole. Real bundles stay below a few thousand.
  static constexpr size_t kMaxListItems = 1 << 16;

  ProtoField(protozero::pbf_reader* reader, Counts* counts) : reader_(*reader), counts_(*counts) {}

  uint32_t number() const { return reader_.tag(); }

  // If this is field `number`, reads it into `target` and returns true. `target` may point to bool,
  // int32_t, int64_t, float, std::string, an enum, a struct with ReadField, or std::optional or
  // std::vector of one of these.
  template <typename T>
  bool Is(uint32_t number, T* target) {
    if (reader_.tag() != number) return false;
    To(target);
    return true;
  }

  // Reads all fields of `reader` into `message`.
  template <typename Message>
  static void ReadMessage(protozero::pbf_reader& reader, Message* message, Counts* counts) {
    while (reader.next()) {
      ProtoField field(&reader, counts);
      if (!ReadField(field, message)) field.Skip();
    }
  }

 private:
  void Skip() {
    ++counts_.unknown_fields;
    reader_.skip();
  }

  void To(bool* value) {
    ReadVarint([&] { *value = reader_.get_bool(); });
  }
  void To(int32_t* value) {
    ReadVarint([&] { *value = reader_.get_int32(); });
  }
  void To(int64_t* value) {
    ReadVarint([&] { *value = reader_.get_int64(); });
  }
  void To(float* value) {
    Expect(protozero::pbf_wire_type::fixed32, [&] { *value = reader_.get_float(); });
  }
  void To(std::string* value) {
    Expect(protozero::pbf_wire_type::length_delimited, [&] { *value = reader_.get_string(); });
  }

  // Enums of protobuf are open: a number without a name is kept as it is.
  template <typename Enum, std::enable_if_t<std::is_enum_v<Enum>, int> = 0>
  void To(Enum* value) {
    ReadVarint([&] { *value = static_cast<Enum>(reader_.get_int32()); });
  }

  // A nested message.
  template <typename Message, std::enable_if_t<std::is_class_v<Message>, int> = 0>
  void To(Message* message) {
    Expect(protozero::pbf_wire_type::length_delimited, [&] {
      protozero::pbf_reader nested = reader_.get_message();
      ReadMessage(nested, message, &counts_);
    });
  }

  // A field whose presence counts.
  template <typename T>
  void To(std::optional<T>* value) {
    if (!Matches<T>(reader_.wire_type())) return Skip();
    if (!value->has_value()) value->emplace();
    To(&**value);
  }

  // A repeated field; numbers may be packed or not.
  template <typename T>
  void To(std::vector<T>* values) {
    if constexpr (std::is_same_v<T, float>) {
      if (reader_.wire_type() == protozero::pbf_wire_type::length_delimited) {
        return Append(reader_.get_packed_float(), values);
      }
    } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      if (reader_.wire_type() == protozero::pbf_wire_type::length_delimited) {
        return Append(reader_.get_packed_int32(), values);
      }
    }
    if (!Matches<T>(reader_.wire_type())) return Skip();
    if (++counts_.list_items > kMaxListItems) return reader_.skip();
    values->emplace_back();
    To(&values->back());
  }

  template <typename T>
  static bool Matches(protozero::pbf_wire_type type) {
    if constexpr (std::is_same_v<T, float>) return type == protozero::pbf_wire_type::fixed32;
    if constexpr (std::is_class_v<T>) return type == protozero::pbf_wire_type::length_delimited;
    return type == protozero::pbf_wire_type::varint;
  }

  template <typename Read>
  void Expect(protozero::pbf_wire_type type, const Read& read) {
    if (reader_.wire_type() != type) return Skip();
    read();
  }
  template <typename Read>
  void ReadVarint(const Read& read) {
    Expect(protozero::pbf_wire_type::varint, read);
  }

  template <typename Range, typename T>
  void Append(const Range& range, std::vector<T>* values) {
    for (const auto value : range) {
      if (++counts_.list_items > kMaxListItems) return;
      values->push_back(static_cast<T>(value));
    }
  }

  protozero::pbf_reader& reader_;
  Counts& counts_;
};

// Parses `bytes` as a Message. `name` is its protobuf name, for messages. `unknown_fields` may be
// null. Errors: kCorruptFile.
template <typename Message>
absl::StatusOr<Message> ParseProto(absl::Span<const uint8_t> bytes, absl::string_view name,
                                   int* unknown_fields) {
  Message message;
  ProtoField::Counts counts;
  try {
    protozero::pbf_reader reader(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    ProtoField::ReadMessage(reader, &message, &counts);
  } catch (const protozero::exception& error) {
    return CorruptFile("the ", bytes.size(), " bytes of metadata are not a ", name,
                       " message: ", error.what(), "; download or export the file again");
  }
  if (counts.list_items > ProtoField::kMaxListItems) {
    return CorruptFile("the ", name, " message has more than ", ProtoField::kMaxListItems,
                       " list items; such a file is not plausible");
  }
  if (unknown_fields != nullptr) *unknown_fields = counts.unknown_fields;
  return message;
}

}  // namespace edgetasks::model

#endif  // CORE_MODEL_PROTO_READER_H_
