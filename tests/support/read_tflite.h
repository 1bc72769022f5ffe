// Reads files that a test has made, and says what their error should be.
#ifndef TESTS_SUPPORT_READ_TFLITE_H_
#define TESTS_SUPPORT_READ_TFLITE_H_

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "core/base/error.h"
#include "core/model/tflite_reader.h"
#include "gmock/gmock.h"
#include "tests/support/tflite_builder.h"

namespace edgetasks::test {

// A file and what was read from it; views in the model stay valid as long as this lives.
struct TfliteRead {
  std::vector<uint8_t> bytes;
  std::vector<std::unique_ptr<std::vector<uint64_t>>> owned;
  absl::StatusOr<ir::Model> model = absl::UnknownError("not read");

  absl::Status status() const { return model.status(); }
  const ir::Graph& graph(int i = 0) const { return model->graphs[i]; }
  const ir::Tensor& tensor(int i) const { return model->graphs[0].tensors[i]; }
};

inline TfliteRead ReadBytes(std::vector<uint8_t> bytes) {
  TfliteRead read;
  read.bytes = std::move(bytes);
  read.model = model::ReadTflite(read.bytes, &read.owned);
  return read;
}

inline TfliteRead Read(const TfliteBuilder& builder) { return ReadBytes(builder.Finish()); }

// An absl::Status with this detail and this text in its message.
MATCHER_P2(IsError, detail, text, "") {
  *result_listener << "status " << arg.ToString();
  return !arg.ok() && GetErrorDetail(arg) == detail &&
         arg.message().find(text) != absl::string_view::npos;
}

MATCHER(IsOk, "") {
  *result_listener << "status " << arg.ToString();
  return arg.ok();
}

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_READ_TFLITE_H_
