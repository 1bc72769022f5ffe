// What the parts of the TFLite reader share while one file is read. Internal to core/model.
#ifndef CORE_MODEL_TFLITE_FILE_H_
#define CORE_MODEL_TFLITE_FILE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/ir/dtype.h"
#include "core/model/schema/tflite_generated.h"

namespace edgetasks::model {

using OwnedBuffers = std::vector<std::unique_ptr<std::vector<uint64_t>>>;

// The DType of a TensorType number of the file; false if the number is none of the format's.
[[nodiscard]] bool DTypeOfTensorType(int type, ir::DType* dtype);

// Bytes that a constant's address must be a multiple of; 1 for packed types and strings.
size_t AlignmentOf(ir::DType dtype);

// For error messages: in quotes, control characters and broken UTF-8 escaped, long text cut.
std::string Quoted(absl::string_view text);
absl::string_view View(const flatbuffers::String* text);

// The verified FlatBuffer and the bytes around it. Offsets inside the FlatBuffer are sound; what
// the numbers in it say is not checked yet.
class TfliteFile {
 public:
  // `bytes` and `owned` must outlive this.
  TfliteFile(absl::Span<const uint8_t> bytes, const schema::Model& root, OwnedBuffers* owned);

  const schema::Model& root() const { return root_; }

  // Counts memory that the ir takes. A FlatBuffer may refer to one long vector from a million
  // places: kCorruptFile once the sum passes 4 times the file and 64 MiB.
  absl::Status Charge(uint64_t bytes);

  // `size` bytes at `offset` from the start of the file.
  absl::StatusOr<absl::Span<const uint8_t>> Range(uint64_t offset, uint64_t size) const;
  // The contents of a buffer; null data() if it has none.
  absl::StatusOr<absl::Span<const uint8_t>> BufferBytes(uint32_t index) const;
  // The same, at an address that is a multiple of `alignment` (up to 8): a copy where need be.
  absl::StatusOr<absl::Span<const uint8_t>> AlignedBufferBytes(uint32_t index, size_t alignment);

  // Copies of vectors and strings, charged. Null gives an empty one.
  absl::StatusOr<std::vector<int32_t>> Ints(const flatbuffers::Vector<int32_t>* values);
  absl::StatusOr<std::string> Text(const flatbuffers::String* text);

 private:
  absl::Span<const uint8_t> bytes_;
  const schema::Model& root_;
  OwnedBuffers& owned_;
  uint64_t charged_ = 0;
  std::map<uint32_t, absl::Span<const uint8_t>> realigned_;  // by buffer index
};

}  // namespace edgetasks::model

#endif  // CORE_MODEL_TFLITE_FILE_H_
