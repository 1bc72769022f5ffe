package org.edgetasks.android;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import android.graphics.BitmapFactory;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.core.ErrorDetail;
import org.edgetasks.framework.image.BitmapImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.genai.llminference.LlmInference;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.testing.Project;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;
import org.junit.Test;

/** The overloads that take a Context. */
public class AssetsTest extends AndroidTest {
  private static final String STORED = "emoji_int8.tflite";
  private static final String COMPRESSED = "models/compressed.model";

  private static List<Scored> owl(ImageClassifier opened) {
    Path owl = Project.file("models/emoji/samples/owl.png");
    MPImage image = new BitmapImageBuilder(BitmapFactory.decodeFile(owl.toString())).build();
    try (ImageClassifier classifier = opened) {
      return scores(classifier.classify(image));
    }
  }

  private static ImageClassifierOptions options(String path) {
    return ImageClassifierOptions.builder()
        .setBaseOptions(BaseOptions.builder().setModelAssetPath(path).setNumThreads(1).build())
        .setMaxResults(2)
        .build();
  }

  private static String absolute(String path) {
    return Project.file(path).toAbsolutePath().toString();
  }

  /** The package holds one asset as it is and the other compressed, as their names say. */
  @Test
  public void storedAndCompressedAssetsAreDifferentThings() throws IOException {
    context().getAssets().openFd(STORED).close();
    assertThrows(IOException.class, () -> context().getAssets().openFd(COMPRESSED));
  }

  @Test
  public void allWaysToAModelGiveTheSameClassifier() throws Exception {
    File file = Project.file(EMOJI).toFile();
    byte[] bytes = Files.readAllBytes(file.toPath());
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes.length);
    buffer.put(bytes).flip();
    List<Scored> expected = owl(ImageClassifier.createFromFile(file));
    assertEquals("owl", expected.get(0).name());
    assertEquals(expected, owl(ImageClassifier.createFromFile(context(), STORED)));
    assertEquals(expected, owl(ImageClassifier.createFromFile(context(), COMPRESSED)));
    assertEquals(expected, owl(ImageClassifier.createFromFile(context(), absolute(EMOJI))));
    assertEquals(expected, owl(ImageClassifier.createFromFile(context(), file)));
    assertEquals(expected, owl(ImageClassifier.createFromBuffer(context(), buffer)));
  }

  @Test
  public void otherOptionsStayAsTheyAre() throws Exception {
    List<Scored> expected =
        owl(ImageClassifier.createFromOptions(context(), options(absolute(EMOJI))));
    assertEquals(2, expected.size());
    for (String asset : List.of(STORED, COMPRESSED)) {
      assertEquals(expected, owl(ImageClassifier.createFromOptions(context(), options(asset))));
    }
  }

  @Test
  public void anAssetThatIsNotThereIsNamed() {
    EdgeTasksException failure =
        assertThrows(
            EdgeTasksException.class,
            () -> ImageClassifier.createFromFile(context(), "no/such.tflite"));
    assertEquals(ErrorDetail.FILE_NOT_FOUND, failure.getErrorDetail());
    assertTrue(failure.getMessage(), failure.getMessage().contains("no/such.tflite"));
    assertThrows(
        FileNotFoundException.class,
        () -> ImageClassifier.createFromFile(context(), new File("/no/such.tflite")));
    assertThrows(
        IllegalArgumentException.class, () -> ImageClassifier.createFromFile(null, STORED));
  }

  private static String story(String path) {
    LlmInferenceOptions options = LlmInferenceOptions.builder().setModelPath(path).build();
    LlmInferenceSessionOptions greedy =
        LlmInferenceSessionOptions.builder().setTemperature(0).setMaxOutputTokens(16).build();
    try (LlmInference llm = LlmInference.createFromOptions(context(), options);
        LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, greedy)) {
      session.addQueryChunk("Once upon a time");
      return session.generateResponse();
    }
  }

  @Test
  public void aLanguageModelMayBeAnAsset() {
    String expected = story(absolute("models/story/story.task"));
    assertTrue(expected, expected.contains("girl"));
    assertEquals(expected, story("story.task"));
    EdgeTasksException failure =
        assertThrows(EdgeTasksException.class, () -> story("no/such.task"));
    assertEquals(ErrorDetail.FILE_NOT_FOUND, failure.getErrorDetail());
  }
}
