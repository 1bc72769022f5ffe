package org.edgetasks.genai.llminference;

/**
 * Takes the parts of a response as they come.
 *
 * @param <OutputT> the type of a part
 */
public interface ProgressListener<OutputT> {
  /**
   * Called with each part of the response, on the thread that generates it: one thread for a
   * response, never two calls at a time. It should return soon, for the model waits for it. It may
   * cancel the response and close the session.
   *
   * <p>What it throws ends the response and fails its future; it is not called again then.
   *
   * @param partialResult what is new since the last call; whole characters
   * @param done true in the last call, whose part is usually empty: also if the response was
   *     cancelled or failed. The future completes after it returned.
   */
  void run(OutputT partialResult, boolean done);
}
