#include <cstring>

#include "core/base/error.h"
#include "core/kernels/registry.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace edgetasks {
namespace {

using ir::DType;
using ir::Shape;

// VAR_HANDLE, then ASSIGN_VARIABLE or READ_VARIABLE through it, over one store.
class VariablesTest : public ::testing::Test {
 protected:
  VariablesTest() : pool_(1) {
    handle_.dtype = DType::kResource;
    value_.shape = {2};
  }

  absl::Status Run(ir::OpCode code, ir::OpParams params, std::vector<ir::Operand*> inputs,
                   std::vector<ir::Operand*> outputs) {
    ir::Op op;
    op.code = code;
    op.params = std::move(params);
    ir::Node node;
    node.op = &op;
    node.inputs = std::move(inputs);
    node.outputs = std::move(outputs);
    const ir::Kernel* kernel = kernels::FindKernel(code);
    ir::PrepareContext prepare(&node, 1);
    if (absl::Status status = kernel->prepare(prepare); !status.ok()) return status;
    ir::EvalContext eval(&node, &pool_, &state_);
    return kernel->eval(eval);
  }

  int32_t Handle(const std::string& name) {
    int32_t id = -1;
    ir::Operand handle{&handle_, {}, false, &id};
    EXPECT_TRUE(Run(ir::OpCode::VAR_HANDLE, ir::VarHandleParams{"", name}, {}, {&handle}).ok());
    return id;
  }
  absl::Status Assign(int32_t id, std::vector<float> values) {
    ir::Operand handle{&handle_, {}, true, &id};
    ir::Operand value{&value_, Shape{static_cast<int32_t>(values.size())}, true, values.data()};
    return Run(ir::OpCode::ASSIGN_VARIABLE, {}, {&handle, &value}, {});
  }
  absl::Status Read(int32_t id, float (&values)[2]) {
    ir::Operand handle{&handle_, {}, true, &id};
    ir::Operand value{&value_, {}, false, values};
    return Run(ir::OpCode::READ_VARIABLE, {}, {&handle}, {&value});
  }

  ThreadPool pool_;
  ir::StateStore state_;
  ir::Tensor handle_, value_;
};

TEST_F(VariablesTest, ReadsWhatWasAssigned) {
  const int32_t a = Handle("a"), b = Handle("b");
  EXPECT_NE(a, b);
  EXPECT_EQ(Handle("a"), a);
  ASSERT_TRUE(Assign(a, {1, 2}).ok());
  ASSERT_TRUE(Assign(b, {3, 4}).ok());
  float values[2] = {};
  ASSERT_TRUE(Read(a, values).ok());
  EXPECT_THAT(values, ::testing::ElementsAre(1, 2));
  ASSERT_TRUE(Read(b, values).ok());
  EXPECT_THAT(values, ::testing::ElementsAre(3, 4));
}

TEST_F(VariablesTest, NamesAVariableThatWasNeverAssigned) {
  float values[2] = {};
  EXPECT_EQ(GetErrorDetail(Read(Handle("a"), values)), ErrorDetail::kBadValue);
  EXPECT_EQ(GetErrorDetail(Read(77, values)), ErrorDetail::kBadValue);
  EXPECT_EQ(GetErrorDetail(Assign(-1, {1, 2})), ErrorDetail::kBadValue);
}

TEST_F(VariablesTest, RefusesAnotherShapeThanTheReaderExpects) {
  const int32_t a = Handle("a");
  ASSERT_TRUE(Assign(a, {1, 2, 3}).ok());
  float values[2] = {};
  EXPECT_EQ(GetErrorDetail(Read(a, values)), ErrorDetail::kBadValue);
}

}  // namespace
}  // namespace edgetasks
