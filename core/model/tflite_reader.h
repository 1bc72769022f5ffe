// Reads one TFLite graph file into plain data, verifying everything on the way.
#ifndef CORE_MODEL_TFLITE_READER_H_
#define CORE_MODEL_TFLITE_READER_H_

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/ir/graph.h"

namespace edgetasks::model {

// True if `bytes` begin like a TFLite FlatBuffer (identifier "TFL3"). Nothing else is looked at.
bool LooksLikeTflite(absl::Span<const uint8_t> bytes);

// `bytes` is the graph file from its first byte on: the FlatBuffer, then perhaps constants that
// Buffer.offset points to (from the start of `bytes`) and a ZIP of associated files. It may be
// larger than 2 GiB; the FlatBuffer itself lies in the first 2 GiB.
//
// The model holds views into `bytes`, which must outlive it. What cannot be a view because the file
// leaves it unaligned is copied into `owned`, which must outlive the model too. `bytes` that are
// not 4-byte aligned are copied as a whole.
//
// Errors name the subgraph, the op, the tensor, what was expected and what is there:
//   kNotAModelFile      no TFLite FlatBuffer
//   kUnsupportedFormat  another schema version, weights in external files, graphs compiled for an
//                       NPU, the weight files of MediaPipe's hand-written graphs
//   kCorruptFile        offsets, indices or sizes that lead out of the file or contradict each
//   other kInvalidGraph       values that are read before they are written, written twice or never;
//                       subgraphs that call each other in a circle; options out of their range
//   kUnsupportedType    sparse tensors, quantization that no kernel knows
//   kUnsupportedOp      an operator code beyond the format's
// Thread safe. Memory allocated is at most 4 times the size of `bytes` plus 64 MiB.
absl::StatusOr<ir::Model> ReadTflite(absl::Span<const uint8_t> bytes,
                                     std::vector<std::unique_ptr<std::vector<uint64_t>>>* owned);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_TFLITE_READER_H_
