// Resource variables: VAR_HANDLE names one, ASSIGN_VARIABLE stores into it, READ_VARIABLE reads it.
// A handle's value is the number of the variable's entry in the StateStore.
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

struct Prepared {
  std::string name;  // of VAR_HANDLE
  int64_t bytes = 0;
};

ir::StateStore::Entry* EntryOf(ir::EvalContext& context) {
  return context.state().At(*context.in<int32_t>(0));
}

absl::Status CheckHandle(const ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {ir::DType::kResource}));
  if (context.input(0).num_elements() == 1) return absl::OkStatus();
  return context.Invalid("the handle must be one element");
}

}  // namespace

absl::Status PrepareVarHandle(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(0, 0, 1));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, {ir::DType::kResource}));
  const auto params = context.params<ir::VarHandleParams>();
  // No other user of the store has names that start so.
  context.MakePrepared<Prepared>()->name =
      absl::StrCat("variable/", params.container, "/", params.shared_name);
  const int64_t elements = context.output(0).tensor->shape.num_elements();
  context.SetOutputShape(0, elements == 1 ? context.output(0).tensor->shape : ir::Shape{});
  return absl::OkStatus();
}

absl::Status EvalVarHandle(ir::EvalContext& context) {
  *context.out<int32_t>(0) = context.state().IndexOf(context.prepared<Prepared>().name);
  return absl::OkStatus();
}

absl::Status PrepareReadVariable(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  ET_RETURN_IF_ERROR(CheckHandle(context));
  const ir::Operand& output = context.output(0);
  if (!ir::IsRunnable(output.dtype())) {
    return Unsupported(ErrorDetail::kUnsupportedType, context.op().DisplayName(), ": output 0 is ",
                       ir::NameOf(output.dtype()));
  }
  // What will be stored there is not known yet: the file says.
  const ir::Shape& shape = output.tensor->shape;
  auto* p = context.MakePrepared<Prepared>();
  if (!ir::CheckedBytes(shape, output.dtype(), &p->bytes)) {
    return context.Invalid("output 0 has the impossible shape ", shape.ToString());
  }
  context.SetOutputShape(0, shape);
  return absl::OkStatus();
}

absl::Status EvalReadVariable(ir::EvalContext& context) {
  const ir::StateStore::Entry* entry = EntryOf(context);
  const ir::Operand& output = context.output(0);
  if (entry == nullptr || !entry->initialized) {
    return context.BadValue("the variable is read before anything was assigned to it");
  }
  if (entry->dtype != output.dtype() || entry->shape != output.shape) {
    return context.BadValue("the variable holds ", ir::NameOf(entry->dtype), " ",
                            entry->shape.ToString(), ", expected ", ir::NameOf(output.dtype()), " ",
                            output.shape.ToString());
  }
  CopyBytes(context, entry->buffer.data(), output.data, context.prepared<Prepared>().bytes);
  return absl::OkStatus();
}

absl::Status PrepareAssignVariable(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, 2, 0));
  ET_RETURN_IF_ERROR(CheckHandle(context));
  const ir::Operand& value = context.input(1);
  if (!ir::IsRunnable(value.dtype())) return CheckWholeBytes(context, 1);
  auto* p = context.MakePrepared<Prepared>();
  if (!ir::CheckedBytes(value.shape, value.dtype(), &p->bytes)) {
    return context.Invalid("the value has the impossible shape ", value.shape.ToString());
  }
  return absl::OkStatus();
}

// Allocates on the first assignment, and where a value of another size is stored.
absl::Status EvalAssignVariable(ir::EvalContext& context) {
  ir::StateStore::Entry* entry = EntryOf(context);
  if (entry == nullptr) return context.BadValue("the handle names no variable");
  const ir::Operand& value = context.input(1);
  const int64_t bytes = context.prepared<Prepared>().bytes;
  if (!entry->initialized || static_cast<int64_t>(entry->buffer.size()) != bytes) {
    ET_ASSIGN_OR_RETURN(entry->buffer, AlignedBuffer::Allocate(bytes));
  }
  entry->shape = value.shape;
  entry->dtype = value.dtype();
  entry->initialized = true;
  CopyBytes(context, value.data, entry->buffer.data(), bytes);
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
