#include "core/llm/kv_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <numeric>

namespace edgetasks::llm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

CacheLayout Layout(const ir::Shape& shape, int position_axis, ir::DType dtype) {
  CacheLayout layout;
  layout.dtype = dtype;
  layout.shape = shape;
  layout.bytes = shape.num_elements() * ir::BitsOf(dtype) / 8;
  layout.position_axis = position_axis;
  return layout;
}

// 8 positions each: [B, S, K, H] f32 of 256 bytes and [B, K, S, V] f16 of 128.
std::vector<CacheLayout> TwoCaches() {
  return {Layout({1, 8, 2, 4}, 1, ir::DType::kFloat32),
          Layout({1, 2, 8, 4}, 2, ir::DType::kFloat16)};
}

// The ranges of [0, count) as offsets into their caches and sizes.
std::vector<std::pair<int64_t, size_t>> Ranges(KvCache& cache, int count) {
  std::vector<std::pair<int64_t, size_t>> ranges;
  cache.ForEachLiveRange(count, [&](absl::Span<uint8_t> range) {
    for (int c = 0; c < cache.size(); ++c) {
      const int64_t offset = range.data() - static_cast<uint8_t*>(cache.current(c));
      if (offset >= 0 && offset < cache.bytes(c)) ranges.emplace_back(offset, range.size());
    }
  });
  return ranges;
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
  EXPECT_EQ(cache->layouts(), TwoCaches());
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
  EXPECT_EQ(cache.layouts(), TwoCaches());
}

TEST(KvCacheTest, ACloneHoldsTheSamePositionsAndIsItsOwn) {
  std::vector<CacheLayout> caches = TwoCaches();
  // Mapped, and most of it never touched.
  caches[0] = Layout({1, 1 << 16, 4}, 1, ir::DType::kFloat32);
  KvCache cache = *KvCache::Create(caches, {false, true});
  auto* bytes = static_cast<uint8_t*>(cache.current(0));
  bytes[5] = 1;
  bytes[63] = 2;
  bytes[64] = 4;
  static_cast<uint8_t*>(cache.current(1))[127 - 32] = 3;
  absl::StatusOr<KvCache> clone = cache.Clone(4);
  ASSERT_TRUE(clone.ok()) << clone.status();
  bytes[5] = 9;
  EXPECT_EQ(static_cast<uint8_t*>(clone->current(0))[5], 1);
  EXPECT_EQ(static_cast<uint8_t*>(clone->current(0))[63], 2);
  EXPECT_EQ(static_cast<uint8_t*>(clone->current(0))[64], 0);  // position 4
  EXPECT_EQ(static_cast<uint8_t*>(clone->current(1))[127 - 32], 3);
  EXPECT_NE(clone->spare(1), nullptr);
  EXPECT_EQ(clone->spare(0), nullptr);
  EXPECT_EQ(clone->layouts(), caches);
}

TEST(KvCacheTest, LiveRangesFollowTheAxisOfPositions) {
  KvCache cache = *KvCache::Create(TwoCaches(), {false, true});
  using Range = std::pair<int64_t, size_t>;
  EXPECT_THAT(Ranges(cache, 0), IsEmpty());
  // A position of the first is 2 * 4 * 4 bytes in a row; of the second 4 * 2 for each of two heads,
  // 64 bytes apart.
  EXPECT_THAT(Ranges(cache, 3), ElementsAre(Range(0, 96), Range(0, 24), Range(64, 24)));
  EXPECT_THAT(Ranges(cache, 8), ElementsAre(Range(0, 256), Range(0, 128)));
  EXPECT_EQ(cache.LiveBytes(0), 0);
  EXPECT_EQ(cache.LiveBytes(3), 96 + 48);
  EXPECT_EQ(cache.LiveBytes(8), 256 + 128);
}

TEST(KvCacheTest, LiveRangesOfValuesKeptAsColumns) {
  KvCache cache =
      *KvCache::Create({Layout({1, 2, 3, 8}, 3, ir::DType::kInt8)}, std::vector<bool>(1));
  using Range = std::pair<int64_t, size_t>;
  EXPECT_THAT(Ranges(cache, 5), ElementsAre(Range(0, 5), Range(8, 5), Range(16, 5), Range(24, 5),
                                            Range(32, 5), Range(40, 5)));
}

TEST(KvCacheTest, StateThatIsNotByPositionIsLiveAsAWhole) {
  std::vector<CacheLayout> layouts = TwoCaches();
  EXPECT_TRUE(KvCache::Create(layouts, {false, false})->can_truncate());
  layouts[1].by_position = false;
  KvCache cache = *KvCache::Create(layouts, {false, false});
  using Range = std::pair<int64_t, size_t>;
  EXPECT_FALSE(cache.can_truncate());
  EXPECT_THAT(Ranges(cache, 1), ElementsAre(Range(0, 32), Range(0, 128)));
  EXPECT_THAT(Ranges(cache, 0), IsEmpty());
}

TEST(KvCacheTest, WhatLiveRangesHoldMakesTheSameCacheElsewhere) {
  KvCache cache = *KvCache::Create(TwoCaches(), {true, false});
  cache.Swap(0);  // what is live is current()
  for (int c = 0; c < cache.size(); ++c) {
    auto* bytes = static_cast<uint8_t*>(cache.current(c));
    std::iota(bytes, bytes + cache.bytes(c), static_cast<uint8_t>(c + 1));
  }
  std::vector<uint8_t> saved;
  const KvCache& source = cache;
  source.ForEachLiveRange(5, [&](absl::Span<const uint8_t> range) {
    saved.insert(saved.end(), range.begin(), range.end());
  });
  ASSERT_EQ(static_cast<int64_t>(saved.size()), source.LiveBytes(5));
  KvCache copy = *KvCache::Create(TwoCaches(), {false, false});
  size_t at = 0;
  copy.ForEachLiveRange(5, [&](absl::Span<uint8_t> range) {
    std::memcpy(range.data(), saved.data() + at, range.size());
    at += range.size();
  });
  EXPECT_EQ(at, saved.size());
  // Byte by byte: positions [0, 5) as they were, the others zeros.
  for (int c = 0; c < cache.size(); ++c) {
    const CacheLayout& layout = cache.layouts()[c];
    const int64_t row = layout.bytes / layout.shape.Product(0, layout.position_axis + 1);
    for (int64_t i = 0; i < layout.bytes; ++i) {
      const bool live = i / row % layout.shape.dim(layout.position_axis) < 5;
      EXPECT_EQ(static_cast<uint8_t*>(copy.current(c))[i],
                live ? static_cast<uint8_t*>(cache.current(c))[i] : 0)
          << c << " " << i;
    }
  }
}

}  // namespace
}  // namespace edgetasks::llm
