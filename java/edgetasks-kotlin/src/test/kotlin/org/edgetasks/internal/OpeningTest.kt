package org.edgetasks.internal

import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotSame
import org.junit.jupiter.api.Assertions.assertSame
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.util.concurrent.CountDownLatch
import java.util.concurrent.atomic.AtomicInteger

@Timeout(60)
class OpeningTest {
  private class Resource : AutoCloseable {
    val closes = AtomicInteger()

    override fun close() {
      closes.incrementAndGet()
    }
  }

  @Test
  fun `returns what is opened, from another thread, open`() {
    val resource = Resource()
    var thread = Thread.currentThread()
    val opened =
      runBlocking {
        open { resource.also { thread = Thread.currentThread() } }
      }
    assertSame(resource, opened)
    assertEquals(0, resource.closes.get())
    assertNotSame(Thread.currentThread(), thread)
  }

  @Test
  fun `closes what nobody waits for any more`() {
    val resource = Resource()
    val opening = CountDownLatch(1)
    val go = CountDownLatch(1)
    runBlocking {
      val caller =
        launch(Dispatchers.Default) {
          open {
            opening.countDown()
            go.await()
            resource
          }
        }
      opening.await()
      launch(Dispatchers.Default, CoroutineStart.UNDISPATCHED) { caller.cancel() }
      go.countDown()
      caller.cancelAndJoin()
    }
    assertEquals(1, resource.closes.get())
  }

  @Test
  fun `throws what opening throws`() {
    assertThrows(IllegalStateException::class.java) {
      runBlocking { async { open<Resource> { throw IllegalStateException("no") } }.await() }
    }
  }
}
