#include "core/kernels/ref/broadcast.h"

#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace edgetasks::kernels::ref {
namespace {

using ::testing::ElementsAre;

// The offset of output element `flat` in an operand, from the definition: index by index.
int64_t NaiveOffset(const ir::Shape& output, const ir::Shape& operand, int64_t flat) {
  int64_t offset = 0, stride = 1;
  for (int back = 0; back < output.rank(); ++back) {
    const int64_t index = flat % output.back(back);
    flat /= output.back(back);
    if (back < operand.rank()) {
      if (operand.back(back) != 1) offset += index * stride;
      stride *= operand.back(back);
    }
  }
  return offset;
}

void ExpectWalksLikeTheDefinition(const ir::Shape& output, const ir::Shape& a, const ir::Shape& b,
                                  const ir::Shape& c) {
  SCOPED_TRACE(output.ToString() + a.ToString() + b.ToString() + c.ToString());
  const BroadcastPlan plan = PlanBroadcast(output, {a, b, c});
  EXPECT_EQ(plan.count, output.num_elements());
  // Ranges of 1, 5 and all elements: as threads would split them.
  for (int64_t step : {int64_t{1}, int64_t{5}, plan.count}) {
    int64_t next = 0;
    for (int64_t begin = 0; begin < plan.count; begin += step) {
      ForEachBroadcastRun<3>(
          plan, begin, std::min(begin + step, plan.count), [&](const BroadcastRun<3>& run) {
            ASSERT_EQ(run.output, next);
            for (int64_t i = 0; i < run.length; ++i, ++next) {
              ASSERT_EQ(run.operand[0] + i * run.stride[0], NaiveOffset(output, a, next));
              ASSERT_EQ(run.operand[1] + i * run.stride[1], NaiveOffset(output, b, next));
              ASSERT_EQ(run.operand[2] + i * run.stride[2], NaiveOffset(output, c, next));
            }
          });
    }
    EXPECT_EQ(next, plan.count);
  }
}

TEST(BroadcastTest, WalksLikeTheDefinition) {
  ExpectWalksLikeTheDefinition({}, {}, {}, {});
  ExpectWalksLikeTheDefinition({7}, {7}, {1}, {});
  ExpectWalksLikeTheDefinition({2, 3}, {2, 1}, {3}, {2, 3});
  ExpectWalksLikeTheDefinition({2, 3, 5}, {3, 1}, {2, 1, 5}, {1, 1, 1});
  ExpectWalksLikeTheDefinition({4, 1, 3, 2}, {1, 3, 1}, {4, 1, 1, 2}, {4, 1, 3, 2});
  ExpectWalksLikeTheDefinition({2, 2, 2, 2, 2, 2, 2, 2}, {2, 1, 2, 1, 2, 1, 2, 1},
                               {1, 2, 1, 2, 1, 2, 1, 2}, {2});
}

TEST(BroadcastTest, MergesWhatOperandsWalkAlike) {
  EXPECT_EQ(PlanBroadcast({2, 3, 4}, {{2, 3, 4}, {2, 3, 4}}).rank, 1);
  EXPECT_EQ(PlanBroadcast({2, 3, 4}, {{2, 3, 4}, {}}).rank, 1);
  EXPECT_EQ(PlanBroadcast({2, 1, 3, 4}, {{2, 1, 3, 4}, {4}}).rank, 2);
}

TEST(BroadcastTest, EmptyOutputHasNoRuns) {
  const BroadcastPlan plan = PlanBroadcast({3, 0, 2}, {{3, 1, 2}, {0, 1}});
  EXPECT_EQ(plan.count, 0);
  ForEachBroadcastRun<2>(plan, 0, 0, [](const BroadcastRun<2>&) { ADD_FAILURE(); });
}

TEST(BroadcastTest, BinaryRunTakesEveryStride) {
  const std::vector<int> a = {1, 2, 3}, b = {10, 20, 30};
  const auto add = [](int x, int y) { return x + y; };
  const auto run_with = [&](int64_t stride_a, int64_t stride_b) {
    std::vector<int> output(3);
    BinaryRun(BroadcastRun<2>{0, {0, 0}, {stride_a, stride_b}, 3}, a.data(), b.data(),
              output.data(), add);
    return output;
  };
  EXPECT_THAT(run_with(1, 1), ElementsAre(11, 22, 33));
  EXPECT_THAT(run_with(1, 0), ElementsAre(11, 12, 13));
  EXPECT_THAT(run_with(0, 1), ElementsAre(11, 21, 31));
  EXPECT_THAT(run_with(0, 0), ElementsAre(11, 11, 11));
}

}  // namespace
}  // namespace edgetasks::kernels::ref
