// Runs one op through its kernel, without a model file or an executor.
#ifndef TESTS_SUPPORT_OP_RUNNER_H_
#define TESTS_SUPPORT_OP_RUNNER_H_

#include <cstring>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/ir/kernel.h"

namespace edgetasks::test {

inline ir::Quantization PerTensor(float scale, int32_t zero_point) {
  ir::Quantization q;
  q.scales = {scale};
  q.zero_points = {zero_point};
  return q;
}

// Add the operands in the op's order, Run(), then read the outputs:
//
//   OpRunner runner(ir::OpCode::SOFTMAX, ir::SoftmaxParams{1.0f});
//   runner.AddInput<float>({1, 3}, {0, 1, 2});
//   runner.AddOutput(ir::DType::kFloat32);
//   ASSERT_TRUE(runner.Run().ok());
//   EXPECT_THAT(runner.Output<float>(0), ElementsAre(...));
class OpRunner {
 public:
  explicit OpRunner(ir::OpCode code, ir::OpParams params = {}, std::string custom_name = "");

  // A run-time input: Prepare does not see its value.
  template <typename T>
  void AddInput(const ir::Shape& shape, const std::vector<T>& values, ir::Quantization q = {}) {
    AddBytes(ir::DTypeOf<T>(), shape, ToBytes(values), std::move(q), false);
  }
  // A constant: Prepare sees its value.
  template <typename T>
  void AddConstant(const ir::Shape& shape, const std::vector<T>& values, ir::Quantization q = {}) {
    AddBytes(ir::DTypeOf<T>(), shape, ToBytes(values), std::move(q), true);
  }
  // Any type, by its bytes (float16 bits, packed int4).
  void AddBytes(ir::DType dtype, const ir::Shape& shape, const std::vector<uint8_t>& bytes,
                ir::Quantization q, bool constant);
  void AddMissingInput();
  void AddOutput(ir::DType dtype, ir::Quantization q = {});

  // Output 0 gets the memory of input 0, as a planner gives it to kernels that may run in place.
  // The two must take the same bytes.
  void ShareMemoryOfInput0() { in_place_ = true; }

  // Finds the kernel, prepares and evaluates. Run again keeps the state of stateful ops.
  absl::Status Run(int num_threads = 1);

  const ir::Shape& OutputShape(int i) const { return outputs_[i].operand.shape; }
  template <typename T>
  std::vector<T> Output(int i) const {
    const std::vector<uint8_t>& bytes = outputs_[i].bytes;
    std::vector<T> values(bytes.size() / sizeof(T));
    for (size_t k = 0; k < values.size(); ++k) {
      T value;  // vector<bool> has no data()
      std::memcpy(&value, bytes.data() + k * sizeof(T), sizeof(T));
      values[k] = value;
    }
    return values;
  }

 private:
  struct Slot {
    ir::Tensor tensor;
    ir::Operand operand;
    std::vector<uint8_t> bytes;
    bool missing = false;
    bool constant = false;
  };

  template <typename T>
  static std::vector<uint8_t> ToBytes(const std::vector<T>& values) {
    std::vector<uint8_t> bytes(values.size() * sizeof(T));
    for (size_t i = 0; i < values.size(); ++i) {
      const T value = values[i];  // vector<bool> has no data()
      std::memcpy(bytes.data() + i * sizeof(T), &value, sizeof(T));
    }
    return bytes;
  }

  ir::Op op_;
  std::deque<Slot> inputs_, outputs_;  // deques: operands are pointed to
  ir::StateStore state_;
  bool in_place_ = false;
};

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_OP_RUNNER_H_
