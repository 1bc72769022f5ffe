// A synthetic camera of 60 frames a second feeds two classifiers, 10,000 frames each. Its clock is
// the frames' own: they come as fast as a seeded schedule of waiting and hurrying lets them, so the
// test takes seconds instead of three minutes, and drops more frames than a camera would.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tasks/image_classifier/image_classifier_task.h"
#include "tests/support/sanitized.h"
#include "tests/support/testdata.h"

namespace edgetasks::tasks {
namespace {

constexpr int kScenes = 7;
constexpr int kWidth = 320, kHeight = 240;

int64_t TimeOf(int frame) { return int64_t{frame} * 1000 / 60; }

int64_t ResidentBytes() {
  int64_t size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

ImageClassifierOptions Options(const std::string& model) {
  ImageClassifierOptions options;
  options.base_options.model_asset_path = test::SourcePath("models/emoji/" + model);
  options.base_options.num_threads = 1;
  options.max_results = 3;
  return options;
}

// NV21 frames of coarse patches, as a camera gives them.
class Camera {
 public:
  explicit Camera(uint32_t seed) {
    std::mt19937 random(seed);
    for (std::vector<uint8_t>& scene : scenes_) {
      uint8_t patches[9][8];
      for (auto& row : patches) {
        std::generate(row, row + 8, [&] { return static_cast<uint8_t>(random()); });
      }
      for (int y = 0; y < kHeight * 3 / 2; ++y) {
        for (int x = 0; x < kWidth; ++x) scene.push_back(patches[y / 40][x / 40]);
      }
    }
  }
  Image Film(int frame) const {
    Image image;
    image.data = scenes_[frame % kScenes];
    image.width = kWidth;
    image.height = kHeight;
    image.format = PixelFormat::kNv21;
    return image;
  }

 private:
  std::vector<uint8_t> scenes_[kScenes];
};

struct Stream {
  Stream(const std::string& model, uint32_t seed) : camera(seed), random(seed) {
    const auto reference = ImageClassifierTask::Create(Options(model));
    EXPECT_TRUE(reference.ok()) << reference.status();
    for (int scene = 0; scene < kScenes; ++scene) {
      expected.push_back(*(*reference)->Classify(camera.Film(scene)));
    }
    ImageClassifierOptions options = Options(model);
    options.running_mode = RunningMode::kLiveStream;
    options.result_callback = [this](auto result, int64_t time) { Hear(result, time); };
    auto task = ImageClassifierTask::Create(options);
    EXPECT_TRUE(task.ok()) << task.status();
    classifier = *std::move(task);
  }

  // On the classifier's thread.
  void Hear(const absl::StatusOr<ClassificationResult>& result, int64_t time) {
    ASSERT_TRUE(result.ok()) << result.status();
    ++heard;
    EXPECT_GT(time, last_time);
    last_time = time;
    EXPECT_EQ(result->timestamp_ms, time);
    // The first frame of that time: floor(n * 1000 / 60) takes each value once.
    const int frame = static_cast<int>((time * 60 + 999) / 1000);
    ASSERT_EQ(TimeOf(frame), time);
    const auto& got = result->classifications.at(0).categories;
    const auto& wanted = expected[frame % kScenes].classifications.at(0).categories;
    ASSERT_EQ(got.size(), wanted.size());
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_EQ(got[i].index, wanted[i].index) << "frame " << frame;
      EXPECT_EQ(got[i].score, wanted[i].score) << "frame " << frame;
    }
  }

  void WaitUntilIdle() {
    for (;;) {
      const LiveStreamStatistics s = classifier->live_stream_statistics();
      if (s.frames == s.results + s.errors + s.dropped) return;
      std::this_thread::yield();
    }
  }

  // Frames `begin` to `end`: phases in which each frame waits for the one before, and phases in
  // which none does.
  void Film(int begin, int end) {
    int phase = 0;
    bool hurry = false;
    for (int frame = begin; frame < end; ++frame) {
      if (phase-- == 0) {
        hurry = !hurry;
        phase = static_cast<int>(random() % 40);
      }
      const Image image = camera.Film(frame);
      if (!hurry) WaitUntilIdle();
      const int64_t dropped = classifier->live_stream_statistics().dropped;
      ASSERT_TRUE(classifier->ClassifyAsync(image, TimeOf(frame)).ok());
      ++(hurry ? hurried : waited);
      if (!hurry) {
        ASSERT_EQ(classifier->live_stream_statistics().dropped, dropped) << frame;
      }
    }
    WaitUntilIdle();
  }

  Camera camera;
  std::mt19937 random;
  std::vector<ClassificationResult> expected;
  int64_t heard = 0, last_time = -1;  // the classifier's thread's, while it runs
  int64_t waited = 0, hurried = 0;
  std::unique_ptr<ImageClassifierTask> classifier;  // last: its thread uses the rest
};

void FilmBoth(Stream& a, Stream& b, int begin, int end) {
  std::thread other([&] { b.Film(begin, end); });
  a.Film(begin, end);
  other.join();
}

TEST(CameraTest, TwoClassifiersOfTenThousandFramesEach) {
  // A sanitizer makes a frame take as long as ten.
  const bool sanitized = test::HasAddressSanitizer() || test::HasThreadSanitizer();
  const int frames = sanitized ? 1000 : 10000, warm_up = frames / 10;
  Stream a("emoji_int8.tflite", 1), b("emoji_f32.tflite", 2);
  FilmBoth(a, b, 0, warm_up);
  const int64_t before = ResidentBytes();
  FilmBoth(a, b, warm_up, frames);
  // Allocators keep some of what threads gave back; a leak of 100 bytes a result would be more. The
  // shadow and quarantine of a sanitizer grow with time.
  if (!sanitized) {
    EXPECT_LT(ResidentBytes() - before, 1 << 19);
  }
  for (Stream* stream : {&a, &b}) {
    stream->classifier->Close();
    const LiveStreamStatistics s = stream->classifier->live_stream_statistics();
    EXPECT_EQ(s.frames, frames);
    EXPECT_EQ(s.results + s.dropped, frames);
    EXPECT_EQ(s.errors, 0);
    EXPECT_EQ(s.results, stream->heard);
    // Who waits is never dropped; of a phase of hurry at least the first frame may pass.
    EXPECT_GE(s.results, stream->waited);
    EXPECT_LE(s.dropped, stream->hurried);
    EXPECT_GT(s.dropped, 0);
  }
}

}  // namespace
}  // namespace edgetasks::tasks
