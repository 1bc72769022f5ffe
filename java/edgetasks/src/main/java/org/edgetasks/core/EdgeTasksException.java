package org.edgetasks.core;

import org.edgetasks.internal.Utf8;

/**
 * The failure of a task. Its message names what is wrong, where, what was expected, and what to do.
 *
 * <p>Misuse that can be seen without the model (a closed object, a busy session, an option out of
 * its range) is not told by this exception, but by {@link IllegalStateException} and {@link
 * IllegalArgumentException}.
 */
public final class EdgeTasksException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final StatusCode statusCode;
  private final ErrorDetail errorDetail;

  /**
   * Creates an exception, for tests of programs that handle it.
   *
   * @param statusCode what kind of failure it is
   * @param errorDetail its cause
   * @param message what went wrong, and the way out
   */
  public EdgeTasksException(StatusCode statusCode, ErrorDetail errorDetail, String message) {
    super(message);
    this.statusCode = statusCode;
    this.errorDetail = errorDetail;
  }

  /** {@return what kind of failure it is} */
  public StatusCode getStatusCode() {
    return statusCode;
  }

  /** {@return the cause; {@link ErrorDetail#NONE} if no finer one than the code is known} */
  public ErrorDetail getErrorDetail() {
    return errorDetail;
  }

  /** Called from native code. */
  private static EdgeTasksException fromNative(int code, int detail, byte[] message) {
    return new EdgeTasksException(
        StatusCode.forNumber(code), ErrorDetail.forNumber(detail), Utf8.decode(message));
  }
}
