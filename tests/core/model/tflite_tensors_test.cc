#include "core/model/tflite_tensors.h"

#include <cstdio>
#include <cstring>
#include <fstream>

#include "core/base/mapped_file.h"
#include "tests/support/read_tflite.h"

namespace edgetasks {
namespace {

using test::IsError;
using test::IsOk;
using test::Read;
using test::ReadBytes;
using test::TfliteBuilder;
using test::TfliteRead;
using ::testing::ElementsAre;

namespace schema = test::schema;

TEST(TfliteTensorsTest, EveryElementTypeKeepsItsName) {
  for (int i = 0; i <= static_cast<int>(ir::DType::kVariant); ++i) {
    const auto dtype = static_cast<ir::DType>(i);
    TfliteBuilder builder;
    builder.AddTensor("t", dtype, {2});
    const TfliteRead read = Read(builder);
    ASSERT_THAT(read.status(), IsOk());
    EXPECT_EQ(read.tensor(0).dtype, dtype) << ir::NameOf(dtype);
  }
}

TEST(TfliteTensorsTest, UnknownElementTypesAreRefused) {
  for (int type : {-1, 23, 127}) {
    TfliteBuilder builder;
    builder.AddTensor("odd", ir::DType::kFloat32, {2});
    builder.tensor(0).type = static_cast<int8_t>(type);
    EXPECT_THAT(Read(builder).status(),
                IsError(ErrorDetail::kUnsupportedType, "subgraph 0 \"main\": tensor 0 \"odd\""));
  }
}

TEST(TfliteTensorsTest, SignatureTellsFreeDimensions) {
  TfliteBuilder builder;
  builder.AddTensor("free", ir::DType::kFloat32, {1, 4});
  builder.tensor(0).shape_signature = {-1, 4};
  builder.AddTensor("fixed", ir::DType::kFloat32, {1, 4});
  const TfliteRead read = Read(builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_EQ(read.tensor(0).shape, (ir::Shape{1, 4}));
  EXPECT_EQ(read.tensor(0).shape_signature, (ir::Shape{-1, 4}));
  EXPECT_EQ(read.tensor(1).shape_signature, (ir::Shape{1, 4}));
}

TEST(TfliteTensorsTest, ImpossibleShapesAreRefused) {
  struct Case {
    std::vector<int32_t> shape, signature;
    ErrorDetail detail;
    const char* text;
  };
  const Case cases[] = {
      {{2, -1}, {}, ErrorDetail::kInvalidGraph, "dimension of -1"},
      {{2}, {-2}, ErrorDetail::kInvalidGraph, "dimension of -2"},
      {{2, 2}, {-1}, ErrorDetail::kInvalidGraph, "differ in rank"},
      {{1, 1, 1, 1, 1, 1, 1, 1, 1}, {}, ErrorDetail::kUnsupportedType, "9 dimensions"},
      {{INT32_MAX, INT32_MAX, INT32_MAX}, {}, ErrorDetail::kCorruptFile, "can be counted"},
      {{0, INT32_MAX, INT32_MAX, INT32_MAX}, {}, ErrorDetail::kCorruptFile, "can be counted"},
  };
  for (const Case& c : cases) {
    TfliteBuilder builder;
    builder.AddTensor("t", ir::DType::kFloat32, c.shape);
    builder.tensor(0).shape_signature = c.signature;
    EXPECT_THAT(Read(builder).status(), IsError(c.detail, c.text));
  }
}

TEST(TfliteTensorsTest, ConstantTooShortForItsShapeIsCorrupt) {
  TfliteBuilder builder;
  builder.AddConstant<float>("weights", {2, 2}, {1, 2, 3});
  EXPECT_THAT(Read(builder).status(),
              IsError(ErrorDetail::kCorruptFile, "takes 16 bytes, buffer 1 has 12"));
}

TEST(TfliteTensorsTest, ConstantIsCutToItsShape) {
  TfliteBuilder builder;
  builder.AddConstant<int8_t>("weights", {3}, {1, 2, 3, 0});
  const TfliteRead read = Read(builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_THAT(read.tensor(0).data, ElementsAre(1, 2, 3));
}

TEST(TfliteTensorsTest, PackedTypesTakeHalfABytePerElement) {
  TfliteBuilder odd, shorter;
  odd.AddConstantBytes("w", ir::DType::kInt4, {5}, {1, 2, 3});
  const TfliteRead read = Read(odd);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_EQ(read.tensor(0).data.size(), 3u);
  shorter.AddConstantBytes("w", ir::DType::kInt4, {5}, {1, 2});
  EXPECT_THAT(Read(shorter).status(), IsError(ErrorDetail::kCorruptFile, "takes 3 bytes"));
}

TEST(TfliteTensorsTest, StringsKeepAllTheirBytes) {
  TfliteBuilder builder;
  builder.AddConstantBytes("labels", ir::DType::kString, {2}, {2, 0, 0, 0, 9, 9});
  const TfliteRead read = Read(builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_EQ(read.tensor(0).data.size(), 6u);
}

TEST(TfliteTensorsTest, BufferOutOfRangeIsCorrupt) {
  TfliteBuilder builder;
  builder.AddTensor("t", ir::DType::kFloat32, {2});
  builder.tensor(0).buffer = 4;
  EXPECT_THAT(Read(builder).status(),
              IsError(ErrorDetail::kCorruptFile, "buffer 4 does not exist"));
}

TEST(TfliteTensorsTest, VariablesHaveNoConstantValue) {
  TfliteBuilder builder;
  builder.AddConstant<float>("state", {1}, {3});
  builder.tensor(0).is_variable = true;
  const TfliteRead read = Read(builder);
  ASSERT_THAT(read.status(), IsOk());
  EXPECT_TRUE(read.tensor(0).is_variable);
  EXPECT_FALSE(read.tensor(0).is_constant());
}

TEST(TfliteTensorsTest, SparseAndExternalTensorsAreRefusedByName) {
  TfliteBuilder sparse, external;
  sparse.AddTensor("pruned", ir::DType::kFloat32, {2});
  sparse.tensor(0).sparsity = std::make_unique<schema::SparsityParametersT>();
  EXPECT_THAT(Read(sparse).status(),
              IsError(ErrorDetail::kUnsupportedType, "\"pruned\": sparse tensors"));
  external.AddTensor("far", ir::DType::kFloat32, {2});
  external.tensor(0).external_buffer = 1;
  EXPECT_THAT(Read(external).status(),
              IsError(ErrorDetail::kUnsupportedFormat, "\"far\": the weights are in another file"));
}

// A file whose constant lies behind the FlatBuffer, at a multiple of `alignment` plus `shift`.
std::vector<uint8_t> FileWithDataBehind(size_t alignment, size_t shift, size_t* offset) {
  TfliteBuilder builder;
  builder.AddConstant<int64_t>("w", {2}, {});
  schema::BufferT& buffer = *builder.model().buffers[1];
  buffer.size = 16;
  buffer.offset = 1000000;  // of the same width as the real one
  *offset = (builder.Finish().size() + alignment - 1) / alignment * alignment + shift;
  buffer.offset = *offset;
  std::vector<uint8_t> file = builder.Finish();
  file.resize(*offset);
  for (int64_t value : {7, -9}) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(&value);
    file.insert(file.end(), bytes, bytes + sizeof(value));
  }
  return file;
}

TEST(TfliteTensorsTest, DataBehindTheFlatBufferIsFound) {
  for (size_t shift : {0, 1, 4}) {
    size_t offset = 0;
    const TfliteRead read = ReadBytes(FileWithDataBehind(8, shift, &offset));
    ASSERT_THAT(read.status(), IsOk());
    const auto data = read.tensor(0).data;
    ASSERT_EQ(data.size(), 16u);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(data.data()) % sizeof(int64_t), 0u);
    EXPECT_EQ(data.data() == read.bytes.data() + offset, shift == 0) << "a copy only where needed";
    int64_t values[2];
    std::memcpy(values, data.data(), sizeof(values));
    EXPECT_THAT(values, ElementsAre(7, -9));
  }
}

TEST(TfliteTensorsTest, DataBeyondTwoGigabytesIsFound) {
  constexpr uint64_t kOffset = (uint64_t{1} << 31) + 4096;
  TfliteBuilder builder;
  builder.AddConstant<int32_t>("w", {2}, {});
  builder.model().buffers[1]->size = 8;
  builder.model().buffers[1]->offset = kOffset;
  const std::vector<uint8_t> head = builder.Finish();
  const int32_t values[] = {5, -6};
  const std::string path = ::testing::TempDir() + "beyond_two_gigabytes.tflite";
  std::ofstream out(path, std::ios::binary);
  out.write(reinterpret_cast<const char*>(head.data()), static_cast<std::streamsize>(head.size()));
  out.seekp(static_cast<std::streamoff>(kOffset));  // a hole: takes no space
  out.write(reinterpret_cast<const char*>(values), sizeof(values));
  out.close();
  const auto file = MappedFile::Open(path);
  ASSERT_THAT(file.status(), IsOk());
  std::vector<std::unique_ptr<std::vector<uint64_t>>> owned;
  const auto model = model::ReadTflite((*file)->bytes(), &owned);
  std::remove(path.c_str());
  ASSERT_THAT(model.status(), IsOk());
  const auto data = model->graphs[0].tensors[0].data;
  ASSERT_EQ(data.size(), sizeof(values));
  EXPECT_EQ(data.data(), (*file)->bytes().data() + kOffset);
  EXPECT_EQ(std::memcmp(data.data(), values, sizeof(values)), 0);
}

TEST(TfliteTensorsTest, DataOutsideTheFileIsCorrupt) {
  size_t offset = 0;
  std::vector<uint8_t> file = FileWithDataBehind(8, 0, &offset);
  file.pop_back();
  EXPECT_THAT(ReadBytes(file).status(), IsError(ErrorDetail::kCorruptFile, "lead out of the file"));

  TfliteBuilder builder;
  builder.AddConstant<int64_t>("w", {2}, {});
  builder.model().buffers[1]->offset = ~uint64_t{0} - 4;  // offset + size wraps around
  builder.model().buffers[1]->size = 16;
  EXPECT_THAT(Read(builder).status(), IsError(ErrorDetail::kCorruptFile, "lead out of the file"));
}

TEST(TfliteTensorsTest, PlaceholderOffsetsMeanNoData) {
  for (uint64_t offset : {0, 1}) {
    TfliteBuilder builder;
    builder.AddConstant<float>("w", {2}, {});
    builder.model().buffers[1]->offset = offset;
    builder.model().buffers[1]->size = 1;
    const TfliteRead read = Read(builder);
    ASSERT_THAT(read.status(), IsOk());
    EXPECT_FALSE(read.tensor(0).is_constant());
  }
}

TEST(TfliteTensorsTest, NamesInMessagesAreEscaped) {
  TfliteBuilder builder;
  builder.AddTensor("a\x1b[31m\nb", ir::DType::kFloat32, {-1});
  EXPECT_THAT(Read(builder).status(),
              IsError(ErrorDetail::kInvalidGraph, "tensor 0 \"a\\x1b[31m\\nb\""));
}

}  // namespace
}  // namespace edgetasks
