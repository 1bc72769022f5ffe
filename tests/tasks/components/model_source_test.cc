#include "tasks/components/model_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "core/base/error.h"
#include "core/base/thread_pool.h"

namespace edgetasks::tasks {
namespace {

using ::testing::HasSubstr;

void ExpectInvalid(const absl::Status& status, const std::string& message) {
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kInvalidOption);
  EXPECT_THAT(std::string(status.message()), HasSubstr(message));
}

TEST(OpenModelTest, WantsExactlyOneSource) {
  BaseOptions options;
  ExpectInvalid(OpenModel(options).status(), "none is set");
  alignas(4) const uint8_t bytes[8] = {};
  options.model_asset_path = "a.tflite";
  options.model_asset_buffer = bytes;
  ExpectInvalid(OpenModel(options).status(), "set are model_asset_path and model_asset_buffer");
}

TEST(OpenModelTest, ChecksTheDescriptorsNumbers) {
  BaseOptions options;
  options.model_asset_descriptor = FileDescriptor{};
  ExpectInvalid(OpenModel(options).status(), "fd is -1");
  options.model_asset_descriptor = FileDescriptor{0, -5, 10};
  ExpectInvalid(OpenModel(options).status(), "offset -5 and length 10");
}

TEST(OpenModelTest, MissingFileIsNotFoundWithItsPath) {
  BaseOptions options;
  options.model_asset_path = "/nonexistent/model.tflite";
  const absl::Status status = OpenModel(options).status();
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kFileNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/nonexistent/model.tflite"));
}

TEST(ResolveNumThreadsTest, ZeroMeansTheProcessors) {
  BaseOptions options;
  EXPECT_EQ(*ResolveNumThreads(options), ThreadPool::DefaultNumThreads());
  options.num_threads = 3;
  EXPECT_EQ(*ResolveNumThreads(options), 3);
  options.num_threads = -1;
  ExpectInvalid(ResolveNumThreads(options).status(), "num_threads is -1");
  options.num_threads = 100000;
  ExpectInvalid(ResolveNumThreads(options).status(), "num_threads is 100000");
}

}  // namespace
}  // namespace edgetasks::tasks
