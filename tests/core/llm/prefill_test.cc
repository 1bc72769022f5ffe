#include "core/llm/prefill.h"

#include <gtest/gtest.h>

#include <vector>

namespace edgetasks::llm {
namespace {

// The chunks of a prompt as "(length of the signature, tokens)"; length 1 is decode.
std::vector<std::pair<int, int>> Plan(const std::vector<int>& lengths, int tokens, int position,
                                      int capacity, bool may_pad = true) {
  std::vector<std::pair<int, int>> plan;
  while (tokens > 0) {
    const PrefillChunk chunk = NextPrefillChunk(lengths, tokens, position, capacity, may_pad);
    plan.emplace_back(chunk.step < 0 ? 1 : lengths[chunk.step], chunk.count);
    tokens -= chunk.count;
    position += chunk.count;
  }
  return plan;
}
using Chunks = std::vector<std::pair<int, int>>;

TEST(PrefillTest, RunsWhatCostsLeastForEachToken) {
  EXPECT_EQ(Plan({16, 128}, 300, 0, 512),
            (Chunks{{128, 128}, {128, 128}, {16, 16}, {16, 16}, {16, 12}}));
  EXPECT_EQ(Plan({16, 128}, 120, 0, 512), (Chunks{{128, 120}}));
  EXPECT_EQ(Plan({8, 128}, 16, 0, 512), (Chunks{{8, 8}, {8, 8}}));
  EXPECT_EQ(Plan({16, 128}, 140, 0, 512), (Chunks{{128, 128}, {16, 12}}));
  EXPECT_EQ(Plan({16, 128}, 3, 0, 512), (Chunks{{16, 3}}));
  EXPECT_EQ(Plan({16, 128}, 16, 0, 512), (Chunks{{16, 16}}));
}

TEST(PrefillTest, DecodesWhereThereIsNoPrefill) {
  EXPECT_EQ(Plan({}, 2, 0, 512), (Chunks{{1, 1}, {1, 1}}));
}

TEST(PrefillTest, FinishesTheTailOfTheContextWithoutWritingPastIt) {
  EXPECT_EQ(Plan({16, 128}, 20, 480, 512), (Chunks{{16, 16}, {16, 4}}));
  EXPECT_EQ(Plan({16}, 3, 508, 512), (Chunks{{1, 1}, {1, 1}, {1, 1}}));
  EXPECT_EQ(Plan({4, 16}, 6, 505, 512), (Chunks{{4, 4}, {1, 1}, {1, 1}}));
}

TEST(PrefillTest, NeverPadsWhereThatWouldHurt) {
  EXPECT_EQ(Plan({4, 16}, 22, 0, 512, false), (Chunks{{16, 16}, {4, 4}, {1, 1}, {1, 1}}));
}

TEST(PrefillTest, NoPlanEverWritesPastTheCapacity) {
  const std::vector<int> lengths = {3, 7, 20};
  for (int capacity = 1; capacity < 60; ++capacity) {
    for (int position = 0; position < capacity; ++position) {
      for (int tokens = 1; tokens <= capacity - position; ++tokens) {
        for (const bool may_pad : {false, true}) {
          int at = position;
          for (const auto& [length, count] : Plan(lengths, tokens, position, capacity, may_pad)) {
            ASSERT_LE(at + length, capacity);
            ASSERT_LE(count, length);
            ASSERT_TRUE(may_pad || count == length);
            at += count;
          }
          ASSERT_EQ(at, position + tokens);
        }
      }
    }
  }
}

}  // namespace
}  // namespace edgetasks::llm
