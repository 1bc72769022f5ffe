// CONV_DEPTHWISE_CONV (fused): a CONV_2D, a DEPTHWISE_CONV_2D and a CONV_2D, one after another.
// Source: core/graph/recognise_conv_blocks.cc says which ops this stands for.
//
// Where all three go by rows (see Conv2D, DepthwiseConv2D), a row of the output is taken from start
// to end before the next: the wide tensors between exist only as the few rows that the depthwise
// filter looks at, which stay in a cache. Else the three are evaluated as they are.
#include <algorithm>
#include <array>

#include "core/base/checked_math.h"
#include "core/kernels/ops/conv_2d.h"
#include "core/kernels/ops/depthwise_conv_2d.h"
#include "core/kernels/ops/op.h"
#include "core/kernels/ops/slots.h"

namespace edgetasks::kernels {
namespace {

// The op's inputs: the picture, then filter and bias of each stage; biases may be left out. The
// stages' operands are numbered alike, and go on with the tensors between and the output.
enum : int { kPicture = 0, kInputs = 7, kExpanded = 7, kFiltered = 8, kOutput = 9, kOperands = 10 };

// Worth a thread, to which they are some microseconds.
constexpr double kProductsAThread = 2e5;

// One of the three: an op of its own, of which all tensors are ours.
struct Stage {
  ir::Op op;
  mutable ir::Node node;  // where its scratch is, is only known in Eval. (One runs at a time.)
  int first_scratch = 0;  // of the fused op

  template <typename P>
  const P& prepared() const {
    return *static_cast<const P*>(node.prepared.get());
  }
};

struct Prepared {
  std::array<ir::Tensor, 2> between;
  std::array<Stage, 3> stages;
  // As the nodes'.
  mutable std::array<ir::Operand, kOperands> operands;
  bool by_rows = false;
  int slots = 1;
  // Bytes of a row of each tensor, and how many rows of the first are kept: in a ring, for each
  // slot.
  int64_t expanded_row = 0, filtered_row = 0, output_row = 0, ring_rows = 0;
  int expanded_scratch = -1, filtered_scratch = -1;  // rows of all slots, or the whole tensors
  double products = 0;

  const Conv2D& expand() const { return stages[0].prepared<Conv2D>(); }
  const DepthwiseConv2D& depthwise() const { return stages[1].prepared<DepthwiseConv2D>(); }
  const Conv2D& project() const { return stages[2].prepared<Conv2D>(); }
};

void Connect(ir::PrepareContext& context, const ir::ConvDepthwiseConvParams& params, Prepared* p) {
  for (int i = 0; i < kInputs; ++i) {
    if (context.has_input(i)) p->operands[i] = context.input(i);
  }
  p->operands[kOutput] = context.output(0);
  for (int i = 0; i < 2; ++i) {
    p->between[i].dtype = params.between[i].dtype;
    p->between[i].quantization = params.between[i].quantization;
    p->operands[kExpanded + i].tensor = &p->between[i];
  }
  const ir::OpCode codes[] = {ir::OpCode::CONV_2D, ir::OpCode::DEPTHWISE_CONV_2D,
                              ir::OpCode::CONV_2D};
  const ir::OpParams stage_params[] = {params.expand, params.depthwise, params.project};
  for (int i = 0; i < 3; ++i) {
    Stage& stage = p->stages[i];
    stage.op.code = codes[i];
    stage.op.params = stage_params[i];
    stage.node.op = &stage.op;
    const int filter = 1 + 2 * i;
    stage.node.inputs = {&p->operands[i == 0 ? kPicture : kExpanded + i - 1], &p->operands[filter]};
    if (context.has_input(filter + 1)) stage.node.inputs.push_back(&p->operands[filter + 1]);
    stage.node.outputs = {&p->operands[kExpanded + i]};
  }
}

absl::Status PrepareStages(ir::PrepareContext& context, Prepared* p) {
  for (Stage& stage : p->stages) {
    ir::PrepareContext inner(&stage.node, context.num_threads());
    ET_RETURN_IF_ERROR(stage.op.code == ir::OpCode::CONV_2D
                           ? PrepareConv2DFor(inner, ConvCaller::kRows)
                           : PrepareDepthwiseConv2D(inner));
    for (const int64_t bytes : stage.node.scratch_bytes) {
      const int index = context.AddScratch(bytes);
      if (stage.node.scratch.empty()) stage.first_scratch = index;
      stage.node.scratch.push_back(nullptr);
    }
  }
  return absl::OkStatus();
}

bool CanGoByRows(const Prepared& p) {
  const Conv2D &expand = p.expand(), &project = p.project();
  const DepthwiseConv2D& depthwise = p.depthwise();
  if (!RowsAreInput(project.shape)) return false;
  if (expand.by_floats) {
    return depthwise.by_floats && project.by_floats && project.floats.schedule.row_scratch < 0;
  }
  return expand.by_panels && depthwise.by_bytes && project.by_panels &&
         project.panels.schedule.row_scratch < 0;
}

double ProductsOf(const Prepared& p) {
  const auto elements = [&](int i) {
    return static_cast<double>(p.operands[i].shape.num_elements());
  };
  const ref::DepthwiseShape& depthwise = p.depthwise().shape;
  return elements(kExpanded) * static_cast<double>(p.expand().shape.filter_size()) +
         elements(kFiltered) * depthwise.y.filter * depthwise.x.filter +
         elements(kOutput) * static_cast<double>(p.project().shape.filter_size());
}

// Asks for memory for what is between.
bool AddBetween(ir::PrepareContext& context, Prepared* p) {
  int64_t bytes[3];
  for (int i = 0; i < 3; ++i) {
    const ir::Operand& operand = p->operands[kExpanded + i];
    if (!ir::CheckedBytes(operand.shape, operand.dtype(), &bytes[i])) return false;
  }
  if (p->by_rows) {
    const auto row_bytes = [&](int i, int64_t rows) { return rows == 0 ? 0 : bytes[i] / rows; };
    const ref::Window& window = p->depthwise().shape.y;
    p->expanded_row = row_bytes(0, p->expand().shape.rows());
    p->filtered_row = row_bytes(1, p->project().shape.rows());
    p->output_row = row_bytes(2, p->project().shape.rows());
    p->ring_rows =
        std::min<int64_t>(window.input, int64_t{window.filter - 1} * window.dilation + 1);
    if (!CheckedMul<int64_t>(p->slots * p->ring_rows, p->expanded_row, &bytes[0]) ||
        !CheckedMul<int64_t>(p->slots, p->filtered_row, &bytes[1])) {
      return false;
    }
  }
  p->expanded_scratch = context.AddScratch(bytes[0]);
  p->filtered_scratch = context.AddScratch(bytes[1]);
  return true;
}

// The stages of one kind of arithmetic, with the contexts that they are evaluated in.
struct Rows {
  const Prepared& p;
  ir::EvalContext expand, depthwise, project;

  Rows(const Prepared& prepared, ir::EvalContext& context)
      : p(prepared),
        expand(&p.stages[0].node, &context.pool(), &context.state()),
        depthwise(&p.stages[1].node, &context.pool(), &context.state()),
        project(&p.stages[2].node, &context.pool(), &context.state()) {}

  void Pack() {
    const Conv2D &first = p.expand(), &last = p.project();
    if (first.by_floats) {
      PackConvFloats(expand, first.shape, first.floats);
      PackConvFloats(project, last.shape, last.floats);
    } else {
      PackConvPanels(expand, first.shape, first.panels);
      PackDepthwiseBytes(depthwise, p.depthwise().shape, p.depthwise().bytes);
      PackConvPanels(project, last.shape, last.panels);
    }
  }

  static void Convolve(ir::EvalContext& context, const Conv2D& conv, const void* input,
                       int64_t slot, int64_t pixel, int64_t count, uint8_t* out) {
    const auto* bytes = static_cast<const uint8_t*>(input);
    if (conv.by_floats) {
      ComputeConvFloats(context, conv.shape, conv.floats, bytes, slot, pixel, count, out);
    } else {
      ComputeConvPanels(context, conv.shape, conv.panels, bytes, slot, pixel, count, out);
    }
  }

  // Row y of the depthwise op's output for an image, from `ring`.
  void Filter(int64_t y, const uint8_t* ring, uint8_t* out) const {
    const DepthwiseConv2D& d = p.depthwise();
    const auto row_at = [&](int64_t input_y) {
      return ring + input_y % p.ring_rows * p.expanded_row;
    };
    if (d.by_floats) {
      ComputeDepthwiseFloats(
          depthwise, d.shape, d.floats, y,
          [&](int64_t input_y) { return reinterpret_cast<const float*>(row_at(input_y)); },
          reinterpret_cast<float*>(out));
    } else {
      ComputeDepthwiseBytes(depthwise, d.shape, d.bytes, y, row_at, out);
    }
  }

  // Rows [begin, end) of the output, counted over all images.
  void Compute(int64_t slot, int64_t begin, int64_t end, uint8_t* rings, uint8_t* filtered,
               uint8_t* output) {
    const ref::Window& window = p.depthwise().shape.y;
    const int64_t width = p.expand().shape.x.output;
    uint8_t* ring = rings + slot * p.ring_rows * p.expanded_row;
    filtered += slot * p.filtered_row;
    int64_t next = 0;  // the first row of the image that was not expanded
    for (int64_t row = begin; row < end; ++row) {
      const int64_t y = row % window.output, image = row / window.output;
      if (y == 0) next = 0;
      const ref::Window::Taps taps = window.TapsAt(y);
      const int64_t last = taps.first + int64_t{taps.end - taps.begin - 1} * window.dilation;
      for (next = std::max(next, taps.first); next <= last; ++next) {
        Convolve(expand, p.expand(), expand.in<uint8_t>(0), slot,
                 (image * window.input + next) * width, width,
                 ring + next % p.ring_rows * p.expanded_row);
      }
      Filter(y, ring, filtered);
      Convolve(project, p.project(), filtered, slot, 0, p.project().shape.x.output,
               output + row * p.output_row);
    }
  }
};

}  // namespace

absl::Status PrepareConvDepthwiseConv(ir::PrepareContext& context) {
  ET_RETURN_IF_ERROR(context.CheckOperands(2, kInputs, 1));
  if (!context.has_input(3) || !context.has_input(5)) {
    return context.Invalid("expected a filter for each of three convolutions");
  }
  auto* p = context.MakePrepared<Prepared>();
  Connect(context, context.params<ir::ConvDepthwiseConvParams>(), p);
  ET_RETURN_IF_ERROR(PrepareStages(context, p));
  p->slots = std::max(1, context.num_threads());
  p->by_rows = CanGoByRows(*p);
  p->products = ProductsOf(*p);
  if (!AddBetween(context, p)) return context.Invalid("the tensors between are too large");
  context.SetMethod(!p->by_rows             ? "one after another"
                    : p->expand().by_floats ? "float rows"
                                            : "integer rows");
  context.SetOutputShape(0, p->operands[kOutput].shape);
  return absl::OkStatus();
}

absl::Status EvalConvDepthwiseConv(ir::EvalContext& context) {
  const auto& p = context.prepared<Prepared>();
  for (int i = 0; i < kInputs; ++i) {
    if (context.has_input(i)) p.operands[i].data = context.input(i).data;
  }
  p.operands[kExpanded].data = context.scratch<void>(p.expanded_scratch);
  p.operands[kFiltered].data = context.scratch<void>(p.filtered_scratch);
  p.operands[kOutput].data = context.output(0).data;
  for (const Stage& stage : p.stages) {
    for (size_t i = 0; i < stage.node.scratch.size(); ++i) {
      stage.node.scratch[i] = context.scratch<void>(stage.first_scratch + static_cast<int>(i));
    }
  }
  if (context.output(0).num_elements() == 0) return absl::OkStatus();
  Rows rows(p, context);
  if (!p.by_rows) {
    ET_RETURN_IF_ERROR(EvalConv2D(rows.expand));
    ET_RETURN_IF_ERROR(EvalDepthwiseConv2D(rows.depthwise));
    return EvalConv2D(rows.project);
  }
  rows.Pack();
  auto* output = context.out<uint8_t>(0);
  ForEachSlot(context.pool(), p.slots, p.project().shape.rows(), p.products, kProductsAThread,
              [&](int64_t slot, int64_t begin, int64_t end) {
                rows.Compute(slot, begin, end, context.scratch<uint8_t>(p.expanded_scratch),
                             context.scratch<uint8_t>(p.filtered_scratch), output);
              });
  return absl::OkStatus();
}

}  // namespace edgetasks::kernels
