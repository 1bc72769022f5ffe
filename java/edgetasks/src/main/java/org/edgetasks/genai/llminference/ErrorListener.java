package org.edgetasks.genai.llminference;

/** Is told of asynchronous responses that fail. */
public interface ErrorListener {
  /**
   * Called before the future of the response completes, on the thread that completes it.
   *
   * @param e an {@link org.edgetasks.core.EdgeTasksException}, or what a progress listener threw
   *     (an Error is the cause of an IllegalStateException)
   */
  void onError(RuntimeException e);
}
