package org.edgetasks.genai.llminference;

import org.edgetasks.internal.Check;
import org.edgetasks.internal.NativeHandle;

/** Sees to it that a session does one call at a time, and knows its asynchronous response. */
final class SessionCalls {
  private final NativeHandle handle;
  private final Object lock = new Object();
  // Guarded by lock.
  private boolean busy;
  private ResponseTask current;

  SessionCalls(NativeHandle handle) {
    this.handle = handle;
  }

  /** Enters the native session as its only call. */
  long begin() {
    synchronized (lock) {
      handle.checkOpen();
      awaitCancelled();
      Check.state(
          !busy,
          "Another call of this session is under way; wait for its future or for done == true");
      long session = handle.enter();
      busy = true;
      return session;
    }
  }

  /** Says which response the call that was begun is. */
  void setCurrent(ResponseTask task) {
    synchronized (lock) {
      current = task;
    }
  }

  /** Waits for the step that a response still needs whose future was completed from outside. */
  private void awaitCancelled() {
    boolean interrupted = false;
    while (busy
        && current != null
        && current.isCompletedFromOutside()
        && !current.isListenerThread()) {
      try {
        lock.wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends what {@link #begin} began; a response's task does it when the response is complete. */
  void end() {
    handle.exit();
    synchronized (lock) {
      busy = false;
      current = null;
      lock.notifyAll();
    }
  }

  /** Runs if the task's response is under way, and keeps it from ending meanwhile. */
  void whileCurrent(ResponseTask task, Runnable action) {
    synchronized (lock) {
      if (current == task) {
        action.run();
      }
    }
  }
}
