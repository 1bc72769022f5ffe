package org.edgetasks.genai.llminference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.core.ErrorDetail;
import org.edgetasks.core.StatusCode;
import org.edgetasks.genai.llminference.LlmInference.Backend;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.testing.Files;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LlmInferenceTest {
  private static final String PROMPT = "Once upon a time";

  private static LlmInferenceOptions.Builder story() {
    return LlmInferenceOptions.builder().setModelPath(Files.story()).setMaxTokens(48);
  }

  private static EdgeTasksException failure(LlmInferenceOptions options) {
    return assertThrows(
        EdgeTasksException.class, () -> LlmInference.createFromOptions(options).close());
  }

  @Test
  void respondsWithoutASession() throws Exception {
    try (LlmInference llm = LlmInference.createFromOptions(story().build())) {
      String text = llm.generateResponse(PROMPT);
      assertFalse(text.isEmpty());
      assertEquals(text, llm.generateResponse(PROMPT), "calls do not know of one another");
      assertEquals(text, llm.generateResponseAsync(PROMPT).get());
      StringBuilder parts = new StringBuilder();
      assertEquals(
          text, llm.generateResponseAsync(PROMPT, (part, done) -> parts.append(part)).get());
      assertEquals(text, parts.toString());
      LlmResponse response = llm.generateResponseResult(PROMPT);
      assertEquals(text, response.text());
      assertEquals(FinishReason.CONTEXT_FULL, response.finishReason());
    }
  }

  @Test
  void manyCallsAtOnceDoNotDisturbOneAnother() throws Exception {
    try (LlmInference llm = LlmInference.createFromOptions(story().build())) {
      List<String> prompts = List.of(PROMPT, "Lily and Tom", "The dog was very", "One day");
      List<String> alone = new ArrayList<>();
      for (String prompt : prompts) {
        alone.add(llm.generateResponse(prompt));
      }
      for (int round = 0; round < 3; round++) {
        List<LlmResponseFuture> futures = new ArrayList<>();
        for (String prompt : prompts) {
          futures.add(llm.generateResponseAsync(prompt));
          llm.sizeInTokens(prompt);
        }
        for (int i = 0; i < prompts.size(); i++) {
          assertEquals(alone.get(i), futures.get(i).get());
        }
      }
    }
  }

  @Test
  void tokenizesAndBack() {
    try (LlmInference llm = LlmInference.createFromOptions(story().build())) {
      String text = PROMPT + " 🦉 a\0b";
      int[] ids = llm.tokenize(text);
      assertEquals(llm.sizeInTokens(text), ids.length);
      assertEquals(text, llm.detokenize(ids));
      assertEquals(0, llm.tokenize("").length);
      assertEquals("", llm.detokenize(new int[0]));
      EdgeTasksException error =
          assertThrows(EdgeTasksException.class, () -> llm.detokenize(new int[] {1 << 20}));
      assertEquals(ErrorDetail.BAD_VALUE, error.getErrorDetail());
    }
  }

  @Test
  void countsTokens() {
    try (LlmInference llm = LlmInference.createFromOptions(story().build())) {
      assertEquals(0, llm.sizeInTokens(""));
      assertTrue(llm.sizeInTokens(PROMPT) >= 4);
      assertEquals(48, llm.maxTokens());
    }
  }

  @Test
  void aDefaultBuiltObjectHasTheModelsWholeContext() {
    LlmInferenceOptions options = LlmInferenceOptions.builder().setModelPath(Files.story()).build();
    assertEquals(0, options.maxTokens());
    try (LlmInference llm = LlmInference.createFromOptions(options)) {
      assertEquals(1024, llm.maxTokens());
    }
  }

  @Test
  void sessionsOutliveTheirModel() {
    LlmInference llm = LlmInference.createFromOptions(story().build());
    LlmInferenceSession session =
        LlmInferenceSession.createFromOptions(llm, LlmInferenceSessionOptions.builder().build());
    llm.close();
    llm.close();
    session.addQueryChunk(PROMPT);
    assertFalse(session.generateResponse().isEmpty());
    session.close();
    assertThrows(IllegalStateException.class, () -> llm.generateResponse(PROMPT));
    assertThrows(IllegalStateException.class, () -> llm.generateResponseAsync(PROMPT));
    assertThrows(IllegalStateException.class, () -> llm.sizeInTokens(PROMPT));
    assertThrows(IllegalStateException.class, () -> llm.tokenize(PROMPT));
    assertThrows(IllegalStateException.class, () -> llm.detokenize(new int[] {1}));
    assertThrows(IllegalStateException.class, llm::maxTokens);
    assertThrows(
        IllegalStateException.class,
        () ->
            LlmInferenceSession.createFromOptions(
                llm, LlmInferenceSessionOptions.builder().build()));
  }

  @Test
  void closingCancelsItsOwnResponses() throws Exception {
    LlmInference llm = LlmInference.createFromOptions(story().build());
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    LlmResponseFuture future =
        llm.generateResponseAsync(
            PROMPT,
            (part, done) -> {
              started.countDown();
              try {
                go.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    started.await();
    llm.close();
    go.countDown();
    assertEquals(FinishReason.CANCELLED, future.response().get().finishReason());
  }

  @Test
  void opensDescriptorsAndBuffers() throws Exception {
    String expected;
    try (LlmInference llm = LlmInference.createFromOptions(story().build())) {
      expected = llm.generateResponse(PROMPT);
    }
    byte[] bytes = java.nio.file.Files.readAllBytes(Path.of(Files.story()));
    ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length);
    direct.put(bytes).flip();
    try (LlmInference llm = open(BaseOptions.builder().setModelAssetBuffer(direct))) {
      assertEquals(expected, llm.generateResponse(PROMPT));
    }
    try (FileChannel channel = FileChannel.open(Path.of(Files.story()))) {
      ByteBuffer mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      try (LlmInference llm = open(BaseOptions.builder().setModelAssetBuffer(mapped))) {
        assertEquals(expected, llm.generateResponse(PROMPT));
      }
    }
  }

  private static LlmInference open(BaseOptions.Builder base) {
    return LlmInference.createFromOptions(
        LlmInferenceOptions.builder()
            .setBaseOptions(base.setNumThreads(1).build())
            .setMaxTokens(48)
            .build());
  }

  @Test
  void missingFile() {
    EdgeTasksException e =
        failure(LlmInferenceOptions.builder().setModelPath("/no/such/🦉.task").build());
    assertEquals(StatusCode.NOT_FOUND, e.getStatusCode());
    assertEquals(ErrorDetail.FILE_NOT_FOUND, e.getErrorDetail());
    assertTrue(e.getMessage().contains("/no/such/🦉.task"), e.getMessage());
  }

  @Test
  void wrongFile(@TempDir Path folder) throws Exception {
    Path text = folder.resolve("model.task");
    java.nio.file.Files.writeString(text, "This is no model, but a text of some length.");
    EdgeTasksException e =
        failure(LlmInferenceOptions.builder().setModelPath(text.toString()).build());
    assertEquals(ErrorDetail.NOT_A_MODEL_FILE, e.getErrorDetail());
  }

  @Test
  void truncatedFile(@TempDir Path folder) throws Exception {
    Path half = folder.resolve("half.litertlm");
    byte[] all =
        java.nio.file.Files.readAllBytes(Files.checkout().resolve("models/story/story.litertlm"));
    try (FileOutputStream out = new FileOutputStream(half.toFile())) {
      out.write(all, 0, all.length / 2);
    }
    EdgeTasksException e =
        failure(LlmInferenceOptions.builder().setModelPath(half.toString()).build());
    assertEquals(ErrorDetail.CORRUPT_FILE, e.getErrorDetail(), e.getMessage());
  }

  @Test
  void aClassifierIsNoLanguageModel() {
    EdgeTasksException e =
        failure(LlmInferenceOptions.builder().setModelPath(Files.emoji()).build());
    assertEquals(ErrorDetail.NOT_A_LANGUAGE_MODEL, e.getErrorDetail());
  }

  @Test
  void missingTokenizer() {
    Path bare = Files.testdata("llm/stories260K/stories260K_q8_ekv512.tflite");
    EdgeTasksException e =
        failure(LlmInferenceOptions.builder().setModelPath(bare.toString()).build());
    assertEquals(ErrorDetail.MISSING_PART, e.getErrorDetail());
    assertTrue(e.getMessage().contains("tokenizer"), e.getMessage());
  }

  @Test
  void maxTokensBeyondTheModel() {
    EdgeTasksException e = failure(story().setMaxTokens(20_000_000).build());
    assertEquals(ErrorDetail.INVALID_OPTION, e.getErrorDetail());
    assertTrue(e.getMessage().contains("1024"), e.getMessage());
  }

  @Test
  void tooLongPrompt() {
    try (LlmInference llm = LlmInference.createFromOptions(story().build())) {
      String prompt = PROMPT.repeat(50);
      for (Runnable call :
          List.<Runnable>of(
              () -> llm.generateResponse(prompt), () -> llm.generateResponseAsync(prompt))) {
        EdgeTasksException e = assertThrows(EdgeTasksException.class, call::run);
        assertEquals(StatusCode.RESOURCE_EXHAUSTED, e.getStatusCode());
        assertEquals(ErrorDetail.CONTEXT_FULL, e.getErrorDetail());
      }
    }
  }

  @Test
  void misuseIsToldBeforeNativeCode() {
    assertThrows(IllegalStateException.class, () -> LlmInferenceOptions.builder().build());
    assertThrows(IllegalArgumentException.class, () -> story().setMaxTokens(-1));
    assertThrows(IllegalArgumentException.class, () -> story().setModelPath(null));
    assertThrows(IllegalArgumentException.class, () -> LlmInference.createFromOptions(null));
    LlmInferenceSessionOptions.Builder session = LlmInferenceSessionOptions.builder();
    assertThrows(IllegalArgumentException.class, () -> session.setTopK(0));
    assertThrows(IllegalArgumentException.class, () -> session.setTopP(1.01f));
    assertThrows(IllegalArgumentException.class, () -> session.setTopP(Float.NaN));
    assertThrows(IllegalArgumentException.class, () -> session.setTemperature(-0.1f));
    assertThrows(IllegalArgumentException.class, () -> session.setTemperature(Float.NaN));
    assertThrows(
        IllegalArgumentException.class, () -> session.setTemperature(Float.POSITIVE_INFINITY));
    assertThrows(IllegalArgumentException.class, () -> session.setMaxOutputTokens(-1));
    assertThrows(UnsupportedOperationException.class, () -> session.setLoraPath("lora"));
    assertThrows(
        UnsupportedOperationException.class, () -> story().setPreferredBackend(Backend.GPU));
    assertThrows(UnsupportedOperationException.class, () -> story().setMaxNumImages(1));
    assertThrows(
        UnsupportedOperationException.class, () -> story().setSupportedLoraRanks(List.of(4)));
    story().setPreferredBackend(Backend.CPU).setMaxNumImages(0).setSupportedLoraRanks(List.of());
  }

  @Test
  void optionsComeBackFromTheirBuilder() {
    LlmInferenceOptions options =
        story()
            .setMaxTopK(7)
            .setTokenizerPath("tokenizer.model")
            .setKvCacheType(KvCacheType.INT8)
            .setWeightMemory(WeightMemory.ON_TOUCH)
            .setPreferredBackend(Backend.DEFAULT)
            .setErrorListener(e -> {})
            .build();
    LlmInferenceOptions copy = options.toBuilder().build();
    assertEquals(Files.story(), copy.modelPath());
    assertEquals(48, copy.maxTokens());
    assertEquals(7, copy.maxTopK());
    assertEquals("tokenizer.model", copy.tokenizerPath());
    assertEquals(KvCacheType.INT8, copy.kvCacheType());
    assertEquals(WeightMemory.ON_TOUCH, copy.weightMemory());
    assertEquals(options.preferredBackend(), copy.preferredBackend());
    assertEquals(options.errorListener(), copy.errorListener());
    LlmInferenceSessionOptions session =
        LlmInferenceSessionOptions.builder()
            .setTopK(3)
            .setTopP(0.5f)
            .setTemperature(0.25f)
            .setRandomSeed(9)
            .setMaxOutputTokens(5)
            .setPromptTemplates(PromptTemplates.builder().setModelSuffix("x").build())
            .build();
    assertEquals(session, session.toBuilder().build());
    assertEquals(session.hashCode(), session.toBuilder().build().hashCode());
  }
}
