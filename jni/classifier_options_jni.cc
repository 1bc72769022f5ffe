// NativeClassifierOptions.java as C++ options: its fields, by their names.
#include <cmath>

#include "jni/field_reader.h"
#include "jni/natives.h"

namespace edgetasks::jni {

void ReadClassifierOptions(JNIEnv* env, jobject object, ImageClassifierOptions* options) {
  const FieldReader fields(env, object);
  options->display_names_locale = fields.Bytes("displayNamesLocale");
  options->max_results = fields.Int("maxResults");
  const float threshold = fields.Float("scoreThreshold");
  if (!std::isnan(threshold)) options->score_threshold = threshold;
  options->category_allowlist = fields.Strings("categoryAllowlist");
  options->category_denylist = fields.Strings("categoryDenylist");
  options->labels = fields.Strings("labels");
  options->labels_path = fields.Bytes("labelsPath");
  options->mean = fields.Floats("mean");
  options->std = fields.Floats("std");
  options->resize_mode = static_cast<ResizeMode>(fields.Int("resizeMode"));
  options->resize_filter = static_cast<ResizeFilter>(fields.Int("resizeFilter"));
  options->color_order = static_cast<ColorOrder>(fields.Int("colorOrder"));
  options->input_layout = static_cast<InputLayout>(fields.Int("inputLayout"));
  options->apply_softmax = static_cast<ApplySoftmax>(fields.Int("applySoftmax"));
}

}  // namespace edgetasks::jni
