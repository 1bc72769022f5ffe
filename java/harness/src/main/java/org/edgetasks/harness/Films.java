package org.edgetasks.harness;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.core.RunningMode;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.edgetasks.vision.imageclassifier.ImageClassifierOutcome;
import org.edgetasks.vision.imageclassifier.ImageClassifierResult;

/** Shows pictures to a classifier in each of its running modes. */
final class Films {
  private static final int FRAME_MS = 33;

  private final ImageProcessingOptions processing;

  /** What the listeners of a live stream are told. */
  private final BlockingQueue<ImageClassifierOutcome> told = new LinkedBlockingQueue<>();

  Films(ImageProcessingOptions processing) {
    this.processing = processing;
  }

  ImageProcessingOptions processing() {
    return processing;
  }

  /** Listens to a live stream. */
  void tell(ImageClassifierResult result, MPImage image) {
    told.add(ImageClassifierOutcome.of(result));
  }

  /** Listens to its failures. */
  void fail(RuntimeException failure) {
    if (!(failure instanceof EdgeTasksException)) {
      throw failure;
    }
    told.add(ImageClassifierOutcome.of((EdgeTasksException) failure));
  }

  /**
   * Returns an outcome for each picture. Of a live stream each is awaited before the next one: it
   * would be dropped otherwise.
   */
  List<ImageClassifierOutcome> classify(
      ImageClassifier classifier, RunningMode mode, List<MPImage> images)
      throws InterruptedException {
    List<ImageClassifierOutcome> outcomes = new ArrayList<>();
    for (MPImage image : images) {
      long timestampMs = (long) FRAME_MS * outcomes.size();
      if (mode == RunningMode.LIVE_STREAM) {
        outcomes.add(stream(classifier, image, timestampMs));
        continue;
      }
      try {
        outcomes.add(
            ImageClassifierOutcome.of(
                mode == RunningMode.VIDEO
                    ? classifier.classifyForVideo(image, processing, timestampMs)
                    : classifier.classify(image, processing)));
      } catch (EdgeTasksException e) {
        outcomes.add(ImageClassifierOutcome.of(e));
      }
    }
    return outcomes;
  }

  private ImageClassifierOutcome stream(ImageClassifier classifier, MPImage image, long timestampMs)
      throws InterruptedException {
    classifier.classifyAsync(image, processing, timestampMs);
    return told.take();
  }
}
