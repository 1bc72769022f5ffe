package org.edgetasks.samples;

import android.graphics.Rect;
import android.media.Image;
import androidx.camera.core.ImageAnalysis;
import androidx.camera.core.ImageProxy;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.framework.image.MediaImageBuilder;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.core.RectF;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.edgetasks.vision.imageclassifier.ImageClassifierResult;

/**
 * Names what a camera sees, frame by frame, with CameraX.
 *
 * <p>The frame is classified on the analyzer's thread, from the very planes of the camera: upright,
 * and only the part that the viewport shows. CameraX drops what comes meanwhile, so that the
 * classifier needs no queue of its own, and no copy.
 *
 * <pre>{@code
 * ImageClassifierOptions options =
 *     ImageClassifierOptions.builder()
 *         .setBaseOptions(BaseOptions.builder().setModelAssetPath("emoji_int8.tflite").build())
 *         .setRunningMode(RunningMode.VIDEO)
 *         .setMaxResults(3)
 *         .build();
 * CameraClassifier camera =
 *     new CameraClassifier(
 *         ImageClassifier.createFromOptions(context, options),
 *         result -> runOnUiThread(() -> show(result)),
 *         failure -> Log.w("Camera", failure));
 * ImageAnalysis analysis =
 *     new ImageAnalysis.Builder()
 *         .setBackpressureStrategy(ImageAnalysis.STRATEGY_KEEP_ONLY_LATEST)
 *         .build();
 * analysis.setAnalyzer(Executors.newSingleThreadExecutor(), camera);
 * cameraProvider.bindToLifecycle(this, CameraSelector.DEFAULT_BACK_CAMERA, preview, analysis);
 * }</pre>
 */
public final class CameraClassifier implements ImageAnalysis.Analyzer {
  private final ImageClassifier classifier;
  private final Consumer<ImageClassifierResult> whenClassified;
  private final Consumer<RuntimeException> whenFailed;
  private long lastTimestampMs = -1;

  /**
   * Takes a classifier in running mode VIDEO, which the caller closes after the analyzer is
   * cleared. Both listeners are called on the analyzer's thread.
   */
  public CameraClassifier(
      ImageClassifier classifier,
      Consumer<ImageClassifierResult> whenClassified,
      Consumer<RuntimeException> whenFailed) {
    this.classifier = classifier;
    this.whenClassified = whenClassified;
    this.whenFailed = whenFailed;
  }

  /** Called by CameraX; the next frame comes when this one is closed. */
  @Override
  public void analyze(ImageProxy frame) {
    try {
      Image pixels = frame.getImage(); // Belongs to the frame, which closes it.
      MPImage image = new MediaImageBuilder(pixels).build();
      whenClassified.accept(
          classifier.classifyForVideo(image, upright(frame), nextTimestampMs(frame)));
    } catch (RuntimeException e) {
      whenFailed.accept(e);
    } finally {
      frame.close();
    }
  }

  private static ImageProcessingOptions upright(ImageProxy frame) {
    Rect crop = frame.getCropRect();
    float width = frame.getWidth();
    float height = frame.getHeight();
    return ImageProcessingOptions.builder()
        .setRegionOfInterest(
            new RectF(
                crop.left / width, crop.top / height, crop.right / width, crop.bottom / height))
        .setRotationDegrees(frame.getImageInfo().getRotationDegrees())
        .build();
  }

  /** Frames of one millisecond, and those of another camera, come later than what was before. */
  private long nextTimestampMs(ImageProxy frame) {
    long cameraMs = TimeUnit.NANOSECONDS.toMillis(frame.getImageInfo().getTimestamp());
    lastTimestampMs = Math.max(cameraMs, lastTimestampMs + 1);
    return lastTimestampMs;
  }
}
