// Which way up a photograph is, as its camera wrote it into the file, and turning it.
#ifndef CPP_API_CLI_ORIENTATION_H_
#define CPP_API_CLI_ORIENTATION_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace edgetasks::cli {

// The orientation in the EXIF data of a JPEG file, 1 to 8: where the first row and the first column
// of the stored picture are seen (Exif 2.32, 4.6.4 A, tag 274):
//
//        1      2      3      4      5      6      7      8
//   row  top    top    bottom bottom left   right  right  left
//   col  left   right  right  left   top    top    bottom bottom
//
// 1 if the file is no JPEG, says nothing, or says it in a way that is damaged: such a picture is
// shown as it is stored. Reads only inside of `jpeg`.
int ExifOrientation(absl::Span<const uint8_t> jpeg);

// Turns the picture [*height, *width, channels] of that orientation upright; width and height
// change places where it was lying. Orientations outside of 1 to 8 are 1.
void TurnUpright(int orientation, int channels, int* width, int* height,
                 std::vector<uint8_t>* pixels);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_ORIENTATION_H_
