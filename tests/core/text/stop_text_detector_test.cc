#include "core/text/stop_text_detector.h"

#include <gtest/gtest.h>

namespace edgetasks::text {
namespace {

TEST(StopTextDetectorTest, PassesTextThroughWithoutStops) {
  StopTextDetector detector({"", ""});
  EXPECT_EQ(detector.Push("abc"), "abc");
  EXPECT_EQ(detector.Flush(), "");
  EXPECT_FALSE(detector.stopped());
}

TEST(StopTextDetectorTest, HidesAStopThatComesInPieces) {
  StopTextDetector detector({"<end>"});
  EXPECT_EQ(detector.Push("one <e"), "one ");
  EXPECT_EQ(detector.Push("nd"), "");
  EXPECT_EQ(detector.Push("> two"), "");
  EXPECT_TRUE(detector.stopped());
  EXPECT_EQ(detector.Push("three"), "");
  EXPECT_EQ(detector.Flush(), "");
}

TEST(StopTextDetectorTest, ReleasesWhatTurnsOutToBeNoStop) {
  StopTextDetector detector({"<end>"});
  EXPECT_EQ(detector.Push("<en"), "");
  EXPECT_EQ(detector.Push("<end"), "<en");
  EXPECT_EQ(detector.Flush(), "<end");
}

TEST(StopTextDetectorTest, TakesTheFirstOfSeveralStops) {
  StopTextDetector detector({"User:", "\n\n"});
  EXPECT_EQ(detector.Push("hello\n\nUser:"), "hello");
  EXPECT_TRUE(detector.stopped());
}

TEST(StopTextDetectorTest, FindsAStopThatOverlapsItself) {
  StopTextDetector detector({"aab"});
  EXPECT_EQ(detector.Push("aaa"), "a");
  EXPECT_EQ(detector.Push("b"), "");
  EXPECT_TRUE(detector.stopped());
}

}  // namespace
}  // namespace edgetasks::text
