// Reads picture files for the command line. The library itself takes pixels.
#ifndef CPP_API_CLI_PICTURE_READER_H_
#define CPP_API_CLI_PICTURE_READER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "tasks/image_classifier/image.h"

namespace edgetasks::cli {

// A decoded picture that owns its pixels, without gaps between rows. A file with one channel is
// gray, with three RGB, with alpha RGBA.
struct Picture {
  int width = 0, height = 0;
  PixelFormat format = PixelFormat::kRgb;
  std::vector<uint8_t> pixels;

  // Valid as long as this object lives.
  Image view() const { return {absl::MakeConstSpan(pixels), width, height, 0, format}; }
};

// Reads a PNG, JPEG or BMP, told apart by content. 16-bit PNGs lose their low bytes. A
// JPEG comes upright, as the orientation in its EXIF data says.
//
// NOT_FOUND (kFileNotFound), INVALID_ARGUMENT (kFileUnreadable) as MappedFile::Open;
// INVALID_ARGUMENT (kInvalidImage) if the file is none of the three, damaged, or has more than 2^28
// pixels. The path stands in front of every message.
absl::StatusOr<Picture> ReadPicture(const std::string& path);

// As above, from memory; `name` stands in for the path.
absl::StatusOr<Picture> DecodePicture(absl::Span<const uint8_t> bytes, absl::string_view name);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_PICTURE_READER_H_
