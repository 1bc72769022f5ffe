package org.edgetasks.genai.llminference;

import com.google.common.util.concurrent.ListenableFuture;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * A response that another thread generates: a {@link CompletableFuture} and a {@link
 * ListenableFuture} of its text.
 *
 * <p>It fails with an {@link org.edgetasks.core.EdgeTasksException}, or with what the progress
 * listener threw. It completes on a thread of EdgeTasks, where actions without an executor run too;
 * these may block. When it completes, the session is free for the next call.
 *
 * <p>{@link #cancel}, and everything else that completes the future from outside (such as {@link
 * CompletableFuture#complete} or a timeout), ends the generation within one step of the model. The
 * session can be used at once: its next call waits for that step. The text that was there by then
 * is in {@link #response}.
 *
 * <p>Thread safe.
 */
public final class LlmResponseFuture extends CompletableFuture<String>
    implements ListenableFuture<String> {
  private final CompletableFuture<LlmResponse> response = new CompletableFuture<>();

  /** The canceller ends the generation; it does nothing once that has ended. */
  LlmResponseFuture(Runnable canceller) {
    whenComplete((text, failure) -> canceller.run());
  }

  /**
   * Returns the response with its finish reason, counts and times.
   *
   * <p>Unlike the text's future, it is not cancelled by {@link #cancel}: it completes when the
   * generation has ended, with {@link FinishReason#CANCELLED} and the text that was there.
   *
   * @return a future of its own; completing it from outside changes nothing else
   */
  public CompletableFuture<LlmResponse> response() {
    return response.thenApply(Function.identity());
  }

  /**
   * Runs {@code listener} when the future is complete, also if it failed or was cancelled.
   *
   * @param listener what to run; what it throws is dropped
   * @param executor where to run it
   */
  @Override
  public void addListener(Runnable listener, Executor executor) {
    whenCompleteAsync((text, failure) -> listener.run(), executor);
  }

  void succeed(LlmResponse result) {
    response.complete(result);
    complete(result.text());
  }

  void fail(Throwable failure) {
    response.completeExceptionally(failure);
    completeExceptionally(failure);
  }
}
