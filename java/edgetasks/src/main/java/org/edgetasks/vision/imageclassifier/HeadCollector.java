package org.edgetasks.vision.imageclassifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.edgetasks.components.containers.Category;
import org.edgetasks.components.containers.ClassificationResult;
import org.edgetasks.components.containers.Classifications;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.internal.Utf8;

/**
 * Takes what the heads of a model say from native code: one call for each head, whatever the number
 * of classes, because each step over the border costs.
 */
final class HeadCollector {
  private final List<Classifications> heads = new ArrayList<>();

  /** Null unless the picture failed. */
  private EdgeTasksException failure;

  /**
   * Called from native code.
   *
   * @param headName UTF-8, or null
   * @param indices the classes, best first
   * @param scores as many
   * @param nameLengths for each class the bytes of its category name and of its display name
   * @param names UTF-8, one after the other
   */
  private void addHead(
      int headIndex,
      byte[] headName,
      int[] indices,
      float[] scores,
      int[] nameLengths,
      byte[] names) {
    List<Category> categories = new ArrayList<>(indices.length);
    int offset = 0;
    for (int i = 0; i < indices.length; i++) {
      String categoryName = Utf8.decode(names, offset, nameLengths[2 * i]);
      offset += nameLengths[2 * i];
      String displayName = Utf8.decode(names, offset, nameLengths[2 * i + 1]);
      offset += nameLengths[2 * i + 1];
      categories.add(Category.create(scores[i], indices[i], categoryName, displayName));
    }
    heads.add(
        Classifications.create(
            categories, headIndex, Optional.ofNullable(headName).map(Utf8::decode)));
  }

  /** Called from native code. */
  private void fail(EdgeTasksException failure) {
    this.failure = failure;
  }

  ImageClassifierResult result(long timestampMs) {
    Optional<Long> time = timestampMs < 0 ? Optional.empty() : Optional.of(timestampMs);
    return ImageClassifierResult.create(ClassificationResult.create(heads, time), timestampMs);
  }

  ImageClassifierOutcome outcome(long timestampMs) {
    return failure == null
        ? ImageClassifierOutcome.of(result(timestampMs))
        : ImageClassifierOutcome.of(failure);
  }
}
