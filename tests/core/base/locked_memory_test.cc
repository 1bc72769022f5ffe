#include "core/base/locked_memory.h"

#include <sys/mman.h>
#include <sys/resource.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <utility>

#include "core/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/sanitized.h"

namespace edgetasks {
namespace {

using ::testing::HasSubstr;

constexpr size_t kBytes = size_t{3} << 20;

class LockedMemoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    // AddressSanitizer keeps programs from locking memory: its own would be locked too.
    if (test::HasAddressSanitizer()) GTEST_SKIP() << "AddressSanitizer makes mlock do nothing";
    void* mapping =
        mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ASSERT_NE(mapping, MAP_FAILED);
    bytes_ = {static_cast<const uint8_t*>(mapping), kBytes};
  }
  void TearDown() override {
    if (!bytes_.empty()) munmap(const_cast<uint8_t*>(bytes_.data()), kBytes);
  }

  absl::Span<const uint8_t> bytes_;
};

#if defined(__x86_64__)  // under an emulator, /proc is about the emulator
// VmLck of this process, in bytes.
int64_t LockedBytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmLck:", 0) == 0) return std::stoll(line.substr(6)) * 1024;
  }
  return -1;
}

TEST_F(LockedMemoryTest, HoldsAsLongAsItLives) {
  const int64_t before = LockedBytes();
  {
    absl::StatusOr<LockedMemory> lock = LockedMemory::Lock(bytes_);
    if (!lock.ok()) GTEST_SKIP() << lock.status();
    EXPECT_EQ(lock->bytes(), static_cast<int64_t>(kBytes));
    EXPECT_EQ(LockedBytes() - before, static_cast<int64_t>(kBytes));
    LockedMemory moved = *std::move(lock);
    LockedMemory assigned;
    assigned = std::move(moved);
    EXPECT_EQ(LockedBytes() - before, static_cast<int64_t>(kBytes));
  }
  EXPECT_EQ(LockedBytes(), before);
}
#endif

// Memory that is not there cannot be locked, whatever the process may: the error is that of a limit
// that is too low.
TEST_F(LockedMemoryTest, NamesTheLimitWhereItFails) {
  void* hole = mmap(nullptr, kBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  ASSERT_NE(hole, MAP_FAILED);
  const auto lock = LockedMemory::Lock({static_cast<const uint8_t*>(hole), kBytes});
  munmap(hole, kBytes);
  ASSERT_FALSE(lock.ok());
  EXPECT_EQ(lock.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(GetErrorDetail(lock.status()), ErrorDetail::kOutOfMemory);
  EXPECT_THAT(std::string(lock.status().message()), HasSubstr("RLIMIT_MEMLOCK"));
  EXPECT_THAT(std::string(lock.status().message()), HasSubstr(std::to_string(kBytes)));
}

TEST(LockedMemoryOfNothingTest, IsNoError) { EXPECT_TRUE(LockedMemory::Lock({}).ok()); }

}  // namespace
}  // namespace edgetasks
