package org.edgetasks.genai.llminference;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.edgetasks.internal.Check;
import org.edgetasks.internal.NativeHandle;
import org.edgetasks.internal.Utf8;

/**
 * A conversation: prompts and responses of all calls stay in its context, and each response
 * continues all of it.
 *
 * <p>One call at a time: while one is under way, or the response that it began, the others throw
 * {@link IllegalStateException}. {@link #cancelGenerateResponseAsync}, {@link #sizeInTokens},
 * {@link #contextUsed}, {@link #contextRemaining}, {@link #getSessionOptions} and {@link #close}
 * may be called at any time from any thread. Sessions of one model do not disturb one another: they
 * may run at the same time, take turns, and decode together where they can.
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
  private final SessionCalls calls;
  private volatile LlmInferenceSessionOptions options;

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
    calls = new SessionCalls(handle);
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
    NativeSessionOptions nativeOptions = encode(options);
    NativeHandle engine = llmInference.handle();
    long engineHandle = engine.enter();
    try {
      long session = createNative(engineHandle, nativeOptions);
      return new LlmInferenceSession(session, llmInference.shared(), options);
    } finally {
      engine.exit();
    }
  }

  /** See {@link LlmInference#loadSession}. */
  static LlmInferenceSession load(
      LlmInference llmInference, String path, LlmInferenceSessionOptions options) {
    byte[] encodedPath = Utf8.encode(Check.notNull(path, "path"));
    NativeSessionOptions nativeOptions = encode(options);
    NativeHandle engine = llmInference.handle();
    long engineHandle = engine.enter();
    try {
      long session = loadNative(engineHandle, encodedPath, nativeOptions);
      return new LlmInferenceSession(session, llmInference.shared(), options);
    } finally {
      engine.exit();
    }
  }

  private static NativeSessionOptions encode(LlmInferenceSessionOptions options) {
    return new NativeSessionOptions(Check.notNull(options, "session options").values());
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
    long session = calls.begin();
    try {
      addQueryChunkNative(session, text);
    } finally {
      calls.end();
    }
  }

  /**
   * Appends a message. The response becomes a message of the assistant. The options' chatTemplate
   * writes messages down, or the model file's, or promptTemplates. Plain text of {@link
   * #addQueryChunk} and messages do not mix in a turn.
   *
   * @param message who says what
   * @throws IllegalStateException if another call is under way, or the session is closed
   * @throws org.edgetasks.core.EdgeTasksException MISSING_PART without any template; CONTEXT_FULL;
   *     or what the template refuses. The messages are as before then
   */
  public void addMessage(LlmMessage message) {
    byte[] role = Utf8.encode(Check.notNull(message, "message").role());
    byte[] content = Utf8.encode(message.content());
    long session = calls.begin();
    try {
      addMessageNative(session, role, content);
    } finally {
      calls.end();
    }
  }

  /**
   * Tells all messages.
   *
   * @return the messages, the oldest first
   * @throws IllegalStateException if another call is under way, or the session is closed
   */
  public List<LlmMessage> messages() {
    long session = calls.begin();
    try {
      return Collections.unmodifiableList(Arrays.asList(messagesNative(session)));
    } finally {
      calls.end();
    }
  }

  /**
   * Shows what is fed.
   *
   * @return the text that the next response would continue, with special tokens spelled out
   * @throws IllegalStateException if another call is under way, or the session is closed
   */
  public String renderPrompt() {
    long session = calls.begin();
    try {
      return Utf8.decode(renderPromptNative(session));
    } finally {
      calls.end();
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
    return generate(null);
  }

  /**
   * The same as {@link #generateResponse()} with other options for this response only. Random
   * numbers go on where they are unless the seed is another one.
   *
   * @param options for this response
   * @return the text; what there was if it was cancelled or the session closed meanwhile
   * @throws IllegalStateException if another call is under way, or the session is closed
   * @throws org.edgetasks.core.EdgeTasksException if it fails, such as CONTEXT_FULL, or an option
   *     does not fit the model
   */
  public String generateResponse(LlmInferenceSessionOptions options) {
    return generateResponseResult(options).text();
  }

  /**
   * The same as {@link #generateResponse(LlmInferenceSessionOptions)}, with the finish reason,
   * counts and times.
   *
   * @param options for this response
   * @return the response; {@link FinishReason#CANCELLED} if it was cancelled or the session closed
   * @throws IllegalStateException if another call is under way, or the session is closed
   * @throws org.edgetasks.core.EdgeTasksException if it fails, such as CONTEXT_FULL, or an option
   *     does not fit the model
   */
  public LlmResponse generateResponseResult(LlmInferenceSessionOptions options) {
    return generate(encode(options));
  }

  private LlmResponse generate(NativeSessionOptions callOptions) {
    long session = calls.begin();
    try {
      return generateResponseNative(session, callOptions);
    } finally {
      calls.end();
    }
  }

  /**
   * Feeds the prompt and generates on another thread.
   *
   * @return the response's future
   * @throws IllegalStateException if another call is under way, or the session is closed
   */
  public LlmResponseFuture generateResponseAsync() {
    return start(null, null, false);
  }

  /**
   * Feeds the prompt and generates on another thread, with other options for this response only.
   *
   * @param options for this response
   * @return the response's future
   * @throws IllegalStateException if another call is under way, or the session is closed
   */
  public LlmResponseFuture generateResponseAsync(LlmInferenceSessionOptions options) {
    return start(null, encode(options), false);
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
    return start(ResponseTask.telling(progressListener), null, false);
  }

  /**
   * Feeds the prompt and generates on another thread, which calls {@code listener} with each part
   * of the text, and with the tokens if numLogprobs asks for them.
   *
   * @param listener takes the parts; not called if the response cannot begin, which fails the
   *     future
   * @return the response's future
   * @throws IllegalStateException if another call is under way, or the session is closed
   */
  public LlmResponseFuture generateResponseStream(ResponseListener listener) {
    return start(Check.notNull(listener, "response listener"), null, false);
  }

  /**
   * The same as {@link #generateResponseStream(ResponseListener)} with other options for this
   * response only.
   *
   * @param listener takes the parts
   * @param options for this response
   * @return the response's future, which fails if an option does not fit the model
   * @throws IllegalStateException if another call is under way, or the session is closed
   */
  public LlmResponseFuture generateResponseStream(
      ResponseListener listener, LlmInferenceSessionOptions options) {
    return start(Check.notNull(listener, "response listener"), encode(options), false);
  }

  /** Both may be null. */
  LlmResponseFuture start(
      ResponseListener listener, NativeSessionOptions callOptions, boolean closeSession) {
    long session = calls.begin();
    ResponseTask task =
        new ResponseTask(this, session, listener, shared.errorListener, closeSession);
    calls.setCurrent(task);
    task.start(callOptions);
    return task.future();
  }

  /**
   * Asks how probable the model holds a text after the context and the prompt, which is fed. The
   * context does not keep the text.
   *
   * @param text any text
   * @return the probabilities of its tokens, and of all of it
   * @throws IllegalStateException if another call is under way, or the session is closed
   * @throws org.edgetasks.core.EdgeTasksException CONTEXT_FULL if it does not fit; CANCELLED
   */
  public LlmScore score(String text) {
    byte[] bytes = Utf8.encode(Check.notNull(text, "text"));
    long session = calls.begin();
    try {
      return scoreNative(session, bytes);
    } finally {
      calls.end();
    }
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
   * Counts the tokens by which {@link #contextUsed} grows if a text is added to the prompt,
   * templates included.
   *
   * @param text any text
   * @return the number of tokens
   * @throws IllegalStateException if another call is under way, or the session is closed
   */
  public int promptSizeInTokens(String text) {
    byte[] bytes = Utf8.encode(Check.notNull(text, "text"));
    long session = calls.begin();
    try {
      return promptSizeInTokensNative(session, bytes);
    } finally {
      calls.end();
    }
  }

  /**
   * Counts the tokens of the context: start token, prompts, responses, and what waits to be fed.
   *
   * @return the number of tokens
   * @throws IllegalStateException if the session is closed
   */
  public int contextUsed() {
    long session = handle.enter();
    try {
      return contextUsedNative(session);
    } finally {
      handle.exit();
    }
  }

  /**
   * Counts what is left of the model's maxTokens.
   *
   * @return the number of tokens
   * @throws IllegalStateException if the session is closed
   */
  public int contextRemaining() {
    long session = handle.enter();
    try {
      return contextRemainingNative(session);
    } finally {
      handle.exit();
    }
  }

  /**
   * Tells where the conversation is now.
   *
   * @return a place for {@link #rewind(LlmCheckpoint)}
   * @throws IllegalStateException if another call is under way, or the session is closed
   */
  public LlmCheckpoint checkpoint() {
    long session = calls.begin();
    try {
      return checkpointNative(session);
    } finally {
      calls.end();
    }
  }

  /**
   * Goes back to where the conversation was: forgets the prompt and what came after. Random numbers
   * go on as they would have.
   *
   * @param checkpoint of this session, or of one that it was cloned or loaded from
   * @throws IllegalStateException if another call is under way, or the session is closed
   * @throws org.edgetasks.core.EdgeTasksException INVALID_OPTION if the context has fewer tokens
   *     now; UNSUPPORTED_OP for models whose state cannot go back
   */
  public void rewind(LlmCheckpoint checkpoint) {
    Check.notNull(checkpoint, "checkpoint");
    long session = calls.begin();
    try {
      rewindToNative(session, checkpoint.tokens(), checkpoint.randomState());
    } finally {
      calls.end();
    }
  }

  /**
   * Forgets the prompt and all but the first tokens. Random numbers go on where they are.
   *
   * @param tokens how many stay
   * @throws IllegalStateException if another call is under way, or the session is closed
   * @throws org.edgetasks.core.EdgeTasksException INVALID_OPTION if the context has fewer tokens;
   *     UNSUPPORTED_OP for models whose state cannot go back
   */
  public void rewind(int tokens) {
    long session = calls.begin();
    try {
      rewindNative(session, tokens);
    } finally {
      calls.end();
    }
  }

  /**
   * Writes the session, without its options, to a file that {@link LlmInference#loadSession} reads.
   * The file appears as a whole or not at all.
   *
   * @param path a path in the file system
   * @throws IllegalStateException if another call is under way, or the session is closed
   * @throws org.edgetasks.core.EdgeTasksException FILE_UNWRITABLE, with what the system says
   */
  public void save(String path) {
    byte[] bytes = Utf8.encode(Check.notNull(path, "path"));
    long session = calls.begin();
    try {
      saveNative(session, bytes);
    } finally {
      calls.end();
    }
  }

  /**
   * Makes another session with the same context, prompt, options and state of its chance. The two
   * go separate ways from here; memory is shared until one of them goes on.
   *
   * @return another session, to be closed
   * @throws IllegalStateException if another call is under way, or the session is closed
   * @throws org.edgetasks.core.EdgeTasksException if there is no memory for the context
   */
  public LlmInferenceSession cloneSession() {
    long session = calls.begin();
    try {
      return new LlmInferenceSession(cloneNative(session), shared, getSessionOptions());
    } finally {
      calls.end();
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
    long session = calls.begin();
    try {
      if (updated.equals(getSessionOptions())) {
        return;
      }
      updateOptionsNative(session, encode(updated));
      options = updated;
    } finally {
      calls.end();
    }
  }

  /** {@return the options, as they were last updated} */
  public LlmInferenceSessionOptions getSessionOptions() {
    return options;
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

  /** Ends the call that a task is; it does so when its response is complete. */
  void end() {
    calls.end();
  }

  /** Cancels the task's response, and no later one. */
  void cancel(ResponseTask task) {
    // Still entered by the task: the native session is there, even if this one is closed.
    calls.whileCurrent(task, () -> cancelNative(task.sessionHandle()));
  }

  /**
   * How a session chooses its tokens, and when it ends. Immutable.
   *
   * <p>In this order: logitBias; the penalties; bans (noRepeatNgramSize, suppressedTokens,
   * responseFormat); the topK most probable tokens; of these the softmax at the temperature; of
   * these the most probable that together reach topP; of these those of at least minP times the
   * most probable one's; of these the typicalP most typical; of these one by chance. Of equally
   * probable tokens the one with the lower id comes first.
   */
  public static final class LlmInferenceSessionOptions extends SessionOptions {
    private LlmInferenceSessionOptions(SessionOptionValues values) {
      super(values);
    }

    /** {@return a builder with all defaults} */
    public static Builder builder() {
      return new Builder(new SessionOptionValues());
    }

    /** {@return a builder that holds these options} */
    public Builder toBuilder() {
      return new Builder(values().copy());
    }

    /** Collects options. Not thread safe. */
    public static final class Builder extends SessionOptionsBuilder<Builder> {
      private Builder(SessionOptionValues values) {
        super(values);
      }

      @Override
      Builder self() {
        return this;
      }

      /**
       * Sets among how many of the most probable tokens one is chosen. Default 40.
       *
       * @param topK 1 or more; 1 always takes the most probable token
       * @return this builder
       * @throws IllegalArgumentException if it is out of its range
       */
      public Builder setTopK(int topK) {
        Check.argument(topK >= 1, "topK is %d; it must be 1 or more", topK);
        values.topK = topK;
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
        values.topP = topP;
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
        values.temperature = temperature;
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
        values.randomSeed = randomSeed;
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
       * Sets what is put around prompts and responses. Default: nothing.
       *
       * @param promptTemplates the texts
       * @return this builder
       */
      public Builder setPromptTemplates(PromptTemplates promptTemplates) {
        values.promptTemplates = Optional.of(Check.notNull(promptTemplates, "prompt templates"));
        return this;
      }

      /** {@return the options} */
      public LlmInferenceSessionOptions build() {
        return new LlmInferenceSessionOptions(values);
      }
    }
  }

  private static native long createNative(long engine, NativeSessionOptions options);

  private static native long loadNative(long engine, byte[] path, NativeSessionOptions options);

  private static native void deleteNative(long session);

  private static native void addQueryChunkNative(long session, byte[] text);

  private static native void addMessageNative(long session, byte[] role, byte[] content);

  private static native LlmMessage[] messagesNative(long session);

  private static native byte[] renderPromptNative(long session);

  /** Without options: the session's. */
  private static native LlmResponse generateResponseNative(
      long session, NativeSessionOptions options);

  private static native LlmScore scoreNative(long session, byte[] text);

  private static native void cancelNative(long session);

  private static native int sizeInTokensNative(long session, byte[] text);

  private static native int promptSizeInTokensNative(long session, byte[] text);

  private static native int contextUsedNative(long session);

  private static native int contextRemainingNative(long session);

  private static native LlmCheckpoint checkpointNative(long session);

  private static native void rewindToNative(long session, int tokens, long randomState);

  private static native void rewindNative(long session, int tokens);

  private static native void saveNative(long session, byte[] path);

  private static native long cloneNative(long session);

  private static native void updateOptionsNative(long session, NativeSessionOptions options);
}
