// Frame.java as a C++ image: its fields, by their names.
#include <algorithm>
#include <iterator>

#include "jni/field_reader.h"
#include "jni/natives.h"

namespace edgetasks::jni {

Image ToImage(JNIEnv* env, jobject frame) {
  const FieldReader fields(env, frame);
  const auto planes = fields.Buffers("planes");
  const std::vector<jint> row_strides = fields.Ints("rowStrides");
  const std::vector<jint> pixel_strides = fields.Ints("pixelStrides");
  Image image;
  if (planes.empty() || row_strides.size() < planes.size() || pixel_strides.size() < planes.size())
    return image;
  image.data = planes[0];
  image.stride = row_strides[0];
  const size_t count = std::min(planes.size(), 1 + std::size(image.chroma));
  for (size_t i = 1; i < count; ++i) {
    image.chroma[i - 1] = {planes[i], row_strides[i], pixel_strides[i]};
  }
  image.width = fields.Int("width");
  image.height = fields.Int("height");
  image.format = static_cast<PixelFormat>(fields.Int("pixelFormat"));
  image.yuv_matrix = static_cast<YuvMatrix>(fields.Int("yuvMatrix"));
  image.yuv_range = static_cast<YuvRange>(fields.Int("yuvRange"));
  return image;
}

}  // namespace edgetasks::jni
