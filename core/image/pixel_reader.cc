#include "core/image/pixel_reader.h"

#include <cmath>
#include <cstring>
#include <utility>

#include "core/kernels/simd/pixels/select.h"

namespace edgetasks::image {
namespace {

int16_t Fixed(double factor) { return static_cast<int16_t>(std::lround(factor * (1 << 13))); }

// Interleaved bytes to planes. `order`: which byte of a pixel is channel c.
template <int kChannels>
void Gather(const uint8_t* line, const int64_t* offsets, int64_t count,
            const std::array<int, 4>& order, uint8_t* out) {
  for (int64_t i = 0; i < count; ++i) {
    const uint8_t* pixel = line + offsets[i];
    for (int c = 0; c < kChannels; ++c) out[c * count + i] = pixel[order[c]];
  }
}

}  // namespace

kernels::simd::YuvCoefficients CoefficientsOf(YuvMatrix matrix, YuvRange range) {
  const double kr = matrix == YuvMatrix::kBt601 ? 0.299 : 0.2126;
  const double kb = matrix == YuvMatrix::kBt601 ? 0.114 : 0.0722;
  const double kg = 1 - kr - kb;
  const bool video = range == YuvRange::kVideo;
  const double luma = video ? 255.0 / 219 : 1, chroma = video ? 255.0 / 224 : 1;
  kernels::simd::YuvCoefficients k;
  k.luma_zero = video ? 16 : 0;
  k.luma = Fixed(luma);
  const double red = 2 * (1 - kr) * chroma, blue = 2 * (1 - kb) * chroma;
  k.red[1] = Fixed(red);
  k.green[0] = Fixed(-kb * blue / kg);
  k.green[1] = Fixed(-kr * red / kg);
  k.blue[0] = Fixed(blue);
  return k;
}

PixelReader::PixelReader(const PixelView& picture, bool turned)
    : format_(picture.format),
      channels_(ChannelsOf(picture.format)),
      kernels_(kernels::simd::SelectPixelKernels()) {
  const auto source = [turned](const Plane& plane, int shift) {
    Source result{plane.data.data(), plane.pixel_stride, plane.stride, shift};
    if (turned) std::swap(result.along, result.across);
    return result;
  };
  sources_[0] = source({picture.data, picture.stride, BytesOf(picture.format)}, 0);
  if (!IsYuv(picture.format)) return;
  sources_[1] = source(picture.u, 1);
  sources_[2] = source(picture.v, 1);
  coefficients_ = CoefficientsOf(picture.matrix, picture.range);
  const bool same_steps =
      picture.u.stride == picture.v.stride && picture.u.pixel_stride == picture.v.pixel_stride;
  // YUV_420_888 is mostly NV12 or NV21 in disguise. Addresses of two arrays compare as numbers.
  const auto u = reinterpret_cast<uintptr_t>(picture.u.data.data());
  const auto v = reinterpret_cast<uintptr_t>(picture.v.data.data());
  paired_ = same_steps && picture.u.pixel_stride >= 2 && (v == u + 1 || u == v + 1);
  v_first_ = paired_ && u == v + 1;
  planes_ = paired_ ? 2 : 3;
  if (v_first_) {
    std::swap(sources_[1], sources_[2]);
    for (auto* factors : {&coefficients_.red, &coefficients_.green, &coefficients_.blue}) {
      std::swap((*factors)[0], (*factors)[1]);
    }
  }
}

void PixelReader::ReadChroma(int32_t line, const Offsets& offsets, int64_t count,
                             uint8_t* pairs) const {
  const uint8_t* first = Begin(1, line);
  if (paired_) {
    for (int64_t i = 0; i < count; ++i) std::memcpy(pairs + 2 * i, first + offsets[1][i], 2);
    return;
  }
  const uint8_t* second = Begin(2, line);
  for (int64_t i = 0; i < count; ++i) {
    pairs[2 * i] = first[offsets[1][i]];
    pairs[2 * i + 1] = second[offsets[2][i]];
  }
}

void PixelReader::Read(int32_t line, const Offsets& offsets, int64_t count, uint8_t* scratch,
                       uint8_t* out) const {
  const uint8_t* begin = Begin(0, line);
  const int64_t* at = offsets[0].data();
  switch (format_) {
    case PixelFormat::kGray:
      return Gather<1>(begin, at, count, {0}, out);
    case PixelFormat::kRgb:
      return Gather<3>(begin, at, count, {0, 1, 2}, out);
    case PixelFormat::kRgba:
      return Gather<4>(begin, at, count, {0, 1, 2, 3}, out);
    case PixelFormat::kBgra:
      return Gather<4>(begin, at, count, {2, 1, 0, 3}, out);
    default:
      Gather<1>(begin, at, count, {0}, scratch);
      ReadChroma(line, offsets, count, scratch + count);
      kernels_.yuv_to_rgb(coefficients_, scratch, scratch + count, count, out, out + count,
                          out + 2 * count);
  }
}

void PixelReader::Read(int32_t line, const Offsets& offsets, int64_t count, uint8_t* /*scratch*/,
                       float* out) const {
  const uint8_t* begin = Begin(0, line);
  for (int64_t i = 0; i < count; ++i) {
    float pixel[3];
    std::memcpy(pixel, begin + offsets[0][i], sizeof(pixel));  // the caller's memory: any address
    for (int c = 0; c < 3; ++c) {
      const float level = pixel[c] * 255;
      out[c * count + i] = level > 0 ? (level < 255 ? level : 255.0f) : 0.0f;  // false for NaN
    }
  }
}

}  // namespace edgetasks::image
