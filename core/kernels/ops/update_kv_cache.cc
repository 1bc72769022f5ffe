// odml.update_kv_cache: (positions [T], k [1, T, N, H], v [1, T, N, H]) -> the layer's whole caches
// [1, kv_cache_max, N, H] after k and v were written from position[0] on. The caches start as zeros
// and live in the StateStore.
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "core/kernels/ops/movement.h"
#include "core/kernels/ops/op.h"

namespace edgetasks::kernels {
namespace {

// What converters leave out means this (LiteRT, genai/kvcache.cc).
constexpr int64_t kDefaultCacheLength = 2048;

struct Prepared {
  std::string names[2];  // of the entries for k and v
  int64_t row_bytes = 0;
  int64_t cache_bytes = 0;
};

int64_t IntAttribute(const ir::Attributes& attributes, const std::string& name, int64_t missing) {
  const auto found = attributes.find(name);
  if (found == attributes.end()) return missing;
  const auto* value = std::get_if<int64_t>(&found->second);
  return value != nullptr && *value > 0 ? *value : missing;
}

// The cache of that name, allocated and zeroed on first use.
absl::StatusOr<uint8_t*> Cache(ir::EvalContext& context, int i) {
  const auto& p = context.prepared<Prepared>();
  const ir::Operand& output = context.output(i);
  ir::StateStore::Entry& entry = context.state().Get(p.names[i]);
  if (!entry.initialized) {
    ET_ASSIGN_OR_RETURN(entry.buffer, AlignedBuffer::Allocate(p.cache_bytes));
    entry.shape = output.shape;
    entry.dtype = output.dtype();
    entry.initialized = true;
  }
  if (entry.shape != output.shape || entry.dtype != output.dtype()) {
    return context.BadValue("the layer's cache has shape ", entry.shape.ToString(),
                            " elsewhere, and ", output.shape.ToString(), " here");
  }
  return entry.buffer.data();
}

}  // namespace

absl::Status PrepareUpdateKvCache(ir::PrepareContext& context) {
  using ir::DType;
  ET_RETURN_IF_ERROR(context.CheckOperands(3, 3, 2));
  ET_RETURN_IF_ERROR(context.CheckInputType(0, {DType::kInt64, DType::kInt32}));
  ET_RETURN_IF_ERROR(
      context.CheckInputType(1, {DType::kFloat32, DType::kFloat16, DType::kBFloat16}));
  ET_RETURN_IF_ERROR(context.CheckInputType(2, {context.input(1).dtype()}));
  const ir::Shape& k = context.input(1).shape;
  if (k.rank() != 4 || k.dim(0) != 1 || k != context.input(2).shape ||
      context.input(0).shape != ir::Shape{k.dim(1)}) {
    return context.Invalid("expected positions [T], k and v [1, T, N, H], got ",
                           context.input(0).shape.ToString(), ", ", k.ToString(), " and ",
                           context.input(2).shape.ToString());
  }
  const ir::Attributes attributes = context.params<ir::CustomParams>().attributes;
  const int64_t length = IntAttribute(attributes, "kv_cache_max", kDefaultCacheLength);
  const int64_t layer = IntAttribute(attributes, "layer_index", 0);
  if (k.dim(1) < 1 || k.dim(1) > length) {
    return context.Invalid(k.dim(1), " positions do not fit a cache of ", length);
  }
  auto* p = context.MakePrepared<Prepared>();
  for (int i : {0, 1}) {
    ET_RETURN_IF_ERROR(context.CheckOutputType(i, {context.input(1).dtype()}));
    ET_RETURN_IF_ERROR(SetCheckedShape(context, i, {1, length, k.dim(2), k.dim(3)}));
    p->names[i] = absl::StrCat("odml.update_kv_cache/", layer, i == 0 ? "/k" : "/v");
  }
  p->row_bytes = k.Product(2, 4) * ElementBytes(context.input(1).dtype());
  p->cache_bytes = p->row_bytes * length;
  return absl::OkStatus();
}

absl::Status EvalUpdateKvCache(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const int64_t count = context.input(1).shape.dim(1);
  const int64_t length = context.output(0).shape.dim(1);
  // As in LiteRT the first position alone says where: T positions in a row.
  const int64_t first = IntAt(context.input(0), 0);
  if (first < 0 || first > length - count) {
    return context.BadValue(count, " positions from ", first, " on do not fit a cache of ", length);
  }
  for (int i : {0, 1}) {
    ET_ASSIGN_OR_RETURN(uint8_t* const cache, Cache(context, i));
    CopyBytes(context, context.input(1 + i).data, cache + first * p.row_bytes, count * p.row_bytes);
    CopyBytes(context, cache, context.output(i).data, p.cache_bytes);
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
