package org.edgetasks.shrinking;

import java.io.File;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Collections;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.framework.image.ByteBufferImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.genai.llminference.LlmCheckpoint;
import org.edgetasks.genai.llminference.LlmInference;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.genai.llminference.LlmResponse;
import org.edgetasks.genai.llminference.PromptTemplates;
import org.edgetasks.genai.llminference.ResponseFormat;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;

/** An application that calls native code in each way there is, and prints what it gets. */
public final class SmallProgram {
  private static final int SIDE = 96;

  private SmallProgram() {}

  /** Takes the paths of a classifier and of a language model. */
  public static void main(String[] arguments) throws Exception {
    classify(arguments[0]);
    generate(arguments[1]);
    fail();
  }

  private static void classify(String model) {
    ByteBuffer pixels = ByteBuffer.allocateDirect(SIDE * SIDE * 3);
    for (int i = 0; i < pixels.capacity(); i++) {
      pixels.put((byte) (i * 31 % 251));
    }
    pixels.flip();
    MPImage image =
        new ByteBufferImageBuilder(pixels, SIDE, SIDE, MPImage.IMAGE_FORMAT_RGB).build();
    ImageClassifierOptions options =
        ImageClassifierOptions.builder()
            .setBaseOptions(BaseOptions.builder().setModelAssetPath(model).build())
            .setMaxResults(2)
            .build();
    try (ImageClassifier classifier = ImageClassifier.createFromOptions(options)) {
      classifier
          .classify(image)
          .classificationResult()
          .classifications()
          .get(0)
          .categories()
          .forEach(category -> System.out.println(category.categoryName() + category.score()));
      System.out.println(classifier.assumptions());
    }
  }

  private static void generate(String model) throws Exception {
    LlmInferenceSessionOptions greedy =
        LlmInferenceSessionOptions.builder().setTemperature(0).setMaxOutputTokens(16).build();
    try (LlmInference llm =
            LlmInference.createFromOptions(
                LlmInferenceOptions.builder().setModelPath(model).build());
        LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, greedy)) {
      session.addQueryChunk("Once upon a time");
      StringBuilder parts = new StringBuilder();
      String text =
          session.generateResponseAsync((part, done) -> parts.append(part).append('|')).get();
      System.out.println(text + " " + parts);
      LlmResponse next = session.generateResponseResult();
      System.out.println(next.finishReason() + " " + next.outputTokens() + next.text());
      control(llm, session, greedy);
    }
  }

  /** Everything that crosses the border by its name: options, tokens, scores, checkpoints. */
  private static void control(
      LlmInference llm, LlmInferenceSession session, LlmInferenceSessionOptions greedy)
      throws Exception {
    LlmCheckpoint checkpoint = session.checkpoint();
    LlmInferenceSessionOptions told =
        greedy.toBuilder()
            .setNumLogprobs(1)
            .setStopStrings(Collections.singletonList("The end"))
            .setSuppressedTokens(Collections.singletonList(5))
            .setLogitBias(Collections.singletonMap(6, -1f))
            .setPromptTemplates(PromptTemplates.builder().setUserPrefix(" ").build())
            .build();
    session
        .generateResponseStream(event -> System.out.println(event.text() + event.tokens()), told)
        .get();
    session.rewind(checkpoint);
    System.out.println(session.checkpoint().equals(checkpoint));
    System.out.println(session.score(" The end.") + " " + session.contextRemaining());
    LlmInferenceSessionOptions choice =
        greedy.toBuilder()
            .setResponseFormat(ResponseFormat.choice(Arrays.asList(" yes", " no")))
            .build();
    File file = File.createTempFile("small", ".session");
    session.save(file.getPath());
    try (LlmInferenceSession loaded = llm.loadSession(file.getPath(), choice)) {
      System.out.println(loaded.generateResponse());
    } finally {
      System.out.println(file.delete());
    }
  }

  private static void fail() {
    try {
      ImageClassifier.createFromFile("/no/model.tflite").close();
    } catch (EdgeTasksException e) {
      System.out.println(e.getStatusCode() + " " + e.getErrorDetail() + " " + e.getMessage());
    }
  }
}
