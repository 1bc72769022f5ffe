package org.edgetasks.core;

/** Holds the listener type of tasks that run in live stream mode. */
public final class OutputHandler {
  private OutputHandler() {}

  /**
   * Takes results as they come.
   *
   * @param <OutputT> the result of the task
   * @param <InputT> what the task was given
   */
  public interface ResultListener<OutputT, InputT> {
    /**
     * Called with each result. The method that takes the listener says on which thread.
     *
     * @param result what the task found
     * @param input what the task was given
     */
    void run(OutputT result, InputT input);
  }
}
