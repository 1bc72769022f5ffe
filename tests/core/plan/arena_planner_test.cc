#include "core/plan/arena_planner.h"

#include <random>

#include "core/base/aligned_buffer.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace edgetasks::plan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

bool Overlap(int64_t a_begin, int64_t a_end, int64_t b_begin, int64_t b_end) {
  return a_begin < b_end && b_begin < a_end;
}

TEST(ArenaPlannerTest, NothingNeedsNothing) {
  const ir::MemoryPlan plan = PlanArena({});
  EXPECT_THAT(plan.offsets, IsEmpty());
  EXPECT_EQ(plan.total_bytes, 0);
}

TEST(ArenaPlannerTest, BlocksThatNeverMeetShareMemory) {
  const ir::Block blocks[] = {{256, 0, 1}, {128, 2, 3}, {64, 4, 4}};
  const ir::MemoryPlan plan = PlanArena(blocks);
  EXPECT_THAT(plan.offsets, ElementsAre(0, 0, 0));
  EXPECT_EQ(plan.total_bytes, 256);
}

TEST(ArenaPlannerTest, ABlockThatDiesWhereAnotherIsBornDoesNotShare) {
  const ir::Block blocks[] = {{64, 0, 1}, {64, 1, 2}};
  EXPECT_EQ(PlanArena(blocks).total_bytes, 128);
}

TEST(ArenaPlannerTest, FillsTheGapBetweenTwoBlocks) {
  // The two large ones live throughout; the middle one dies early and leaves a gap for the last.
  const ir::Block blocks[] = {{512, 0, 9}, {256, 0, 3}, {128, 0, 9}, {192, 4, 9}};
  const ir::MemoryPlan plan = PlanArena(blocks);
  EXPECT_EQ(plan.total_bytes, 512 + 256 + 128);
}

TEST(ArenaPlannerTest, OffsetsAreAlignedAndEmptyBlocksTakeNoRoom) {
  const ir::Block blocks[] = {{1, 0, 1}, {0, 0, 1}, {1, 0, 1}};
  const ir::MemoryPlan plan = PlanArena(blocks);
  for (int64_t offset : plan.offsets) EXPECT_EQ(offset % static_cast<int64_t>(kAlignment), 0);
  EXPECT_EQ(plan.total_bytes, 2 * static_cast<int64_t>(kAlignment));
}

TEST(ArenaPlannerTest, LivingBlocksNeverOverlap) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<ir::Block> blocks(random() % 40);
    for (ir::Block& block : blocks) {
      const int first = static_cast<int>(random() % 30);
      block = {static_cast<int64_t>(random() % 1000), first,
               first + static_cast<int>(random() % 8)};
    }
    const ir::MemoryPlan plan = PlanArena(blocks);
    for (size_t a = 0; a < blocks.size(); ++a) {
      ASSERT_LE(plan.offsets[a] + blocks[a].bytes, plan.total_bytes);
      for (size_t b = 0; b < a; ++b) {
        if (blocks[a].last < blocks[b].first || blocks[b].last < blocks[a].first) continue;
        ASSERT_FALSE(Overlap(plan.offsets[a], plan.offsets[a] + blocks[a].bytes, plan.offsets[b],
                             plan.offsets[b] + blocks[b].bytes))
            << "round " << round << ", blocks " << a << " and " << b;
      }
    }
  }
}

}  // namespace
}  // namespace edgetasks::plan
