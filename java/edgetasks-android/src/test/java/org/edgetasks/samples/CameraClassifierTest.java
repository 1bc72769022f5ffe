package org.edgetasks.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import android.graphics.ImageFormat;
import android.graphics.Rect;
import android.media.Image;
import androidx.camera.core.ImageInfo;
import androidx.camera.core.ImageProxy;
import java.awt.image.BufferedImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.edgetasks.components.containers.ClassificationResult;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.framework.image.ByteBufferExtractor;
import org.edgetasks.framework.image.ByteBufferImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.framework.image.MediaImageBuilder;
import org.edgetasks.testing.FakeImage;
import org.edgetasks.testing.Project;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.core.RectF;
import org.edgetasks.vision.core.RunningMode;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;
import org.edgetasks.vision.imageclassifier.ImageClassifierResult;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The sample, with frames as CameraX hands them over. */
class CameraClassifierTest {
  @BeforeAll
  static void nameTheLibrary() {
    System.setProperty("org.edgetasks.library.path", Project.linuxLibrary().toString());
  }

  /** A frame of a camera that is turned by 90 degrees, with a viewport that shows a part of it. */
  private record Frame(FakeImage image, Rect crop, long timestampNs, int rotation, int[] closed)
      implements ImageProxy, ImageInfo {
    @Override
    public Image getImage() {
      return image;
    }

    @Override
    public Rect getCropRect() {
      return crop;
    }

    @Override
    public int getWidth() {
      return 256;
    }

    @Override
    public int getHeight() {
      return 256;
    }

    @Override
    public ImageInfo getImageInfo() {
      return this;
    }

    @Override
    public long getTimestamp() {
      return timestampNs;
    }

    @Override
    public int getRotationDegrees() {
      return rotation;
    }

    @Override
    public void close() {
      closed[0]++;
      image.close();
    }
  }

  /** The owl as a camera that lies on its side sees it: in gray, U and V say what they like. */
  private static FakeImage camera() throws Exception {
    BufferedImage owl = ImageIO.read(Project.file("models/emoji/samples/owl.png").toFile());
    return FakeImage.yuv(
        256,
        256,
        40,
        2,
        (x, y) -> owl.getRGB(255 - y, x) >> 8,
        (x, y) -> owl.getRGB(255 - 2 * y, 2 * x),
        (x, y) -> owl.getRGB(255 - 2 * y, 2 * x) >> 16);
  }

  private static ImageClassifier open(RunningMode mode) {
    return ImageClassifier.createFromOptions(
        ImageClassifierOptions.builder()
            .setBaseOptions(
                BaseOptions.builder()
                    .setModelAssetPath(
                        Project.file("models/emoji/emoji_int8.tflite").toAbsolutePath().toString())
                    .build())
            .setRunningMode(mode)
            .build());
  }

  private static ClassificationResult expected(ImageProcessingOptions options) throws Exception {
    ByteBuffer rgb =
        ByteBufferExtractor.extract(
            new MediaImageBuilder(camera()).build(), MPImage.IMAGE_FORMAT_RGB);
    try (ImageClassifier classifier = open(RunningMode.IMAGE)) {
      return classifier
          .classify(
              new ByteBufferImageBuilder(rgb, 256, 256, MPImage.IMAGE_FORMAT_RGB).build(), options)
          .classificationResult();
    }
  }

  @Test
  void planesRotationAndCropArrive() throws Exception {
    List<ImageClassifierResult> results = new ArrayList<>();
    List<RuntimeException> failures = new ArrayList<>();
    int[] closed = {0};
    try (ImageClassifier classifier = open(RunningMode.VIDEO)) {
      CameraClassifier sample = new CameraClassifier(classifier, results::add, failures::add);
      Rect whole = new Rect(0, 0, 256, 256);
      Rect part = new Rect(64, 0, 256, 128);
      sample.analyze(new Frame(camera(), whole, 5_000_000, 90, closed));
      sample.analyze(new Frame(camera(), whole, 5_400_000, 0, closed)); // the same millisecond
      sample.analyze(new Frame(camera(), part, 40_000_000, 270, closed));
      sample.analyze(new Frame(camera(), part, 0, 270, closed)); // another camera
    }
    assertEquals(List.of(), failures);
    assertEquals(4, closed[0]);
    assertEquals(List.of(5L, 6L, 40L, 41L), results.stream().map(r -> r.timestampMs()).toList());
    ImageProcessingOptions.Builder options = ImageProcessingOptions.builder();
    assertHeads(expected(options.setRotationDegrees(90).build()), results.get(0));
    assertHeads(expected(options.setRotationDegrees(0).build()), results.get(1));
    options.setRegionOfInterest(new RectF(0.25f, 0, 1, 0.5f)).setRotationDegrees(270);
    assertHeads(expected(options.build()), results.get(2));
    assertHeads(expected(options.build()), results.get(3));
    assertNotEquals(heads(results.get(0)), heads(results.get(1)));
  }

  private static List<?> heads(ImageClassifierResult result) {
    return result.classificationResult().classifications();
  }

  private static void assertHeads(ClassificationResult expected, ImageClassifierResult result) {
    assertEquals(expected.classifications(), heads(result));
  }

  @Test
  void aFrameThatFailsIsClosedToo() {
    List<RuntimeException> failures = new ArrayList<>();
    int[] closed = {0};
    try (ImageClassifier classifier = open(RunningMode.VIDEO)) {
      CameraClassifier sample =
          new CameraClassifier(
              classifier,
              result -> {
                throw new AssertionError("There is nothing to classify");
              },
              failures::add);
      Rect whole = new Rect(0, 0, 256, 256);
      sample.analyze(new Frame(FakeImage.ofFormat(ImageFormat.RAW_SENSOR), whole, 1, 0, closed));
    }
    assertEquals(1, closed[0]);
    assertInstanceOf(UnsupportedOperationException.class, failures.get(0));
    assertTrue(failures.get(0).getMessage().contains("YUV_420_888"));
  }
}
