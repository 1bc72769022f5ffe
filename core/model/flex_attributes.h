// FlexBuffers maps (the attributes of composites and of custom operators) as ir::Attributes.
#ifndef CORE_MODEL_FLEX_ATTRIBUTES_H_
#define CORE_MODEL_FLEX_ATTRIBUTES_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/ir/op_params.h"

namespace edgetasks::model {

// `bytes` is a FlexBuffer whose root is a map, at any address; empty bytes give no attributes.
//
// What ir::Attributes cannot hold as it is, is flattened: {"a": {"b": 1}} gives "a.b", and a vector
// of maps, vectors or strings gives "a.0", "a.1", ... A vector of integers and floats becomes one
// of doubles; a null is left out; a blob becomes a string.
//
// kCorruptFile: the root is no map, an offset leads out of `bytes`, or there are more than 1024
// attributes, 65536 values, 8 levels or 256 characters in a key.
//
// (The reader of the FlatBuffers library trusts its input, and the verifier of the versions in use
// does not check that keys end within the buffer.)
absl::StatusOr<ir::Attributes> ReadFlexAttributes(absl::Span<const uint8_t> bytes);

// About how many bytes of memory they take.
uint64_t MemoryOf(const ir::Attributes& attributes);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_FLEX_ATTRIBUTES_H_
