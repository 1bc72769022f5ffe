package org.edgetasks.core;

/** A result that belongs to a point in time. */
public interface TaskResult {
  /** {@return the time of the input in milliseconds; -1 for single inputs} */
  long timestampMs();
}
