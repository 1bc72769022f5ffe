package org.edgetasks.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NativeHandleTest {
  private static final long ADDRESS = 42;

  private final AtomicInteger deleted = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final Object owner = new Object();
  private final NativeHandle handle =
      new NativeHandle(
          owner,
          "Thing",
          ADDRESS,
          address -> deleted.incrementAndGet(),
          address -> {
            assertEquals(0, deleted.get(), "cancelled after it was deleted");
            cancelled.incrementAndGet();
          },
          null);

  @Test
  void closesOnce() {
    assertEquals(ADDRESS, handle.enter());
    handle.exit();
    handle.close();
    handle.close();
    assertEquals(1, deleted.get());
    assertEquals(0, cancelled.get());
  }

  @Test
  void refusesCallsAfterClose() {
    handle.close();
    String message = assertThrows(IllegalStateException.class, handle::enter).getMessage();
    assertEquals("The Thing is closed; create another one", message);
  }

  @Test
  void aCallUnderWayIsCancelledAndDefersTheEnd() {
    handle.enter();
    handle.enter();
    handle.close();
    assertEquals(1, cancelled.get());
    assertThrows(IllegalStateException.class, handle::enter);
    handle.exit();
    assertEquals(0, deleted.get());
    handle.exit();
    assertEquals(1, deleted.get());
  }

  @Test
  void racingThreadsDeleteOnceAndNeverDuringACall() throws Exception {
    for (int round = 0; round < 500; round++) {
      raceOnce();
    }
  }

  private void raceOnce() throws InterruptedException {
    AtomicInteger deletions = new AtomicInteger();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger wrong = new AtomicInteger();
    NativeHandle raced =
        new NativeHandle(
            this,
            "Thing",
            ADDRESS,
            address -> {
              deletions.incrementAndGet();
              wrong.addAndGet(inside.get());
            },
            address -> wrong.addAndGet(deletions.get()),
            null);
    CountDownLatch start = new CountDownLatch(1);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      boolean closes = i == 3;
      Thread thread =
          new Thread(
              () -> {
                await(start);
                if (closes) {
                  raced.close();
                } else {
                  callOften(raced, inside, deletions, wrong);
                }
              });
      thread.start();
      threads.add(thread);
    }
    start.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(1, deletions.get());
    assertEquals(0, wrong.get());
  }

  private static void callOften(
      NativeHandle raced, AtomicInteger inside, AtomicInteger deletions, AtomicInteger wrong) {
    for (int i = 0; i < 50; i++) {
      try {
        raced.enter();
      } catch (IllegalStateException e) {
        return;
      }
      inside.incrementAndGet();
      wrong.addAndGet(deletions.get());
      inside.decrementAndGet();
      raced.exit();
    }
  }

  @Test
  void whatNobodyClosedIsClosedAfterItWasCollected() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    forget(gone);
    for (int i = 0; i < 100 && gone.getCount() > 0; i++) {
      System.gc();
      gone.await(50, TimeUnit.MILLISECONDS);
    }
    assertEquals(0, gone.getCount());
  }

  private static void forget(CountDownLatch gone) {
    Object forgotten = new Object();
    new NativeHandle(forgotten, "Thing", ADDRESS, address -> gone.countDown(), address -> {}, null);
  }

  @Test
  void anOwnerThatIsReachableIsNotClosed() throws Exception {
    System.gc();
    Thread.sleep(50);
    assertEquals(0, deleted.get());
    assertTrue(NativeHandle.countAlive() > 0);
    handle.close();
    java.lang.ref.Reference.reachabilityFence(owner);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
