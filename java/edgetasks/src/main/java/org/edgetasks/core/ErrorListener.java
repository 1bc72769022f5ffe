package org.edgetasks.core;

/** Is told of failures that no caller waits for. */
public interface ErrorListener {
  /**
   * Called with each failure. The method that takes the listener says on which thread.
   *
   * @param e an {@link EdgeTasksException}, or what a listener threw (an Error is the cause of an
   *     IllegalStateException)
   */
  void onError(RuntimeException e);
}
