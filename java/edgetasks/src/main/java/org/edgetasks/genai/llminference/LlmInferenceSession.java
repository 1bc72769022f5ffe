package org.edgetasks.genai.llminference;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.edgetasks.internal.Check;
import org.edgetasks.internal.NativeHandle;
import org.edgetasks.internal.Utf8;

/**
 * A conversation: prompts and responses of all calls stay in its context, and each response
 * continues all of it.
 *
 * <p>One call at a time: while one of {@link #addQueryChunk}, {@link #generateResponse}, {@link
 * #generateResponseAsync}, {@link #cloneSession} and {@link #updateSessionOptions} (or the response
 * that it began) is under way, the others throw {@link IllegalStateException}. The rest may be
 * called at any time from any thread. Sessions of one model do not disturb one another: they may
 * run at the same time, and take turns, a step of the model each.
 *
 * <p>Close a session when it is no longer needed; it holds the memory of its context.
 *
 * <pre>{@code
 * try (LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, options)) {
 *   session.addQueryChunk("Once upon a time");
 *   System.out.println(session.generateResponse());
 * }
 * }</pre>
 */
public final class LlmInferenceSession implements AutoCloseable {
  private final NativeHandle handle;
  private final EngineShared shared;
  private final Object lock = new Object();
  // Guarded by lock.
  private LlmInferenceSessionOptions options;
  private boolean busy;
  private ResponseTask current;

  private LlmInferenceSession(
      long nativeHandle, EngineShared shared, LlmInferenceSessionOptions options) {
    this.shared = shared;
    this.options = options;
    handle =
        new NativeHandle(
            this,
            "LlmInferenceSession",
            nativeHandle,
            LlmInferenceSession::deleteNative,
            LlmInferenceSession::cancelNative,
            shared);
  }

  /**
   * Begins a conversation.
   *
   * @param llmInference the model; it may be closed before its sessions
   * @param options how tokens are chosen
   * @return the session, to be closed
   * @throws IllegalStateException if the model is closed
   * @throws org.edgetasks.core.EdgeTasksException if there is no memory for the context
   */
  public static LlmInferenceSession createFromOptions(
      LlmInference llmInference, LlmInferenceSessionOptions options) {
    Check.notNull(llmInference, "llmInference");
    Check.notNull(options, "session options");
    NativeHandle engine = llmInference.handle();
    long engineHandle = engine.enter();
    try {
      long session =
          createNative(
              engineHandle,
              options.topK(),
              options.topP(),
              options.temperature(),
              options.randomSeed(),
              options.maxOutputTokens(),
              options.encodedTemplates());
      return new LlmInferenceSession(session, llmInference.shared(), options);
    } finally {
      engine.exit();
    }
  }

  /**
   * Appends text to the prompt of the next response. What is added between two responses is one
   * text, tokenized together.
   *
   * @param inputText any text; a lone surrogate is taken as U+FFFD
   * @throws IllegalStateException if another call is under way, or the session is closed
   * @throws org.edgetasks.core.EdgeTasksException CONTEXT_FULL if the context cannot hold it; the
   *     prompt is as before then
   */
  public void addQueryChunk(String inputText) {
    byte[] text = Utf8.encode(Check.notNull(inputText, "input text"));
    long session = begin();
    try {
      addQueryChunkNative(session, text);
    } finally {
      end();
    }
  }

  /**
   * Feeds the prompt and generates until the response is complete. Without a prompt, it goes on
   * where the context ends.
   *
   * @return the text; what there was if it was cancelled or the session closed meanwhile
   * @throws IllegalStateException if another call is under way, or the session is closed
   * @throws org.edgetasks.core.EdgeTasksException if it fails, such as CONTEXT_FULL
   */
  public String generateResponse() {
    return generateResponseResult().text();
  }

  /**
   * The same as {@link #generateResponse}, with the finish reason, counts and times.
   *
   * @return the response; {@link FinishReason#CANCELLED} if it was cancelled or the session closed
   * @throws IllegalStateException if another call is under way, or the session is closed
   * @throws org.edgetasks.core.EdgeTasksException if it fails, such as CONTEXT_FULL
   */
  public LlmResponse generateResponseResult() {
    long session = begin();
    try {
      return generateResponseNative(session);
    } finally {
      end();
    }
  }

  /**
   * Feeds the prompt and generates on another thread.
   *
   * @return the response's future
   * @throws IllegalStateException if another call is under way, or the session is closed
   */
  public LlmResponseFuture generateResponseAsync() {
    return start(null, false);
  }

  /**
   * Feeds the prompt and generates on another thread, which calls {@code progressListener} with
   * each part of the text.
   *
   * @param progressListener takes the parts; not called if the response cannot begin, which fails
   *     the future
   * @return the response's future
   * @throws IllegalStateException if another call is under way, or the session is closed
   */
  public LlmResponseFuture generateResponseAsync(ProgressListener<String> progressListener) {
    return start(Check.notNull(progressListener, "progress listener"), false);
  }

  LlmResponseFuture start(ProgressListener<String> progressListener, boolean closeSession) {
    long session = begin();
    ResponseTask task =
        new ResponseTask(this, session, progressListener, shared.errorListener, closeSession);
    synchronized (lock) {
      current = task;
    }
    task.start();
    return task.future();
  }

  /**
   * Ends the response under way, asynchronous or not, within one step of the model: it completes
   * with the text that is there, and {@link FinishReason#CANCELLED}. Nothing happens if none is
   * under way.
   *
   * @throws IllegalStateException if the session is closed
   */
  public void cancelGenerateResponseAsync() {
    long session = handle.enter();
    try {
      cancelNative(session);
    } finally {
      handle.exit();
    }
  }

  /**
   * Counts tokens. May be called while a response is under way.
   *
   * @param text any text
   * @return the number of its tokens, without a start token
   * @throws IllegalStateException if the session is closed
   */
  public int sizeInTokens(String text) {
    byte[] bytes = Utf8.encode(Check.notNull(text, "text"));
    long session = handle.enter();
    try {
      return sizeInTokensNative(session, bytes);
    } finally {
      handle.exit();
    }
  }

  /**
   * Copies the session with its context, the prompt that is not fed yet, its options and the state
   * of its chance. The two go separate ways from here.
   *
   * @return another session, to be closed
   * @throws IllegalStateException if another call is under way, or the session is closed
   * @throws org.edgetasks.core.EdgeTasksException if there is no memory for the context
   */
  public LlmInferenceSession cloneSession() {
    long session = begin();
    try {
      return new LlmInferenceSession(cloneNative(session), shared, getSessionOptions());
    } finally {
      end();
    }
  }

  /**
   * Changes the options from the next response on; the context stays. Chance begins again only with
   * another seed; words added before the call keep the templates they were added with. Nothing
   * happens if the options are equal.
   *
   * @param update gets a builder with the present options and returns the new ones
   * @throws IllegalStateException if another call is under way, or the session is closed
   * @throws org.edgetasks.core.EdgeTasksException if the options do not fit; they are as before
   *     then
   */
  public void updateSessionOptions(
      Function<LlmInferenceSessionOptions.Builder, LlmInferenceSessionOptions> update) {
    LlmInferenceSessionOptions updated =
        Check.notNull(update.apply(getSessionOptions().toBuilder()), "updated options");
    long session = begin();
    try {
      if (updated.equals(getSessionOptions())) {
        return;
      }
      updateOptionsNative(
          session,
          updated.topK(),
          updated.topP(),
          updated.temperature(),
          updated.randomSeed(),
          updated.maxOutputTokens(),
          updated.encodedTemplates());
      synchronized (lock) {
        options = updated;
      }
    } finally {
      end();
    }
  }

  /** {@return the options, as they were last updated} */
  public LlmInferenceSessionOptions getSessionOptions() {
    synchronized (lock) {
      return options;
    }
  }

  /**
   * Ends the session. A response under way is cancelled and completes with the text that is there;
   * the context's memory is given back when it has. Never blocks for a step of the model; may be
   * called at any time from any thread, a listener's too. Nothing happens the second time.
   */
  @Override
  public void close() {
    handle.close();
  }

  /** Enters the native session as its only call. */
  private long begin() {
    synchronized (lock) {
      handle.checkOpen();
      awaitCancelled();
      Check.state(
          !busy,
          "Another call of this session is under way; wait for its future or for done == true");
      long session = handle.enter();
      busy = true;
      return session;
    }
  }

  /** Waits for the step that a response still needs whose future was completed from outside. */
  private void awaitCancelled() {
    boolean interrupted = false;
    while (busy
        && current != null
        && current.isCompletedFromOutside()
        && !current.isProgressThread()) {
      try {
        lock.wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends what {@link #begin} began; a response's task does it when the response is complete. */
  void end() {
    handle.exit();
    synchronized (lock) {
      busy = false;
      current = null;
      lock.notifyAll();
    }
  }

  /** Cancels the task's response, and no later one. */
  void cancel(ResponseTask task) {
    synchronized (lock) {
      if (current == task) {
        // Still entered by the task: the native session is there, even if this one is closed.
        cancelNative(task.sessionHandle());
      }
    }
  }

  /**
   * How a session chooses its tokens. Immutable.
   *
   * <p>Of the model's logits: the topK most probable tokens, of these the softmax at the
   * temperature, of these the most probable that together reach topP, of these one by chance.
   */
  public static final class LlmInferenceSessionOptions {
    private final int topK;
    private final float topP;
    private final float temperature;
    private final int randomSeed;
    private final int maxOutputTokens;
    private final Optional<PromptTemplates> promptTemplates;

    private LlmInferenceSessionOptions(Builder builder) {
      topK = builder.topK;
      topP = builder.topP;
      temperature = builder.temperature;
      randomSeed = builder.randomSeed;
      maxOutputTokens = builder.maxOutputTokens;
      promptTemplates = Optional.ofNullable(builder.promptTemplates);
    }

    /** {@return a builder with all defaults} */
    public static Builder builder() {
      return new Builder();
    }

    /** {@return a builder that holds these options} */
    public Builder toBuilder() {
      Builder builder = new Builder();
      builder.topK = topK;
      builder.topP = topP;
      builder.temperature = temperature;
      builder.randomSeed = randomSeed;
      builder.maxOutputTokens = maxOutputTokens;
      builder.promptTemplates = promptTemplates.orElse(null);
      return builder;
    }

    /** {@return among how many tokens one is chosen; 1: always the most probable} */
    public int topK() {
      return topK;
    }

    /** {@return the probability that the tokens must reach together} */
    public float topP() {
      return topP;
    }

    /** {@return how bold the choice is; 0: always the most probable token} */
    public float temperature() {
      return temperature;
    }

    /** {@return the seed of chance} */
    public int randomSeed() {
      return randomSeed;
    }

    /** {@return always "": EdgeTasks has no LoRA} */
    public String loraPath() {
      return "";
    }

    /** {@return the most tokens of one response; 0: no such limit} */
    public int maxOutputTokens() {
      return maxOutputTokens;
    }

    /** {@return what is put around prompts and responses; empty: nothing} */
    public Optional<PromptTemplates> promptTemplates() {
      return promptTemplates;
    }

    /** As native code takes them; null: none. */
    byte[][] encodedTemplates() {
      return promptTemplates.map(templates -> Utf8.encodeAll(templates.texts())).orElse(null);
    }

    @Override
    public boolean equals(Object other) {
      if (!(other instanceof LlmInferenceSessionOptions)) {
        return false;
      }
      LlmInferenceSessionOptions that = (LlmInferenceSessionOptions) other;
      return topK == that.topK
          && Float.compare(topP, that.topP) == 0
          && Float.compare(temperature, that.temperature) == 0
          && randomSeed == that.randomSeed
          && maxOutputTokens == that.maxOutputTokens
          && promptTemplates.equals(that.promptTemplates);
    }

    @Override
    public int hashCode() {
      return Objects.hash(topK, topP, temperature, randomSeed, maxOutputTokens, promptTemplates);
    }

    @Override
    public String toString() {
      return "LlmInferenceSessionOptions{topK="
          + topK
          + ", topP="
          + topP
          + ", temperature="
          + temperature
          + ", randomSeed="
          + randomSeed
          + ", maxOutputTokens="
          + maxOutputTokens
          + ", promptTemplates="
          + promptTemplates
          + "}";
    }

    /** Collects options. Not thread safe. */
    public static final class Builder {
      private int topK = 40;
      private float topP = 1.0f;
      private float temperature = 0.8f;
      private int randomSeed;
      private int maxOutputTokens;
      private PromptTemplates promptTemplates;

      private Builder() {}

      /**
       * Sets among how many of the most probable tokens one is chosen. Default 40.
       *
       * @param topK 1 or more; 1 always takes the most probable token
       * @return this builder
       * @throws IllegalArgumentException if it is out of its range
       */
      public Builder setTopK(int topK) {
        Check.argument(topK >= 1, "topK is %d; it must be 1 or more", topK);
        this.topK = topK;
        return this;
      }

      /**
       * Sets the probability that the tokens to choose from must reach together. Default 1: all of
       * the topK.
       *
       * @param topP 0 to 1
       * @return this builder
       * @throws IllegalArgumentException if it is out of its range
       */
      public Builder setTopP(float topP) {
        Check.argument(topP >= 0 && topP <= 1, "topP is %s; it must be in [0, 1]", topP);
        this.topP = topP;
        return this;
      }

      /**
       * Sets how bold the choice is. Default 0.8.
       *
       * @param temperature 0 or more; 0 always takes the most probable token
       * @return this builder
       * @throws IllegalArgumentException if it is out of its range
       */
      public Builder setTemperature(float temperature) {
        Check.argument(
            temperature >= 0 && temperature <= Float.MAX_VALUE,
            "temperature is %s; it must be 0 or more, and finite",
            temperature);
        this.temperature = temperature;
        return this;
      }

      /**
       * Sets the seed of chance: the same seed, options, model and prompts give the same text.
       * Default 0.
       *
       * @param randomSeed any number
       * @return this builder
       */
      public Builder setRandomSeed(int randomSeed) {
        this.randomSeed = randomSeed;
        return this;
      }

      /**
       * Refuses LoRA, which EdgeTasks does not have.
       *
       * @param loraPath ""
       * @return this builder
       * @throws UnsupportedOperationException for all others
       */
      public Builder setLoraPath(String loraPath) {
        if (!Check.notNull(loraPath, "LoRA path").isEmpty()) {
          throw new UnsupportedOperationException(
              "EdgeTasks has no LoRA; merge " + loraPath + " into the model's weights");
        }
        return this;
      }

      /**
       * Sets the most tokens of one response. Default 0: until a stop token comes or the context is
       * full.
       *
       * @param maxOutputTokens 0 or more
       * @return this builder
       * @throws IllegalArgumentException if it is out of its range
       */
      public Builder setMaxOutputTokens(int maxOutputTokens) {
        Check.argument(
            maxOutputTokens >= 0, "maxOutputTokens is %d; it must be 0 or more", maxOutputTokens);
        this.maxOutputTokens = maxOutputTokens;
        return this;
      }

      /**
       * Sets what is put around prompts and responses. Default: nothing.
       *
       * @param promptTemplates the texts
       * @return this builder
       */
      public Builder setPromptTemplates(PromptTemplates promptTemplates) {
        this.promptTemplates = Check.notNull(promptTemplates, "prompt templates");
        return this;
      }

      /** {@return the options} */
      public LlmInferenceSessionOptions build() {
        return new LlmInferenceSessionOptions(this);
      }
    }
  }

  private static native long createNative(
      long engine,
      int topK,
      float topP,
      float temperature,
      int randomSeed,
      int maxOutputTokens,
      byte[][] promptTemplates);

  private static native void deleteNative(long session);

  private static native void addQueryChunkNative(long session, byte[] text);

  private static native LlmResponse generateResponseNative(long session);

  private static native void cancelNative(long session);

  private static native int sizeInTokensNative(long session, byte[] text);

  private static native long cloneNative(long session);

  private static native void updateOptionsNative(
      long session,
      int topK,
      float topP,
      float temperature,
      int randomSeed,
      int maxOutputTokens,
      byte[][] promptTemplates);
}
