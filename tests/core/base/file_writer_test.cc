#include "core/base/file_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <vector>

#include "core/base/crc32.h"
#include "core/base/error.h"

namespace edgetasks {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

absl::Span<const uint8_t> Bytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

class FileWriterTest : public ::testing::Test {
 protected:
  FileWriterTest() { fs::create_directory(folder_); }
  ~FileWriterTest() override { fs::remove_all(folder_); }

  std::string Content(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  size_t Files() { return std::distance(fs::directory_iterator(folder_), {}); }

  const fs::path folder_ = fs::path(::testing::TempDir()) /
                           ::testing::UnitTest::GetInstance()->current_test_info()->name();
};

// The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
TEST(Crc32Test, IsTheOneOfTheCatalogue) {
  EXPECT_EQ(Crc32(Bytes("123456789")), 0xCBF43926u);
  EXPECT_EQ(Crc32(Bytes("6789"), Crc32(Bytes("12345"))), 0xCBF43926u);
  EXPECT_EQ(Crc32({}, 5), 5u);
}

TEST_F(FileWriterTest, TheFileAppearsInTheEnd) {
  const fs::path path = folder_ / "a";
  std::ofstream(path) << "before";
  auto writer = FileWriter::Create(path);
  ASSERT_TRUE(writer.ok()) << writer.status();
  ASSERT_TRUE((*writer)->Append(Bytes("12345")).ok());
  ASSERT_TRUE((*writer)->Append(Bytes("6789")).ok());
  EXPECT_EQ((*writer)->crc(), 0xCBF43926u);
  EXPECT_EQ(Content(path), "before");
  ASSERT_TRUE((*writer)->Commit().ok());
  EXPECT_EQ(Content(path), "123456789");
  EXPECT_EQ(Files(), 1);
}

TEST_F(FileWriterTest, WithoutACommitNothingStays) {
  (*FileWriter::Create(folder_ / "a"))->Append(Bytes("x")).IgnoreError();
  EXPECT_EQ(Files(), 0);
}

TEST_F(FileWriterTest, SaysWhereItCannotWrite) {
  const auto writer = FileWriter::Create(folder_ / "none" / "a");
  EXPECT_EQ(writer.status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(GetErrorDetail(writer.status()), ErrorDetail::kFileUnwritable);
  EXPECT_THAT(std::string(writer.status().message()), HasSubstr("none/a: cannot be written"));
}

TEST_F(FileWriterTest, WhatCannotBePutInItsPlaceStaysAway) {
  const fs::path path = folder_ / "a";
  auto writer = FileWriter::Create(path);
  ASSERT_TRUE(writer.ok());
  ASSERT_TRUE((*writer)->Append(Bytes("x")).ok());
  fs::create_directory(path);  // cannot be replaced by a file
  EXPECT_EQ(GetErrorDetail((*writer)->Commit()), ErrorDetail::kFileUnwritable);
  writer->reset();
  EXPECT_EQ(Files(), 1);
}

// A limit of the process on the size of files ends a write as a full disk does.
TEST_F(FileWriterTest, AFullDiskIsAnErrorAndLeavesWhatWasThere) {
  const fs::path path = folder_ / "a";
  std::ofstream(path) << "before";
  auto writer = FileWriter::Create(path);
  ASSERT_TRUE(writer.ok());
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 4096;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const absl::Status status = (*writer)->Append(std::vector<uint8_t>(8192));
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kFileUnwritable);
  writer->reset();
  EXPECT_EQ(Content(path), "before");
  EXPECT_EQ(Files(), 1);
}

}  // namespace
}  // namespace edgetasks
