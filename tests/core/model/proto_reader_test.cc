#include "core/model/proto_reader.h"

#include <protozero/pbf_writer.hpp>

#include "tests/support/read_tflite.h"

namespace edgetasks::model {
namespace {

using ::edgetasks::test::IsError;
using ::edgetasks::test::IsOk;
using ::testing::ElementsAre;

enum class Color { kNone = 0, kRed = 1 };

struct Inner {
  int32_t number = 0;
  std::string text;
};
bool ReadField(ProtoField& field, Inner* m) {
  return field.Is(1, &m->number) || field.Is(2, &m->text);
}

struct Outer {
  bool flag = false;
  int32_t small = 0;
  int64_t large = 0;
  float real = 0;
  std::string text;
  Color color = Color::kNone;
  Inner inner;
  std::optional<int32_t> maybe;
  std::vector<int32_t> numbers;
  std::vector<float> reals;
  std::vector<Inner> inners;
  std::vector<std::string> texts;
};
bool ReadField(ProtoField& field, Outer* m) {
  return field.Is(1, &m->flag) || field.Is(2, &m->small) || field.Is(3, &m->large) ||
         field.Is(4, &m->real) || field.Is(5, &m->text) || field.Is(6, &m->color) ||
         field.Is(7, &m->inner) || field.Is(8, &m->maybe) || field.Is(9, &m->numbers) ||
         field.Is(10, &m->reals) || field.Is(11, &m->inners) || field.Is(12, &m->texts);
}

absl::StatusOr<Outer> Parse(const std::string& message, int* unknown_fields = nullptr) {
  const absl::Span<const uint8_t> bytes(reinterpret_cast<const uint8_t*>(message.data()),
                                        message.size());
  return ParseProto<Outer>(bytes, "Outer", unknown_fields);
}

TEST(ProtoReaderTest, EveryKindOfFieldIsRead) {
  std::string message;
  protozero::pbf_writer writer(message);
  writer.add_bool(1, true);
  writer.add_int32(2, -7);
  writer.add_int64(3, int64_t{1} << 40);
  writer.add_float(4, 1.5f);
  writer.add_string(5, "five");
  writer.add_enum(6, 1);
  std::string inner;
  protozero::pbf_writer(inner).add_string(2, "in");
  writer.add_message(7, inner);
  writer.add_int32(8, 0);
  writer.add_message(11, inner);
  writer.add_message(11, std::string(""));
  writer.add_string(12, "a");
  writer.add_string(12, "b");
  const auto outer = Parse(message);
  ASSERT_THAT(outer.status(), IsOk());
  EXPECT_TRUE(outer->flag);
  EXPECT_EQ(outer->small, -7);
  EXPECT_EQ(outer->large, int64_t{1} << 40);
  EXPECT_EQ(outer->real, 1.5f);
  EXPECT_EQ(outer->text, "five");
  EXPECT_EQ(outer->color, Color::kRed);
  EXPECT_EQ(outer->inner.text, "in");
  EXPECT_EQ(outer->maybe, 0);
  ASSERT_EQ(outer->inners.size(), 2u);
  EXPECT_EQ(outer->inners[0].text, "in");
  EXPECT_THAT(outer->texts, ElementsAre("a", "b"));
}

TEST(ProtoReaderTest, AnEmptyMessageHasDefaults) {
  const auto outer = Parse("");
  ASSERT_THAT(outer.status(), IsOk());
  EXPECT_FALSE(outer->maybe.has_value());
  EXPECT_EQ(outer->small, 0);
}

TEST(ProtoReaderTest, RepeatedNumbersMayBePackedOrNot) {
  const std::vector<int32_t> numbers = {1, -2, 300};
  const std::vector<float> reals = {0.5f, -1.0f};
  std::string message;
  protozero::pbf_writer writer(message);
  writer.add_packed_int32(9, numbers.begin(), numbers.end());
  writer.add_int32(9, 4);
  writer.add_float(10, 2.0f);
  writer.add_packed_float(10, reals.begin(), reals.end());
  const auto outer = Parse(message);
  ASSERT_THAT(outer.status(), IsOk());
  EXPECT_THAT(outer->numbers, ElementsAre(1, -2, 300, 4));
  EXPECT_THAT(outer->reals, ElementsAre(2.0f, 0.5f, -1.0f));
}

TEST(ProtoReaderTest, LaterScalarsReplaceAndLaterMessagesMerge) {
  std::string first, second, message;
  protozero::pbf_writer(first).add_int32(1, 11);
  protozero::pbf_writer(second).add_string(2, "later");
  protozero::pbf_writer writer(message);
  writer.add_int32(2, 1);
  writer.add_int32(2, 2);
  writer.add_message(7, first);
  writer.add_message(7, second);
  const auto outer = Parse(message);
  ASSERT_THAT(outer.status(), IsOk());
  EXPECT_EQ(outer->small, 2);
  EXPECT_EQ(outer->inner.number, 11);
  EXPECT_EQ(outer->inner.text, "later");
}

TEST(ProtoReaderTest, UnknownFieldsAndOtherWireTypesAreSkippedAndCounted) {
  std::string message, inner;
  protozero::pbf_writer(inner).add_int32(99, 1);
  protozero::pbf_writer writer(message);
  writer.add_string(100, "unknown");
  writer.add_string(2, "not a number");
  writer.add_int32(5, 5);
  writer.add_string(8, "not a number");
  writer.add_int32(11, 3);
  writer.add_fixed64(9, 1);
  writer.add_message(7, inner);
  int unknown_fields = 0;
  const auto outer = Parse(message, &unknown_fields);
  ASSERT_THAT(outer.status(), IsOk());
  EXPECT_EQ(unknown_fields, 7);
  EXPECT_EQ(outer->small, 0);
  EXPECT_EQ(outer->text, "");
  EXPECT_FALSE(outer->maybe.has_value());
  EXPECT_TRUE(outer->inners.empty());
  EXPECT_TRUE(outer->numbers.empty());
}

TEST(ProtoReaderTest, EnumNumbersWithoutANameAreKept) {
  std::string message;
  protozero::pbf_writer(message).add_enum(6, 77);
  const auto outer = Parse(message);
  ASSERT_THAT(outer.status(), IsOk());
  EXPECT_EQ(static_cast<int>(outer->color), 77);
}

TEST(ProtoReaderTest, MalformedMessagesAreCorruptWithTheMessagesName) {
  std::string message;
  protozero::pbf_writer(message).add_string(5, "five");
  for (const std::string& bad : {
           message.substr(0, message.size() - 1),   // a string that is cut off
           std::string("\x08"),                     // a tag without a value
           std::string("\x0f\x01"),                 // wire type 7
           std::string("\x00\x01", 2),              // field number 0
           std::string("\x52\x03\x00\x00\x00", 5),  // packed floats of 3 bytes
           std::string("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),  // endless varint
       }) {
    EXPECT_THAT(Parse(bad).status(), IsError(ErrorDetail::kCorruptFile, "are not a Outer message"));
  }
}

TEST(ProtoReaderTest, ListsBeyondAllMeasureAreRefused) {
  std::string message;
  protozero::pbf_writer writer(message);
  for (int i = 0; i <= 1 << 16; ++i) writer.add_message(11, std::string(""));
  EXPECT_THAT(Parse(message).status(),
              IsError(ErrorDetail::kCorruptFile, "more than 65536 list items"));
  const std::vector<int32_t> numbers((1 << 16) + 1);
  std::string packed;
  protozero::pbf_writer(packed).add_packed_int32(9, numbers.begin(), numbers.end());
  EXPECT_THAT(Parse(packed).status(),
              IsError(ErrorDetail::kCorruptFile, "more than 65536 list items"));
}

}  // namespace
}  // namespace edgetasks::model
