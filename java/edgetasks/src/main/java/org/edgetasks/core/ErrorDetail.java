package org.edgetasks.core;

/**
 * Why a call failed, finer than {@link StatusCode}.
 *
 * <pre>{@code
 * catch (EdgeTasksException e) {
 *   if (e.getErrorDetail() == ErrorDetail.CONTEXT_FULL) startNewSession();
 * }
 * }</pre>
 */
public enum ErrorDetail {
  /** No finer cause is known. */
  NONE(0),
  /** There is no such file. */
  FILE_NOT_FOUND(100),
  /** The file is there, but cannot be read or mapped. */
  FILE_UNREADABLE(101),
  /** The content is none of the formats that EdgeTasks reads. */
  NOT_A_MODEL_FILE(102),
  /** A known format (GGUF, ONNX, compressed bundle, ...) that EdgeTasks refuses. */
  UNSUPPORTED_FORMAT(103),
  /** A known format, but its contents contradict themselves. */
  CORRUPT_FILE(104),
  /** A bundle without its model or tokenizer. */
  MISSING_PART(105),
  /** The file cannot be written: no right, no directory, no space left. */
  FILE_UNWRITABLE(106),
  /** The model uses an operator that EdgeTasks does not have. */
  UNSUPPORTED_OP(200),
  /** The model uses an operator on tensors of a type that EdgeTasks does not support there. */
  UNSUPPORTED_TYPE(201),
  /** The model's graph contradicts itself. */
  INVALID_GRAPH(202),
  /** The model has no signature of that name. */
  UNKNOWN_SIGNATURE(203),
  /** A tensor has the wrong name, type or shape. */
  WRONG_TENSOR(204),
  /** The system gives no memory. */
  OUT_OF_MEMORY(205),
  /** An option is out of its range or does not fit the model. */
  INVALID_OPTION(300),
  /** The model's metadata contradict themselves or the model. */
  INVALID_METADATA(301),
  /** The model is not a language model. */
  NOT_A_LANGUAGE_MODEL(302),
  /** The model is not a classifier. */
  NOT_A_CLASSIFIER(303),
  /** The picture's size and its pixels do not fit together. */
  INVALID_IMAGE(304),
  /** The file is a saved session of another model, tokenizer or version. */
  WRONG_SESSION(305),
  /** The context of the session holds no further token. */
  CONTEXT_FULL(400),
  /** The call was cancelled. */
  CANCELLED(401),
  /** Another call on the same object is under way. */
  BUSY(402),
  /** The object is closed. */
  CLOSED(403),
  /** A value that came up while running is outside its range, such as a token id. */
  BAD_VALUE(404),
  /** A callback of C++ threw. Java's futures fail with what the listener itself threw. */
  LISTENER_FAILED(405);

  private final int number;

  ErrorDetail(int number) {
    this.number = number;
  }

  /** {@return the stable number of this cause, the same in all languages} */
  public int getNumber() {
    return number;
  }

  /**
   * Finds a cause by its number.
   *
   * @param number the number of a cause
   * @return that cause; {@link #NONE} for numbers that are none
   */
  public static ErrorDetail forNumber(int number) {
    for (ErrorDetail detail : values()) {
      if (detail.number == number) {
        return detail;
      }
    }
    return NONE;
  }
}
