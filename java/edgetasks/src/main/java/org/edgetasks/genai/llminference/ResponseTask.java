package org.edgetasks.genai.llminference;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.edgetasks.internal.Check;
import org.edgetasks.internal.Failures;
import org.edgetasks.internal.Utf8;

/**
 * One asynchronous response. A native thread generates it and calls {@link #onEvent}; a thread of
 * the pool waits for its end and completes the future.
 */
final class ResponseTask {
  /** A thread for each response under way; they wait most of the time, and go after a minute. */
  private static final ExecutorService WAITERS = Executors.newCachedThreadPool(daemons());

  private final LlmInferenceSession session;
  private final long sessionHandle;
  private final ResponseListener listener;
  private final ErrorListener errorListener;
  private final boolean closeSession;
  private final LlmResponseFuture future;
  private volatile Thread listenerThread;
  private volatile Throwable listenerFailure;

  /**
   * @param session whose response it is; this keeps it reachable until the response is complete
   * @param sessionHandle its native session, entered for this response
   * @param listener may be null
   * @param errorListener may be null
   * @param closeSession closes the session when the response is complete
   */
  ResponseTask(
      LlmInferenceSession session,
      long sessionHandle,
      ResponseListener listener,
      ErrorListener errorListener,
      boolean closeSession) {
    this.session = session;
    this.sessionHandle = sessionHandle;
    this.listener = listener;
    this.errorListener = errorListener;
    this.closeSession = closeSession;
    future = new LlmResponseFuture(() -> session.cancel(this));
  }

  LlmResponseFuture future() {
    return future;
  }

  boolean isCompletedFromOutside() {
    return future.isDone();
  }

  boolean isListenerThread() {
    return Thread.currentThread() == listenerThread;
  }

  long sessionHandle() {
    return sessionHandle;
  }

  /** A listener that tells another one of the text alone. */
  static ResponseListener telling(ProgressListener<String> progressListener) {
    Check.notNull(progressListener, "progress listener");
    return event -> {
      if (event.isDone() || !event.text().isEmpty()) {
        progressListener.run(event.text(), event.isDone());
      }
    };
  }

  /** Starts, or fails the future. Without options: with the session's. */
  void start(NativeSessionOptions options) {
    final long response;
    try {
      response = startNative(sessionHandle, listener == null ? null : this, options);
    } catch (Throwable e) { // Whatever it is: the session must be free again, the future complete.
      finish(null, e);
      return;
    }
    try {
      WAITERS.execute(() -> await(response));
    } catch (OutOfMemoryError e) {
      // The system gives no thread. The native response must not be left alone.
      session.cancel(this);
      await(response);
    }
  }

  private void await(long response) {
    LlmResponse result = null;
    Throwable failure = null;
    try {
      result = awaitNative(response);
    } catch (Throwable e) { // As above.
      failure = e;
    }
    finish(result, failure);
  }

  private void finish(LlmResponse result, Throwable nativeFailure) {
    session.end();
    if (closeSession) {
      session.close();
    }
    Throwable failure = listenerFailure != null ? listenerFailure : nativeFailure;
    if (failure == null) {
      future.succeed(result);
      return;
    }
    tellErrorListener(failure);
    future.fail(failure);
  }

  private void tellErrorListener(Throwable failure) {
    if (errorListener == null) {
      return;
    }
    try {
      errorListener.onError(Failures.asRuntimeException(failure));
    } catch (Throwable e) {
      // The future must complete; it tells both.
      failure.addSuppressed(e);
    }
  }

  /** Called from native code, on the thread that generates. Must not throw. */
  private void onEvent(
      byte[] text, int[] entries, float[] logprobs, byte[] tokenBytes, boolean done) {
    if (listenerFailure != null) {
      return;
    }
    listenerThread = Thread.currentThread();
    try {
      List<LlmResponseToken> tokens = NativeTokens.decode(entries, logprobs, tokenBytes);
      listener.onEvent(new ResponseEvent(Utf8.decode(text), tokens, done));
    } catch (Throwable e) { // An Error of the listener is the future's, too: it must not be lost.
      listenerFailure = e;
      session.cancel(this);
    }
  }

  private static ThreadFactory daemons() {
    AtomicInteger count = new AtomicInteger();
    return runnable -> {
      Thread thread = new Thread(runnable, "edgetasks-response-" + count.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Returns the address of the native response, which {@link #awaitNative} deletes. */
  private static native long startNative(
      long session, ResponseTask listener, NativeSessionOptions options);

  private static native LlmResponse awaitNative(long response);
}
