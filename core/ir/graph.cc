#include "core/ir/graph.h"

#include "absl/strings/str_cat.h"

namespace edgetasks::ir {

std::string NameOf(OpCode code) {
  switch (code) {
#define EDGETASKS_OP_CODE(name, number) \
  case OpCode::name:                    \
    return #name;
#include "core/ir/op_codes.inc"
#undef EDGETASKS_OP_CODE
    case OpCode::SCALED_DOT_PRODUCT_ATTENTION:
      return "SCALED_DOT_PRODUCT_ATTENTION";
    case OpCode::GROUPED_QUERY_ATTENTION:
      return "GROUPED_QUERY_ATTENTION";
    case OpCode::RMS_NORM:
      return "RMS_NORM";
    case OpCode::ROTARY_EMBEDDING:
      return "ROTARY_EMBEDDING";
    case OpCode::GATED_ACTIVATION:
      return "GATED_ACTIVATION";
    case OpCode::CONV_DEPTHWISE_CONV:
      return "CONV_DEPTHWISE_CONV";
    case OpCode::UPDATE_ROWS:
      return "UPDATE_ROWS";
    case OpCode::LAYER_NORM:
      return "LAYER_NORM";
    case OpCode::kFirstFused:
      break;
  }
  return absl::StrCat("operator ", static_cast<int>(code));
}

std::string Op::DisplayName() const {
  return code == OpCode::CUSTOM ? absl::StrCat("CUSTOM ", custom_name) : NameOf(code);
}

}  // namespace edgetasks::ir
