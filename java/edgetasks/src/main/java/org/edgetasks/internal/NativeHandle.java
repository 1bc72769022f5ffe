package org.edgetasks.internal;

import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.util.Collections;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/**
 * The life of one native object, from its creation until it is deleted, once.
 *
 * <p>Each call into native code stands between {@link #enter} and {@link #exit}. {@link #close} may
 * come at any time from any thread: without a call under way it deletes the object at once;
 * otherwise it asks the calls to end, and the last of them deletes it. After that, {@link #enter}
 * throws. An owner that was not closed is closed after it was garbage collected, by a thread of our
 * own: java.lang.ref.Cleaner is newer than what Android 24 and Java 8 have.
 */
public final class NativeHandle {
  private static final ReferenceQueue<Object> UNREACHABLE = new ReferenceQueue<>();

  /** Keeps the references themselves reachable, and counts what is alive. */
  private static final Set<State> ALIVE = Collections.newSetFromMap(new ConcurrentHashMap<>());

  static {
    Thread thread = new Thread(NativeHandle::closeUnreachable, "edgetasks-cleaner");
    thread.setDaemon(true);
    thread.start();
  }

  private final State state;

  /**
   * @param owner the object whose user may forget to close it
   * @param name the owner's class, for messages
   * @param handle the address of the native object
   * @param deleter deletes it; must not refer to the owner, which would keep it reachable
   * @param canceller asks calls under way to end soon; must not refer to the owner
   * @param keepAlive what the native object uses, such as a direct buffer; may be null
   */
  public NativeHandle(
      Object owner,
      String name,
      long handle,
      LongConsumer deleter,
      LongConsumer canceller,
      Object keepAlive) {
    state = new State(owner, name, handle, deleter, canceller, keepAlive);
    ALIVE.add(state);
  }

  /** Begins a call; returns the address. Throws IllegalStateException if closed. */
  public long enter() {
    return state.enter();
  }

  /** Ends a call that {@link #enter} began. */
  public void exit() {
    state.exit();
  }

  /** Throws IllegalStateException if closed. */
  public void checkOpen() {
    state.checkOpen();
  }

  /** Closes: see the class. Nothing happens the second time. */
  public void close() {
    state.close();
  }

  /** How many native objects are alive in this process. */
  public static int countAlive() {
    return ALIVE.size();
  }

  private static void closeUnreachable() {
    while (true) {
      try {
        ((State) UNREACHABLE.remove()).close();
      } catch (InterruptedException e) {
        // Nobody has a reason to interrupt this thread; it goes on.
      }
    }
  }

  private static final class State extends PhantomReference<Object> {
    private final String name;
    private final long handle;
    private final LongConsumer deleter;
    private final LongConsumer canceller;
    private Object keepAlive;
    private int calls;
    private boolean closed;

    State(
        Object owner,
        String name,
        long handle,
        LongConsumer deleter,
        LongConsumer canceller,
        Object keepAlive) {
      super(owner, UNREACHABLE);
      this.name = name;
      this.handle = handle;
      this.deleter = deleter;
      this.canceller = canceller;
      this.keepAlive = keepAlive;
    }

    synchronized void checkOpen() {
      Check.state(!closed, "The %s is closed; create another one", name);
    }

    synchronized long enter() {
      checkOpen();
      calls++;
      return handle;
    }

    void exit() {
      boolean last;
      synchronized (this) {
        calls--;
        last = closed && calls == 0;
      }
      if (last) {
        deleter.accept(handle);
        keepAlive = null;
        ALIVE.remove(this);
      }
    }

    void close() {
      boolean callsUnderWay;
      synchronized (this) {
        if (closed) {
          return;
        }
        closed = true;
        callsUnderWay = calls > 0;
        // A call of our own: nobody deletes the object while it is asked to end.
        calls++;
      }
      try {
        if (callsUnderWay) {
          canceller.accept(handle);
        }
      } finally {
        exit();
      }
    }
  }
}
