#include "core/model/inflate.h"

#include <zlib.h>

#include <string>
#include <vector>

#include "tests/support/read_tflite.h"

namespace edgetasks::model {
namespace {

using ::edgetasks::test::IsError;
using ::edgetasks::test::IsOk;

std::vector<uint8_t> Deflated(const std::string& text) {
  uLongf bytes = compressBound(text.size());
  std::vector<uint8_t> stream(bytes);
  compress(stream.data(), &bytes, reinterpret_cast<const Bytef*>(text.data()), text.size());
  stream.resize(bytes);
  return stream;
}

TEST(InflateTest, FillsTheOutput) {
  const std::string text = "once upon a time, once upon a time";
  std::vector<uint8_t> output(text.size());
  ASSERT_THAT(Inflate(Deflated(text), absl::MakeSpan(output)), IsOk());
  EXPECT_EQ(std::string(output.begin(), output.end()), text);
}

TEST(InflateTest, StreamsOfAnotherSizeAreCorrupt) {
  const std::vector<uint8_t> stream = Deflated("once upon a time");
  std::vector<uint8_t> longer(17), shorter(15), exact(16);
  EXPECT_THAT(Inflate(stream, absl::MakeSpan(longer)),
              IsError(ErrorDetail::kCorruptFile, "it is shorter"));
  EXPECT_THAT(Inflate(stream, absl::MakeSpan(shorter)),
              IsError(ErrorDetail::kCorruptFile, "it is longer"));
  EXPECT_THAT(Inflate({}, absl::MakeSpan(exact)),
              IsError(ErrorDetail::kCorruptFile, "it ends too early"));
  EXPECT_THAT(Inflate(absl::MakeSpan(stream).subspan(0, 8), absl::MakeSpan(exact)),
              IsError(ErrorDetail::kCorruptFile, "it ends too early"));
}

TEST(InflateTest, BytesThatAreNoStreamAreCorrupt) {
  std::vector<uint8_t> output(16);
  EXPECT_THAT(Inflate(std::vector<uint8_t>(16, 0xff), absl::MakeSpan(output)),
              IsError(ErrorDetail::kCorruptFile, "does not decompress"));
}

}  // namespace
}  // namespace edgetasks::model
