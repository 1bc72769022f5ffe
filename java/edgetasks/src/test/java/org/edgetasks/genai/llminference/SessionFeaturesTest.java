package org.edgetasks.genai.llminference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.core.ErrorDetail;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.internal.NativeHandle;
import org.edgetasks.testing.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a session can do beside answering. That it does the same as C++, the parity tests hold. */
@Timeout(120)
class SessionFeaturesTest {
  private static final String PROMPT = "Once upon a time";
  private static final LlmInferenceSessionOptions GREEDY =
      LlmInferenceSessionOptions.builder().setTemperature(0).setMaxOutputTokens(16).build();

  private static LlmInference llm;

  @BeforeAll
  static void open() {
    llm =
        LlmInference.createFromOptions(
            LlmInferenceOptions.builder().setModelPath(Files.story()).setMaxTokens(128).build());
  }

  @AfterAll
  static void close() {
    llm.close();
  }

  private static LlmInferenceSession session(LlmInferenceSessionOptions options) {
    LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, options);
    session.addQueryChunk(PROMPT);
    return session;
  }

  private static ErrorDetail failure(Runnable call) {
    return assertThrows(EdgeTasksException.class, call::run).getErrorDetail();
  }

  @Test
  void optionsOfACallAreOfThatCallOnly() throws Exception {
    LlmInferenceSessionOptions four = GREEDY.toBuilder().setMaxOutputTokens(4).build();
    try (LlmInferenceSession session = session(GREEDY)) {
      assertEquals(4, session.generateResponseResult(four).outputTokens());
      assertFalse(session.generateResponse(four).isEmpty());
      assertEquals(4, session.generateResponseAsync(four).response().get().outputTokens());
      assertEquals(
          4, session.generateResponseStream(event -> {}, four).response().get().outputTokens());
      assertEquals(GREEDY, session.getSessionOptions());
      assertEquals(16, session.generateResponseResult().outputTokens());
    }
  }

  @Test
  void optionsThatDoNotFitAreRefusedAndTheSessionGoesOn() {
    LlmInferenceSessionOptions wrong =
        GREEDY.toBuilder().setResponseFormat(ResponseFormat.regex("a(b")).build();
    assertEquals(
        ErrorDetail.INVALID_OPTION,
        failure(() -> LlmInferenceSession.createFromOptions(llm, wrong).close()));
    try (LlmInferenceSession session = session(GREEDY)) {
      assertEquals(ErrorDetail.INVALID_OPTION, failure(() -> session.generateResponse(wrong)));
      LlmResponseFuture future = session.generateResponseAsync(wrong);
      Throwable cause = assertThrows(ExecutionException.class, future::get).getCause();
      assertEquals(ErrorDetail.INVALID_OPTION, ((EdgeTasksException) cause).getErrorDetail());
      assertEquals(16, session.generateResponseResult().outputTokens());
    }
  }

  @Test
  void eventsTellTextAndTokens() throws Exception {
    List<ResponseEvent> events = Collections.synchronizedList(new ArrayList<>());
    try (LlmInferenceSession session = session(GREEDY.toBuilder().setNumLogprobs(2).build())) {
      LlmResponse response = session.generateResponseStream(events::add).response().get();
      StringBuilder text = new StringBuilder();
      List<String> tokens = new ArrayList<>();
      for (ResponseEvent event : events) {
        text.append(event.text());
        event.tokens().forEach(token -> tokens.add(token.toString()));
      }
      assertEquals(response.text(), text.toString());
      assertEquals(response.tokens().stream().map(Object::toString).toList(), tokens);
      assertEquals(16, tokens.size());
      assertEquals(
          events.size() - 1, events.stream().map(ResponseEvent::isDone).toList().indexOf(true));
      LlmResponseToken first = response.tokens().get(0);
      assertEquals(2, first.top().size());
      // Greedy: the chosen token is the most probable one.
      assertEquals(first.top().get(0).toString(), first.chosen().toString());
      assertTrue(first.top().get(0).logprob() > first.top().get(1).logprob());
    }
  }

  @Test
  void withoutLogprobsThereAreNoTokens() throws Exception {
    List<ResponseEvent> events = Collections.synchronizedList(new ArrayList<>());
    try (LlmInferenceSession session = session(GREEDY)) {
      assertTrue(session.generateResponseStream(events::add).response().get().tokens().isEmpty());
      assertTrue(events.stream().allMatch(event -> event.tokens().isEmpty()));
    }
  }

  @Test
  void stopStringsAreNeverStreamed() throws Exception {
    StringBuffer parts = new StringBuffer();
    LlmInferenceSessionOptions stops =
        GREEDY.toBuilder().setMaxOutputTokens(0).setStopStrings(List.of("girl na")).build();
    try (LlmInferenceSession session = session(stops)) {
      LlmResponse response =
          session.generateResponseAsync((partial, done) -> parts.append(partial)).response().get();
      assertEquals(FinishReason.STOP_STRING, response.finishReason());
      assertEquals(", there was a little ", response.text());
      assertEquals(response.text(), parts.toString());
    }
  }

  /** A listener that blocks makes the model wait; the deadline holds all the same. */
  @Test
  void aListenerThatBlocksDoesNotStopTheClock() throws Exception {
    LlmInferenceSessionOptions late =
        GREEDY.toBuilder().setMaxOutputTokens(0).setTimeoutMs(100).build();
    try (LlmInferenceSession session = session(late)) {
      LlmResponse response =
          session
              .generateResponseStream(
                  event -> {
                    try {
                      Thread.sleep(200);
                    } catch (InterruptedException e) {
                      throw new AssertionError(e);
                    }
                  })
              .response()
              .get();
      assertEquals(FinishReason.DEADLINE, response.finishReason());
      assertTrue(response.outputTokens() <= 2, response.toString());
      assertEquals(16, session.generateResponseResult(GREEDY).outputTokens());
    }
  }

  @Test
  void aListenerThatThrowsEndsTheResponseOnly() {
    RuntimeException thrown = new IllegalArgumentException("from the listener");
    try (LlmInferenceSession session = session(GREEDY)) {
      LlmResponseFuture future =
          session.generateResponseStream(
              event -> {
                throw thrown;
              });
      assertSame(thrown, assertThrows(ExecutionException.class, future::get).getCause());
      assertTrue(session.contextUsed() > 0);
      assertEquals(16, session.generateResponseResult().outputTokens());
    }
  }

  @Test
  void tellsHowMuchOfTheContextIsUsed() {
    try (LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, GREEDY)) {
      int before = session.contextUsed();
      int size = session.promptSizeInTokens(PROMPT);
      session.addQueryChunk(PROMPT);
      assertEquals(before + size, session.contextUsed());
      assertEquals(128, session.contextUsed() + session.contextRemaining());
      LlmResponse response = session.generateResponseResult();
      assertEquals(before + size + response.outputTokens(), session.contextUsed());
    }
  }

  @Test
  void goesBack() {
    LlmInferenceSessionOptions bold =
        GREEDY.toBuilder().setTemperature(1.5f).setRandomSeed(3).build();
    try (LlmInferenceSession session = session(bold)) {
      session.generateResponse();
      LlmCheckpoint checkpoint = session.checkpoint();
      session.addQueryChunk(" She said");
      String first = session.generateResponse();
      int used = session.contextUsed();
      session.rewind(checkpoint);
      assertEquals(checkpoint.tokens(), session.checkpoint().tokens());
      assertEquals(checkpoint, session.checkpoint());
      session.addQueryChunk(" She said");
      assertEquals(first, session.generateResponse());
      assertEquals(used, session.contextUsed());
      session.rewind(checkpoint.tokens());
      assertNotEquals(checkpoint, session.checkpoint()); // random numbers go on where they are
      assertEquals(ErrorDetail.INVALID_OPTION, failure(() -> session.rewind(1000)));
    }
  }

  @Test
  void scoresWithoutKeeping() {
    try (LlmInferenceSession session = session(GREEDY)) {
      int used = session.contextUsed();
      LlmScore likely = session.score(", there was a little girl");
      LlmScore unlikely = session.score(" quantum girl little");
      assertEquals(used, session.contextUsed());
      assertTrue(likely.logprob() > unlikely.logprob(), likely + " " + unlikely);
      double sum = 0;
      for (LlmTokenLogprob token : likely.tokens()) {
        sum += token.logprob();
      }
      // C++ adds the same numbers in the same order, in doubles.
      assertEquals(sum, likely.logprob());
      assertTrue(session.generateResponse().startsWith(", there was a little girl"));
    }
  }

  @Test
  void overflowIsAsThePolicySays() {
    LlmInferenceSessionOptions endless = GREEDY.toBuilder().setMaxOutputTokens(200).build();
    try (LlmInferenceSession session = session(endless)) {
      assertEquals(FinishReason.CONTEXT_FULL, session.generateResponseResult().finishReason());
    }
    LlmInferenceSessionOptions strict =
        endless.toBuilder().setOverflowPolicy(OverflowPolicy.ERROR).build();
    try (LlmInferenceSession session = session(strict)) {
      int used = session.contextUsed();
      assertEquals(ErrorDetail.CONTEXT_FULL, failure(session::generateResponse));
      assertEquals(used, session.contextUsed());
    }
    LlmInferenceSessionOptions dropping =
        endless.toBuilder().setOverflowPolicy(OverflowPolicy.DROP_OLDEST).build();
    try (LlmInferenceSession session = session(dropping)) {
      LlmResponse response = session.generateResponseResult();
      assertNotEquals(FinishReason.CONTEXT_FULL, response.finishReason());
      assertTrue(response.outputTokens() > 128, response.toString()); // the context has 128
    }
  }

  @Test
  void formatsHold() {
    LlmInferenceSessionOptions number =
        GREEDY.toBuilder().setResponseFormat(ResponseFormat.regex("[0-9]{3}")).build();
    LlmInferenceSessionOptions choice =
        GREEDY.toBuilder()
            .setResponseFormat(ResponseFormat.choice(List.of("🦉 owl", "cat")))
            .build();
    try (LlmInferenceSession session = session(number)) {
      assertTrue(session.generateResponse().matches("[0-9]{3}"));
      assertTrue(List.of("🦉 owl", "cat").contains(session.generateResponse(choice)));
    }
  }

  @Test
  void savesAndLoads(@TempDir Path folder) throws Exception {
    LlmInferenceSessionOptions bold =
        GREEDY.toBuilder().setTemperature(1.5f).setRandomSeed(5).build();
    String path = folder.resolve("🦉.session").toString();
    try (LlmInferenceSession session = session(bold)) {
      session.generateResponse();
      session.addQueryChunk(" Then");
      session.save(path);
      String next = session.generateResponse();
      try (LlmInferenceSession loaded = llm.loadSession(path, bold)) {
        assertEquals(next, loaded.generateResponse());
        assertEquals(session.contextUsed(), loaded.contextUsed());
      }
      assertEquals(
          ErrorDetail.FILE_UNWRITABLE,
          failure(() -> session.save(folder.resolve("no/such").toString())));
    }
    assertEquals(
        ErrorDetail.FILE_NOT_FOUND, failure(() -> llm.loadSession(path + "x", bold).close()));
    byte[] bytes = java.nio.file.Files.readAllBytes(Path.of(path));
    bytes[bytes.length / 2] ^= 1;
    java.nio.file.Files.write(Path.of(path), bytes);
    assertEquals(ErrorDetail.CORRUPT_FILE, failure(() -> llm.loadSession(path, bold).close()));
  }

  @Test
  void aSessionOfAnotherModelIsRefused(@TempDir Path folder) {
    String path = folder.resolve("session").toString();
    String other = Files.testdata("llm/stories260K/stories260K_q8.task").toString();
    try (LlmInferenceSession session = session(GREEDY)) {
      session.save(path);
    }
    try (LlmInference another =
        LlmInference.createFromOptions(LlmInferenceOptions.builder().setModelPath(other).build())) {
      assertEquals(
          ErrorDetail.WRONG_SESSION, failure(() -> another.loadSession(path, GREEDY).close()));
    }
  }

  @Test
  void everyCallRefusesASecondOneAndAClosedSession() throws Exception {
    LlmInferenceSession session = session(GREEDY);
    LlmCheckpoint start = session.checkpoint();
    List<Runnable> calls =
        List.of(
            () -> session.generateResponse(GREEDY),
            () -> session.generateResponseStream(event -> {}),
            () -> session.score("x"),
            () -> session.promptSizeInTokens("x"),
            session::checkpoint,
            () -> session.rewind(start),
            () -> session.rewind(0),
            () -> session.save("/no/where"));
    List<Class<?>> refusals = Collections.synchronizedList(new ArrayList<>());
    LlmResponseFuture future =
        session.generateResponseStream(
            event -> {
              for (Runnable call : calls) {
                try {
                  call.run();
                } catch (RuntimeException e) {
                  refusals.add(e.getClass());
                }
              }
              session.contextUsed(); // at any time
              session.cancelGenerateResponseAsync();
            });
    future.response().get();
    assertTrue(refusals.size() >= calls.size());
    assertTrue(refusals.stream().allMatch(IllegalStateException.class::equals), "" + refusals);
    session.close();
    for (Runnable call : calls) {
      assertThrows(IllegalStateException.class, call::run);
    }
    assertThrows(IllegalStateException.class, session::contextUsed);
    assertThrows(IllegalStateException.class, session::contextRemaining);
  }

  @Test
  void aHundredSessionsOfOneModel() throws Exception {
    int alive = NativeHandle.countAlive();
    String alone;
    try (LlmInferenceSession session = session(GREEDY)) {
      alone = session.generateResponse();
    }
    List<LlmInferenceSession> sessions = new ArrayList<>();
    List<LlmResponseFuture> futures = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      sessions.add(session(GREEDY));
    }
    for (LlmInferenceSession session : sessions) {
      futures.add(session.generateResponseAsync());
    }
    for (int i = 0; i < 100; i++) {
      assertEquals(alone, futures.get(i).get(), "session " + i);
      sessions.get(i).close();
    }
    assertEquals(alive, NativeHandle.countAlive());
  }
}
