#include "core/model/litertlm_header.h"

#include "tests/support/bundle_builder.h"
#include "tests/support/read_tflite.h"

namespace edgetasks::model {
namespace {

using ::edgetasks::test::Bytes;
using ::edgetasks::test::BytesOf;
using ::edgetasks::test::IsError;
using ::edgetasks::test::IsOk;
using ::edgetasks::test::LitertlmBuilder;
namespace fb = litertlm;

template <typename Value, typename Number>
std::unique_ptr<fb::KeyValueT> Item(const std::string& key, Number number) {
  auto item = std::make_unique<fb::KeyValueT>();
  item->key = key;
  Value value;
  value.value = number;
  item->value.Set(std::move(value));
  return item;
}

TEST(LitertlmHeaderTest, SectionsAreWhereTheHeaderSays) {
  const Bytes file = LitertlmBuilder()
                         .Version(1, 9, 3)
                         .AddSystem("uuid", "1234")
                         .Add(fb::SectionType_SP_Tokenizer, BytesOf("pieces"), {{"note", "small"}})
                         .AddModel("tf_lite_aux", Bytes(20000), "gpu")
                         .Add(fb::SectionType_GenericBinaryData, BytesOf("end"))
                         .Finish();
  const auto header = ReadLitertlmHeader(file);
  ASSERT_THAT(header.status(), IsOk());
  EXPECT_EQ(header->major, 1u);
  EXPECT_EQ(header->minor, 9u);
  EXPECT_EQ(header->patch, 3u);
  ASSERT_EQ(header->system_metadata.size(), 1u);
  EXPECT_EQ(header->system_metadata[0], KeyValue("uuid", "1234"));
  ASSERT_EQ(header->sections.size(), 3u);
  EXPECT_EQ(header->sections[0].type, "SP_Tokenizer");
  EXPECT_EQ(header->sections[0].offset, 16384u);
  EXPECT_EQ(header->sections[0].size, 6u);
  EXPECT_EQ(header->sections[0].item("note"), "small");
  EXPECT_EQ(header->sections[0].item("absent"), "");
  EXPECT_EQ(header->sections[1].type, "TFLiteModel");
  EXPECT_EQ(header->sections[1].model_type, "tf_lite_aux");
  EXPECT_EQ(header->sections[1].item("backend_constraint"), "gpu");
  EXPECT_EQ(header->sections[1].offset, 32768u);
  EXPECT_EQ(header->sections[2].offset, 65536u);
}

TEST(LitertlmHeaderTest, ValuesOfEveryTypeBecomeText) {
  LitertlmBuilder builder;
  auto& entries = builder.header().system_metadata->entries;
  entries.push_back(Item<fb::UInt8T>("u8", 255));
  entries.push_back(Item<fb::Int8T>("i8", -128));
  entries.push_back(Item<fb::UInt16T>("u16", 65535));
  entries.push_back(Item<fb::Int16T>("i16", -32768));
  entries.push_back(Item<fb::UInt32T>("u32", 4294967295u));
  entries.push_back(Item<fb::Int32T>("i32", -1));
  entries.push_back(Item<fb::Float32T>("f32", 0.5f));
  entries.push_back(Item<fb::BoolT>("bool", true));
  entries.push_back(Item<fb::UInt64T>("u64", ~uint64_t{0}));
  entries.push_back(Item<fb::Int64T>("i64", int64_t{-5}));
  entries.push_back(Item<fb::DoubleT>("f64", 0.25));
  entries.push_back(std::make_unique<fb::KeyValueT>());  // neither key nor value
  const auto header = ReadLitertlmHeader(builder.Finish());
  ASSERT_THAT(header.status(), IsOk());
  const char* expected[] = {
      "255", "-128", "65535", "-32768", "4294967295", "-1", "0.5", "true", "18446744073709551615",
      "-5",  "0.25", ""};
  for (size_t i = 0; i < std::size(expected); ++i) {
    EXPECT_EQ(header->system_metadata[i].second, expected[i]);
  }
}

TEST(LitertlmHeaderTest, UnknownSectionTypesKeepTheirNumber) {
  LitertlmBuilder builder;
  builder.Add(static_cast<fb::SectionType>(200), BytesOf("new"));
  const auto header = ReadLitertlmHeader(builder.Finish());
  ASSERT_THAT(header.status(), IsOk());
  EXPECT_EQ(header->sections[0].type, "section type 200");
}

TEST(LitertlmHeaderTest, OtherMajorVersionsAreRefused) {
  const Bytes file = LitertlmBuilder().Version(2, 1, 0).Finish();
  EXPECT_THAT(ReadLitertlmHeader(file).status(),
              IsError(ErrorDetail::kUnsupportedFormat, "version 2.1.0; expected 1.x"));
}

TEST(LitertlmHeaderTest, HeadersThatAreCutOffAreCorrupt) {
  Bytes file = LitertlmBuilder().Finish();
  const uint64_t bytes = file.size();
  for (const uint64_t size : {uint64_t{8}, uint64_t{31}}) {
    EXPECT_THAT(ReadLitertlmHeader(absl::MakeSpan(file).subspan(0, size)).status(),
                IsError(ErrorDetail::kCorruptFile, "is cut off"));
  }
  EXPECT_THAT(ReadLitertlmHeader(absl::MakeSpan(file).subspan(0, bytes - 1)).status(),
              IsError(ErrorDetail::kCorruptFile, "says that it ends at byte"));
  for (const uint64_t end : {uint64_t{1}, uint64_t{32}, bytes + 1, ~uint64_t{0}}) {
    EXPECT_THAT(ReadLitertlmHeader(LitertlmBuilder().ClaimHeaderEnd(end).Finish()).status(),
                IsError(ErrorDetail::kCorruptFile, "says that it ends at byte"));
  }
  EXPECT_THAT(ReadLitertlmHeader(LitertlmBuilder().ClaimHeaderEnd(40).Finish()).status(),
              IsError(ErrorDetail::kCorruptFile, "not a valid FlatBuffer"));
}

TEST(LitertlmHeaderTest, HeadersWithoutSectionsAreCorrupt) {
  LitertlmBuilder builder;
  builder.header().section_metadata.reset();
  EXPECT_THAT(ReadLitertlmHeader(builder.Finish()).status(),
              IsError(ErrorDetail::kCorruptFile, "lists no sections"));
}

TEST(LitertlmHeaderTest, SectionsOutsideOfTheFileAreCorrupt) {
  const auto status = [](auto change) {
    LitertlmBuilder builder;
    builder.Add(fb::SectionType_SP_Tokenizer, BytesOf("pieces"));
    change(*builder.sections()[0]);
    return ReadLitertlmHeader(builder.Finish()).status();
  };
  const auto refused = IsError(ErrorDetail::kCorruptFile, "section 0 (SP_Tokenizer) spans bytes");
  EXPECT_THAT(status([](auto& s) { ++s.end_offset; }), refused);
  EXPECT_THAT(status([](auto& s) { s.end_offset = s.begin_offset - 1; }), refused);
  EXPECT_THAT(status([](auto& s) { s.begin_offset = 32; }), refused);
  EXPECT_THAT(status([](auto& s) { s.begin_offset = s.end_offset = ~uint64_t{0}; }), refused);
}

TEST(LitertlmHeaderTest, SectionsThatShareBytesAreCorrupt) {
  LitertlmBuilder builder;
  builder.Add(fb::SectionType_SP_Tokenizer, BytesOf("pieces"));
  builder.Add(fb::SectionType_SP_Tokenizer, BytesOf("pieces"));
  builder.sections()[1]->begin_offset = 16384 + 5;
  EXPECT_THAT(ReadLitertlmHeader(builder.Finish()).status(),
              IsError(ErrorDetail::kCorruptFile, "two sections that share byte 16389"));
}

TEST(LitertlmHeaderTest, ListsBeyondAllMeasureAreCorrupt) {
  LitertlmBuilder many;
  for (int i = 0; i < 1025; ++i) {
    many.sections().push_back(std::make_unique<fb::SectionEntryT>());
  }
  EXPECT_THAT(ReadLitertlmHeader(many.Finish()).status(),
              IsError(ErrorDetail::kCorruptFile, "lists 1025 sections"));
  LitertlmBuilder items;
  for (int i = 0; i < 4097; ++i) items.AddSystem("k", "v");
  EXPECT_THAT(ReadLitertlmHeader(items.Finish()).status(),
              IsError(ErrorDetail::kCorruptFile, "more than 4096 key-value pairs"));
}

TEST(LitertlmHeaderTest, HeadersAtOddAddressesAreRead) {
  const Bytes file = test::TinyLitertlm();
  Bytes shifted(file.size() + 4);
  std::copy(file.begin(), file.end(), shifted.begin() + 4);
  EXPECT_THAT(ReadLitertlmHeader(absl::MakeSpan(shifted).subspan(4)).status(), IsOk());
}

}  // namespace
}  // namespace edgetasks::model
