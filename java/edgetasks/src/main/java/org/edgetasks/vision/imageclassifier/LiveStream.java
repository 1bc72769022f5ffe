package org.edgetasks.vision.imageclassifier;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.edgetasks.core.ErrorListener;
import org.edgetasks.core.OutputHandler.ResultListener;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.internal.Failures;

/** Classifies one frame at a time on a thread of its own, and drops those that come meanwhile. */
final class LiveStream {
  private static final Logger LOGGER = Logger.getLogger(ImageClassifier.class.getName());
  private static final int IDLE_SECONDS = 10;

  private final ResultListener<ImageClassifierResult, MPImage> resultListener;
  private final ErrorListener errorListener;
  private final ThreadPoolExecutor thread;
  private final Object lock = new Object();
  // Guarded by lock.
  private final FrameClock clock = new FrameClock();
  private boolean busy;
  private long frames;
  private long results;
  private long errors;
  private long dropped;

  /** Where listeners are called. */
  private volatile Thread listening;

  /** The error listener may be null: failures are logged then. */
  LiveStream(
      ResultListener<ImageClassifierResult, MPImage> resultListener, ErrorListener errorListener) {
    this.resultListener = resultListener;
    this.errorListener = errorListener;
    thread =
        new ThreadPoolExecutor(
            1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), LiveStream::daemon);
    // The thread goes when it is idle: it must not keep a classifier that nobody closed.
    thread.allowCoreThreadTimeOut(true);
  }

  private static Thread daemon(Runnable runnable) {
    Thread thread = new Thread(runnable, "edgetasks-live-stream");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * True if the caller may {@link #submit} a frame; false if it is dropped.
   *
   * @throws IllegalArgumentException if the time does not increase
   */
  boolean tryBegin(long timestampMs) {
    synchronized (lock) { // Both at once: or a later frame might come before this one.
      clock.advance(timestampMs);
      frames++;
      if (busy) {
        dropped++;
        return false;
      }
      busy = true;
      return true;
    }
  }

  /** Undoes {@link #tryBegin} for a frame that cannot be submitted. */
  void abandon() {
    synchronized (lock) {
      frames--;
      busy = false;
    }
  }

  void submit(Supplier<ImageClassifierResult> classify, MPImage image) {
    try {
      thread.execute(() -> end(run(classify, image)));
    } catch (RejectedExecutionException e) {
      synchronized (lock) { // Closed meanwhile: like a frame that was dropped.
        dropped++;
        busy = false;
      }
    }
  }

  private void end(boolean delivered) {
    synchronized (lock) {
      if (delivered) {
        results++;
      } else {
        errors++;
      }
      busy = false;
    }
  }

  LiveStreamStatistics statistics() {
    synchronized (lock) {
      return new LiveStreamStatistics(frames, results, errors, dropped);
    }
  }

  /** Takes no more frames. Waits until the one under way was delivered, but not in a listener. */
  void close() {
    thread.shutdown(); // What was submitted still runs.
    if (Thread.currentThread() == listening) {
      return;
    }
    boolean interrupted = false;
    for (boolean done = false; !done; ) {
      try {
        done = thread.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** False if the frame failed, or its listener. */
  private boolean run(Supplier<ImageClassifierResult> classify, MPImage image) {
    listening = Thread.currentThread();
    try {
      resultListener.run(classify.get(), image);
      return true;
    } catch (
        Throwable e) { // Nothing that a listener throws may end the thread, or on Android the app.
      report(Failures.asRuntimeException(e));
      return false;
    }
  }

  private void report(RuntimeException failure) {
    if (errorListener == null) {
      LOGGER.log(Level.WARNING, "A frame failed, and there is no error listener", failure);
      return;
    }
    try {
      errorListener.onError(failure);
    } catch (Throwable e) {
      e.addSuppressed(failure);
      LOGGER.log(Level.WARNING, "The error listener failed", e);
    }
  }
}
