#include "core/model/flex_attributes.h"

#include <random>
#include <string>
#include <vector>

#include "flatbuffers/flexbuffers.h"
#include "tests/support/read_tflite.h"

namespace edgetasks {
namespace {

using model::ReadFlexAttributes;
using test::IsError;
using test::IsOk;
using ::testing::ElementsAre;
using Value = ir::AttributeValue;

// What fill(builder) puts into a map.
template <typename Fill>
std::vector<uint8_t> Map(const Fill& fill) {
  flexbuffers::Builder builder;
  builder.Map([&] { fill(builder); });
  builder.Finish();
  return builder.GetBuffer();
}

template <typename Fill>
ir::Attributes Attributes(const Fill& fill) {
  const std::vector<uint8_t> bytes = Map(fill);
  auto attributes = ReadFlexAttributes(bytes);
  EXPECT_THAT(attributes.status(), IsOk());
  return attributes.ok() ? *attributes : ir::Attributes();
}

TEST(FlexAttributesTest, NoBytesGiveNoAttributes) {
  const auto attributes = ReadFlexAttributes({});
  ASSERT_THAT(attributes.status(), IsOk());
  EXPECT_TRUE(attributes->empty());
}

TEST(FlexAttributesTest, ReadsNumbersOfEveryWidth) {
  const auto attributes = Attributes([](flexbuffers::Builder& b) {
    b.Int("a", -5);
    b.Int("b", -300);
    b.Int("c", 70000);
    b.Int("d", -(int64_t{1} << 40));
    b.UInt("e", 200);
    b.Bool("f", true);
    b.Float("g", 0.5f);
    b.Double("h", 0.1);
    b.IndirectInt("i", -6);
    b.IndirectUInt("j", 201);
    b.IndirectFloat("k", 1.5f);
    b.IndirectDouble("l", 1e100);
  });
  EXPECT_EQ(attributes.at("a"), Value(int64_t{-5}));
  EXPECT_EQ(attributes.at("b"), Value(int64_t{-300}));
  EXPECT_EQ(attributes.at("c"), Value(int64_t{70000}));
  EXPECT_EQ(attributes.at("d"), Value(-(int64_t{1} << 40)));
  EXPECT_EQ(attributes.at("e"), Value(int64_t{200}));
  EXPECT_EQ(attributes.at("f"), Value(true));
  EXPECT_EQ(attributes.at("g"), Value(0.5));
  EXPECT_EQ(attributes.at("h"), Value(0.1));
  EXPECT_EQ(attributes.at("i"), Value(int64_t{-6}));
  EXPECT_EQ(attributes.at("j"), Value(int64_t{201}));
  EXPECT_EQ(attributes.at("k"), Value(1.5));
  EXPECT_EQ(attributes.at("l"), Value(1e100));
}

TEST(FlexAttributesTest, ReadsSmallMaps) {  // all widths are one byte here
  const auto attributes = Attributes([](flexbuffers::Builder& b) {
    b.Int("layer", 3);
    b.Bool("is_causal", false);
  });
  EXPECT_EQ(attributes.size(), 2u);
  EXPECT_EQ(attributes.at("layer"), Value(int64_t{3}));
  EXPECT_EQ(attributes.at("is_causal"), Value(false));
}

TEST(FlexAttributesTest, ReadsStringsKeysAndBlobs) {
  const auto attributes = Attributes([](flexbuffers::Builder& b) {
    b.String("name", "gelu_tanh");
    b.Key("key");
    b.Key("k");
    b.Key("blob");
    b.Blob("x\0y", 3);
    b.String("empty", "");
    b.Key("nothing");
    b.Null();
  });
  EXPECT_EQ(attributes.at("name"), Value(std::string("gelu_tanh")));
  EXPECT_EQ(attributes.at("key"), Value(std::string("k")));
  EXPECT_EQ(attributes.at("blob"), Value(std::string("x\0y", 3)));
  EXPECT_EQ(attributes.at("empty"), Value(std::string()));
  EXPECT_EQ(attributes.count("nothing"), 0u);
}

TEST(FlexAttributesTest, ReadsVectors) {
  const auto attributes = Attributes([](flexbuffers::Builder& b) {
    b.Vector("untyped", [&] {
      b.Int(1);
      b.Int(-2);
      b.Bool(true);
    });
    b.Vector("mixed", [&] {
      b.Int(1);
      b.Double(0.25);
    });
    b.TypedVector("typed", [&] {
      b.Int(1);
      b.Int(1000);
    });
    const float floats[] = {0.5f, 0.25f};
    b.Vector("floats", floats, 2);
    const int32_t three[] = {7, 8, 9};
    b.Key("fixed");
    b.FixedTypedVector(three, 3);
    const float two[] = {1.5f, 2.5f};
    b.Key("fixed_floats");
    b.FixedTypedVector(two, 2);
    b.Vector("empty", [] {});
  });
  EXPECT_EQ(attributes.at("untyped"), Value(std::vector<int64_t>{1, -2, 1}));
  EXPECT_EQ(attributes.at("mixed"), Value(std::vector<double>{1, 0.25}));
  EXPECT_EQ(attributes.at("typed"), Value(std::vector<int64_t>{1, 1000}));
  EXPECT_EQ(attributes.at("floats"), Value(std::vector<double>{0.5, 0.25}));
  EXPECT_EQ(attributes.at("fixed"), Value(std::vector<int64_t>{7, 8, 9}));
  EXPECT_EQ(attributes.at("fixed_floats"), Value(std::vector<double>{1.5, 2.5}));
  EXPECT_EQ(attributes.at("empty"), Value(std::vector<int64_t>{}));
}

TEST(FlexAttributesTest, FlattensWhatIsNested) {
  const auto attributes = Attributes([](flexbuffers::Builder& b) {
    b.Map("outer", [&] {
      b.Int("inner", 1);
      b.Map("deep", [&] { b.Int("deeper", 2); });
    });
    b.Vector("names", [&] {
      b.String("x");
      b.String("y");
    });
    b.TypedVector("keys", [&] {
      b.Key("p");
      b.Key("q");
    });
    b.Vector("rows", [&] { b.Vector([&] { b.Int(5); }); });
  });
  EXPECT_EQ(attributes.at("outer.inner"), Value(int64_t{1}));
  EXPECT_EQ(attributes.at("outer.deep.deeper"), Value(int64_t{2}));
  EXPECT_EQ(attributes.at("names.0"), Value(std::string("x")));
  EXPECT_EQ(attributes.at("names.1"), Value(std::string("y")));
  EXPECT_EQ(attributes.at("keys.1"), Value(std::string("q")));
  EXPECT_EQ(attributes.at("rows.0"), Value(std::vector<int64_t>{5}));
}

TEST(FlexAttributesTest, RootMustBeAMap) {
  flexbuffers::Builder builder;
  builder.Vector([&] { builder.Int(1); });
  builder.Finish();
  EXPECT_THAT(ReadFlexAttributes(builder.GetBuffer()).status(),
              IsError(ErrorDetail::kCorruptFile, "not a map"));
}

TEST(FlexAttributesTest, ExcessIsRefused) {
  const auto many = Map([](flexbuffers::Builder& b) {
    for (int i = 0; i < 1025; ++i) b.Int(("key" + std::to_string(i)).c_str(), i);
  });
  EXPECT_THAT(ReadFlexAttributes(many).status(), IsError(ErrorDetail::kCorruptFile, "1024"));
  const std::vector<int32_t> ones(70000, 1);
  const auto values = Map([&](flexbuffers::Builder& b) {
    b.Key("values");
    b.Vector(ones.data(), ones.size());
  });
  EXPECT_THAT(ReadFlexAttributes(values).status(), IsError(ErrorDetail::kCorruptFile, "65536"));
  const auto key = Map([](flexbuffers::Builder& b) { b.Int(std::string(300, 'k').c_str(), 1); });
  EXPECT_THAT(ReadFlexAttributes(key).status(), IsError(ErrorDetail::kCorruptFile, "too long"));
  flexbuffers::Builder deep;
  size_t starts[12];
  starts[0] = deep.StartMap();
  for (int i = 1; i < 12; ++i) starts[i] = deep.StartMap("m");
  for (int i = 11; i >= 0; --i) deep.EndMap(starts[i]);
  deep.Finish();
  EXPECT_THAT(ReadFlexAttributes(deep.GetBuffer()).status(),
              IsError(ErrorDetail::kCorruptFile, "too deep"));
}

TEST(FlexAttributesTest, DamageIsFoundOrHarmless) {
  const auto whole = Map([](flexbuffers::Builder& b) {
    b.Int("layer", 3);
    b.String("name", "gelu");
    b.Key("axes");
    const int32_t axes[] = {1, 2};
    b.Vector(axes, 2);
    b.Map("outer", [&] { b.Double("scale", 0.1); });
  });
  std::mt19937 random(1);
  for (size_t size = 1; size < whole.size(); ++size) {
    (void)ReadFlexAttributes(absl::MakeConstSpan(whole).subspan(whole.size() - size));
  }
  for (int i = 0; i < 20000; ++i) {
    std::vector<uint8_t> bytes = whole;
    for (int flips = 1 + i % 4; flips > 0; --flips) {
      bytes[random() % bytes.size()] ^= static_cast<uint8_t>(1u << (random() % 8));
    }
    (void)ReadFlexAttributes(bytes);
  }
}

}  // namespace
}  // namespace edgetasks
