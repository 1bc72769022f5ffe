package org.edgetasks.core;

/** What kind of failure an {@link EdgeTasksException} tells of: the canonical status codes. */
public enum StatusCode {
  /** No failure. Never in an exception. */
  OK(0),
  /** The call was cancelled. */
  CANCELLED(1),
  /** A failure of no known kind. */
  UNKNOWN(2),
  /** An argument or a file is malformed, whatever the state of the system. */
  INVALID_ARGUMENT(3),
  /** Time ran out. */
  DEADLINE_EXCEEDED(4),
  /** A file or a part of a file is not there. */
  NOT_FOUND(5),
  /** Something is there that should not be. */
  ALREADY_EXISTS(6),
  /** The system does not allow the operation. */
  PERMISSION_DENIED(7),
  /** Memory, or the context of a session, is used up. */
  RESOURCE_EXHAUSTED(8),
  /** The object is not in a state for the call. */
  FAILED_PRECONDITION(9),
  /** The call was aborted. */
  ABORTED(10),
  /** A value is outside its range. */
  OUT_OF_RANGE(11),
  /** The model needs what EdgeTasks does not do. */
  UNIMPLEMENTED(12),
  /** A broken invariant inside EdgeTasks: please report it. */
  INTERNAL(13),
  /** Something is not there now; a later try may work. */
  UNAVAILABLE(14),
  /** Data is lost or damaged. */
  DATA_LOSS(15),
  /** The caller is not known. */
  UNAUTHENTICATED(16);

  private final int number;

  StatusCode(int number) {
    this.number = number;
  }

  /** {@return the stable number of this code} */
  public int getNumber() {
    return number;
  }

  /**
   * Finds a code by its number.
   *
   * @param number the number of a canonical code
   * @return that code; {@link #UNKNOWN} for numbers that are none
   */
  public static StatusCode forNumber(int number) {
    // The numbers are dense and the constants stand in their order.
    return number >= 0 && number < values().length ? values()[number] : UNKNOWN;
  }
}
