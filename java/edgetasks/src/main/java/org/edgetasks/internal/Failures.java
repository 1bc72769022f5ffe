package org.edgetasks.internal;

/** What listeners may throw, and take. */
public final class Failures {
  private Failures() {}

  /** Returns the failure itself, or a wrapper of one that is an Error or a checked exception. */
  public static RuntimeException asRuntimeException(Throwable failure) {
    return failure instanceof RuntimeException
        ? (RuntimeException) failure
        : new IllegalStateException("A listener, or the VM, failed: " + failure, failure);
  }
}
