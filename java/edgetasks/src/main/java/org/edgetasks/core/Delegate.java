package org.edgetasks.core;

/** Where a model runs. EdgeTasks has one place, and names the others to refuse them clearly. */
public enum Delegate {
  /** The processor. */
  CPU,
  /** A graphics processor: refused by {@link BaseOptions.Builder#setDelegate}. */
  GPU,
  /** A neural processor: refused by {@link BaseOptions.Builder#setDelegate}. */
  NPU,
  /** Another runtime's choice among these: refused by {@link BaseOptions.Builder#setDelegate}. */
  LITERT
}
