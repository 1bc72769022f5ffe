#include "core/ir/kernel.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"
#include "core/base/status_macros.h"

namespace edgetasks::ir {

StateStore::Entry& StateStore::Get(const std::string& name) { return *At(IndexOf(name)); }

absl::StatusOr<std::shared_ptr<StateStore>> StateStore::Clone() const {
  auto clone = std::make_shared<StateStore>();
  for (const auto& [name, entry] : entries_) {
    Entry& copy = clone->Get(name);
    copy.shape = entry->shape;
    copy.dtype = entry->dtype;
    copy.initialized = entry->initialized;
    ET_ASSIGN_OR_RETURN(copy.buffer, entry->buffer.Clone());
  }
  return clone;
}

int StateStore::IndexOf(const std::string& name) {
  for (size_t i = 0; i < entries_.size(); ++i) {
    if (entries_[i].first == name) return static_cast<int>(i);
  }
  entries_.emplace_back(name, std::make_unique<Entry>());
  return static_cast<int>(entries_.size()) - 1;
}

StateStore::Entry* StateStore::At(int64_t index) {
  if (index < 0 || index >= static_cast<int64_t>(entries_.size())) return nullptr;
  return entries_[index].second.get();
}

absl::Status PrepareContext::CheckOperands(int min_inputs, int max_inputs, int outputs) const {
  const int inputs = num_inputs();
  if (inputs < min_inputs || (max_inputs >= 0 && inputs > max_inputs)) {
    return Invalid("expected ", min_inputs, max_inputs == min_inputs ? "" : " or more",
                   " inputs, got ", inputs);
  }
  for (int i = 0; i < min_inputs; ++i) {
    if (!has_input(i)) return Invalid("input ", i, " is required, but left out");
  }
  if (outputs >= 0 && num_outputs() != outputs) {
    return Invalid("expected ", outputs, " outputs, got ", num_outputs());
  }
  return absl::OkStatus();
}

absl::Status PrepareContext::CheckType(const char* kind, int i, DType got,
                                       std::initializer_list<DType> allowed) const {
  std::string names;
  for (DType dtype : allowed) {
    if (dtype == got) return absl::OkStatus();
    absl::StrAppend(&names, names.empty() ? "" : ", ", NameOf(dtype));
  }
  return Unsupported(ErrorDetail::kUnsupportedType, op().DisplayName(), ": ", kind, " ", i, " is ",
                     NameOf(got), "; supported: ", names);
}

absl::Status PrepareContext::CheckInputType(int i, std::initializer_list<DType> allowed) const {
  return CheckType("input", i, input(i).dtype(), allowed);
}

absl::Status PrepareContext::CheckOutputType(int i, std::initializer_list<DType> allowed) const {
  return CheckType("output", i, output(i).dtype(), allowed);
}

absl::Status PrepareContext::IntValues(int i, std::vector<int64_t>* values) const {
  const Operand& operand = input(i);
  const int64_t count = operand.num_elements();
  values->resize(count);
  const auto* bytes = static_cast<const uint8_t*>(operand.data);
  for (int64_t k = 0; k < count; ++k) {
    if (operand.dtype() == DType::kInt32) {
      int32_t value;  // constants may be unaligned
      std::memcpy(&value, bytes + k * sizeof(value), sizeof(value));
      (*values)[k] = value;
    } else if (operand.dtype() == DType::kInt64) {
      std::memcpy(&(*values)[k], bytes + k * sizeof(int64_t), sizeof(int64_t));
    } else {
      return CheckInputType(i, {DType::kInt32, DType::kInt64});
    }
  }
  return absl::OkStatus();
}

absl::Status PrepareContext::InvalidMessage(const std::string& message) const {
  return InvalidGraph(op().DisplayName(), ": ", message);
}

absl::Status EvalContext::BadValueMessage(const std::string& message) const {
  return MakeError(absl::StatusCode::kOutOfRange, ErrorDetail::kBadValue,
                   absl::StrCat(op().DisplayName(), ": ", message));
}

}  // namespace edgetasks::ir
