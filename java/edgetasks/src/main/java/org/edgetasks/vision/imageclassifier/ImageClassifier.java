package org.edgetasks.vision.imageclassifier;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.edgetasks.components.containers.CustomMetadata;
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
 * <p>The model: one input [1, H, W, C] or [1, C, H, W], C 1, 3 or 4, of uint8, int8, int16, float16
 * or float32; one or more outputs of N scores each, [1, N], [1, 1, N] or [1, 1, 1, N], of float32,
 * float16, uint8, int8, int16 or bool. Labels, normalization and thresholds come from the model's
 * metadata or from the options.
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

  /** Of a video; its own lock guards it. */
  private final FrameClock videoClock = new FrameClock();

  private ImageClassifier(long nativeHandle, ImageClassifierOptions options) {
    runningMode = options.runningMode();
    liveStream =
        runningMode == RunningMode.LIVE_STREAM
            ? new LiveStream(options.values().resultListener, options.values().errorListener)
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
            new NativeClassifierOptions(options.values()));
    return new ImageClassifier(classifier, options);
  }

  /**
   * Classifies a picture, in {@link RunningMode#IMAGE}.
   *
   * @param image of any format that a builder makes (alpha is ignored)
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
   * @param image of any format that a builder makes (alpha is ignored)
   * @param imageProcessingOptions which part, and how to rotate it
   * @return what is in it, best classes first
   * @throws IllegalStateException in another mode, or if the classifier or the image is closed
   * @throws org.edgetasks.core.EdgeTasksException if the picture cannot be classified
   */
  public ImageClassifierResult classify(
      MPImage image, ImageProcessingOptions imageProcessingOptions) {
    checkMode(RunningMode.IMAGE, "classify");
    checkPicture(image, imageProcessingOptions);
    return classify(image, imageProcessingOptions, NO_TIMESTAMP);
  }

  /**
   * The same as {@link #classifyAll(List, ImageProcessingOptions)} for whole pictures.
   *
   * @param images of the formats that {@link #classify(MPImage)} takes
   * @return what is in each, or why it cannot be told
   * @throws IllegalStateException in another mode, or if the classifier or an image is closed
   */
  public List<ImageClassifierOutcome> classifyAll(List<MPImage> images) {
    return classifyAll(images, WHOLE_PICTURE);
  }

  /**
   * Classifies many pictures, in {@link RunningMode#IMAGE}, with the threads across them: each
   * takes one thread, and as many run at a time as there are threads. A picture that fails stops no
   * other.
   *
   * <p>The first call plans the model once more for each thread, and keeps that: the memory beside
   * the weights grows that many times.
   *
   * @param images of the formats that {@link #classify(MPImage)} takes
   * @param imageProcessingOptions which part of each, and how to rotate it
   * @return in the order of the pictures what is in each, or why it cannot be told
   * @throws IllegalStateException in another mode, or if the classifier or an image is closed
   */
  public List<ImageClassifierOutcome> classifyAll(
      List<MPImage> images, ImageProcessingOptions imageProcessingOptions) {
    checkMode(RunningMode.IMAGE, "classifyAll");
    for (MPImage image : Check.notNull(images, "list of images")) {
      checkPicture(image, imageProcessingOptions);
    }
    try (Frames frames = new Frames(images)) {
      HeadCollector[] collectors = new HeadCollector[frames.all.length];
      for (int i = 0; i < collectors.length; i++) {
        collectors[i] = new HeadCollector();
      }
      float[] region = region(Check.notNull(imageProcessingOptions, "image processing options"));
      long classifier = handle.enter();
      try {
        classifyAllNative(
            classifier, frames.all, region, imageProcessingOptions.rotationDegrees(), collectors);
      } finally {
        handle.exit();
      }
      List<ImageClassifierOutcome> outcomes = new ArrayList<>(collectors.length);
      for (HeadCollector collector : collectors) {
        outcomes.add(collector.outcome(NO_TIMESTAMP));
      }
      return Collections.unmodifiableList(outcomes);
    }
  }

  /**
   * Classifies a frame of a video, in {@link RunningMode#VIDEO}.
   *
   * @param image of any format that a builder makes (alpha is ignored)
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
   * @param image of any format that a builder makes (alpha is ignored)
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
    checkPicture(image, imageProcessingOptions);
    try (Frame frame = Frame.of(image)) {
      synchronized (videoClock) {
        videoClock.advance(timestampMs);
      }
      return classify(frame, imageProcessingOptions, timestampMs);
    }
  }

  /**
   * Classifies a frame of a camera on another thread, in {@link RunningMode#LIVE_STREAM}. Returns
   * at once; the listeners of the options get the result. If the frame before it is not yet
   * classified, or its listener has not yet returned, this one is dropped: no listener is called
   * for it, but {@link #liveStreamStatistics} counts it.
   *
   * <p>The image may be closed when the call returns; the bytes of a direct buffer must stay
   * unchanged until the listener is called.
   *
   * @param image of any format that a builder makes (alpha is ignored)
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
   * @param image of any format that a builder makes (alpha is ignored)
   * @param imageProcessingOptions which part, and how to rotate it
   * @param timestampMs the frame's time in milliseconds, 0 or more, later than that of the last
   *     call
   * @throws IllegalArgumentException if the time does not increase
   * @throws IllegalStateException in another mode, or if the classifier or the image is closed
   */
  public void classifyAsync(
      MPImage image, ImageProcessingOptions imageProcessingOptions, long timestampMs) {
    checkMode(RunningMode.LIVE_STREAM, "classifyAsync");
    checkPicture(image, imageProcessingOptions);
    if (!liveStream.tryBegin(timestampMs)) {
      return;
    }
    final Frame frame;
    try {
      frame = Frame.detached(image);
    } catch (RuntimeException e) {
      liveStream.abandon();
      throw e;
    }
    liveStream.submit(() -> classify(frame, imageProcessingOptions, timestampMs), image);
  }

  /**
   * Tells what became of the frames so far.
   *
   * @return counts; all 0 but in {@link RunningMode#LIVE_STREAM}. May be asked after closing
   */
  public LiveStreamStatistics liveStreamStatistics() {
    return liveStream == null ? new LiveStreamStatistics(0, 0, 0, 0) : liveStream.statistics();
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
      return Utf8.decodeAll(assumptionsNative(classifier));
    } finally {
      handle.exit();
    }
  }

  /**
   * The labels of the first head.
   *
   * @return as {@link #labels(int)}
   * @throws IllegalStateException if the classifier is closed
   */
  public List<String> labels() {
    return labels(0);
  }

  /**
   * Tells the label of each class of a head.
   *
   * @param headIndex the head, from 0
   * @return labels in the order of {@link org.edgetasks.components.containers.Category#index}; ""
   *     where there are none; an empty list if the model has no such head
   * @throws IllegalStateException if the classifier is closed
   */
  public List<String> labels(int headIndex) {
    long classifier = handle.enter();
    try {
      return Utf8.decodeAll(labelsNative(classifier, headIndex));
    } finally {
      handle.exit();
    }
  }

  /**
   * Tells the entries of the model's metadata that are nobody's but its author's.
   *
   * @return them in order, copied
   * @throws IllegalStateException if the classifier is closed
   */
  public List<CustomMetadata> customMetadata() {
    long classifier = handle.enter();
    try {
      byte[][] namesAndData = customMetadataNative(classifier);
      List<CustomMetadata> entries = new ArrayList<>(namesAndData.length / 2);
      for (int i = 0; i < namesAndData.length; i += 2) {
        entries.add(CustomMetadata.create(Utf8.decode(namesAndData[i]), namesAndData[i + 1]));
      }
      return Collections.unmodifiableList(entries);
    } finally {
      handle.exit();
    }
  }

  /**
   * Closes the classifier. Calls under way complete first, then its memory is given back. In live
   * stream mode, waits until the listener has returned that gets the frame under way; called by
   * that listener, returns at once. May be called at any time from any thread. Nothing happens the
   * second time.
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

  private void checkPicture(MPImage image, ImageProcessingOptions options) {
    handle.checkOpen();
    Check.notNull(image, "image");
    Check.notNull(options, "image processing options");
  }

  private ImageClassifierResult classify(
      MPImage image, ImageProcessingOptions options, long timestampMs) {
    try (Frame frame = Frame.of(image)) {
      return classify(frame, options, timestampMs);
    }
  }

  private ImageClassifierResult classify(
      Frame frame, ImageProcessingOptions options, long timestampMs) {
    HeadCollector collector = new HeadCollector();
    long classifier = handle.enter();
    try {
      classifyNative(classifier, frame, region(options), options.rotationDegrees(), collector);
    } finally {
      handle.exit();
    }
    return collector.result(timestampMs);
  }

  /** Left, top, right, bottom; null: all of the picture. */
  private static float[] region(ImageProcessingOptions options) {
    return options
        .regionOfInterest()
        .map(r -> new float[] {r.left, r.top, r.right, r.bottom})
        .orElse(null);
  }

  /** What to classify with, and what to report. Immutable. */
  public static final class ImageClassifierOptions extends ClassifierOptions {
    private ImageClassifierOptions(ClassifierOptionValues values) {
      super(values);
    }

    /** {@return a builder with all defaults} */
    public static Builder builder() {
      return new Builder(new ClassifierOptionValues());
    }

    /** {@return a builder that holds these options} */
    public Builder toBuilder() {
      return new Builder(values().copy());
    }

    /** Collects options. Not thread safe. */
    public static final class Builder extends ClassifierOptionsBuilder<Builder> {
      private Builder(ClassifierOptionValues values) {
        super(values);
      }

      @Override
      Builder self() {
        return this;
      }

      /**
       * Sets where the model comes from, and the threads. Must be set.
       *
       * @param baseOptions the options that all tasks share
       * @return this builder
       */
      public Builder setBaseOptions(BaseOptions baseOptions) {
        values.baseOptions = Check.notNull(baseOptions, "base options");
        return this;
      }

      /**
       * Sets how the classifier is fed. Default {@link RunningMode#IMAGE}.
       *
       * @param runningMode the mode, which decides which of the classify methods may be called
       * @return this builder
       */
      public Builder setRunningMode(RunningMode runningMode) {
        values.runningMode = Check.notNull(runningMode, "running mode");
        return this;
      }

      /**
       * Sets the locale, as in the model's metadata, whose label file gives the display names. One
       * that no head has is refused when the classifier is created, but "en" and "" then leave them
       * empty. Default "en".
       *
       * @param locale such as "en" or "de-CH"
       * @return this builder
       */
      public Builder setDisplayNamesLocale(String locale) {
        values.displayNamesLocale = Check.notNull(locale, "display names locale");
        return this;
      }

      /**
       * Sets the most categories a head, the best ones. Default: all.
       *
       * @param maxResults 1 or more
       * @return this builder
       */
      public Builder setMaxResults(Integer maxResults) {
        values.maxResults = Check.notNull(maxResults, "maxResults");
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
        values.scoreThreshold = Check.notNull(scoreThreshold, "score threshold");
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
        values.categoryAllowlist = copyOf(categoryAllowlist, "category allowlist");
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
        values.categoryDenylist = copyOf(categoryDenylist, "category denylist");
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
        values.resultListener = Check.notNull(resultListener, "result listener");
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
        values.errorListener = Check.notNull(errorListener, "error listener");
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
        values.check();
        return new ImageClassifierOptions(values);
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
      NativeClassifierOptions options);

  private static native void deleteNative(long classifier);

  private static native void classifyNative(
      long classifier,
      Frame frame,
      float[] regionOfInterest,
      int rotationDegrees,
      HeadCollector result);

  private static native void classifyAllNative(
      long classifier,
      Frame[] frames,
      float[] regionOfInterest,
      int rotationDegrees,
      HeadCollector[] results);

  private static native byte[][] assumptionsNative(long classifier);

  private static native byte[][] labelsNative(long classifier, int headIndex);

  /** Returns name, data, name, data and so on. */
  private static native byte[][] customMetadataNative(long classifier);
}
