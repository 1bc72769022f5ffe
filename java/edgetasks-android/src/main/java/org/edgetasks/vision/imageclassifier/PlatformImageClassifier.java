package org.edgetasks.vision.imageclassifier;

import android.content.Context;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.internal.Assets;
import org.edgetasks.internal.Check;

/** What the classifier has on Android beside what it has everywhere. */
abstract class PlatformImageClassifier {
  PlatformImageClassifier() {}

  /**
   * Opens a model with default options.
   *
   * @param context any context of the application
   * @param modelPath the path of a .tflite asset, or the absolute path of a file
   * @return the classifier, to be closed
   * @throws org.edgetasks.core.EdgeTasksException if the asset is not there, damaged, or not a
   *     classifier that EdgeTasks runs; the message says what to do
   */
  public static ImageClassifier createFromFile(Context context, String modelPath) {
    return create(context, BaseOptions.builder().setModelAssetPath(modelPath).build());
  }

  /**
   * Opens a model with default options.
   *
   * @param context any context of the application
   * @param modelFile a .tflite file
   * @return the classifier, to be closed
   * @throws IOException if there is no such file
   * @throws org.edgetasks.core.EdgeTasksException if it is damaged, or not a classifier that
   *     EdgeTasks runs; the message says what to do
   */
  public static ImageClassifier createFromFile(Context context, File modelFile) throws IOException {
    Check.notNull(context, "context");
    return ImageClassifier.createFromFile(Check.notNull(modelFile, "model file").getAbsoluteFile());
  }

  /**
   * Opens a model with default options.
   *
   * @param context any context of the application
   * @param modelBuffer as for {@link BaseOptions.Builder#setModelAssetBuffer}
   * @return the classifier, to be closed
   * @throws org.edgetasks.core.EdgeTasksException if it is damaged, or not a classifier that
   *     EdgeTasks runs; the message says what to do
   */
  public static ImageClassifier createFromBuffer(Context context, ByteBuffer modelBuffer) {
    return create(context, BaseOptions.builder().setModelAssetBuffer(modelBuffer).build());
  }

  private static ImageClassifier create(Context context, BaseOptions baseOptions) {
    return createFromOptions(
        context,
        ImageClassifier.ImageClassifierOptions.builder().setBaseOptions(baseOptions).build());
  }

  /**
   * Opens a model.
   *
   * <p>A model path that is not absolute names an asset of the application. An asset that the
   * package holds uncompressed (see the README) is mapped; a compressed one is unpacked into memory
   * that the classifier keeps.
   *
   * @param context any context of the application
   * @param options where the model is, and what to report
   * @return the classifier, to be closed
   * @throws org.edgetasks.core.EdgeTasksException if the file or asset is not there, damaged, or
   *     not a classifier that EdgeTasks runs, or if the options do not fit it; the message says
   *     what to do
   * @throws UnsatisfiedLinkError if the native library cannot be loaded
   */
  public static ImageClassifier createFromOptions(
      Context context, ImageClassifier.ImageClassifierOptions options) {
    return Assets.open(
        context,
        Check.notNull(options, "options").baseOptions(),
        base ->
            ImageClassifier.createFromOptions(options.toBuilder().setBaseOptions(base).build()));
  }
}
