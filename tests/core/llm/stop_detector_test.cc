#include "core/llm/stop_detector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace edgetasks::llm {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Sequences = std::vector<std::vector<int32_t>>;

TEST(StopDetectorTest, PassesTokensThroughWithoutSequences) {
  StopDetector detector(Sequences{{}});
  EXPECT_THAT(detector.Push(5), ElementsAre(5));
  EXPECT_THAT(detector.Flush(), IsEmpty());
  EXPECT_FALSE(detector.stopped());
}

TEST(StopDetectorTest, HidesAStopToken) {
  StopDetector detector(Sequences{{2}, {9}});
  EXPECT_THAT(detector.Push(5), ElementsAre(5));
  EXPECT_THAT(detector.Push(9), IsEmpty());
  EXPECT_TRUE(detector.stopped());
}

TEST(StopDetectorTest, HoldsBackTheBeginningOfASequence) {
  StopDetector detector(Sequences{{1, 2, 3}});
  EXPECT_THAT(detector.Push(1), IsEmpty());
  EXPECT_THAT(detector.Push(2), IsEmpty());
  EXPECT_THAT(detector.Push(1), ElementsAre(1, 2));
  EXPECT_THAT(detector.Push(2), IsEmpty());
  EXPECT_THAT(detector.Push(3), IsEmpty());
  EXPECT_TRUE(detector.stopped());
}

TEST(StopDetectorTest, ShowsWhatStoodBeforeTheSequence) {
  StopDetector detector(Sequences{{1, 1, 2}});
  EXPECT_THAT(detector.Push(1), IsEmpty());
  EXPECT_THAT(detector.Push(1), IsEmpty());
  EXPECT_THAT(detector.Push(1), ElementsAre(1));
  EXPECT_THAT(detector.Push(2), IsEmpty());
  EXPECT_TRUE(detector.stopped());
}

TEST(StopDetectorTest, ReturnsWhatItHeldWhenTheGenerationEnds) {
  StopDetector detector(Sequences{{1, 2, 3}});
  detector.Push(1);
  detector.Push(2);
  EXPECT_THAT(detector.Flush(), ElementsAre(1, 2));
}

}  // namespace
}  // namespace edgetasks::llm
