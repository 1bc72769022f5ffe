#include "cpp_api/cli/picture_reader.h"

#include <algorithm>
#include <limits>
#include <memory>

#include "absl/strings/match.h"
#include "core/base/error.h"
#include "core/base/mapped_file.h"
#include "core/base/status_macros.h"
#include "cpp_api/cli/orientation.h"

// Only the three formats that are read; from memory; all functions static to this file.
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_ONLY_BMP
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS (1 << 20)
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#include <stb/stb_image.h>

namespace edgetasks::cli {
namespace {

constexpr int64_t kMaxPixels = int64_t{1} << 28;

template <typename... Args>
absl::Status BadPicture(absl::string_view name, const Args&... args) {
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidImage,
                   absl::StrCat(name, ": ", args...));
}

// "PNG", "JPEG", "BMP", or "" for anything else.
absl::string_view FormatOf(absl::Span<const uint8_t> bytes) {
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (absl::StartsWith(text, "\x89PNG\r\n\x1a\n")) return "PNG";
  if (absl::StartsWith(text, "\xff\xd8\xff")) return "JPEG";
  if (absl::StartsWith(text, "BM")) return "BMP";
  return "";
}

// Whether every Huffman table of a JPEG file has at most the 256 codes that there are bytes (ITU-T
// T.81, B.2.4.2): stb_image 2.27 writes behind its tables otherwise. Follows the segments as it
// does; where the file breaks off or contradicts itself it stops, as that does too.
bool HuffmanTablesFit(absl::Span<const uint8_t> bytes) {
  constexpr int kEndOfImage = 0xD9, kTables = 0xC4, kScan = 0xDA;
  size_t at = 2;
  while (at + 3 < bytes.size()) {
    const int marker = bytes[at] == 0xFF ? bytes[at + 1] : 0;
    const bool alone = marker <= 1 || marker == 0xFF || (marker >= 0xD0 && marker <= 0xD8);
    if (alone) {
      ++at;
      continue;
    }
    if (marker == kEndOfImage) return true;
    const size_t length = size_t{bytes[at + 2]} << 8 | bytes[at + 3];
    const size_t end = at + 2 + length;
    at += 4;
    if (marker == kScan) continue;  // its data hold no marker but those between scans
    while (marker == kTables && at < end) {
      if (at + 17 > bytes.size()) return true;
      size_t codes = 0;
      for (size_t i = 1; i <= 16; ++i) codes += bytes[at + i];
      if (codes > 256) return false;
      at += 17 + codes;
    }
    at = std::max(at, end);
  }
  return true;
}

}  // namespace

absl::StatusOr<Picture> DecodePicture(absl::Span<const uint8_t> bytes, absl::string_view name) {
  const absl::string_view format = FormatOf(bytes);
  if (format.empty()) {
    return BadPicture(name, "not a picture that can be read; expected a PNG, JPEG or BMP file");
  }
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max())) {
    return BadPicture(name, "the file is larger than 2 GiB");
  }
  const int size = static_cast<int>(bytes.size());
  if (format == "JPEG" && !HuffmanTablesFit(bytes)) {
    return BadPicture(name, "damaged JPEG file: a Huffman table has more than 256 codes");
  }
  Picture picture;
  int channels = 0;
  if (!stbi_info_from_memory(bytes.data(), size, &picture.width, &picture.height, &channels)) {
    return BadPicture(name, "damaged ", format, " file: ", stbi_failure_reason());
  }
  if (int64_t{picture.width} * picture.height > kMaxPixels) {
    return BadPicture(name, "the picture has ", picture.width, " x ", picture.height,
                      " pixels; at most ", kMaxPixels, " are read");
  }
  // Gray with alpha becomes RGBA.
  const int wanted = channels == 2 ? 4 : channels;
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load_from_memory(bytes.data(), size, &picture.width, &picture.height, &channels, wanted),
      stbi_image_free);
  if (pixels == nullptr) {
    return BadPicture(name, "damaged ", format, " file: ", stbi_failure_reason());
  }
  picture.format = wanted == 1   ? PixelFormat::kGray
                   : wanted == 3 ? PixelFormat::kRgb
                                 : PixelFormat::kRgba;
  picture.pixels.assign(pixels.get(),
                        pixels.get() + int64_t{picture.width} * picture.height * wanted);
  if (format == "JPEG") {
    TurnUpright(ExifOrientation(bytes), wanted, &picture.width, &picture.height, &picture.pixels);
  }
  return picture;
}

absl::StatusOr<Picture> ReadPicture(const std::string& path) {
  ET_ASSIGN_OR_RETURN(const std::shared_ptr<const MappedFile> file, MappedFile::Open(path));
  return DecodePicture(file->bytes(), path);
}

}  // namespace edgetasks::cli
