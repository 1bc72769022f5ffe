// LiveStream without a model: what is taken, dropped, delivered, in which order, and closing.
#include "tasks/image_classifier/live_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <random>
#include <stdexcept>
#include <thread>
#include <vector>

#include "core/base/error.h"

namespace edgetasks::tasks {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

absl::StatusOr<ClassificationResult> NoHeads() { return ClassificationResult(); }
absl::Status Ready() { return absl::OkStatus(); }

void ExpectStatistics(const LiveStream& stream, int64_t frames, int64_t results, int64_t errors,
                      int64_t dropped) {
  const LiveStreamStatistics got = stream.statistics();
  EXPECT_EQ(got.frames, frames);
  EXPECT_EQ(got.results, results);
  EXPECT_EQ(got.errors, errors);
  EXPECT_EQ(got.dropped, dropped);
}

bool Idle(const LiveStream& stream) {
  const LiveStreamStatistics s = stream.statistics();
  return s.frames == s.results + s.errors + s.dropped;
}

void WaitUntilIdle(const LiveStream& stream) {
  while (!Idle(stream)) std::this_thread::yield();
}

TEST(FrameClockTest, TimesIncreaseStrictlyFromZero) {
  FrameClock clock;
  EXPECT_THAT(std::string(clock.Advance(-1).message()), HasSubstr("0 or more"));
  EXPECT_TRUE(clock.Advance(0).ok());
  EXPECT_TRUE(clock.Advance(7).ok());
  for (const int64_t time : {7, 6, -1}) {
    const absl::Status status = clock.Advance(time);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kBadValue);
    EXPECT_THAT(std::string(status.message()), HasSubstr("later than that of the frame before, 7"));
  }
  EXPECT_TRUE(clock.Advance(8).ok());
}

TEST(LiveStreamTest, DropsWhatComesWhileTheCallbackRuns) {
  std::promise<void> entered, go;
  std::vector<int64_t> times;
  auto stream = LiveStream::Create(&NoHeads, [&](auto result, int64_t time) {
    ASSERT_TRUE(result.ok());
    EXPECT_EQ(result->timestamp_ms, time);
    times.push_back(time);
    if (time > 1) return;
    entered.set_value();
    go.get_future().wait();
  });
  ASSERT_TRUE(stream.ok());
  EXPECT_TRUE((*stream)->Offer(1, &Ready).ok());
  entered.get_future().wait();
  ExpectStatistics(**stream, 1, 0, 0, 0);
  bool prepared = false;
  const auto prepare = [&] { return prepared = true, absl::OkStatus(); };
  for (int64_t time = 2; time < 9; ++time) EXPECT_TRUE((*stream)->Offer(time, prepare).ok());
  // A time that does not increase is refused whether the frame would be dropped or not.
  EXPECT_EQ(GetErrorDetail((*stream)->Offer(8, prepare)), ErrorDetail::kBadValue);
  EXPECT_FALSE(prepared);
  ExpectStatistics(**stream, 8, 0, 0, 7);
  go.set_value();
  WaitUntilIdle(**stream);
  EXPECT_TRUE((*stream)->Offer(9, prepare).ok());
  (*stream)->Close();
  EXPECT_TRUE(prepared);
  ExpectStatistics(**stream, 9, 2, 0, 7);
  EXPECT_THAT(times, ElementsAre(1, 9));
}

TEST(LiveStreamTest, ErrorsGoToTheCallbackAndStopNothing) {
  int runs = 0;
  std::vector<absl::StatusCode> codes;
  auto stream = LiveStream::Create(
      [&]() -> absl::StatusOr<ClassificationResult> {
        if (++runs == 2) return absl::OutOfRangeError("index");
        return ClassificationResult();
      },
      [&](auto result, int64_t time) {
        codes.push_back(result.status().code());
        if (time == 3) throw std::runtime_error("of the callback's");
      });
  ASSERT_TRUE(stream.ok());
  for (int64_t time = 1; time <= 4; ++time) {
    EXPECT_TRUE((*stream)->Offer(time, &Ready).ok());
    WaitUntilIdle(**stream);
  }
  using Code = absl::StatusCode;
  EXPECT_THAT(codes, ElementsAre(Code::kOk, Code::kOutOfRange, Code::kOk, Code::kOk));
  ExpectStatistics(**stream, 4, 2, 2, 0);
}

TEST(LiveStreamTest, AFrameThatCannotBePreparedIsNone) {
  auto stream = LiveStream::Create(&NoHeads, [](auto, int64_t) {});
  ASSERT_TRUE(stream.ok());
  const auto refuse = [] { return absl::InvalidArgumentError("no picture"); };
  EXPECT_EQ((*stream)->Offer(1, refuse).message(), "no picture");
  ExpectStatistics(**stream, 0, 0, 0, 0);
  EXPECT_TRUE((*stream)->Offer(2, &Ready).ok());
  (*stream)->Close();
  ExpectStatistics(**stream, 1, 1, 0, 0);
}

TEST(LiveStreamTest, CloseWaitsForTheFrameUnderWay) {
  std::promise<void> entered, go;
  std::atomic<bool> delivered{false};
  auto stream = LiveStream::Create(
      [&] {
        entered.set_value();
        go.get_future().wait();
        return NoHeads();
      },
      [&](auto, int64_t) { delivered = true; });
  ASSERT_TRUE(stream.ok());
  EXPECT_TRUE((*stream)->Offer(1, &Ready).ok());
  entered.get_future().wait();
  std::thread closer([&] {
    (*stream)->Close();
    EXPECT_TRUE(delivered);
  });
  // Refused from the moment Close began; the frame is still under way.
  absl::Status status;
  for (int64_t time = 2; status.ok(); ++time) status = (*stream)->Offer(time, &Ready);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(GetErrorDetail(status), ErrorDetail::kClosed);
  EXPECT_FALSE(delivered);
  go.set_value();
  closer.join();
  (*stream)->Close();  // again: nothing happens
  EXPECT_EQ((*stream)->statistics().results, 1);
}

TEST(LiveStreamTest, TheCallbackMayCallEverything) {
  LiveStream* open = nullptr;
  std::promise<absl::Status> reply;
  auto stream = LiveStream::Create(&NoHeads, [&](auto, int64_t time) {
    EXPECT_TRUE(open->Offer(time + 1, &Ready).ok());
    EXPECT_EQ(open->statistics().dropped, 1);
    open->Close();
    reply.set_value(open->Offer(time + 2, &Ready));
  });
  ASSERT_TRUE(stream.ok());
  open = stream->get();
  EXPECT_TRUE(open->Offer(1, &Ready).ok());
  EXPECT_EQ(GetErrorDetail(reply.get_future().get()), ErrorDetail::kClosed);
  open->Close();
  ExpectStatistics(*open, 2, 1, 0, 1);
}

// Cameras that share a stream, with times that race: what is refused is refused to one of them, and
// results still come in order.
TEST(LiveStreamTest, ResultsComeInOrderWhoeverOffers) {
  std::vector<int64_t> times;
  int in_input = 0;  // no lock: prepare and run must exclude each other (TSan looks)
  auto stream = LiveStream::Create([&] { return ++in_input, NoHeads(); },
                                   [&](auto, int64_t time) { times.push_back(time); });
  ASSERT_TRUE(stream.ok());
  std::atomic<int64_t> clock{0}, taken{0};
  std::vector<std::thread> cameras;
  for (int i = 0; i < 4; ++i) {
    cameras.emplace_back([&] {
      for (int frame = 0; frame < 2000; ++frame) {
        const auto prepare = [&] { return ++in_input, absl::OkStatus(); };
        if ((*stream)->Offer(clock++, prepare).ok()) ++taken;
      }
    });
  }
  for (std::thread& camera : cameras) camera.join();
  (*stream)->Close();
  const LiveStreamStatistics statistics = (*stream)->statistics();
  EXPECT_EQ(statistics.frames, taken);
  EXPECT_EQ(statistics.results + statistics.dropped, taken);
  EXPECT_EQ(in_input, 2 * statistics.results);
  EXPECT_EQ(static_cast<int64_t>(times.size()), statistics.results);
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
}

}  // namespace
}  // namespace edgetasks::tasks
