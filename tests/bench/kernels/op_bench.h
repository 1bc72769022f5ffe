// Measures one op at every instruction-set level of this processor and at one and all threads, as
// the runtime runs it: what the kernels of a family are worth with everything around them.
#ifndef TESTS_BENCH_KERNELS_OP_BENCH_H_
#define TESTS_BENCH_KERNELS_OP_BENCH_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "tests/support/graph_builder.h"

namespace edgetasks::bench {

// A graph of one op (or few) that is added to an empty model, with its outputs set.
using BuildGraph = std::function<void(test::GraphBuilder&)>;

// Registers "FAMILY/NAME/LEVEL/threads:N" for each level and number of threads, with the counters
// GB/s (read and written) and GMAC/s as core/kernels/op_cost.h counts them. Inputs are random.
void RegisterOp(const std::string& family, const std::string& name, BuildGraph build);

// `count` bytes, or floats in [-1, 1), the same in each run.
std::vector<int8_t> RandomBytes(int64_t count);
std::vector<float> RandomFloats(int64_t count);

// A constant of int8, or of int4 that is stored as one, with a scale for each index of its first
// axis.
int QuantizedWeights(test::GraphBuilder& g, const ir::Shape& shape, ir::DType dtype);

// Gives a tensor one scale and zero point.
void Quantize(test::GraphBuilder& g, int tensor, float scale, int zero_point);

// What each family's file registers.
void RegisterAttention();
void RegisterBytes();
void RegisterConv();
void RegisterDepthwise();
void RegisterDot();
void RegisterElementwise();
void RegisterGemm();
void RegisterLimits();

}  // namespace edgetasks::bench

#endif  // TESTS_BENCH_KERNELS_OP_BENCH_H_
