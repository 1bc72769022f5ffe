// CAST: every runnable element type to every other. Integers wrap into narrower integers, floats
// saturate into integers (towards zero, NaN to 0), anything but 0 is true.
//
// Elements go through one block of int64 or float each, so that the types need one loop each to
// read and to write instead of one for every pair.
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "core/base/half.h"
#include "core/kernels/ops/elementwise.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ref/convert.h"

namespace edgetasks::kernels {
namespace {

using ir::DType;

constexpr int64_t kBlock = 256;  // even: no byte of packed int4 is shared between blocks

// A block of values on its way: integers exactly as int64, floating point exactly as float.
struct Block {
  int64_t count = 0;
  int64_t integers[kBlock];
  float floats[kBlock];
};
using Reader = void (*)(const void* data, int64_t first, Block* block);
using Writer = void (*)(const Block& block, void* data, int64_t first);

template <typename T>
void ReadIntegers(const void* data, int64_t first, Block* block) {
  const T* from = static_cast<const T*>(data) + first;
  for (int64_t i = 0; i < block->count; ++i) block->integers[i] = from[i];
}
void ReadInt4s(const void* data, int64_t first, Block* block) {
  const auto* packed = static_cast<const uint8_t*>(data);
  for (int64_t i = 0; i < block->count; ++i) block->integers[i] = ref::ReadInt4(packed, first + i);
}
void ReadBools(const void* data, int64_t first, Block* block) {
  const uint8_t* from = static_cast<const uint8_t*>(data) + first;
  for (int64_t i = 0; i < block->count; ++i) block->integers[i] = from[i] != 0;
}
void ReadFloats(const void* data, int64_t first, Block* block) {
  std::memcpy(block->floats, static_cast<const float*>(data) + first, block->count * sizeof(float));
}
template <float (*widen)(uint16_t)>
void ReadHalves(const void* data, int64_t first, Block* block) {
  const uint16_t* from = static_cast<const uint16_t*>(data) + first;
  for (int64_t i = 0; i < block->count; ++i) block->floats[i] = widen(from[i]);
}

template <typename To, typename From>  // From: float or int64_t
To ConvertTo(From value) {
  if constexpr (std::is_same_v<From, float> && std::is_integral_v<To>) {
    return ref::SaturateTo<To>(value);
  } else {
    return static_cast<To>(value);
  }
}

// `values` picks the half of the block that the source filled.
template <typename T, auto values>
void WriteAs(const Block& block, void* data, int64_t first) {
  T* to = static_cast<T*>(data) + first;
  for (int64_t i = 0; i < block.count; ++i) to[i] = ConvertTo<T>((block.*values)[i]);
}
template <auto narrow, auto values>
void WriteHalves(const Block& block, void* data, int64_t first) {
  uint16_t* to = static_cast<uint16_t*>(data) + first;
  for (int64_t i = 0; i < block.count; ++i) {
    to[i] = narrow(static_cast<float>((block.*values)[i]));
  }
}
template <auto values>
void WriteBools(const Block& block, void* data, int64_t first) {
  uint8_t* to = static_cast<uint8_t*>(data) + first;
  for (int64_t i = 0; i < block.count; ++i) to[i] = (block.*values)[i] != 0 ? 1 : 0;
}
template <auto values>
void WriteInt4s(const Block& block, void* data, int64_t first) {
  uint8_t* to = static_cast<uint8_t*>(data) + first / 2;
  const auto nibble = [&block](int64_t i) -> int {
    if (i >= block.count) return 0;
    const auto value = (block.*values)[i];
    if constexpr (std::is_floating_point_v<std::decay_t<decltype(value)>>) {
      return std::clamp<int>(ref::SaturateTo<int8_t>(value), -8, 7) & 0xf;
    } else {
      return static_cast<int>(value & 0xf);
    }
  };
  for (int64_t i = 0; i < block.count; i += 2) {
    to[i / 2] = static_cast<uint8_t>(nibble(i) | (nibble(i + 1) << 4));
  }
}

Reader ReaderOf(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return ReadFloats;
    case DType::kFloat16:
      return ReadHalves<HalfToFloat>;
    case DType::kBFloat16:
      return ReadHalves<BFloat16ToFloat>;
    case DType::kInt4:
      return ReadInt4s;
    case DType::kInt8:
      return ReadIntegers<int8_t>;
    case DType::kUInt8:
      return ReadIntegers<uint8_t>;
    case DType::kInt16:
      return ReadIntegers<int16_t>;
    case DType::kInt32:
      return ReadIntegers<int32_t>;
    case DType::kInt64:
      return ReadIntegers<int64_t>;
    default:
      return ReadBools;
  }
}

template <auto values>
Writer WriterOf(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return WriteAs<float, values>;
    case DType::kFloat16:
      return WriteHalves<FloatToHalf, values>;
    case DType::kBFloat16:
      return WriteHalves<FloatToBFloat16, values>;
    case DType::kInt4:
      return WriteInt4s<values>;
    case DType::kInt8:
      return WriteAs<int8_t, values>;
    case DType::kUInt8:
      return WriteAs<uint8_t, values>;
    case DType::kInt16:
      return WriteAs<int16_t, values>;
    case DType::kInt32:
      return WriteAs<int32_t, values>;
    case DType::kInt64:
      return WriteAs<int64_t, values>;
    default:
      return WriteBools<values>;
  }
}

struct Prepared {
  Reader read = nullptr;
  Writer write = nullptr;
};

}  // namespace

absl::Status PrepareCast(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(1, 1, 1));
  const auto types = {DType::kFloat32, DType::kFloat16, DType::kBFloat16, DType::kInt4,
                      DType::kInt8,    DType::kUInt8,   DType::kInt16,    DType::kInt32,
                      DType::kInt64,   DType::kBool};
  ET_RETURN_IF_ERROR(context.CheckInputType(0, types));
  ET_RETURN_IF_ERROR(context.CheckOutputType(0, types));
  const DType from = context.input(0).dtype();
  const DType to = context.output(0).dtype();
  const bool from_float =
      from == DType::kFloat32 || from == DType::kFloat16 || from == DType::kBFloat16;
  auto* p = context.MakePrepared<Prepared>();
  p->read = ReaderOf(from);
  p->write = from_float ? WriterOf<&Block::floats>(to) : WriterOf<&Block::integers>(to);
  return SetOutputShapeOfInput(context);
}

absl::Status EvalCast(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  const void* input = context.in<void>(0);
  void* output = context.out<void>(0);
  const int64_t count = context.output(0).num_elements();
  const int64_t blocks = (count + kBlock - 1) / kBlock;
  context.pool().ParallelFor(blocks, kMinElementsPerThread / kBlock,
                             [&](int64_t begin, int64_t end) {
                               Block block;
                               for (int64_t b = begin; b < end; ++b) {
                                 block.count = std::min(kBlock, count - b * kBlock);
                                 p.read(input, b * kBlock, &block);
                                 p.write(block, output, b * kBlock);
                               }
                             });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
