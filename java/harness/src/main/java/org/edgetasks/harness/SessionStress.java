package org.edgetasks.harness;

import java.io.File;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.edgetasks.genai.llminference.FinishReason;
import org.edgetasks.genai.llminference.LlmCheckpoint;
import org.edgetasks.genai.llminference.LlmInference;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.genai.llminference.LlmResponse;
import org.edgetasks.genai.llminference.LlmResponseFuture;

/** The work of {@link ConcurrencyHarness}. */
final class SessionStress {
  private static final List<String> PROMPTS =
      Arrays.asList("Once upon a time", "Lily and Tom", "The dog was very", "🦉 One day");
  private static final int TOKENS = 24;

  /** A response that takes longer hangs. */
  private static final int HANG_SECONDS = 120;

  /** What a thread may do with a session. */
  private enum Deed {
    GENERATE,
    STREAM,
    CANCEL_FUTURE,
    CANCEL_SESSION,
    CLOSE_MEANWHILE,
    CLOSE_IN_LISTENER,
    CLONE,
    REWIND,
    SAVE,
    THROW_IN_LISTENER,
    WITHOUT_SESSION
  }

  private final String model;
  private final int threads;
  private final int seed;
  private final Map<String, String> expected = new LinkedHashMap<>();
  private final Map<Deed, AtomicInteger> counts = new LinkedHashMap<>();
  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());

  SessionStress(String model, int threads, int seed) {
    this.model = model;
    this.threads = threads;
    this.seed = seed;
    for (Deed deed : Deed.values()) {
      counts.put(deed, new AtomicInteger());
    }
  }

  /** What happened. */
  static final class Report {
    private final Map<Deed, AtomicInteger> counts;
    private final List<String> failures;

    Report(Map<Deed, AtomicInteger> counts, List<String> failures) {
      this.counts = counts;
      this.failures = new ArrayList<>(failures);
    }

    List<String> failures() {
      return failures;
    }

    @Override
    public String toString() {
      return counts + "; " + failures.size() + " failures";
    }
  }

  Report run(long milliseconds) throws InterruptedException {
    LlmInferenceOptions options = LlmInferenceOptions.builder().setModelPath(model).build();
    try (LlmInference llm = LlmInference.createFromOptions(options)) {
      for (String prompt : PROMPTS) {
        try (LlmInferenceSession session = open(llm, prompt)) {
          expected.put(prompt, session.generateResponse());
        }
      }
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
      List<Thread> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        Random random = new Random(seed + i);
        Thread thread = new Thread(() -> work(llm, random, end), "stress-" + i);
        thread.start();
        running.add(thread);
      }
      for (Thread thread : running) {
        thread.join();
      }
    }
    return new Report(counts, failures);
  }

  private void work(LlmInference llm, Random random, long end) {
    while (System.nanoTime() < end && failures.isEmpty()) {
      Deed deed = Deed.values()[random.nextInt(Deed.values().length)];
      String prompt = PROMPTS.get(random.nextInt(PROMPTS.size()));
      try {
        perform(deed, llm, prompt, random);
        counts.get(deed).incrementAndGet();
      } catch (Exception | AssertionError e) {
        failures.add(deed + " of \"" + prompt + "\": " + e);
      }
    }
  }

  private static LlmInferenceSession open(LlmInference llm, String prompt) {
    LlmInferenceSession session =
        LlmInferenceSession.createFromOptions(
            llm,
            LlmInferenceSessionOptions.builder()
                .setTemperature(0)
                .setMaxOutputTokens(TOKENS)
                .build());
    session.addQueryChunk(prompt);
    return session;
  }

  private void perform(Deed deed, LlmInference llm, String prompt, Random random) throws Exception {
    if (deed == Deed.WITHOUT_SESSION) {
      LlmResponseFuture future = llm.generateResponseAsync(prompt);
      pause(random);
      future.cancel(true);
      require(llm.sizeInTokens(prompt) > 0, "no tokens");
      return;
    }
    try (LlmInferenceSession session = open(llm, prompt)) {
      String text = expected.get(prompt);
      switch (deed) {
        case GENERATE:
          requireEqual(text, session.generateResponse());
          break;
        case STREAM:
          stream(session, text);
          break;
        case CANCEL_FUTURE:
          cancelFuture(session, text, random);
          break;
        case CANCEL_SESSION:
          cancelSession(session, text, random);
          break;
        case CLOSE_MEANWHILE:
          closeMeanwhile(session, text, random);
          break;
        case CLOSE_IN_LISTENER:
          closeInListener(session, text);
          break;
        case REWIND:
          rewind(session, text, prompt, random);
          break;
        case SAVE:
          save(llm, session, text);
          break;
        case THROW_IN_LISTENER:
          throwInListener(session, text);
          break;
        default:
          try (LlmInferenceSession clone = session.cloneSession()) {
            LlmResponseFuture first = session.generateResponseAsync();
            requireEqual(text, clone.generateResponse());
            requireEqual(text, await(first).text());
          }
      }
    }
  }

  private static void stream(LlmInferenceSession session, String text) throws Exception {
    StringBuffer parts = new StringBuffer();
    requireEqual(
        text,
        await(session.generateResponseAsync((partial, done) -> parts.append(partial))).text());
    requireEqual(text, parts.toString());
  }

  private static void cancelFuture(LlmInferenceSession session, String text, Random random)
      throws Exception {
    LlmResponseFuture future = session.generateResponseAsync();
    pause(random);
    boolean cancelled = future.cancel(true);
    session.addQueryChunk(" And"); // The session can be used at once.
    requirePrefix(text, await(future));
    try {
      requireEqual(text, future.get());
      require(!cancelled, "a cancelled future has a text");
    } catch (CancellationException e) {
      require(cancelled, "cancelled by nobody");
    }
  }

  private static void cancelSession(LlmInferenceSession session, String text, Random random)
      throws Exception {
    LlmResponseFuture future = session.generateResponseAsync();
    pause(random);
    session.cancelGenerateResponseAsync();
    requirePrefix(text, await(future));
  }

  private static void closeMeanwhile(LlmInferenceSession session, String text, Random random)
      throws Exception {
    LlmResponseFuture future = session.generateResponseAsync();
    pause(random);
    session.close();
    requirePrefix(text, await(future));
  }

  private static void closeInListener(LlmInferenceSession session, String text) throws Exception {
    requirePrefix(text, await(session.generateResponseAsync((partial, done) -> session.close())));
  }

  /** Goes back after a response that was perhaps cancelled, to where it began and into it. */
  private static void rewind(LlmInferenceSession session, String text, String prompt, Random random)
      throws Exception {
    LlmCheckpoint start = session.checkpoint();
    int prompted = session.contextUsed();
    LlmResponseFuture future = session.generateResponseAsync();
    pause(random);
    if (random.nextBoolean()) {
      future.cancel(true);
    }
    if (await(future).outputTokens() > 0 && random.nextBoolean()) {
      session.rewind(prompted);
      require(session.contextUsed() == prompted, "rewind to " + prompted + " did not");
    }
    session.rewind(start);
    session.addQueryChunk(prompt);
    require(session.contextUsed() == prompted, "the prompt has another size after rewind");
    requireEqual(text, session.generateResponse());
  }

  private static void save(LlmInference llm, LlmInferenceSession session, String text)
      throws Exception {
    File file = File.createTempFile("edgetasks", ".session");
    try {
      session.save(file.getPath());
      try (LlmInferenceSession loaded =
          llm.loadSession(file.getPath(), session.getSessionOptions())) {
        LlmResponseFuture first = session.generateResponseAsync();
        requireEqual(text, loaded.generateResponse());
        requireEqual(text, await(first).text());
      }
    } finally {
      require(file.delete(), "the saved session is gone");
    }
  }

  private static void throwInListener(LlmInferenceSession session, String text) throws Exception {
    RuntimeException thrown = new IllegalStateException("from the listener");
    StringBuffer parts = new StringBuffer();
    LlmResponseFuture future =
        session.generateResponseStream(
            event -> {
              parts.append(event.text());
              throw thrown;
            });
    try {
      future.response().get(HANG_SECONDS, TimeUnit.SECONDS);
      throw new AssertionError("a listener threw, and the response did not fail");
    } catch (ExecutionException e) {
      require(e.getCause() == thrown, "failed of " + e.getCause());
    }
    require(text.startsWith(parts.toString()), "streamed \"" + parts + "\"");
    session.generateResponse(); // The session can be used.
  }

  private static LlmResponse await(LlmResponseFuture future) throws Exception {
    try {
      return future.response().get(HANG_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no end after " + HANG_SECONDS + " s", e);
    } catch (ExecutionException e) {
      throw new AssertionError("failed: " + e.getCause(), e);
    }
  }

  private static void pause(Random random) throws InterruptedException {
    Thread.sleep(random.nextInt(50));
  }

  private static void requirePrefix(String text, LlmResponse response) {
    require(
        text.startsWith(response.text())
            && (response.finishReason() == FinishReason.CANCELLED || text.equals(response.text())),
        "expected the beginning of \"" + text + "\", got " + response);
  }

  private static void requireEqual(String text, String got) {
    require(text.equals(got), "expected \"" + text + "\", got \"" + got + "\"");
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new AssertionError(message);
    }
  }
}
