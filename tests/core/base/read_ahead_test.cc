#include "core/base/read_ahead.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <vector>

#include "gtest/gtest.h"

namespace edgetasks {
namespace {

constexpr int64_t kBytes = (int64_t{9} << 20) + 123;

class ReadAheadTest : public ::testing::Test {
 protected:
  void SetUp() override {
    file_ = std::tmpfile();
    ASSERT_NE(file_, nullptr);
    const std::vector<uint8_t> bytes(kBytes, 7);
    ASSERT_EQ(std::fwrite(bytes.data(), 1, kBytes, file_), static_cast<size_t>(kBytes));
    ASSERT_EQ(std::fflush(file_), 0);
    void* mapping = mmap(nullptr, kBytes, PROT_READ, MAP_PRIVATE, fileno(file_), 0);
    ASSERT_NE(mapping, MAP_FAILED);
    bytes_ = {static_cast<const uint8_t*>(mapping), static_cast<size_t>(kBytes)};
  }
  void TearDown() override {
    if (!bytes_.empty()) munmap(const_cast<uint8_t*>(bytes_.data()), kBytes);
    if (file_ != nullptr) std::fclose(file_);
  }

  // Whether the page that holds byte `at` is mapped, as the kernel says.
  bool IsMapped(int64_t at) {
    const int pagemap = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    EXPECT_GE(pagemap, 0);
    const auto address = reinterpret_cast<uintptr_t>(bytes_.data()) + static_cast<uintptr_t>(at);
    uint64_t entry = 0;
    const auto offset =
        static_cast<off_t>(address / static_cast<uintptr_t>(sysconf(_SC_PAGESIZE)) * sizeof(entry));
    EXPECT_EQ(pread(pagemap, &entry, sizeof(entry), offset), static_cast<ssize_t>(sizeof(entry)));
    close(pagemap);
    return (entry >> 63) != 0;
  }

  std::FILE* file_ = nullptr;
  absl::Span<const uint8_t> bytes_;
};

#if defined(__x86_64__)  // under an emulator, /proc is about the emulator
TEST_F(ReadAheadTest, MapsEveryPage) {
  EXPECT_FALSE(IsMapped(kBytes - 1));
  ReadAhead ahead(bytes_.subspan(5));  // need not begin with a page
  if (!ahead.Wait()) GTEST_SKIP() << "this kernel has no MADV_POPULATE_READ";
  for (int64_t at = 5; at < kBytes; at += 4096) ASSERT_TRUE(IsMapped(at)) << at;
  EXPECT_TRUE(IsMapped(kBytes - 1));
}
#endif

TEST_F(ReadAheadTest, MayBeStoppedAtAnyTime) {
  for (int i = 0; i < 50; ++i) const ReadAhead ahead(bytes_);
  EXPECT_EQ(bytes_[kBytes - 1], 7);
}

TEST(ReadAheadOfNothingTest, DoesNothing) {
  ReadAhead ahead({});
  EXPECT_FALSE(ahead.Wait());
}

}  // namespace
}  // namespace edgetasks
