package org.edgetasks.robustness;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.framework.image.ByteBufferImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.framework.image.UncheckedImages;
import org.edgetasks.genai.llminference.LlmCheckpoint;
import org.edgetasks.genai.llminference.LlmInference;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.genai.llminference.LlmResponseFuture;
import org.edgetasks.genai.llminference.PromptTemplates;
import org.edgetasks.genai.llminference.ResponseFormat;
import org.edgetasks.testing.Files;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.core.RectF;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;

/** Calls every native method, with its errors: {@link JniCheckTest} runs it under -Xcheck:jni. */
final class JniExercise {
  private JniExercise() {}

  public static void main(String[] arguments) throws Exception {
    LlmInferenceOptions options =
        LlmInferenceOptions.builder().setModelPath(Files.story()).setMaxTokens(64).build();
    try (LlmInference llm = LlmInference.createFromOptions(options)) {
      llm.sizeInTokens("🦉\0\uD83E");
      llm.detokenize(llm.tokenize("🦉\0\uD83E"));
      expectFailure(() -> llm.detokenize(new int[] {-1}));
      llm.maxTokens();
      llm.generateResponse("Once");
      exerciseSession(llm);
      exerciseContext(llm);
    }
    expectFailure(
        () ->
            LlmInference.createFromOptions(
                LlmInferenceOptions.builder().setModelPath("/no/🦉").build()));
    exerciseClassifier();
    System.out.println("done");
  }

  private static void exerciseSession(LlmInference llm) throws Exception {
    LlmInferenceSessionOptions sampling =
        LlmInferenceSessionOptions.builder()
            .setPromptTemplates(PromptTemplates.builder().setUserPrefix("🦉").build())
            .setMaxOutputTokens(4)
            .build();
    try (LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, sampling)) {
      session.sizeInTokens("Once");
      session.addQueryChunk("Once");
      try (LlmInferenceSession clone = session.cloneSession()) {
        clone.generateResponse();
      }
      session.updateSessionOptions(builder -> builder.setTopK(2).build());
      session.generateResponseAsync((partial, done) -> {}).get();
      session.generateResponseAsync().get();
      expectFailure(() -> session.addQueryChunk("Once upon a time ".repeat(100)));
      session.cancelGenerateResponseAsync();
      session.updateSessionOptions(builder -> builder.setMaxOutputTokens(0).build());
      LlmResponseFuture cancelled = session.generateResponseAsync((partial, done) -> {});
      cancelled.cancel(true);
      cancelled.response().get();
      LlmResponseFuture thrown =
          session.generateResponseAsync(
              (partial, done) -> {
                throw new IllegalStateException();
              });
      thrown.handle((text, failure) -> text).get();
      expectFailure(
          () -> {
            while (true) {
              session.generateResponse(); // until the context is full
            }
          });
    }
  }

  private static void exerciseContext(LlmInference llm) throws Exception {
    LlmInferenceSessionOptions everything =
        LlmInferenceSessionOptions.builder()
            .setLogitBias(Map.of(3, 1f, 4, -1f))
            .setSuppressedTokens(List.of(5))
            .setStopStrings(List.of("🦉", "\0"))
            .setStopTokens(List.of(6, 7))
            .setNumLogprobs(3)
            .setMaxOutputTokens(8)
            .setResponseFormat(ResponseFormat.choice(List.of("🦉🦉", "yes")))
            .build();
    Path file = java.nio.file.Files.createTempFile("session", ".bin");
    try (LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, everything)) {
      LlmCheckpoint start = session.checkpoint();
      session.promptSizeInTokens("🦉");
      session.addQueryChunk("Once");
      session.generateResponseStream(event -> event.tokens()).get();
      session.messages();
      session.renderPrompt();
      session.generateResponseStream(event -> {}, everything).get();
      session.generateResponse(everything.toBuilder().setTopK(1).build());
      session.score(" 🦉\0");
      session.score("");
      session.rewind(session.contextUsed());
      session.save(file.toString());
      session.rewind(start);
      expectFailure(() -> session.rewind(1000));
      expectFailure(() -> session.rewind(LlmCheckpoint.create(1000, -1)));
      expectFailure(() -> session.save("/no/🦉"));
      expectFailure(() -> llm.loadSession("/no/🦉", everything));
      expectFailure(
          () ->
              session.generateResponse(
                  everything.toBuilder().setResponseFormat(ResponseFormat.regex("(")).build()));
      try (LlmInferenceSession loaded = llm.loadSession(file.toString(), everything)) {
        loaded.generateResponse();
        loaded.contextRemaining();
      }
    } finally {
      java.nio.file.Files.delete(file);
    }
  }

  private static void exerciseClassifier() {
    ByteBuffer pixels = ByteBuffer.allocateDirect(64 * 64 * 3);
    MPImage image = new ByteBufferImageBuilder(pixels, 64, 64, MPImage.IMAGE_FORMAT_RGB).build();
    ImageClassifierOptions options =
        ImageClassifierOptions.builder()
            .setBaseOptions(BaseOptions.builder().setModelAssetPath(Files.emoji()).build())
            .setCategoryDenylist(List.of("owl", "🦉"))
            .build();
    try (ImageClassifier classifier = ImageClassifier.createFromOptions(options)) {
      classifier.assumptions();
      classifier.labels();
      classifier.labels(-1);
      classifier.customMetadata();
      classifier.classifyAll(List.of(image, UncheckedImages.tooFewBytes(), image));
      expectFailure(() -> classifier.classify(UncheckedImages.tooFewBytes()));
      classifier.classify(image);
      classifier.classify(
          image,
          ImageProcessingOptions.builder()
              .setRegionOfInterest(new RectF(0, 0, 0.5f, 0.5f))
              .setRotationDegrees(90)
              .build());
    }
    expectFailure(() -> ImageClassifier.createFromFile("/no/🦉"));
  }

  private static void expectFailure(Runnable call) {
    try {
      call.run();
    } catch (EdgeTasksException e) {
      if (!e.getMessage().isEmpty()) {
        return;
      }
    }
    throw new AssertionError("It did not fail as it should");
  }
}
