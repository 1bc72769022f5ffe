#include "core/plan/storage_planner.h"

#include "gtest/gtest.h"

namespace edgetasks::plan {
namespace {

using ir::StorageKind;

// A graph of one-input, one-output ops and what the planner is told about it.
class StorageTest : public ::testing::Test {
 protected:
  int AddTensor(int64_t bytes, bool known = false) {
    graph_.tensors.emplace_back();
    request_.tensor_bytes.push_back(bytes);
    request_.tensor_is_known.push_back(known);
    return static_cast<int>(graph_.tensors.size()) - 1;
  }
  int AddOp(std::vector<int> inputs, Reuse reuse, int64_t bytes = 64) {
    ir::Op op;
    op.inputs = std::move(inputs);
    op.outputs = {AddTensor(bytes)};
    graph_.ops.push_back(op);
    request_.op_reuse.push_back(reuse);
    request_.op_runs.push_back(true);
    return op.outputs[0];
  }
  void Plan() {
    request_.graph = &graph_;
    plan_ = PlanStorage(request_);
  }
  int StorageOf(int tensor) const { return plan_.storage_of_tensor[tensor]; }
  StorageKind KindOf(int tensor) const { return plan_.storages[StorageOf(tensor)].kind; }

  ir::Graph graph_;
  StorageRequest request_;
  ir::StoragePlan plan_;
};

TEST_F(StorageTest, AnInPlaceOpTakesTheMemoryOfADyingInput) {
  const int input = AddTensor(64);
  const int a = AddOp({input}, Reuse::kNone);
  const int b = AddOp({a}, Reuse::kInPlace);
  const int c = AddOp({b}, Reuse::kNone);
  graph_.inputs = {input};
  graph_.outputs = {c};
  Plan();
  EXPECT_EQ(StorageOf(a), StorageOf(b));
  EXPECT_EQ(KindOf(a), StorageKind::kArena);
  EXPECT_EQ(plan_.storages[StorageOf(a)].block.first, 0);
  EXPECT_EQ(plan_.storages[StorageOf(a)].block.last, 2);
}

TEST_F(StorageTest, AnInputThatIsReadLaterIsNotOverwritten) {
  const int input = AddTensor(64);
  const int a = AddOp({input}, Reuse::kNone);
  const int b = AddOp({a}, Reuse::kInPlace);
  const int c = AddOp({b, a}, Reuse::kNone);
  graph_.inputs = {input};
  graph_.outputs = {c};
  Plan();
  EXPECT_NE(StorageOf(a), StorageOf(b));
}

TEST_F(StorageTest, AnInputThatIsReadTwiceByTheOpIsNotOverwritten) {
  const int input = AddTensor(64);
  const int a = AddOp({input}, Reuse::kNone);
  const int b = AddOp({a, a}, Reuse::kInPlace);
  const int c = AddOp({b}, Reuse::kNone);
  graph_.inputs = {input};
  graph_.outputs = {c};
  Plan();
  EXPECT_NE(StorageOf(a), StorageOf(b));
}

TEST_F(StorageTest, AViewMaySeeAnInputThatIsReadLater) {
  const int input = AddTensor(64);
  const int a = AddOp({input}, Reuse::kNone);
  const int view = AddOp({a}, Reuse::kView);
  const int c = AddOp({view, a}, Reuse::kNone);
  graph_.inputs = {input};
  graph_.outputs = {c};
  Plan();
  EXPECT_EQ(StorageOf(a), StorageOf(view));
}

TEST_F(StorageTest, WhoeverIsSeenThroughAViewIsNotOverwritten) {
  const int input = AddTensor(64);
  const int a = AddOp({input}, Reuse::kNone);
  const int view = AddOp({a}, Reuse::kView);
  const int changed = AddOp({view}, Reuse::kInPlace);
  const int c = AddOp({changed, a}, Reuse::kNone);  // a is still read
  graph_.inputs = {input};
  graph_.outputs = {c};
  Plan();
  EXPECT_NE(StorageOf(changed), StorageOf(a));
}

TEST_F(StorageTest, GraphInputsAndConstantsAreNeverOverwritten) {
  const int input = AddTensor(64);
  const int constant = AddTensor(64, /*known=*/true);
  const int a = AddOp({input}, Reuse::kInPlace);
  const int b = AddOp({constant}, Reuse::kInPlace);
  const int c = AddOp({a, b}, Reuse::kNone);
  graph_.inputs = {input};
  graph_.outputs = {c};
  Plan();
  EXPECT_EQ(KindOf(input), StorageKind::kInput);
  EXPECT_EQ(KindOf(constant), StorageKind::kConstant);
  EXPECT_EQ(KindOf(a), StorageKind::kArena);
  EXPECT_EQ(KindOf(b), StorageKind::kArena);
}

TEST_F(StorageTest, AnOutputLivesInTheOutputsMemoryThroughInPlaceOps) {
  const int input = AddTensor(64);
  const int a = AddOp({input}, Reuse::kNone);
  const int b = AddOp({a}, Reuse::kInPlace);
  graph_.inputs = {input};
  graph_.outputs = {b};
  Plan();
  EXPECT_EQ(KindOf(b), StorageKind::kOutput);
  EXPECT_EQ(StorageOf(a), StorageOf(b));
}

TEST_F(StorageTest, AnOutputIsNotOverwrittenByALaterOp) {
  const int input = AddTensor(64);
  const int a = AddOp({input}, Reuse::kNone);
  const int b = AddOp({a}, Reuse::kInPlace);
  graph_.inputs = {input};
  graph_.outputs = {a, b};
  Plan();
  EXPECT_NE(StorageOf(a), StorageOf(b));
}

TEST_F(StorageTest, AnAllowedAliasUpdatesTheInputInPlace) {
  const int cache = AddTensor(64);
  const int other = AddTensor(64);
  const int updated = AddOp({cache, other}, Reuse::kInPlace);
  const int read = AddOp({updated}, Reuse::kNone);
  graph_.inputs = {cache, other};
  graph_.outputs = {updated, read};
  request_.allowed_aliases = {{0, 0}};
  Plan();
  EXPECT_EQ(StorageOf(updated), StorageOf(cache));
  EXPECT_EQ(KindOf(updated), StorageKind::kInput);
}

TEST_F(StorageTest, AnAliasIsRefusedWhereTheOldValueIsStillRead) {
  const int cache = AddTensor(64);
  const int updated = AddOp({cache}, Reuse::kInPlace);
  const int read = AddOp({cache, updated}, Reuse::kNone);
  graph_.inputs = {cache};
  graph_.outputs = {updated, read};
  request_.allowed_aliases = {{0, 0}};
  Plan();
  EXPECT_NE(StorageOf(updated), StorageOf(cache));
}

TEST_F(StorageTest, AnAliasReachesThroughViews) {
  const int cache = AddTensor(64);
  const int flat = AddOp({cache}, Reuse::kView);
  const int updated = AddOp({flat}, Reuse::kInPlace);
  const int shaped = AddOp({updated}, Reuse::kView);
  graph_.inputs = {cache};
  graph_.outputs = {shaped};
  request_.allowed_aliases = {{0, 0}};
  Plan();
  EXPECT_EQ(StorageOf(shaped), StorageOf(cache));
}

TEST_F(StorageTest, TensorsOfUnknownSizeAreDynamic) {
  const int input = AddTensor(64);
  const int a = AddOp({input}, Reuse::kInPlace, /*bytes=*/-1);
  graph_.inputs = {input};
  graph_.outputs = {a};
  Plan();
  EXPECT_EQ(KindOf(a), StorageKind::kDynamic);
}

}  // namespace
}  // namespace edgetasks::plan
