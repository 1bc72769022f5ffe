// Reads and writes numpy's .npy files (format versions 1 to 3).
// Source: numpy's documentation, "numpy.lib.format".
#ifndef CPP_API_CLI_NPY_H_
#define CPP_API_CLI_NPY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "core/ir/dtype.h"

namespace edgetasks::cli {

struct NpyArray {
  ir::DType dtype = ir::DType::kFloat32;
  std::vector<int64_t> shape;
  std::vector<uint8_t> bytes;  // row-major, little endian; exactly what shape and dtype ask for
};

// NOT_FOUND, or INVALID_ARGUMENT with what is wrong: not an .npy file, Fortran order, big endian, a
// type that tensors cannot have, too few or too many bytes.
absl::StatusOr<NpyArray> ReadNpy(const std::string& path);

// bfloat16 is written as numpy's two-byte void type, as ml_dtypes reads it.
absl::Status WriteNpy(const std::string& path, const NpyArray& array);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_NPY_H_
