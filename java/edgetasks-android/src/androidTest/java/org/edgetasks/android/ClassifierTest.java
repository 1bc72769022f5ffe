package org.edgetasks.android;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotEquals;
import static org.junit.Assert.assertTrue;

import android.graphics.Bitmap;
import android.graphics.BitmapFactory;
import android.graphics.RectF;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntBinaryOperator;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.framework.image.BitmapImageBuilder;
import org.edgetasks.framework.image.ByteBufferExtractor;
import org.edgetasks.framework.image.ByteBufferImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.framework.image.MediaImageBuilder;
import org.edgetasks.testing.FakeImage;
import org.edgetasks.testing.Project;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.core.RunningMode;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;
import org.edgetasks.vision.imageclassifier.ImageClassifierResult;
import org.junit.Test;

/** The classifier on pictures that Android has. */
public class ClassifierTest extends AndroidTest {
  private static Bitmap decode(Path picture) {
    return BitmapFactory.decodeFile(picture.toString());
  }

  private static MPImage image(Path picture) {
    return new BitmapImageBuilder(decode(picture)).build();
  }

  private static ImageClassifier open(String model) throws Exception {
    return ImageClassifier.createFromFile(context(), Project.file(model).toFile());
  }

  @Test
  public void bitmapsScoreAsTheirFilesDoInCpp() throws Exception {
    List<Path> samples = Project.samples();
    assertEquals(4, samples.size());
    for (String model : List.of(EMOJI, "models/emoji/emoji_f32.tflite")) {
      try (ImageClassifier classifier = open(model)) {
        for (Path sample : samples) {
          List<Scored> scores = scores(classifier.classify(image(sample)));
          assertEquals(scoresOfCpp(model, sample), scores);
          assertEquals(sample.getFileName().toString(), scores.get(0).name() + ".png");
        }
      }
    }
  }

  @Test
  public void takesARegionOfAndroid() throws Exception {
    Path owl = Project.samples().get(0);
    try (ImageClassifier classifier = open(EMOJI)) {
      ImageProcessingOptions corner =
          ImageProcessingOptions.builder().setRegionOfInterest(new RectF(0, 0, 0.5f, 0.5f)).build();
      Bitmap bitmap = decode(owl);
      Bitmap cut = Bitmap.createBitmap(bitmap, 0, 0, bitmap.getWidth() / 2, bitmap.getHeight() / 2);
      List<Scored> ofCorner = scores(classifier.classify(image(owl), corner));
      assertNotEquals(scores(classifier.classify(image(owl))), ofCorner);
      assertEquals(scores(classifier.classify(new BitmapImageBuilder(cut).build())), ofCorner);
    }
  }

  /** One of the three sums of JFIF's colours, rounded; each 2 x 2 pixels give their mean. */
  private static IntBinaryOperator sample(
      Bitmap bitmap, int size, double red, double green, double blue, int zero) {
    return (x, y) -> {
      double sum = 0;
      for (int i = 0; i < size * size; i++) {
        int color = bitmap.getPixel(x * size + i % size, y * size + i / size);
        sum += red * (color >> 16 & 255) + green * (color >> 8 & 255) + blue * (color & 255);
      }
      return (int) Math.round(sum / (size * size)) + zero;
    };
  }

  @Test
  public void picturesOfACameraAreRecognised() throws Exception {
    try (ImageClassifier classifier = open(EMOJI)) {
      for (Path picture : Project.samples()) {
        Bitmap bitmap = decode(picture);
        try (FakeImage camera =
            FakeImage.yuv(
                bitmap.getWidth(),
                bitmap.getHeight(),
                8,
                2,
                sample(bitmap, 1, 0.299, 0.587, 0.114, 0),
                sample(bitmap, 2, -0.168736, -0.331264, 0.5, 128),
                sample(bitmap, 2, 0.5, -0.418688, -0.081312, 128))) {
          MPImage frame = new MediaImageBuilder(camera).build();
          Scored best = scores(classifier.classify(frame)).get(0);
          Scored expected = scores(classifier.classify(image(picture))).get(0);
          assertEquals(expected.name(), best.name());
          assertEquals(expected.score(), best.score(), 0.1);
          assertTurnsAsItsColours(classifier, frame);
        }
        FakeImage screen =
            FakeImage.rgba(bitmap.getWidth(), bitmap.getHeight(), 64, bitmap::getPixel);
        assertEquals(
            scores(classifier.classify(image(picture))),
            scores(classifier.classify(new MediaImageBuilder(screen).build())));
      }
    }
  }

  /** Planes, strides, region and rotation arrive: the scores are those of the frame as RGB. */
  private static void assertTurnsAsItsColours(ImageClassifier classifier, MPImage frame) {
    MPImage rgb =
        new ByteBufferImageBuilder(
                ByteBufferExtractor.extract(frame, MPImage.IMAGE_FORMAT_RGB),
                frame.getWidth(),
                frame.getHeight(),
                MPImage.IMAGE_FORMAT_RGB)
            .build();
    for (int rotation = 0; rotation < 360; rotation += 90) {
      ImageProcessingOptions options =
          ImageProcessingOptions.builder()
              .setRotationDegrees(rotation)
              .setRegionOfInterest(new RectF(0.1f, 0, 1, 0.7f))
              .build();
      assertEquals(
          scores(classifier.classify(rgb, options)), scores(classifier.classify(frame, options)));
    }
  }

  @Test
  public void aFrameMayBeClosedWhenTheCallReturns() throws Exception {
    CompletableFuture<ImageClassifierResult> result = new CompletableFuture<>();
    ImageClassifierOptions options =
        ImageClassifierOptions.builder()
            .setBaseOptions(
                BaseOptions.builder()
                    .setModelAssetPath(Project.file(EMOJI).toAbsolutePath().toString())
                    .build())
            .setRunningMode(RunningMode.LIVE_STREAM)
            .setResultListener((frame, image) -> result.complete(frame))
            .setErrorListener(result::completeExceptionally)
            .build();
    Path owl = Project.samples().get(0);
    Bitmap bitmap = decode(owl);
    try (ImageClassifier classifier = ImageClassifier.createFromOptions(context(), options)) {
      MPImage frame = new BitmapImageBuilder(bitmap).build();
      classifier.classifyAsync(frame, 5);
      frame.close();
      assertTrue(bitmap.isRecycled());
      assertEquals(5, result.get(60, TimeUnit.SECONDS).timestampMs());
      assertEquals(scoresOfCpp(EMOJI, owl), scores(result.get()));
    }
    assertFalse(result.isCompletedExceptionally());
  }
}
