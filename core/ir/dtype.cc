#include "core/ir/dtype.h"

namespace edgetasks::ir {
namespace {

struct DTypeInfo {
  absl::string_view name;
  int bits;
};

// In the order of DType.
constexpr DTypeInfo kInfo[] = {
    {"float32", 32},     {"float16", 16},      {"bfloat16", 16},   {"int4", 4},
    {"int8", 8},         {"uint8", 8},         {"int16", 16},      {"int32", 32},
    {"int64", 64},       {"bool", 8},          {"resource", 32},   {"int2", 2},
    {"uint4", 4},        {"uint16", 16},       {"uint32", 32},     {"uint64", 64},
    {"float64", 64},     {"float8_e4m3fn", 8}, {"float8_e5m2", 8}, {"complex64", 64},
    {"complex128", 128}, {"str", 0},           {"variant", 0},
};
static_assert(sizeof(kInfo) / sizeof(kInfo[0]) == static_cast<int>(DType::kVariant) + 1);

}  // namespace

int BitsOf(DType dtype) { return kInfo[static_cast<int>(dtype)].bits; }

absl::string_view NameOf(DType dtype) { return kInfo[static_cast<int>(dtype)].name; }

}  // namespace edgetasks::ir
