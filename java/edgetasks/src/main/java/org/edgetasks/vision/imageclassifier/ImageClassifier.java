package org.edgetasks.vision.imageclassifier;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.core.ErrorListener;
import org.edgetasks.core.OutputHandler.ResultListener;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.internal.Check;
import org.edgetasks.internal.NativeBaseOptions;
import org.edgetasks.internal.NativeHandle;
import org.edgetasks.internal.NativeLibrary;
import org.edgetasks.internal.Utf8;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.core.RunningMode;

/**
 * Classifies pictures with a .tflite model.
 *
 * <p>The model: one input [1, H, W, C] or [1, C, H, W], C 1 or 3, of uint8, int8 or float32; one or
 * more outputs of N scores each, [1, N] or [1, 1, 1, N], of float32, uint8, int8 or int16. Labels,
 * normalization and thresholds come from the model's metadata or from the options.
 *
 * <p>Thread safe: calls from several threads take turns.
 *
 * <pre>{@code
 * try (ImageClassifier classifier = ImageClassifier.createFromFile("emoji_int8.tflite")) {
 *   MPImage image = new BufferedImageBuilder(ImageIO.read(new File("owl.png"))).build();
 *   ImageClassifierResult result = classifier.classify(image);
 *   System.out.println(result.classificationResult().classifications().get(0).categories());
 * }
 * }</pre>
 */
public final class ImageClassifier extends PlatformImageClassifier implements AutoCloseable {
  private static final ImageProcessingOptions WHOLE_PICTURE =
      ImageProcessingOptions.builder().build();
  private static final long NO_TIMESTAMP = -1;

  private final NativeHandle handle;
  private final RunningMode runningMode;

  /** Null unless in live stream mode. */
  private final LiveStream liveStream;

  private final Object timestampLock = new Object();
  private long lastTimestampMs = NO_TIMESTAMP;

  private ImageClassifier(long nativeHandle, ImageClassifierOptions options) {
    runningMode = options.runningMode();
    liveStream =
        runningMode == RunningMode.LIVE_STREAM
            ? new LiveStream(options.resultListener, options.errorListener)
            : null;
    handle =
        new NativeHandle(
            this,
            "ImageClassifier",
            nativeHandle,
            ImageClassifier::deleteNative,
            classifier -> {},
            options.baseOptions().modelAssetBuffer().orElse(null));
  }

  /**
   * Opens a model with default options.
   *
   * @param modelPath the path of a .tflite file
   * @return the classifier, to be closed
   * @throws org.edgetasks.core.EdgeTasksException if the file is not there, damaged, or not a
   *     classifier that EdgeTasks runs; the message says what to do
   */
  public static ImageClassifier createFromFile(String modelPath) {
    return create(BaseOptions.builder().setModelAssetPath(modelPath).build());
  }

  /**
   * Opens a model with default options.
   *
   * @param modelFile a .tflite file
   * @return the classifier, to be closed
   * @throws IOException if there is no such file
   * @throws org.edgetasks.core.EdgeTasksException if it is damaged, or not a classifier that
   *     EdgeTasks runs; the message says what to do
   */
  public static ImageClassifier createFromFile(File modelFile) throws IOException {
    if (!Check.notNull(modelFile, "model file").exists()) {
      throw new FileNotFoundException("There is no model file " + modelFile);
    }
    return createFromFile(modelFile.getPath());
  }

  /**
   * Opens a model with default options.
   *
   * @param modelBuffer as for {@link BaseOptions.Builder#setModelAssetBuffer}
   * @return the classifier, to be closed
   * @throws org.edgetasks.core.EdgeTasksException if it is damaged, or not a classifier that
   *     EdgeTasks runs; the message says what to do
   */
  public static ImageClassifier createFromBuffer(ByteBuffer modelBuffer) {
    return create(BaseOptions.builder().setModelAssetBuffer(modelBuffer).build());
  }

  private static ImageClassifier create(BaseOptions baseOptions) {
    return createFromOptions(ImageClassifierOptions.builder().setBaseOptions(baseOptions).build());
  }

  /**
   * Opens a model.
   *
   * @param options where the model is, and what to report
   * @return the classifier, to be closed
   * @throws org.edgetasks.core.EdgeTasksException if the file is not there, damaged, or not a
   *     classifier that EdgeTasks runs, or if the options do not fit it; the message says what to
   *     do
   * @throws UnsatisfiedLinkError if the native library cannot be loaded; the message lists where it
   *     was looked for
   */
  public static ImageClassifier createFromOptions(ImageClassifierOptions options) {
    Check.notNull(options, "options");
    NativeLibrary.ensureLoaded();
    NativeBaseOptions base = new NativeBaseOptions(options.baseOptions());
    long classifier =
        createNative(
            base.path,
            base.fileDescriptor,
            base.offset,
            base.length,
            base.buffer,
            base.numThreads,
            options.displayNamesLocale().map(Utf8::encode).orElse(null),
            options.maxResults().orElse(-1),
            options.scoreThreshold().isPresent(),
            options.scoreThreshold().orElse(0f),
            Utf8.encodeAll(options.categoryAllowlist()),
            Utf8.encodeAll(options.categoryDenylist()),
            Utf8.encodeAll(options.labels()),
            Utf8.encode(options.labelsPath()),
            options.mean(),
            options.std());
    return new ImageClassifier(classifier, options);
  }

  /**
   * Classifies a picture, in {@link RunningMode#IMAGE}.
   *
   * @param image of format RGB, RGBA (alpha is ignored) or ALPHA (gray)
   * @return what is in it, best classes first
   * @throws IllegalStateException in another mode, or if the classifier or the image is closed
   * @throws org.edgetasks.core.EdgeTasksException if the picture cannot be classified
   */
  public ImageClassifierResult classify(MPImage image) {
    return classify(image, WHOLE_PICTURE);
  }

  /**
   * Classifies a part of a picture, in {@link RunningMode#IMAGE}.
   *
   * @param image of format RGB, RGBA (alpha is ignored) or ALPHA (gray)
   * @param imageProcessingOptions which part, and how to rotate it
   * @return what is in it, best classes first
   * @throws IllegalStateException in another mode, or if the classifier or the image is closed
   * @throws org.edgetasks.core.EdgeTasksException if the picture cannot be classified
   */
  public ImageClassifierResult classify(
      MPImage image, ImageProcessingOptions imageProcessingOptions) {
    checkMode(RunningMode.IMAGE, "classify");
    return classify(toFrame(image, imageProcessingOptions), NO_TIMESTAMP);
  }

  /**
   * Classifies a frame of a video, in {@link RunningMode#VIDEO}.
   *
   * @param image of format RGB, RGBA (alpha is ignored) or ALPHA (gray)
   * @param timestampMs the frame's time in milliseconds, 0 or more, later than that of the last
   *     call
   * @return what is in it, best classes first
   * @throws IllegalArgumentException if the time does not increase
   * @throws IllegalStateException in another mode, or if the classifier or the image is closed
   * @throws org.edgetasks.core.EdgeTasksException if the picture cannot be classified
   */
  public ImageClassifierResult classifyForVideo(MPImage image, long timestampMs) {
    return classifyForVideo(image, WHOLE_PICTURE, timestampMs);
  }

  /**
   * Classifies a part of a frame of a video, in {@link RunningMode#VIDEO}.
   *
   * @param image of format RGB, RGBA (alpha is ignored) or ALPHA (gray)
   * @param imageProcessingOptions which part, and how to rotate it
   * @param timestampMs the frame's time in milliseconds, 0 or more, later than that of the last
   *     call
   * @return what is in it, best classes first
   * @throws IllegalArgumentException if the time does not increase
   * @throws IllegalStateException in another mode, or if the classifier or the image is closed
   * @throws org.edgetasks.core.EdgeTasksException if the picture cannot be classified
   */
  public ImageClassifierResult classifyForVideo(
      MPImage image, ImageProcessingOptions imageProcessingOptions, long timestampMs) {
    checkMode(RunningMode.VIDEO, "classifyForVideo");
    Frame frame = toFrame(image, imageProcessingOptions);
    advanceTo(timestampMs);
    return classify(frame, timestampMs);
  }

  /**
   * Classifies a frame of a camera on another thread, in {@link RunningMode#LIVE_STREAM}. Returns
   * at once; the listeners of the options get the result. If the frame before it is not yet
   * classified, or its listener has not yet returned, this one is dropped: no listener is called
   * for it.
   *
   * <p>The image may be closed when the call returns; the bytes of a direct buffer must stay
   * unchanged until the listener is called.
   *
   * @param image of format RGB, RGBA (alpha is ignored) or ALPHA (gray)
   * @param timestampMs the frame's time in milliseconds, 0 or more, later than that of the last
   *     call
   * @throws IllegalArgumentException if the time does not increase
   * @throws IllegalStateException in another mode, or if the classifier or the image is closed
   */
  public void classifyAsync(MPImage image, long timestampMs) {
    classifyAsync(image, WHOLE_PICTURE, timestampMs);
  }

  /**
   * The same as {@link #classifyAsync(MPImage, long)} for a part of a frame.
   *
   * @param image of format RGB, RGBA (alpha is ignored) or ALPHA (gray)
   * @param imageProcessingOptions which part, and how to rotate it
   * @param timestampMs the frame's time in milliseconds, 0 or more, later than that of the last
   *     call
   * @throws IllegalArgumentException if the time does not increase
   * @throws IllegalStateException in another mode, or if the classifier or the image is closed
   */
  public void classifyAsync(
      MPImage image, ImageProcessingOptions imageProcessingOptions, long timestampMs) {
    checkMode(RunningMode.LIVE_STREAM, "classifyAsync");
    handle.checkOpen();
    Check.notNull(image, "image");
    Check.notNull(imageProcessingOptions, "image processing options");
    advanceTo(timestampMs);
    if (!liveStream.tryBegin()) {
      return;
    }
    final Frame frame;
    try {
      frame = new Frame(image, imageProcessingOptions);
    } catch (RuntimeException e) {
      liveStream.abandon();
      throw e;
    }
    liveStream.submit(() -> classify(frame, timestampMs), image);
  }

  /**
   * Tells what had to be assumed because neither the model nor the options say it.
   *
   * @return sentences, each with what to set; empty for a model with full metadata
   * @throws IllegalStateException if the classifier is closed
   */
  public List<String> assumptions() {
    long classifier = handle.enter();
    try {
      List<String> assumptions = new ArrayList<>();
      for (byte[] assumption : assumptionsNative(classifier)) {
        assumptions.add(Utf8.decode(assumption));
      }
      return Collections.unmodifiableList(assumptions);
    } finally {
      handle.exit();
    }
  }

  /**
   * Closes the classifier. Calls under way complete first, then its memory is given back; no
   * listener is called for a frame that is not classified yet. May be called at any time from any
   * thread, a listener's too. Nothing happens the second time.
   */
  @Override
  public void close() {
    if (liveStream != null) {
      liveStream.close();
    }
    handle.close();
  }

  private void checkMode(RunningMode expected, String method) {
    Check.state(
        runningMode == expected,
        "%s needs running mode %s, but the classifier was created for %s; set it with"
            + " setRunningMode",
        method,
        expected,
        runningMode);
  }

  private void advanceTo(long timestampMs) {
    synchronized (timestampLock) {
      Check.argument(
          timestampMs > lastTimestampMs,
          "The frame's time is %d ms; it must be 0 or more, and later than the last one, %d ms",
          timestampMs,
          lastTimestampMs);
      lastTimestampMs = timestampMs;
    }
  }

  private Frame toFrame(MPImage image, ImageProcessingOptions options) {
    handle.checkOpen();
    return new Frame(
        Check.notNull(image, "image"), Check.notNull(options, "image processing options"));
  }

  private ImageClassifierResult classify(Frame frame, long timestampMs) {
    HeadCollector collector = new HeadCollector();
    long classifier = handle.enter();
    try {
      classifyNative(
          classifier,
          frame.pixels,
          frame.pixels.limit(),
          frame.width,
          frame.height,
          frame.pixelFormat,
          frame.regionOfInterest,
          frame.rotationDegrees,
          collector);
    } finally {
      handle.exit();
    }
    Optional<Long> time = timestampMs == NO_TIMESTAMP ? Optional.empty() : Optional.of(timestampMs);
    return ImageClassifierResult.create(collector.result(time), timestampMs);
  }

  /** What to classify with, and what to report. Immutable. */
  public static final class ImageClassifierOptions {
    private final BaseOptions baseOptions;
    private final RunningMode runningMode;
    private final Optional<String> displayNamesLocale;
    private final Optional<Integer> maxResults;
    private final Optional<Float> scoreThreshold;
    private final List<String> categoryAllowlist;
    private final List<String> categoryDenylist;
    private final List<String> labels;
    private final String labelsPath;
    private final float[] mean;
    private final float[] std;
    private final ResultListener<ImageClassifierResult, MPImage> resultListener;
    private final ErrorListener errorListener;

    private ImageClassifierOptions(Builder builder) {
      baseOptions = builder.baseOptions;
      runningMode = builder.runningMode;
      displayNamesLocale = Optional.ofNullable(builder.displayNamesLocale);
      maxResults = Optional.ofNullable(builder.maxResults);
      scoreThreshold = Optional.ofNullable(builder.scoreThreshold);
      categoryAllowlist = builder.categoryAllowlist;
      categoryDenylist = builder.categoryDenylist;
      labels = builder.labels;
      labelsPath = builder.labelsPath;
      mean = builder.mean;
      std = builder.std;
      resultListener = builder.resultListener;
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
      builder.runningMode = runningMode;
      builder.displayNamesLocale = displayNamesLocale.orElse(null);
      builder.maxResults = maxResults.orElse(null);
      builder.scoreThreshold = scoreThreshold.orElse(null);
      builder.categoryAllowlist = categoryAllowlist;
      builder.categoryDenylist = categoryDenylist;
      builder.labels = labels;
      builder.labelsPath = labelsPath;
      builder.mean = mean;
      builder.std = std;
      builder.resultListener = resultListener;
      builder.errorListener = errorListener;
      return builder;
    }

    /** {@return where the model comes from, and the threads} */
    public BaseOptions baseOptions() {
      return baseOptions;
    }

    /** {@return how the classifier is fed} */
    public RunningMode runningMode() {
      return runningMode;
    }

    /** {@return the locale of the display names; empty: "en"} */
    public Optional<String> displayNamesLocale() {
      return displayNamesLocale;
    }

    /** {@return the most categories a head; empty: all} */
    public Optional<Integer> maxResults() {
      return maxResults;
    }

    /** {@return the score below which categories are left out; empty: the model's own, or none} */
    public Optional<Float> scoreThreshold() {
      return scoreThreshold;
    }

    /** {@return the only labels to report; empty: all} */
    public List<String> categoryAllowlist() {
      return categoryAllowlist;
    }

    /** {@return the labels not to report} */
    public List<String> categoryDenylist() {
      return categoryDenylist;
    }

    /** {@return the labels instead of the model's own; empty: those} */
    public List<String> labels() {
      return labels;
    }

    /** {@return the file of labels instead of the model's own; "": those} */
    public String labelsPath() {
      return labelsPath;
    }

    /** {@return what is subtracted from pixels, one number or one a channel; empty: the model's} */
    public float[] mean() {
      return mean.clone();
    }

    /** {@return what pixels are divided by, one number or one a channel; empty: the model's} */
    public float[] std() {
      return std.clone();
    }

    /** {@return who gets the results of a live stream} */
    public Optional<ResultListener<ImageClassifierResult, MPImage>> resultListener() {
      return Optional.ofNullable(resultListener);
    }

    /** {@return who is told of the failures of a live stream} */
    public Optional<ErrorListener> errorListener() {
      return Optional.ofNullable(errorListener);
    }

    /** Collects options. Not thread safe. */
    public static final class Builder {
      private BaseOptions baseOptions;
      private RunningMode runningMode = RunningMode.IMAGE;
      private String displayNamesLocale;
      private Integer maxResults;
      private Float scoreThreshold;
      private List<String> categoryAllowlist = Collections.emptyList();
      private List<String> categoryDenylist = Collections.emptyList();
      private List<String> labels = Collections.emptyList();
      private String labelsPath = "";
      private float[] mean = {};
      private float[] std = {};
      private ResultListener<ImageClassifierResult, MPImage> resultListener;
      private ErrorListener errorListener;

      private Builder() {}

      /**
       * Sets where the model comes from, and the threads. Must be set.
       *
       * @param baseOptions the options that all tasks share
       * @return this builder
       */
      public Builder setBaseOptions(BaseOptions baseOptions) {
        this.baseOptions = Check.notNull(baseOptions, "base options");
        return this;
      }

      /**
       * Sets how the classifier is fed. Default {@link RunningMode#IMAGE}.
       *
       * @param runningMode the mode, which decides which of the classify methods may be called
       * @return this builder
       */
      public Builder setRunningMode(RunningMode runningMode) {
        this.runningMode = Check.notNull(runningMode, "running mode");
        return this;
      }

      /**
       * Sets the locale, as in the model's metadata, whose label file gives the display names. A
       * locale that the model does not have leaves them empty. Default "en".
       *
       * @param locale such as "en" or "de-CH"
       * @return this builder
       */
      public Builder setDisplayNamesLocale(String locale) {
        displayNamesLocale = Check.notNull(locale, "display names locale");
        return this;
      }

      /**
       * Sets the most categories a head, the best ones. Default: all.
       *
       * @param maxResults 1 or more
       * @return this builder
       */
      public Builder setMaxResults(Integer maxResults) {
        this.maxResults = Check.notNull(maxResults, "maxResults");
        return this;
      }

      /**
       * Sets the score below which categories are left out, in place of the threshold in the
       * model's metadata. Default: that, or none.
       *
       * @param scoreThreshold any number but NaN
       * @return this builder
       */
      public Builder setScoreThreshold(Float scoreThreshold) {
        this.scoreThreshold = Check.notNull(scoreThreshold, "score threshold");
        return this;
      }

      /**
       * Sets the only labels to report. Those that the model does not have are ignored; not
       * together with a denylist. Default empty: all.
       *
       * @param categoryAllowlist labels
       * @return this builder
       */
      public Builder setCategoryAllowlist(List<String> categoryAllowlist) {
        this.categoryAllowlist = copyOf(categoryAllowlist, "category allowlist");
        return this;
      }

      /**
       * Sets the labels not to report. Those that the model does not have are ignored; not together
       * with an allowlist. Default empty.
       *
       * @param categoryDenylist labels
       * @return this builder
       */
      public Builder setCategoryDenylist(List<String> categoryDenylist) {
        this.categoryDenylist = copyOf(categoryDenylist, "category denylist");
        return this;
      }

      /**
       * Sets the labels of the classes, in order, instead of those in the model's metadata. Every
       * head must have as many classes. Default empty: the model's.
       *
       * @param labels one a class
       * @return this builder
       */
      public Builder setLabels(List<String> labels) {
        this.labels = copyOf(labels, "list of labels");
        return this;
      }

      /**
       * Sets a text file with one label a line, in place of {@link #setLabels}. Default "".
       *
       * @param labelsPath a path in the file system
       * @return this builder
       */
      public Builder setLabelsPath(String labelsPath) {
        this.labelsPath = Check.notNull(labelsPath, "labels path");
        return this;
      }

      /**
       * Sets how the model's authors scaled pixels: (value - mean) / std, value in [0, 255]. Set
       * both or neither. Default: the metadata's; if it has none, mean and std 127.5 for a float32
       * input, and value - 128 for an int8 input. A uint8 input takes the pixels as they are unless
       * these are set.
       *
       * @param mean one number, or one for each channel of the model's input
       * @return this builder
       */
      public Builder setMean(float... mean) {
        this.mean = Check.notNull(mean, "mean").clone();
        return this;
      }

      /**
       * Sets the other half of {@link #setMean}.
       *
       * @param std one number, or one for each channel of the model's input; not 0
       * @return this builder
       */
      public Builder setStd(float... std) {
        this.std = Check.notNull(std, "std").clone();
        return this;
      }

      /**
       * Sets who gets the results of a live stream: on one thread of the classifier's own, never
       * two calls at a time. What it throws goes to the error listener.
       *
       * @param resultListener gets the result and the image that was given
       * @return this builder
       */
      public Builder setResultListener(
          ResultListener<ImageClassifierResult, MPImage> resultListener) {
        this.resultListener = Check.notNull(resultListener, "result listener");
        return this;
      }

      /**
       * Sets who is told of frames of a live stream that fail, and of what the result listener
       * throws: on the same thread. Default: a warning of {@link java.util.logging.Logger}.
       *
       * @param errorListener gets an {@link org.edgetasks.core.EdgeTasksException} or what was
       *     thrown
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
       * @throws IllegalStateException if no base options are set
       * @throws IllegalArgumentException if an option is out of its range, or two contradict
       */
      public ImageClassifierOptions build() {
        Check.state(baseOptions != null, "No base options are set; call setBaseOptions");
        boolean live = runningMode == RunningMode.LIVE_STREAM;
        Check.argument(
            !live || resultListener != null,
            "Running mode LIVE_STREAM needs a result listener; call setResultListener");
        Check.argument(
            live || resultListener == null,
            "A result listener is set, but running mode %s returns results; take it away, or set"
                + " LIVE_STREAM",
            runningMode);
        Check.argument(
            maxResults == null || maxResults > 0, "maxResults is %d; it must be > 0", maxResults);
        Check.argument(
            scoreThreshold == null || !scoreThreshold.isNaN(),
            "The score threshold is NaN; it must be a number");
        Check.argument(
            categoryAllowlist.isEmpty() || categoryDenylist.isEmpty(),
            "Both a category allowlist and a denylist are set; set at most one");
        Check.argument(
            labels.isEmpty() || labelsPath.isEmpty(),
            "Both labels and a labels path are set; set at most one");
        Check.argument(
            (mean.length == 0) == (std.length == 0),
            "Only one of mean and std is set; set both or neither");
        return new ImageClassifierOptions(this);
      }

      private static List<String> copyOf(List<String> list, String what) {
        List<String> copy = new ArrayList<>(Check.notNull(list, what));
        for (String element : copy) {
          Check.notNull(element, "element of the " + what);
        }
        return Collections.unmodifiableList(copy);
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
      byte[] displayNamesLocale,
      int maxResults,
      boolean hasScoreThreshold,
      float scoreThreshold,
      byte[][] categoryAllowlist,
      byte[][] categoryDenylist,
      byte[][] labels,
      byte[] labelsPath,
      float[] mean,
      float[] std);

  private static native void deleteNative(long classifier);

  private static native void classifyNative(
      long classifier,
      ByteBuffer pixels,
      int pixelBytes,
      int width,
      int height,
      int pixelFormat,
      float[] regionOfInterest,
      int rotationDegrees,
      HeadCollector result);

  private static native byte[][] assumptionsNative(long classifier);
}
