package org.edgetasks.vision.imageclassifier;

import org.edgetasks.internal.Utf8;

/**
 * Options of a classifier as native code takes them: it reads these fields by their names and types
 * (jni/classifier_options_jni.cc).
 */
final class NativeClassifierOptions {
  private static final String DEFAULT_LOCALE = "en";

  final byte[] displayNamesLocale;

  /** Negative: all. */
  final int maxResults;

  /** NaN: not set. */
  final float scoreThreshold;

  final byte[][] categoryAllowlist;
  final byte[][] categoryDenylist;
  final byte[][] labels;
  final byte[] labelsPath;
  final float[] mean;
  final float[] std;
  final int resizeMode;
  final int resizeFilter;
  final int colorOrder;
  final int inputLayout;
  final int applySoftmax;

  NativeClassifierOptions(ClassifierOptionValues values) {
    displayNamesLocale =
        Utf8.encode(values.displayNamesLocale == null ? DEFAULT_LOCALE : values.displayNamesLocale);
    maxResults = values.maxResults == null ? -1 : values.maxResults;
    scoreThreshold = values.scoreThreshold == null ? Float.NaN : values.scoreThreshold;
    categoryAllowlist = Utf8.encodeAll(values.categoryAllowlist);
    categoryDenylist = Utf8.encodeAll(values.categoryDenylist);
    labels = Utf8.encodeAll(values.labels);
    labelsPath = Utf8.encode(values.labelsPath);
    mean = values.mean;
    std = values.std;
    resizeMode = values.resizeMode.getNumber();
    resizeFilter = values.resizeFilter.getNumber();
    colorOrder = values.colorOrder.getNumber();
    inputLayout = values.inputLayout.getNumber();
    applySoftmax = values.applySoftmax.getNumber();
  }
}
