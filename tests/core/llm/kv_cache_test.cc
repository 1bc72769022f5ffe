#include "core/llm/kv_cache.h"

#include <gtest/gtest.h>

namespace edgetasks::llm {
namespace {

std::vector<CacheInfo> TwoCaches() {
  CacheInfo a, b;
  a.shape = {1, 8, 2, 4};
  a.bytes = 256;
  b.shape = {1, 2, 4, 8};
  b.bytes = 128;
  return {a, b};
}

TEST(KvCacheTest, KeepsASpareOnlyWhereAGraphNeedsOne) {
  absl::StatusOr<KvCache> cache = KvCache::Create(TwoCaches(), {false, true});
  ASSERT_TRUE(cache.ok());
  EXPECT_EQ(cache->size(), 2);
  EXPECT_EQ(cache->bytes(0), 256);
  EXPECT_EQ(cache->bytes(1), 128);
  EXPECT_EQ(cache->spare(0), nullptr);
  EXPECT_NE(cache->spare(1), nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(cache->current(0)) % kAlignment, 0);
}

TEST(KvCacheTest, SwapExchangesTheTwoBuffers) {
  KvCache cache = *KvCache::Create(TwoCaches(), {false, true});
  void* current = cache.current(1);
  void* spare = cache.spare(1);
  cache.Swap(1);
  EXPECT_EQ(cache.current(1), spare);
  EXPECT_EQ(cache.spare(1), current);
}

TEST(KvCacheTest, StartsAndRestartsWithZeros) {
  KvCache cache = *KvCache::Create(TwoCaches(), {false, true});
  auto* bytes = static_cast<uint8_t*>(cache.current(0));
  EXPECT_EQ(bytes[255], 0);
  bytes[255] = 7;
  ASSERT_TRUE(cache.Clear().ok());
  EXPECT_EQ(static_cast<uint8_t*>(cache.current(0))[255], 0);
  EXPECT_EQ(cache.bytes(0), 256);
}

TEST(KvCacheTest, ACloneHoldsTheSameAndIsItsOwn) {
  std::vector<CacheInfo> caches = TwoCaches();
  caches[0].bytes = 1 << 20;  // mapped, and most of it never touched
  KvCache cache = *KvCache::Create(caches, {false, true});
  auto* bytes = static_cast<uint8_t*>(cache.current(0));
  bytes[5] = 1;
  bytes[(1 << 20) - 1] = 2;
  static_cast<uint8_t*>(cache.current(1))[127] = 3;
  absl::StatusOr<KvCache> clone = cache.Clone();
  ASSERT_TRUE(clone.ok()) << clone.status();
  bytes[5] = 9;
  EXPECT_EQ(static_cast<uint8_t*>(clone->current(0))[5], 1);
  EXPECT_EQ(static_cast<uint8_t*>(clone->current(0))[(1 << 20) - 1], 2);
  EXPECT_EQ(static_cast<uint8_t*>(clone->current(1))[127], 3);
  EXPECT_NE(clone->spare(1), nullptr);
  EXPECT_EQ(clone->spare(0), nullptr);
}

}  // namespace
}  // namespace edgetasks::llm
