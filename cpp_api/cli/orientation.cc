#include "cpp_api/cli/orientation.h"

#include <cstring>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"

namespace edgetasks::cli {
namespace {

constexpr absl::string_view kExifHeader("Exif\0\0", 6);
constexpr uint32_t kOrientationTag = 0x0112, kShort = 3;
constexpr size_t kEntryBytes = 12;

// JPEG markers (ITU-T T.81, table B.1).
constexpr int kStartOfScan = 0xda, kEndOfImage = 0xd9, kApp1 = 0xe1, kTem = 0x01;
bool HasNoLength(int marker) { return marker == kTem || (marker >= 0xd0 && marker <= 0xd8); }

// Numbers of either byte order; the caller has checked that they are there.
uint32_t Read(const uint8_t* p, int bytes, bool little_endian) {
  uint32_t value = 0;
  for (int i = 0; i < bytes; ++i) value = value << 8 | p[little_endian ? bytes - 1 - i : i];
  return value;
}

// The TIFF structure of EXIF data (TIFF 6.0, section 2): the orientation in its first directory, or
// 0. Offsets count from the start of `tiff`.
int TiffOrientation(absl::Span<const uint8_t> tiff) {
  if (tiff.size() < 8) return 0;
  const bool little_endian = tiff[0] == 'I';
  if (std::memcmp(tiff.data(), little_endian ? "II*\0" : "MM\0*", 4) != 0) return 0;
  const uint32_t directory = Read(&tiff[4], 4, little_endian);
  if (directory > tiff.size() - 2) return 0;
  const uint32_t entries = Read(&tiff[directory], 2, little_endian);
  const size_t first = size_t{directory} + 2;
  for (size_t i = 0; i < entries && first + (i + 1) * kEntryBytes <= tiff.size(); ++i) {
    const uint8_t* entry = &tiff[first + i * kEntryBytes];
    if (Read(entry, 2, little_endian) != kOrientationTag) continue;
    // One SHORT stands in the first two bytes of the value field.
    if (Read(entry + 2, 2, little_endian) != kShort) return 0;
    if (Read(entry + 4, 4, little_endian) != 1) return 0;
    const uint32_t value = Read(entry + 8, 2, little_endian);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 0;
  }
  return 0;
}

}  // namespace

int ExifOrientation(absl::Span<const uint8_t> jpeg) {
  if (jpeg.size() < 2 || jpeg[0] != 0xff || jpeg[1] != 0xd8) return 1;
  size_t at = 2;
  while (at + 4 <= jpeg.size() && jpeg[at] == 0xff) {
    const int marker = jpeg[at + 1];
    if (marker == 0xff) {  // a fill byte
      ++at;
      continue;
    }
    if (HasNoLength(marker)) {
      at += 2;
      continue;
    }
    // Behind the start of the scan comes compressed data.
    if (marker == kStartOfScan || marker == kEndOfImage) return 1;
    const size_t length = Read(&jpeg[at + 2], 2, /*little_endian=*/false);  // with its own 2 bytes
    if (length < 2 || length > jpeg.size() - at - 2) return 1;
    const absl::Span<const uint8_t> body = jpeg.subspan(at + 4, length - 2);
    const absl::string_view text(reinterpret_cast<const char*>(body.data()), body.size());
    // Other APP1 segments (XMP) may stand before that of EXIF.
    if (marker == kApp1 && absl::StartsWith(text, kExifHeader)) {
      const int orientation = TiffOrientation(body.subspan(kExifHeader.size()));
      return orientation == 0 ? 1 : orientation;
    }
    at += 2 + length;
  }
  return 1;
}

void TurnUpright(int orientation, int channels, int* width, int* height,
                 std::vector<uint8_t>* pixels) {
  if (orientation < 2 || orientation > 8) return;
  const bool lies = orientation >= 5;
  const bool row_ends = orientation == 2 || orientation == 3 || orientation == 7 ||
                        orientation == 8;  // the upright picture begins at the end of stored rows
  const bool last_row = orientation == 3 || orientation == 4 || orientation == 6 ||
                        orientation == 7;  // and in the last of them
  const int64_t pixel = channels, row = pixel * *width;
  // From a pixel to its right neighbour in the upright picture, and to the one below.
  const int64_t along = row_ends ? -pixel : pixel, across = last_row ? -row : row;
  const int64_t right = lies ? across : along, down = lies ? along : across;
  const int64_t start = (row_ends ? row - pixel : 0) + (last_row ? row * (*height - 1) : 0);
  if (lies) std::swap(*width, *height);

  std::vector<uint8_t> turned(pixels->size());
  uint8_t* to = turned.data();
  for (int y = 0; y < *height; ++y) {
    const uint8_t* line = pixels->data() + start + y * down;
    for (int x = 0; x < *width; ++x) {
      const uint8_t* from = line + x * right;
      for (int c = 0; c < channels; ++c) *to++ = from[c];
    }
  }
  *pixels = std::move(turned);
}

}  // namespace edgetasks::cli
