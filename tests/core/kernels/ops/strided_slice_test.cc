#include <cstdint>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/op_runner.h"

namespace edgetasks {
namespace {

using ir::DType;
using ir::OpCode;
using ir::Shape;
using test::OpRunner;

struct Case {
  std::vector<int32_t> dims, begin, end, stride;
  ir::StridedSliceParams params;
  Shape shape;
  std::vector<float> expected;  // input: 0, 1, 2, ...
};

ir::StridedSliceParams Masks(int begin, int end, int ellipsis, int new_axis, int shrink,
                             bool offset = false) {
  return {begin, end, ellipsis, new_axis, shrink, offset};
}

TEST(StridedSliceTest, IndexesLikeNumpy) {
  const std::vector<Case> cases = {
      {{5}, {1}, {4}, {1}, {}, {3}, {1, 2, 3}},                                 // x[1:4]
      {{5}, {-4}, {-1}, {2}, {}, {2}, {1, 3}},                                  // x[-4:-1:2]
      {{5}, {0}, {0}, {-1}, Masks(1, 1, 0, 0, 0), {5}, {4, 3, 2, 1, 0}},        // x[::-1]
      {{5}, {3}, {0}, {-2}, {}, {2}, {3, 1}},                                   // x[3:0:-2]
      {{5}, {-100}, {100}, {1}, {}, {5}, {0, 1, 2, 3, 4}},                      // x[-100:100]
      {{5}, {4}, {1}, {1}, {}, {0}, {}},                                        // x[4:1]
      {{5}, {1}, {3}, {1}, Masks(0, 0, 0, 0, 0, true), {3}, {1, 2, 3}},         // offset
      {{5}, {2}, {3}, {2147483647}, {}, {1}, {2}},                              // x[2:3:big]
      {{5}, {-1}, {0}, {1}, Masks(0, 0, 0, 0, 1), Shape{}, {4}},                // x[-1]
      {{2, 3}, {0, 1}, {2, 3}, {1, 1}, {}, {2, 2}, {1, 2, 4, 5}},               // x[:, 1:3]
      {{2, 3}, {1, 0}, {2, 3}, {1, -1}, Masks(2, 2, 0, 0, 1), {3}, {5, 4, 3}},  // x[1, ::-1]
      {{2, 3}, {1}, {2}, {1}, {}, {1, 3}, {3, 4, 5}},                           // x[1:2]
      {{2, 3}, {0, 1}, {0, 2}, {1, 1}, Masks(0, 0, 1, 0, 0), {2, 1}, {1, 4}},   // x[..., 1:2]
      {{2, 3}, {0, 0, 2}, {0, 0, 3}, {1, 1, 1}, Masks(0, 0, 1, 2, 4), {2, 1}, {2, 5}},  // [...,
                                                                                        // None, 2]
      {{3}, {0, 0}, {0, 2}, {1, 1}, Masks(0, 0, 0, 1, 0), {1, 2}, {0, 1}},  // x[None, 0:2]
      {{2, 0, 3}, {1}, {2}, {1}, {}, {1, 0, 3}, {}},
  };
  for (const Case& c : cases) {
    for (bool constant : {true, false}) {
      std::vector<float> values;
      for (int64_t i = 0; i < Shape(c.dims).num_elements(); ++i) values.push_back(i);
      OpRunner runner(OpCode::STRIDED_SLICE, c.params);
      runner.AddInput<float>(Shape(c.dims), values);
      const Shape list = {static_cast<int32_t>(c.begin.size())};
      for (const auto* operand : {&c.begin, &c.end, &c.stride}) {
        if (constant) {
          runner.AddConstant<int32_t>(list, *operand);
        } else {
          runner.AddInput<int32_t>(list, *operand);
        }
      }
      runner.AddOutput(DType::kFloat32);
      const absl::Status status = runner.Run();
      ASSERT_TRUE(status.ok()) << status;
      EXPECT_EQ(runner.OutputShape(0), c.shape) << runner.OutputShape(0).ToString();
      EXPECT_EQ(runner.Output<float>(0), c.expected);
    }
  }
}

TEST(StridedSliceTest, RefusesWhatIsNoSlice) {
  const std::vector<Case> cases = {
      {{5}, {0}, {1}, {0}, {}, {}, {}},                             // stride 0
      {{5}, {5}, {6}, {1}, Masks(0, 0, 0, 0, 1), {}, {}},           // x[5]
      {{5}, {0, 0}, {1, 1}, {1, 1}, {}, {}, {}},                    // too many entries
      {{5}, {0, 0}, {1, 1}, {1, 1}, Masks(0, 0, 3, 0, 0), {}, {}},  // two ellipses
      {{0}, {0}, {0}, {1}, Masks(0, 0, 0, 0, 1), {}, {}},           // element of nothing
  };
  for (const Case& c : cases) {
    OpRunner runner(OpCode::STRIDED_SLICE, c.params);
    runner.AddInput<float>(Shape(c.dims), std::vector<float>(c.dims[0]));
    const Shape list = {static_cast<int32_t>(c.begin.size())};
    for (const auto* operand : {&c.begin, &c.end, &c.stride}) {
      runner.AddConstant<int32_t>(list, *operand);
    }
    runner.AddOutput(DType::kFloat32);
    EXPECT_EQ(GetErrorDetail(runner.Run()), ErrorDetail::kInvalidGraph);
  }
}

}  // namespace
}  // namespace edgetasks
