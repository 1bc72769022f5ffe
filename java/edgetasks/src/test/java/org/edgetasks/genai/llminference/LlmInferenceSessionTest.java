package org.edgetasks.genai.llminference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.core.ErrorDetail;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.testing.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LlmInferenceSessionTest {
  private static final LlmInferenceSessionOptions GREEDY =
      LlmInferenceSessionOptions.builder().setTemperature(0).setMaxOutputTokens(200).build();
  private static final LlmInferenceSessionOptions SHORT =
      GREEDY.toBuilder().setMaxOutputTokens(16).build();
  private static final String PROMPT = "Once upon a time";

  private static LlmInference llm;

  @BeforeAll
  static void open() {
    llm =
        LlmInference.createFromOptions(
            LlmInferenceOptions.builder().setModelPath(Files.story()).build());
  }

  @AfterAll
  static void close() {
    llm.close();
  }

  private static LlmInferenceSession session(LlmInferenceSessionOptions options, String prompt) {
    LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, options);
    session.addQueryChunk(prompt);
    return session;
  }

  private static String answer(LlmInferenceSessionOptions options, String prompt) {
    try (LlmInferenceSession session = session(options, prompt)) {
      return session.generateResponse();
    }
  }

  /** A listener that stops the model at its first part until the latch opens. */
  private static ProgressListener<String> blocked(CountDownLatch started, CountDownLatch go) {
    return (partial, done) -> {
      started.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    };
  }

  @Test
  void continuesThePrompt() {
    try (LlmInferenceSession session = session(SHORT, PROMPT)) {
      LlmResponse response = session.generateResponseResult();
      assertTrue(response.text().startsWith(", there was a little girl named"), response.text());
      assertEquals(FinishReason.MAX_OUTPUT_TOKENS, response.finishReason());
      assertEquals(16, response.outputTokens());
      assertTrue(response.promptTokens() > 0);
      assertTrue(response.decodeMs() > 0);
      assertTrue(response.firstTokenMs() > 0);
    }
  }

  @Test
  void chunksAreOneText() {
    try (LlmInferenceSession session = session(SHORT, "Once upon")) {
      session.addQueryChunk(" a time");
      assertEquals(answer(SHORT, PROMPT), session.generateResponse());
    }
  }

  @Test
  void partsMakeTheResponse() throws Exception {
    try (LlmInferenceSession session = session(SHORT, PROMPT)) {
      StringBuilder parts = new StringBuilder();
      BlockingQueue<Boolean> dones = new LinkedBlockingQueue<>();
      String text =
          session
              .generateResponseAsync(
                  (partial, done) -> {
                    parts.append(partial);
                    dones.add(done);
                  })
              .get();
      assertEquals(text, parts.toString());
      assertEquals(answer(SHORT, PROMPT), text);
      List<Boolean> all = List.copyOf(dones);
      assertEquals(all.size() - 1, all.indexOf(true), "done is the last call's alone");
    }
  }

  @Test
  void theFutureIsOfBothKinds() throws Exception {
    try (LlmInferenceSession session = session(SHORT, PROMPT)) {
      LlmResponseFuture future = session.generateResponseAsync();
      CountDownLatch told = new CountDownLatch(1);
      future.addListener(told::countDown, Runnable::run);
      assertTrue(told.await(30, TimeUnit.SECONDS));
      assertTrue(future.isDone());
      assertEquals(future.get(), future.response().get().text());
      assertInstanceOf(CompletableFuture.class, future);
    }
  }

  @Test
  void theSessionIsFreeWhenTheFutureCompletes() throws Exception {
    try (LlmInferenceSession session = session(SHORT, PROMPT)) {
      CompletableFuture<String> next =
          session
              .generateResponseAsync()
              .thenApply(
                  text -> {
                    session.addQueryChunk(" The end.");
                    return session.generateResponse();
                  });
      assertFalse(next.get().isEmpty());
    }
  }

  @Test
  void refusesASecondCallAndTheFirstGoesOn() throws Exception {
    try (LlmInferenceSession session = session(SHORT, PROMPT)) {
      CountDownLatch started = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      LlmResponseFuture future = session.generateResponseAsync(blocked(started, go));
      started.await();
      assertThrows(IllegalStateException.class, () -> session.addQueryChunk("x"));
      assertThrows(IllegalStateException.class, session::generateResponse);
      assertThrows(IllegalStateException.class, session::generateResponseAsync);
      assertThrows(IllegalStateException.class, session::cloneSession);
      assertThrows(
          IllegalStateException.class,
          () -> session.updateSessionOptions(builder -> builder.setTopK(3).build()));
      assertEquals(llm.sizeInTokens(" a time"), session.sizeInTokens(" a time"));
      go.countDown();
      assertEquals(answer(SHORT, PROMPT), future.get());
    }
  }

  @Test
  void otherSessionsRunMeanwhile() throws Exception {
    try (LlmInferenceSession one = session(SHORT, PROMPT);
        LlmInferenceSession two = session(SHORT, "The dog")) {
      CountDownLatch started = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      LlmResponseFuture first = one.generateResponseAsync(blocked(started, go));
      started.await();
      String second = two.generateResponse();
      go.countDown();
      assertEquals(answer(SHORT, "The dog"), second);
      assertEquals(answer(SHORT, PROMPT), first.get());
    }
  }

  @Test
  void cancelledFutureEndsTheGenerationAndTheSessionGoesOn() throws Exception {
    try (LlmInferenceSession session = session(GREEDY, PROMPT)) {
      CountDownLatch started = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      LlmResponseFuture future = session.generateResponseAsync(blocked(started, go));
      started.await();
      CompletableFuture<LlmResponse> response = future.response();
      assertTrue(future.cancel(true));
      assertTrue(future.isCancelled());
      assertThrows(CancellationException.class, future::get);
      assertFalse(response.isDone());
      go.countDown();
      session.addQueryChunk(" The end."); // waits for the step under way
      assertEquals(FinishReason.CANCELLED, response.get().finishReason());
      assertTrue(response.get().outputTokens() < 10, response.get().toString());
      session.updateSessionOptions(builder -> builder.setMaxOutputTokens(4).build());
      assertEquals(FinishReason.MAX_OUTPUT_TOKENS, session.generateResponseResult().finishReason());
    }
  }

  @Test
  void aTimeoutEndsTheGeneration() throws Exception {
    try (LlmInferenceSession session = session(GREEDY, PROMPT)) {
      CountDownLatch started = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      LlmResponseFuture future = session.generateResponseAsync(blocked(started, go));
      started.await();
      future.orTimeout(1, TimeUnit.MILLISECONDS);
      ExecutionException e = assertThrows(ExecutionException.class, future::get);
      assertInstanceOf(TimeoutException.class, e.getCause());
      go.countDown();
      assertEquals(FinishReason.CANCELLED, future.response().get().finishReason());
    }
  }

  @Test
  void cancelKeepsTheTextThatIsThere() throws Exception {
    try (LlmInferenceSession session = session(GREEDY, PROMPT)) {
      LlmResponseFuture future =
          session.generateResponseAsync(
              (partial, done) -> {
                if (!done) {
                  session.cancelGenerateResponseAsync();
                }
              });
      String text = future.get();
      assertTrue(answer(GREEDY, PROMPT).startsWith(text));
      assertEquals(FinishReason.CANCELLED, future.response().get().finishReason());
    }
  }

  @Test
  void cancelWithoutAResponseDoesNothing() {
    try (LlmInferenceSession session = session(SHORT, PROMPT)) {
      session.cancelGenerateResponseAsync();
      assertEquals(answer(SHORT, PROMPT), session.generateResponse());
      session.cancelGenerateResponseAsync();
    }
  }

  @Test
  void whatAListenerThrowsIsTheFutures() throws Exception {
    AtomicReference<RuntimeException> told = new AtomicReference<>();
    RuntimeException thrown = new IllegalArgumentException("from the listener");
    try (LlmInference listened =
            LlmInference.createFromOptions(
                LlmInferenceOptions.builder()
                    .setModelPath(Files.story())
                    .setErrorListener(told::set)
                    .build());
        LlmInferenceSession session = LlmInferenceSession.createFromOptions(listened, GREEDY)) {
      session.addQueryChunk(PROMPT);
      LlmResponseFuture future =
          session.generateResponseAsync(
              (partial, done) -> {
                throw thrown;
              });
      assertSame(thrown, assertThrows(ExecutionException.class, future::get).getCause());
      assertSame(
          thrown, assertThrows(CompletionException.class, future.response()::join).getCause());
      assertSame(thrown, told.get());
      session.updateSessionOptions(builder -> builder.setMaxOutputTokens(4).build());
      session.addQueryChunk(" More");
      assertFalse(session.generateResponse().isEmpty());
    }
  }

  @Test
  void anErrorOfAListenerIsTheFuturesToo() {
    try (LlmInferenceSession session = session(GREEDY, PROMPT)) {
      LlmResponseFuture future =
          session.generateResponseAsync(
              (partial, done) -> {
                throw new AssertionError("from the listener");
              });
      Throwable cause = assertThrows(ExecutionException.class, future::get).getCause();
      assertInstanceOf(AssertionError.class, cause);
    }
  }

  @Test
  void closeDuringGenerateCancelsIt() throws Exception {
    LlmInferenceSession session = session(GREEDY, PROMPT);
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    LlmResponseFuture future = session.generateResponseAsync(blocked(started, go));
    started.await();
    session.close();
    assertThrows(IllegalStateException.class, () -> session.sizeInTokens("x"));
    assertFalse(future.isDone());
    go.countDown();
    assertTrue(answer(GREEDY, PROMPT).startsWith(future.get()));
    assertEquals(FinishReason.CANCELLED, future.response().get().finishReason());
  }

  @Test
  void closeFromItsOwnListener() throws Exception {
    LlmInferenceSession session = session(GREEDY, PROMPT);
    LlmResponseFuture future = session.generateResponseAsync((partial, done) -> session.close());
    assertEquals(FinishReason.CANCELLED, future.response().get().finishReason());
    session.close();
  }

  @Test
  void closeDuringABlockingCall() throws Exception {
    LlmInferenceSession session = session(GREEDY.toBuilder().setMaxOutputTokens(0).build(), PROMPT);
    CompletableFuture<LlmResponse> response =
        CompletableFuture.supplyAsync(session::generateResponseResult);
    Thread.sleep(5);
    session.close();
    try {
      FinishReason reason = response.get().finishReason();
      assertTrue(reason == FinishReason.CANCELLED || reason == FinishReason.CONTEXT_FULL);
    } catch (ExecutionException e) {
      assertInstanceOf(IllegalStateException.class, e.getCause()); // closed before it began
    }
  }

  @Test
  void refusesCallsAfterClose() {
    LlmInferenceSession session = session(SHORT, PROMPT);
    session.close();
    session.close();
    assertThrows(IllegalStateException.class, () -> session.addQueryChunk("x"));
    assertThrows(IllegalStateException.class, session::generateResponse);
    assertThrows(IllegalStateException.class, session::generateResponseAsync);
    assertThrows(IllegalStateException.class, session::cancelGenerateResponseAsync);
    assertThrows(IllegalStateException.class, session::cloneSession);
    assertThrows(IllegalStateException.class, () -> session.sizeInTokens("x"));
    assertEquals(SHORT, session.getSessionOptions());
  }

  @Test
  void clonesGoSeparateWays() {
    try (LlmInferenceSession session = session(SHORT, PROMPT)) {
      session.generateResponse();
      session.addQueryChunk(" She said");
      try (LlmInferenceSession clone = session.cloneSession()) {
        assertEquals(session.getSessionOptions(), clone.getSessionOptions());
        String mine = session.generateResponse();
        assertEquals(mine, clone.generateResponse());
        session.addQueryChunk(" Then");
        clone.addQueryChunk(" \"No");
        assertNotEquals(session.generateResponse(), clone.generateResponse());
      }
    }
  }

  @Test
  void updatesOptions() {
    try (LlmInferenceSession session = session(SHORT, PROMPT)) {
      session.updateSessionOptions(builder -> builder.setMaxOutputTokens(3).build());
      assertEquals(3, session.getSessionOptions().maxOutputTokens());
      assertEquals(3, session.generateResponseResult().outputTokens());
    }
  }

  @Test
  void templatesStandAroundTheWords() {
    PromptTemplates templates =
        PromptTemplates.builder().setUserPrefix("Once upon").setUserSuffix(" time").build();
    LlmInferenceSessionOptions options = SHORT.toBuilder().setPromptTemplates(templates).build();
    assertEquals(answer(SHORT, PROMPT), answer(options, " a"));
  }

  @Test
  void theSameSeedGivesTheSameText() {
    LlmInferenceSessionOptions seeded =
        LlmInferenceSessionOptions.builder().setRandomSeed(-7).setMaxOutputTokens(24).build();
    assertEquals(answer(seeded, PROMPT), answer(seeded, PROMPT));
    assertNotEquals(
        answer(seeded, PROMPT), answer(seeded.toBuilder().setRandomSeed(8).build(), PROMPT));
  }

  @Test
  void tellsAFullContext() {
    try (LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, SHORT)) {
      String tooLong = "Once upon a time ".repeat(2000);
      EdgeTasksException e =
          assertThrows(EdgeTasksException.class, () -> session.addQueryChunk(tooLong));
      assertEquals(ErrorDetail.CONTEXT_FULL, e.getErrorDetail());
      session.addQueryChunk(PROMPT); // the prompt was as before
      assertEquals(answer(SHORT, PROMPT), session.generateResponse());
    }
  }

  @Test
  void emojiNulAndLoneSurrogatesAreCountedAsTheyAre() {
    try (LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, SHORT)) {
      assertEquals(session.sizeInTokens("a\uFFFDb"), session.sizeInTokens("a\uD83Eb"));
      assertTrue(session.sizeInTokens("a\0b") > session.sizeInTokens("a"));
      session.addQueryChunk("🦉\0\uD83E");
      session.generateResponse();
    }
  }

  @Test
  void listenersAndFuturesRunOnTheDocumentedThreads() throws Exception {
    try (LlmInferenceSession session = session(SHORT, PROMPT)) {
      BlockingQueue<Thread> parts = new LinkedBlockingQueue<>();
      CountDownLatch asked = new CountDownLatch(1);
      LlmResponseFuture future =
          session.generateResponseAsync(
              (partial, done) -> {
                parts.add(Thread.currentThread());
                await(asked);
              });
      CompletableFuture<Thread> completer = future.thenApply(text -> Thread.currentThread());
      asked.countDown();
      assertTrue(completer.get().getName().startsWith("edgetasks-response-"));
      assertEquals(1, parts.stream().distinct().count(), "one thread for a response");
      assertTrue(parts.peek().isDaemon());
      assertEquals("edgetasks-generate", parts.peek().getName());
      assertNotEquals(completer.get(), parts.peek());
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aResponseKeepsItsSession() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    CompletableFuture<LlmResponse> response = startAndForget(started, go);
    started.await();
    for (int i = 0; i < 5; i++) {
      System.gc();
      Thread.sleep(10);
    }
    go.countDown();
    assertEquals(answer(SHORT, PROMPT), response.get().text());
    assertEquals(FinishReason.MAX_OUTPUT_TOKENS, response.get().finishReason());
  }

  private static CompletableFuture<LlmResponse> startAndForget(
      CountDownLatch started, CountDownLatch go) {
    return session(SHORT, PROMPT).generateResponseAsync(blocked(started, go)).response();
  }

  @Test
  void anErrorListenerThatThrowsDoesNotHideTheFailure() throws Exception {
    LlmInferenceOptions options =
        LlmInferenceOptions.builder()
            .setModelPath(Files.story())
            .setErrorListener(
                e -> {
                  throw new IllegalStateException("from the error listener");
                })
            .build();
    try (LlmInference listened = LlmInference.createFromOptions(options)) {
      LlmResponseFuture future =
          listened.generateResponseAsync(
              PROMPT,
              (partial, done) -> {
                throw new IllegalArgumentException("from the listener");
              });
      Throwable cause = assertThrows(ExecutionException.class, future::get).getCause();
      assertEquals("from the listener", cause.getMessage());
      assertEquals("from the error listener", cause.getSuppressed()[0].getMessage());
    }
  }
}
