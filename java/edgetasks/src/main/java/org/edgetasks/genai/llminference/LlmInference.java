package org.edgetasks.genai.llminference;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.internal.Check;
import org.edgetasks.internal.NativeBaseOptions;
import org.edgetasks.internal.NativeHandle;
import org.edgetasks.internal.NativeLibrary;
import org.edgetasks.internal.Utf8;

/**
 * A language model in a .task, .litertlm or .tflite file.
 *
 * <p>The weights stay in the mapped file, once for all sessions; each {@link LlmInferenceSession}
 * has a context of its own. The methods that generate here do so in a session of their own for each
 * call, with default options: calls do not know of one another.
 *
 * <p>Thread safe. Listeners run on threads of EdgeTasks: see {@link ProgressListener} and {@link
 * LlmResponseFuture}.
 *
 * <pre>{@code
 * LlmInferenceOptions options =
 *     LlmInferenceOptions.builder().setModelPath("models/story/story.task").build();
 * try (LlmInference llm = LlmInference.createFromOptions(options)) {
 *   System.out.println(llm.generateResponse("Once upon a time"));
 * }
 * }</pre>
 */
public final class LlmInference extends PlatformLlmInference implements AutoCloseable {
  /** Where a model runs. EdgeTasks has one place, and names the other to refuse it clearly. */
  public enum Backend {
    /** Where the model runs best: the processor. */
    DEFAULT,
    /** The processor. */
    CPU,
    /** A graphics processor: refused by {@link LlmInferenceOptions.Builder#setPreferredBackend}. */
    GPU
  }

  private final NativeHandle handle;
  private final EngineShared shared;

  /** Sessions of the calls below that are under way. */
  private final Set<LlmInferenceSession> implicitSessions =
      Collections.newSetFromMap(new ConcurrentHashMap<>());

  private LlmInference(long nativeHandle, LlmInferenceOptions options) {
    BaseOptions base = options.baseOptions();
    shared = new EngineShared(options.errorListener, base.modelAssetBuffer().orElse(null));
    handle =
        new NativeHandle(
            this, "LlmInference", nativeHandle, LlmInference::deleteNative, engine -> {}, shared);
  }

  /**
   * Opens a model and its tokenizer, and plans how to run it.
   *
   * @param options where the model is, and how large a context may grow
   * @return the model, to be closed
   * @throws org.edgetasks.core.EdgeTasksException if the file is not there, damaged, or not a
   *     language model that EdgeTasks runs; the message says what to do
   * @throws UnsatisfiedLinkError if the native library cannot be loaded; the message lists where it
   *     was looked for
   */
  public static LlmInference createFromOptions(LlmInferenceOptions options) {
    Check.notNull(options, "options");
    NativeLibrary.ensureLoaded();
    NativeBaseOptions base = new NativeBaseOptions(options.baseOptions());
    long engine =
        createNative(
            base.path,
            base.fileDescriptor,
            base.offset,
            base.length,
            base.buffer,
            base.numThreads,
            new NativeEngineOptions(options));
    return new LlmInference(engine, options);
  }

  /**
   * Generates the response to one prompt.
   *
   * @param inputText the prompt; a lone surrogate is taken as U+FFFD
   * @return the text; what there was if the model was closed meanwhile
   * @throws IllegalStateException if the model is closed
   * @throws org.edgetasks.core.EdgeTasksException if it fails, such as CONTEXT_FULL
   */
  public String generateResponse(String inputText) {
    return generateResponseResult(inputText).text();
  }

  /**
   * The same as {@link #generateResponse}, with the finish reason, counts and times.
   *
   * @param inputText the prompt; a lone surrogate is taken as U+FFFD
   * @return the response
   * @throws IllegalStateException if the model is closed
   * @throws org.edgetasks.core.EdgeTasksException if it fails, such as CONTEXT_FULL
   */
  public LlmResponse generateResponseResult(String inputText) {
    try (LlmInferenceSession session = openImplicitSession(inputText)) {
      try {
        return session.generateResponseResult();
      } finally {
        implicitSessions.remove(session);
      }
    }
  }

  /**
   * Generates the response to one prompt on another thread. The prompt is tokenized before the call
   * returns.
   *
   * @param inputText the prompt; a lone surrogate is taken as U+FFFD
   * @return the response's future
   * @throws IllegalStateException if the model is closed
   * @throws org.edgetasks.core.EdgeTasksException if the prompt does not fit into the context
   */
  public LlmResponseFuture generateResponseAsync(String inputText) {
    return startImplicit(inputText, null);
  }

  /**
   * Generates the response to one prompt on another thread, which calls {@code progressListener}
   * with each part of the text.
   *
   * @param inputText the prompt; a lone surrogate is taken as U+FFFD
   * @param progressListener takes the parts
   * @return the response's future
   * @throws IllegalStateException if the model is closed
   * @throws org.edgetasks.core.EdgeTasksException if the prompt does not fit into the context
   */
  public LlmResponseFuture generateResponseAsync(
      String inputText, ProgressListener<String> progressListener) {
    return startImplicit(inputText, ResponseTask.telling(progressListener));
  }

  /**
   * Makes a session that goes on where one was when {@link LlmInferenceSession#save} wrote it, with
   * its random numbers. Options are not saved.
   *
   * @param path a path in the file system
   * @param options how tokens are chosen
   * @return the session, to be closed
   * @throws IllegalStateException if the model is closed
   * @throws org.edgetasks.core.EdgeTasksException CORRUPT_FILE for a file that is damaged or cut
   *     off, WRONG_SESSION for one of another model, tokenizer, layout or version; FILE_NOT_FOUND,
   *     FILE_UNREADABLE
   */
  public LlmInferenceSession loadSession(String path, LlmInferenceSessionOptions options) {
    return LlmInferenceSession.load(this, path, options);
  }

  /**
   * Counts tokens. May be called at any time.
   *
   * @param text any text
   * @return the number of its tokens, without a start token
   * @throws IllegalStateException if the model is closed
   */
  public int sizeInTokens(String text) {
    byte[] bytes = Utf8.encode(Check.notNull(text, "text"));
    long engine = handle.enter();
    try {
      return sizeInTokensNative(engine, bytes);
    } finally {
      handle.exit();
    }
  }

  /**
   * Turns text into token ids. May be called at any time.
   *
   * @param text any text; a lone surrogate is taken as U+FFFD
   * @return the ids of its tokens, without a start token
   * @throws IllegalStateException if the model is closed
   */
  public int[] tokenize(String text) {
    byte[] bytes = Utf8.encode(Check.notNull(text, "text"));
    long engine = handle.enter();
    try {
      return tokenizeNative(engine, bytes);
    } finally {
      handle.exit();
    }
  }

  /**
   * Turns token ids into text, as the start of a text: without control tokens, and without the
   * space that some tokenizers put before the first word. May be called at any time.
   *
   * @param ids ids of the model's tokenizer
   * @return their text
   * @throws IllegalStateException if the model is closed
   * @throws org.edgetasks.core.EdgeTasksException with BAD_VALUE for an id that there is not
   */
  public String detokenize(int[] ids) {
    int[] copy = Check.notNull(ids, "ids").clone();
    long engine = handle.enter();
    try {
      return Utf8.decode(detokenizeNative(engine, copy));
    } finally {
      handle.exit();
    }
  }

  /**
   * Tells how large a context may grow.
   *
   * @return the most tokens of a session's context, prompts and responses together
   * @throws IllegalStateException if the model is closed
   */
  public int maxTokens() {
    long engine = handle.enter();
    try {
      return maxTokensNative(engine);
    } finally {
      handle.exit();
    }
  }

  /**
   * Closes the model. Responses of the methods above that are under way are cancelled. Sessions go
   * on: what they need stays until they are closed. Nothing happens the second time.
   */
  @Override
  public void close() {
    handle.close();
    for (LlmInferenceSession session : implicitSessions) {
      session.close();
    }
  }

  NativeHandle handle() {
    return handle;
  }

  EngineShared shared() {
    return shared;
  }

  private LlmInferenceSession openImplicitSession(String inputText) {
    LlmInferenceSession session =
        LlmInferenceSession.createFromOptions(this, LlmInferenceSessionOptions.builder().build());
    implicitSessions.add(session);
    try {
      handle.checkOpen(); // A close() that came before the line above did not see the session.
      session.addQueryChunk(inputText);
    } catch (RuntimeException e) {
      implicitSessions.remove(session);
      session.close();
      throw e;
    }
    return session;
  }

  private LlmResponseFuture startImplicit(String inputText, ResponseListener listener) {
    LlmInferenceSession session = openImplicitSession(inputText);
    LlmResponseFuture future = session.start(listener, null, true);
    future.response().whenComplete((response, failure) -> implicitSessions.remove(session));
    return future;
  }

  /** What all sessions of a model share. Immutable. */
  public static final class LlmInferenceOptions {
    private final BaseOptions baseOptions;
    private final int maxTokens;
    private final int maxIdleContexts;
    private final int maxTopK;
    private final String tokenizerPath;
    private final KvCacheType kvCacheType;
    private final WeightMemory weightMemory;
    private final Optional<Backend> preferredBackend;
    private final ErrorListener errorListener;

    private LlmInferenceOptions(Builder builder, BaseOptions baseOptions) {
      this.baseOptions = baseOptions;
      maxTokens = builder.maxTokens;
      maxIdleContexts = builder.maxIdleContexts;
      maxTopK = builder.maxTopK;
      tokenizerPath = builder.tokenizerPath;
      kvCacheType = builder.kvCacheType;
      weightMemory = builder.weightMemory;
      preferredBackend = Optional.ofNullable(builder.preferredBackend);
      errorListener = builder.errorListener;
    }

    /** {@return a builder with all defaults} */
    public static Builder builder() {
      return new Builder();
    }

    /** {@return a builder that holds these options} */
    public Builder toBuilder() {
      Builder builder = new Builder();
      builder.baseOptions = baseOptions;
      builder.maxTokens = maxTokens;
      builder.maxIdleContexts = maxIdleContexts;
      builder.maxTopK = maxTopK;
      builder.tokenizerPath = tokenizerPath;
      builder.kvCacheType = kvCacheType;
      builder.weightMemory = weightMemory;
      builder.preferredBackend = preferredBackend.orElse(null);
      builder.errorListener = errorListener;
      return builder;
    }

    /** {@return the path of the model file; "" if the model is given otherwise} */
    public String modelPath() {
      return baseOptions.modelAssetPath().orElse("");
    }

    /** {@return where the model comes from, and the threads} */
    public BaseOptions baseOptions() {
      return baseOptions;
    }

    /** {@return the most tokens of a session's context; 0: all that the model's caches hold} */
    public int maxTokens() {
      return maxTokens;
    }

    /** {@return how many contexts of ended sessions are kept for prompts that begin alike} */
    public int maxIdleContexts() {
      return maxIdleContexts;
    }

    /** {@return always 0: EdgeTasks takes no pictures into prompts} */
    public int maxNumImages() {
      return 0;
    }

    /** {@return what {@link Builder#setMaxTopK} was given} */
    public int maxTopK() {
      return maxTopK;
    }

    /** {@return always empty: EdgeTasks has no LoRA} */
    public List<Integer> supportedLoraRanks() {
      return Collections.emptyList();
    }

    /** {@return the path of the tokenizer to use instead of the model file's; "": that one} */
    public String tokenizerPath() {
      return tokenizerPath;
    }

    /** {@return how sessions keep keys and values} */
    public KvCacheType kvCacheType() {
      return kvCacheType;
    }

    /** {@return how the model file's weights come into memory, and whether they stay there} */
    public WeightMemory weightMemory() {
      return weightMemory;
    }

    /** {@return where the model should run, if it was set} */
    public Optional<Backend> preferredBackend() {
      return preferredBackend;
    }

    /** {@return who is told of asynchronous responses that fail, if it was set} */
    public Optional<ErrorListener> errorListener() {
      return Optional.ofNullable(errorListener);
    }

    /** Collects options. Not thread safe. */
    public static final class Builder {
      private String modelPath;
      private BaseOptions baseOptions;
      private int maxTokens;
      private int maxIdleContexts = 1;
      private int maxTopK = 40;
      private String tokenizerPath = "";
      private KvCacheType kvCacheType = KvCacheType.FLOAT32;
      private WeightMemory weightMemory = WeightMemory.READ_AHEAD;
      private Backend preferredBackend;
      private ErrorListener errorListener;

      private Builder() {}

      /**
       * Sets the path of the model file. The rest of {@link #setBaseOptions} keeps its defaults.
       *
       * @param modelPath a path in the file system
       * @return this builder
       */
      public Builder setModelPath(String modelPath) {
        this.modelPath = Check.notNull(modelPath, "model path");
        baseOptions = null;
        return this;
      }

      /**
       * Sets where the model comes from, and the threads: instead of {@link #setModelPath}; the
       * later call counts.
       *
       * @param baseOptions a path, a descriptor or a buffer, and the threads
       * @return this builder
       */
      public Builder setBaseOptions(BaseOptions baseOptions) {
        this.baseOptions = Check.notNull(baseOptions, "base options");
        modelPath = null;
        return this;
      }

      /**
       * Sets the most tokens of a session's context, prompts and responses together. Default 0: all
       * that the model's caches hold. More than that fails when the model is opened, unless nothing
       * in its graphs knows how many there are; a model need not make sense of positions beyond
       * those it was trained for.
       *
       * @param maxTokens 0 or more
       * @return this builder
       * @throws IllegalArgumentException if it is negative
       */
      public Builder setMaxTokens(int maxTokens) {
        Check.argument(maxTokens >= 0, "maxTokens is %d; it must be 0 or more", maxTokens);
        this.maxTokens = maxTokens;
        return this;
      }

      /**
       * Sets how many contexts of ended sessions are kept, the last ones. A session whose first
       * prompt begins with the same tokens goes on from there instead of computing them again: so
       * do calls of {@link LlmInference#generateResponse} whose prompts begin alike. Each holds its
       * memory. Default 1.
       *
       * @param maxIdleContexts 0 or more; 0: none
       * @return this builder
       * @throws IllegalArgumentException if it is negative
       */
      public Builder setMaxIdleContexts(int maxIdleContexts) {
        Check.argument(
            maxIdleContexts >= 0, "maxIdleContexts is %d; it must be 0 or more", maxIdleContexts);
        this.maxIdleContexts = maxIdleContexts;
        return this;
      }

      /**
       * Refuses pictures in prompts, which EdgeTasks does not take.
       *
       * @param maxNumImages 0
       * @return this builder
       * @throws UnsupportedOperationException for all others
       */
      public Builder setMaxNumImages(int maxNumImages) {
        if (maxNumImages != 0) {
          throw new UnsupportedOperationException(
              "EdgeTasks takes no pictures into prompts; leave maxNumImages at 0, not "
                  + maxNumImages);
        }
        return this;
      }

      /**
       * Has no effect: a limit of the topK of sessions is of use on graphics processors only.
       * Default 40.
       *
       * @param maxTopK any number
       * @return this builder
       */
      public Builder setMaxTopK(int maxTopK) {
        this.maxTopK = maxTopK;
        return this;
      }

      /**
       * Refuses LoRA, which EdgeTasks does not have.
       *
       * @param supportedLoraRanks an empty list
       * @return this builder
       * @throws UnsupportedOperationException for all others
       */
      public Builder setSupportedLoraRanks(List<Integer> supportedLoraRanks) {
        if (!Check.notNull(supportedLoraRanks, "list of LoRA ranks").isEmpty()) {
          throw new UnsupportedOperationException(
              "EdgeTasks has no LoRA; merge the adapter into the model's weights, and leave out the"
                  + " ranks "
                  + new ArrayList<>(supportedLoraRanks));
        }
        return this;
      }

      /**
       * Sets a SentencePiece model (tokenizer.model) to use instead of the one in the model file. A
       * bare .tflite has none and needs this. Default "": the model file's own.
       *
       * @param tokenizerPath a path in the file system
       * @return this builder
       */
      public Builder setTokenizerPath(String tokenizerPath) {
        this.tokenizerPath = Check.notNull(tokenizerPath, "tokenizer path");
        return this;
      }

      /**
       * Sets how sessions keep keys and values: in fewer bits they take less memory and are read
       * faster, at some cost in precision. Default {@link KvCacheType#FLOAT32}. For others the
       * model must have caches that EdgeTasks can keep so; opening it fails otherwise, with what is
       * in the way.
       *
       * @param kvCacheType the type
       * @return this builder
       */
      public Builder setKvCacheType(KvCacheType kvCacheType) {
        this.kvCacheType = Check.notNull(kvCacheType, "type of the key and value cache");
        return this;
      }

      /**
       * Sets how the model file's weights come into memory. Default {@link
       * WeightMemory#READ_AHEAD}. With {@link WeightMemory#LOCKED} opening the model fails where
       * the process may not lock so much memory; the message names the limit.
       *
       * @param weightMemory how
       * @return this builder
       */
      public Builder setWeightMemory(WeightMemory weightMemory) {
        this.weightMemory = Check.notNull(weightMemory, "weight memory");
        return this;
      }

      /**
       * Sets where the model should run. Default: not set.
       *
       * @param preferredBackend {@link Backend#DEFAULT} or {@link Backend#CPU}, which are the same
       * @return this builder
       * @throws UnsupportedOperationException for {@link Backend#GPU}
       */
      public Builder setPreferredBackend(Backend preferredBackend) {
        if (Check.notNull(preferredBackend, "preferred backend") == Backend.GPU) {
          throw new UnsupportedOperationException(
              "EdgeTasks runs on the CPU; backend GPU is not there: use Backend.CPU");
        }
        this.preferredBackend = preferredBackend;
        return this;
      }

      /**
       * Sets who is told of asynchronous responses that fail, beside their futures. Default:
       * nobody.
       *
       * @param errorListener called before the future completes, on the thread that completes it
       * @return this builder
       */
      public Builder setErrorListener(ErrorListener errorListener) {
        this.errorListener = Check.notNull(errorListener, "error listener");
        return this;
      }

      /**
       * Builds the options.
       *
       * @return the options
       * @throws IllegalStateException if no model is set
       */
      public LlmInferenceOptions build() {
        Check.state(
            modelPath != null || baseOptions != null,
            "No model is set; call setModelPath or setBaseOptions");
        return new LlmInferenceOptions(
            this,
            baseOptions != null
                ? baseOptions
                : BaseOptions.builder().setModelAssetPath(modelPath).build());
      }
    }
  }

  private static native long createNative(
      byte[] modelPath,
      int fileDescriptor,
      long offset,
      long length,
      ByteBuffer buffer,
      int numThreads,
      NativeEngineOptions options);

  private static native void deleteNative(long engine);

  private static native int sizeInTokensNative(long engine, byte[] text);

  private static native int[] tokenizeNative(long engine, byte[] text);

  private static native byte[] detokenizeNative(long engine, int[] ids);

  private static native int maxTokensNative(long engine);
}
