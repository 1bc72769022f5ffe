package org.edgetasks.vision.imageclassifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.FileNotFoundException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.imageio.ImageIO;
import org.edgetasks.components.containers.Category;
import org.edgetasks.components.containers.Classifications;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.core.ErrorDetail;
import org.edgetasks.framework.image.BufferedImageBuilder;
import org.edgetasks.framework.image.ByteBufferExtractor;
import org.edgetasks.framework.image.ByteBufferImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.framework.image.UncheckedImages;
import org.edgetasks.testing.Files;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.core.RectF;
import org.edgetasks.vision.core.RunningMode;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ImageClassifierTest {
  private static ImageClassifierOptions.Builder emoji() {
    return ImageClassifierOptions.builder()
        .setBaseOptions(BaseOptions.builder().setModelAssetPath(Files.emoji()).build());
  }

  private static MPImage read(Path picture) throws Exception {
    return new BufferedImageBuilder(ImageIO.read(picture.toFile())).build();
  }

  private static MPImage owl() throws Exception {
    return read(Files.checkout().resolve("models/emoji/samples/owl.png"));
  }

  private static Category best(ImageClassifierResult result) {
    return result.classificationResult().classifications().get(0).categories().get(0);
  }

  @Test
  void namesTheSamples() throws Exception {
    try (ImageClassifier classifier = ImageClassifier.createFromFile(Files.emoji())) {
      assertEquals(4, Files.samples().size());
      for (Path sample : Files.samples()) {
        ImageClassifierResult result = classifier.classify(read(sample));
        assertEquals(sample.getFileName().toString(), best(result).categoryName() + ".png");
        assertEquals(-1, result.timestampMs());
        assertEquals(Optional.empty(), result.classificationResult().timestampMs());
      }
      assertEquals(List.of(), classifier.assumptions());
    }
  }

  @Test
  void opensFilesAndBuffers() throws Exception {
    byte[] bytes = java.nio.file.Files.readAllBytes(Path.of(Files.emoji()));
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length);
    direct.put(bytes).flip();
    try (ImageClassifier byFile = ImageClassifier.createFromFile(new File(Files.emoji()));
        ImageClassifier byBuffer = ImageClassifier.createFromBuffer(direct)) {
      assertEquals(byFile.classify(owl()), byBuffer.classify(owl()));
    }
    assertThrows(
        FileNotFoundException.class, () -> ImageClassifier.createFromFile(new File("/no/model")));
    assertThrows(
        IllegalArgumentException.class,
        () -> ImageClassifier.createFromBuffer(ByteBuffer.wrap(bytes)));
  }

  @Test
  void pixelsMayBeAnywhere() throws Exception {
    MPImage image = owl();
    ByteBuffer rgb = ByteBufferExtractor.extract(image);
    ByteBuffer rgba = ByteBufferExtractor.extract(image, MPImage.IMAGE_FORMAT_RGBA);
    byte[] heap = new byte[rgb.remaining() + 7];
    rgb.duplicate().get(heap, 7, rgb.remaining());
    ByteBuffer behind = ByteBuffer.wrap(heap).position(7);
    int width = image.getWidth();
    int height = image.getHeight();
    try (ImageClassifier classifier = ImageClassifier.createFromFile(Files.emoji())) {
      ImageClassifierResult expected = classifier.classify(image);
      assertEquals(
          expected,
          classifier.classify(
              new ByteBufferImageBuilder(rgba, width, height, MPImage.IMAGE_FORMAT_RGBA).build()));
      assertEquals(
          expected,
          classifier.classify(
              new ByteBufferImageBuilder(behind, width, height, MPImage.IMAGE_FORMAT_RGB).build()));
      assertEquals(7, behind.position());
    }
  }

  @Test
  void manyPicturesAreClassifiedAsEachAlone() throws Exception {
    List<MPImage> images = new ArrayList<>();
    for (Path sample : Files.samples()) {
      images.add(read(sample));
    }
    images.add(1, UncheckedImages.tooFewBytes());
    try (ImageClassifier classifier = ImageClassifier.createFromFile(Files.emoji())) {
      List<ImageClassifierOutcome> outcomes = classifier.classifyAll(images);
      assertEquals(images.size(), outcomes.size());
      for (int i = 0; i < images.size(); i++) {
        if (i != 1) {
          assertEquals(classifier.classify(images.get(i)), outcomes.get(i).get());
        }
      }
      EdgeTasksException failure = outcomes.get(1).failure().orElseThrow();
      assertEquals(ErrorDetail.INVALID_IMAGE, failure.getErrorDetail());
      assertEquals(Optional.empty(), outcomes.get(1).result());
      assertThrows(EdgeTasksException.class, outcomes.get(1)::get);
      assertThrows(EdgeTasksException.class, () -> classifier.classify(images.get(1)));
      ImageProcessingOptions corner =
          ImageProcessingOptions.builder()
              .setRegionOfInterest(new RectF(0, 0, 0.3f, 0.3f))
              .setRotationDegrees(-90)
              .build();
      assertEquals(
          classifier.classify(images.get(2), corner),
          classifier.classifyAll(images, corner).get(2).get());
      assertEquals(List.of(), classifier.classifyAll(List.of()));
      images.get(3).close();
      assertThrows(IllegalStateException.class, () -> classifier.classifyAll(images));
      images.set(3, null);
      assertThrows(IllegalArgumentException.class, () -> classifier.classifyAll(images));
    }
  }

  @Test
  void tellsWhatTheModelSaysOfItself() throws Exception {
    List<String> expected =
        java.nio.file.Files.readAllLines(Files.checkout().resolve("models/emoji/labels.txt"));
    try (ImageClassifier classifier = ImageClassifier.createFromFile(Files.emoji())) {
      assertEquals(expected, classifier.labels());
      assertEquals(expected, classifier.labels(0));
      assertEquals(List.of(), classifier.labels(1));
      assertEquals(List.of(), classifier.labels(-1));
      assertEquals(List.of(), classifier.customMetadata());
    }
  }

  @Test
  void optionsActOnTheResult() throws Exception {
    try (ImageClassifier all = ImageClassifier.createFromFile(Files.emoji());
        ImageClassifier two = ImageClassifier.createFromOptions(emoji().setMaxResults(2).build());
        ImageClassifier allowed =
            ImageClassifier.createFromOptions(
                emoji().setCategoryAllowlist(List.of("panda", "no such")).build());
        ImageClassifier denied =
            ImageClassifier.createFromOptions(emoji().setCategoryDenylist(List.of("owl")).build());
        ImageClassifier sure =
            ImageClassifier.createFromOptions(emoji().setScoreThreshold(0.9f).build())) {
      List<Category> categories = categories(all);
      assertEquals(categories.subList(0, 2), categories(two));
      assertEquals(
          List.of("panda"), categories(allowed).stream().map(Category::categoryName).toList());
      assertEquals(categories.subList(1, categories.size()), categories(denied));
      assertEquals(1, categories(sure).size());
    }
  }

  private static List<Category> categories(ImageClassifier classifier) throws Exception {
    return classifier.classify(owl()).classificationResult().classifications().get(0).categories();
  }

  @Test
  void labelsAndNormalizationOfTheCaller(@TempDir Path folder) throws Exception {
    List<String> labels = new ArrayList<>();
    int classes;
    try (ImageClassifier classifier = ImageClassifier.createFromFile(Files.emoji())) {
      classes = categories(classifier).size();
    }
    for (int i = 0; i < classes; i++) {
      labels.add("класс " + i + " 🦉");
    }
    Path file = folder.resolve("labels.txt");
    java.nio.file.Files.write(file, labels);
    try (ImageClassifier listed =
            ImageClassifier.createFromOptions(emoji().setLabels(labels).build());
        ImageClassifier filed =
            ImageClassifier.createFromOptions(emoji().setLabelsPath(file.toString()).build());
        ImageClassifier scaled =
            ImageClassifier.createFromOptions(
                emoji().setMean(0, 0, 0).setStd(1e6f).setMaxResults(1).build())) {
      Category best = categories(listed).get(0);
      assertEquals("класс " + best.index() + " 🦉", best.categoryName());
      assertEquals(categories(listed), categories(filed));
      assertTrue(categories(scaled).get(0).score() < best.score(), "an almost black picture");
    }
  }

  @Test
  void regionAndRotationAct() throws Exception {
    ImageProcessingOptions corner =
        ImageProcessingOptions.builder()
            .setRegionOfInterest(new RectF(0, 0, 0.3f, 0.3f))
            .setRotationDegrees(-90)
            .build();
    try (ImageClassifier classifier = ImageClassifier.createFromFile(Files.emoji())) {
      assertFalse(classifier.classify(owl()).equals(classifier.classify(owl(), corner)));
    }
  }

  @Test
  void videoFramesAreInOrder() throws Exception {
    ImageClassifierOptions options = emoji().setRunningMode(RunningMode.VIDEO).build();
    try (ImageClassifier classifier = ImageClassifier.createFromOptions(options)) {
      ImageClassifierResult result = classifier.classifyForVideo(owl(), 0);
      assertEquals("owl", best(result).categoryName());
      assertEquals(0, result.timestampMs());
      assertEquals(Optional.of(0L), result.classificationResult().timestampMs());
      assertEquals(33, classifier.classifyForVideo(owl(), 33).timestampMs());
      assertThrows(IllegalArgumentException.class, () -> classifier.classifyForVideo(owl(), 33));
      assertThrows(IllegalArgumentException.class, () -> classifier.classifyForVideo(owl(), 32));
      assertEquals(34, classifier.classifyForVideo(owl(), 34).timestampMs());
    }
  }

  @Test
  void eachModeHasItsMethod() throws Exception {
    MPImage image = owl();
    try (ImageClassifier single = ImageClassifier.createFromFile(Files.emoji());
        ImageClassifier video =
            ImageClassifier.createFromOptions(emoji().setRunningMode(RunningMode.VIDEO).build())) {
      assertThrows(IllegalStateException.class, () -> single.classifyForVideo(image, 1));
      assertThrows(IllegalStateException.class, () -> video.classifyAll(List.of(image)));
      assertThrows(IllegalStateException.class, () -> single.classifyAsync(image, 1));
      assertThrows(IllegalStateException.class, () -> video.classify(image));
      String message =
          assertThrows(IllegalStateException.class, () -> video.classifyAsync(image, 1))
              .getMessage();
      assertTrue(message.contains("LIVE_STREAM") && message.contains("VIDEO"), message);
    }
  }

  @Test
  void refusesCallsAfterClose() throws Exception {
    ImageClassifier classifier = ImageClassifier.createFromFile(Files.emoji());
    classifier.close();
    classifier.close();
    MPImage image = owl();
    assertThrows(IllegalStateException.class, () -> classifier.classify(image));
    assertThrows(IllegalStateException.class, classifier::assumptions);
    assertThrows(IllegalStateException.class, classifier::labels);
    assertThrows(IllegalStateException.class, classifier::customMetadata);
    MPImage closed = owl();
    closed.close();
    try (ImageClassifier open = ImageClassifier.createFromFile(Files.emoji())) {
      assertThrows(IllegalStateException.class, () -> open.classify(closed));
    }
  }

  @Test
  void closingWhileOthersClassify() throws Exception {
    MPImage image = owl();
    for (int round = 0; round < 20; round++) {
      ImageClassifier classifier = ImageClassifier.createFromFile(Files.emoji());
      ImageClassifierResult expected = classifier.classify(image);
      List<CompletableFuture<Void>> calls = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        calls.add(
            CompletableFuture.runAsync(
                () -> {
                  while (true) {
                    try {
                      assertEquals(expected, classifier.classify(image));
                    } catch (IllegalStateException e) {
                      return; // closed
                    }
                  }
                }));
      }
      Thread.sleep(round);
      classifier.close();
      for (CompletableFuture<Void> call : calls) {
        call.get();
      }
    }
  }

  @Test
  void optionsThatContradictAreRefused() {
    assertThrows(IllegalStateException.class, () -> ImageClassifierOptions.builder().build());
    for (ImageClassifierOptions.Builder wrong :
        List.of(
            emoji().setRunningMode(RunningMode.LIVE_STREAM),
            emoji().setResultListener((result, image) -> {}),
            emoji().setMaxResults(0),
            emoji().setMaxResults(-1),
            emoji().setScoreThreshold(Float.NaN),
            emoji().setCategoryAllowlist(List.of("a")).setCategoryDenylist(List.of("b")),
            emoji().setLabels(List.of("a")).setLabelsPath("b"),
            emoji().setMean(1),
            emoji().setStd(1))) {
      assertThrows(IllegalArgumentException.class, wrong::build);
    }
  }

  @Test
  void errorsAreTyped(@TempDir Path folder) throws Exception {
    assertEquals(
        ErrorDetail.FILE_NOT_FOUND,
        failure(() -> ImageClassifier.createFromFile("/no/such/model.tflite")).getErrorDetail());
    Path text = folder.resolve("model.tflite");
    java.nio.file.Files.writeString(text, "This is no model, but a text of some length.");
    assertEquals(
        ErrorDetail.NOT_A_MODEL_FILE,
        failure(() -> ImageClassifier.createFromFile(text.toString())).getErrorDetail());
    assertEquals(
        ErrorDetail.NOT_A_CLASSIFIER,
        failure(() -> ImageClassifier.createFromFile(Files.story())).getErrorDetail());
    EdgeTasksException labels =
        failure(
            () ->
                ImageClassifier.createFromOptions(emoji().setLabels(List.of("only one")).build()));
    assertEquals(ErrorDetail.INVALID_OPTION, labels.getErrorDetail());
  }

  private static EdgeTasksException failure(java.util.concurrent.Callable<ImageClassifier> call) {
    return assertThrows(EdgeTasksException.class, () -> call.call().close());
  }

  @Test
  void resultsAreEqualWithinTheTolerance() throws Exception {
    try (ImageClassifier classifier = ImageClassifier.createFromFile(Files.emoji())) {
      ImageClassifierResult result = classifier.classify(owl());
      assertEquals(result, classifier.classify(owl()));
      assertEquals(result.hashCode(), classifier.classify(owl()).hashCode());
      Classifications head = result.classificationResult().classifications().get(0);
      Category category = head.categories().get(0);
      Category near =
          Category.create(
              category.score() + 5e-7f,
              category.index(),
              category.categoryName(),
              category.displayName());
      assertEquals(category, near);
    }
  }
}
