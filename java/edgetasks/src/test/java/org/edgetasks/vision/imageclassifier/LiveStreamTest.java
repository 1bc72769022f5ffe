package org.edgetasks.vision.imageclassifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.core.ErrorListener;
import org.edgetasks.core.OutputHandler.ResultListener;
import org.edgetasks.framework.image.ByteBufferImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.framework.image.UncheckedImages;
import org.edgetasks.testing.Files;
import org.edgetasks.vision.core.RunningMode;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LiveStreamTest {
  private static ImageClassifier open(
      ResultListener<ImageClassifierResult, MPImage> results, ErrorListener errors) {
    return ImageClassifier.createFromOptions(
        ImageClassifierOptions.builder()
            .setBaseOptions(BaseOptions.builder().setModelAssetPath(Files.emoji()).build())
            .setRunningMode(RunningMode.LIVE_STREAM)
            .setResultListener(results)
            .setErrorListener(errors)
            .build());
  }

  private static MPImage gray() {
    return new ByteBufferImageBuilder(
            ByteBuffer.allocateDirect(64 * 64 * 3), 64, 64, MPImage.IMAGE_FORMAT_RGB)
        .build();
  }

  private static void ignore(RuntimeException e) {
    throw new AssertionError(e);
  }

  @Test
  void resultsComeOnAThreadOfTheirOwnWithTheirImage() throws Exception {
    BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
    try (ImageClassifier classifier =
        open(
            (result, image) -> {
              seen.add(Thread.currentThread());
              seen.add(result.timestampMs());
              seen.add(image);
            },
            LiveStreamTest::ignore)) {
      MPImage image = gray();
      classifier.classifyAsync(image, 7);
      image.close(); // allowed at once
      assertNotSame(Thread.currentThread(), seen.poll(30, TimeUnit.SECONDS));
      assertEquals(7L, seen.poll(30, TimeUnit.SECONDS));
      assertSame(image, seen.poll(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void framesAreDroppedWhileOneIsUnderWay() throws Exception {
    BlockingQueue<Long> times = new LinkedBlockingQueue<>();
    Semaphore go = new Semaphore(0);
    try (ImageClassifier classifier =
        open(
            (result, image) -> {
              times.add(result.timestampMs());
              go.acquireUninterruptibly();
            },
            LiveStreamTest::ignore)) {
      classifier.classifyAsync(gray(), 1);
      assertEquals(1L, times.poll(30, TimeUnit.SECONDS));
      classifier.classifyAsync(gray(), 2);
      classifier.classifyAsync(gray(), 3);
      assertThrows(IllegalArgumentException.class, () -> classifier.classifyAsync(gray(), 3));
      assertStatistics(3, 0, 0, 2, classifier);
      go.release();
      Long next = null;
      for (long time = 4; next == null; time++) {
        classifier.classifyAsync(gray(), time);
        next = times.poll(10, TimeUnit.MILLISECONDS);
        go.release();
      }
      assertEquals(true, next >= 4, "frames 2 and 3 were dropped");
      LiveStreamStatistics end = classifier.liveStreamStatistics();
      assertEquals(0, end.errors(), end.toString());
      assertTrue(end.results() >= 1 && end.results() <= 2, end.toString());
      long underWay = end.frames() - end.results() - end.dropped();
      assertTrue(underWay == 0 || underWay == 1, end.toString());
    }
  }

  private static void assertStatistics(
      long frames, long results, long errors, long dropped, ImageClassifier classifier) {
    LiveStreamStatistics statistics = classifier.liveStreamStatistics();
    assertEquals(frames, statistics.frames(), statistics.toString());
    assertEquals(results, statistics.results(), statistics.toString());
    assertEquals(errors, statistics.errors(), statistics.toString());
    assertEquals(dropped, statistics.dropped(), statistics.toString());
  }

  @Test
  void framesThatFailAreCounted() throws Exception {
    BlockingQueue<RuntimeException> errors = new LinkedBlockingQueue<>();
    try (ImageClassifier classifier =
            open((result, image) -> fail("There is nothing in it"), errors::add);
        ImageClassifier single = ImageClassifier.createFromFile(Files.emoji())) {
      classifier.classifyAsync(UncheckedImages.tooFewBytes(), 1);
      assertInstanceOf(EdgeTasksException.class, errors.poll(30, TimeUnit.SECONDS));
      for (int tries = 0; classifier.liveStreamStatistics().errors() == 0; tries++) {
        assertTrue(tries < 30_000); // The listener is called just before.
        Thread.sleep(1);
      }
      assertStatistics(1, 0, 1, 0, classifier);
      assertStatistics(0, 0, 0, 0, single);
    }
  }

  @Test
  void whatTheListenerThrowsGoesToTheErrorListener() throws Exception {
    BlockingQueue<RuntimeException> errors = new LinkedBlockingQueue<>();
    RuntimeException thrown = new IllegalArgumentException("from the listener");
    try (ImageClassifier classifier =
        open(
            (result, image) -> {
              throw thrown;
            },
            errors::add)) {
      classifier.classifyAsync(gray(), 1);
      assertSame(thrown, errors.poll(30, TimeUnit.SECONDS));
      for (long time = 2; errors.isEmpty(); time++) { // it goes on
        classifier.classifyAsync(gray(), time);
        Thread.sleep(5);
      }
    }
  }

  @Test
  void anErrorOfTheListenerDoesNotEndTheThread() throws Exception {
    BlockingQueue<RuntimeException> errors = new LinkedBlockingQueue<>();
    AssertionError thrown = new AssertionError("from the listener");
    try (ImageClassifier classifier =
        open(
            (result, image) -> {
              throw thrown;
            },
            errors::add)) {
      classifier.classifyAsync(gray(), 1);
      assertSame(thrown, errors.poll(30, TimeUnit.SECONDS).getCause());
    }
  }

  @Test
  void mayBeClosedByItsListener() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ImageClassifier[] self = new ImageClassifier[1];
    CountDownLatch assigned = new CountDownLatch(1);
    self[0] =
        open(
            (result, image) -> {
              try {
                assigned.await();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
              self[0].close();
              closed.countDown();
            },
            LiveStreamTest::ignore);
    assigned.countDown();
    self[0].classifyAsync(gray(), 1);
    assertEquals(true, closed.await(30, TimeUnit.SECONDS));
    assertThrows(IllegalStateException.class, () -> self[0].classifyAsync(gray(), 2));
  }

  @Test
  void closingWaitsForTheFrameUnderWay() throws Exception {
    for (int round = 0; round < 20; round++) {
      CountDownLatch called = new CountDownLatch(1);
      AtomicBoolean returned = new AtomicBoolean();
      ImageClassifier classifier =
          open(
              (result, image) -> {
                called.countDown();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
                returned.set(true);
              },
              LiveStreamTest::ignore);
      classifier.classifyAsync(gray(), 1);
      if (round % 2 == 0) { // in the listener; otherwise likely before it is called
        assertTrue(called.await(30, TimeUnit.SECONDS));
      }
      classifier.close();
      assertTrue(returned.get());
      assertStatistics(1, 1, 0, 0, classifier);
    }
  }

  @Test
  void framesOfSeveralThreadsComeInTheOrderOfTime() throws Exception {
    List<Long> times = Collections.synchronizedList(new ArrayList<>());
    AtomicLong clock = new AtomicLong();
    long refused;
    ImageClassifier stream =
        open((result, image) -> times.add(result.timestampMs()), LiveStreamTest::ignore);
    try (ImageClassifier classifier = stream) {
      Callable<Integer> camera =
          () -> {
            int late = 0;
            for (int i = 0; i < 5000; i++) {
              try {
                classifier.classifyAsync(gray(), clock.incrementAndGet());
              } catch (IllegalArgumentException e) { // The other camera's next frame was quicker.
                late++;
              }
            }
            return late;
          };
      ExecutorService cameras = Executors.newFixedThreadPool(2);
      Future<Integer> first = cameras.submit(camera);
      Future<Integer> second = cameras.submit(camera);
      refused = first.get() + second.get();
      cameras.shutdown();
    }
    LiveStreamStatistics end = stream.liveStreamStatistics();
    assertEquals(10_000 - refused, end.frames(), end.toString());
    assertEquals(end.frames(), end.results() + end.dropped(), end.toString());
    assertEquals(times.size(), end.results());
    for (int i = 1; i < times.size(); i++) {
      assertTrue(times.get(i - 1) < times.get(i), times.toString());
    }
  }

  @Test
  void closingWhileAFrameIsClassifiedIsNoError() throws Exception {
    for (int round = 0; round < 50; round++) {
      BlockingQueue<RuntimeException> errors = new LinkedBlockingQueue<>();
      ImageClassifier classifier = open((result, image) -> {}, errors::add);
      classifier.classifyAsync(gray(), 1);
      classifier.close();
      assertNull(errors.poll(2, TimeUnit.MILLISECONDS));
    }
  }
}
