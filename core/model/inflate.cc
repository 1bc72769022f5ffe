#include "core/model/inflate.h"

#include <zlib.h>

#include <limits>

#include "absl/cleanup/cleanup.h"
#include "core/base/error.h"

namespace edgetasks::model {

absl::Status Inflate(absl::Span<const uint8_t> stream, absl::Span<uint8_t> output) {
  constexpr size_t kMaxBytes = std::numeric_limits<uInt>::max();
  if (stream.size() > kMaxBytes || output.size() > kMaxBytes) {
    return CorruptFile("a zlib stream of ", stream.size(), " bytes is too large");
  }
  z_stream state = {};
  if (inflateInit(&state) != Z_OK) {
    return MakeError(absl::StatusCode::kResourceExhausted, ErrorDetail::kOutOfMemory,
                     "no memory to decompress a zlib stream");
  }
  absl::Cleanup end = [&state] { inflateEnd(&state); };
  state.next_in = const_cast<Bytef*>(stream.data());  // zlib reads only
  state.avail_in = static_cast<uInt>(stream.size());
  state.next_out = output.data();
  state.avail_out = static_cast<uInt>(output.size());
  const int result = inflate(&state, Z_FINISH);
  if (result != Z_STREAM_END || state.avail_out != 0) {
    const char* reason = state.msg != nullptr     ? state.msg
                         : result == Z_STREAM_END ? "it is shorter"
                         : state.avail_out == 0   ? "it is longer"
                                                  : "it ends too early";
    return CorruptFile("a zlib stream of ", stream.size(), " bytes does not decompress to its ",
                       "declared ", output.size(), " bytes: ", reason);
  }
  return absl::OkStatus();
}

}  // namespace edgetasks::model
