package org.edgetasks.genai.llminference

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.edgetasks.testing.Files
import org.junit.jupiter.api.AfterAll
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

@Timeout(60)
class LlmInferenceSessionTest {
  /** A session with the prompt that is about to tell a long story, always the same. */
  private fun session() =
    llm
      .openSession {
        setTemperature(0f)
        setMaxOutputTokens(TOKENS)
      }.apply { addQueryChunk("Once upon a time") }

  /**
   * Asserts that little was generated after the parts that were seen: the session goes on with the
   * story near its beginning.
   */
  private fun assertStoppedSoonAfter(
    seen: String,
    session: LlmInferenceSession,
  ) {
    val next = session.generateResponse().take(PROBE)
    val at = story.indexOf(next)
    assertTrue(at >= seen.length, "\"$next\" does not continue \"$seen\"")
    assertTrue(at < seen.length + SOON, "$at characters were generated, ${seen.length} were seen")
  }

  @Test
  fun `awaits the whole response`() {
    session().use { session ->
      val response = runBlocking { session.awaitResponse() }
      assertEquals(story, response.text())
      assertEquals(FinishReason.MAX_OUTPUT_TOKENS, response.finishReason())
      assertEquals(TOKENS, response.outputTokens())
    }
  }

  @Test
  fun `the parts are the whole response`() {
    session().use { session ->
      val parts = runBlocking { session.responseFlow().toList() }
      assertEquals(story, parts.joinToString(""))
      assertTrue(parts.size > TOKENS / 2, "only ${parts.size} parts")
    }
  }

  @Test
  fun `a slow collector loses nothing`() {
    session().use { session ->
      val slow =
        session
          .responseFlow()
          .buffer(Channel.RENDEZVOUS)
          .onEach { delay(1) }
      assertEquals(story, runBlocking { slow.toList() }.joinToString(""))
    }
  }

  @Test
  fun `a collector that has enough ends the generation, and the session is usable at once`() {
    session().use { session ->
      val seen =
        runBlocking {
          session
            .responseFlow()
            .buffer(Channel.RENDEZVOUS)
            .take(3)
            .toList()
        }
      assertEquals(3, seen.size)
      assertStoppedSoonAfter(seen.joinToString(""), session)
    }
  }

  @Test
  fun `a collector that is cancelled ends the generation`() {
    session().use { session ->
      val seen = StringBuilder()
      runBlocking(Dispatchers.Default) {
        val second = CompletableDeferred<Unit>()
        val collector =
          launch {
            session.responseFlow().buffer(Channel.RENDEZVOUS).collect {
              if (seen.isNotEmpty()) second.complete(Unit)
              seen.append(it)
              if (second.isCompleted) delay(Long.MAX_VALUE)
            }
          }
        second.await()
        collector.cancelAndJoin()
      }
      assertStoppedSoonAfter(seen.toString(), session)
    }
  }

  @Test
  fun `a collector that fails ends the generation, and its failure is the flow's`() {
    class Enough : RuntimeException()
    session().use { session ->
      assertThrows(Enough::class.java) {
        runBlocking {
          session.responseFlow().buffer(Channel.RENDEZVOUS).collect { throw Enough() }
        }
      }
      assertStoppedSoonAfter("", session)
    }
  }

  @Test
  fun `a caller that is cancelled while it waits ends the generation`() {
    // Many cancellations at different moments: before, at and after the first tokens.
    for (milliseconds in 0L..20L step 2) {
      session().use { session ->
        runBlocking(Dispatchers.Default) {
          val caller = launch { session.awaitResponse() }
          delay(milliseconds)
          caller.cancelAndJoin()
        }
        // Neither busy nor closed.
        assertTrue(session.generateResponse().isNotEmpty())
      }
    }
  }

  @Test
  fun `a response that another one cancels is complete with what was there`() {
    session().use { session ->
      val events =
        runBlocking {
          session
            .responseEvents()
            .buffer(Channel.RENDEZVOUS)
            .onEach { session.cancelGenerateResponseAsync() }
            .toList()
        }
      val response = (events.last() as LlmResponseEvent.Complete).response
      assertEquals(FinishReason.CANCELLED, response.finishReason())
      assertTrue(story.startsWith(response.text()))
      assertTrue(response.outputTokens() < TOKENS)
    }
  }

  @Test
  fun `a second response at the same time is an IllegalStateException`() {
    session().use { session ->
      runBlocking {
        session
          .responseFlow()
          .buffer(Channel.RENDEZVOUS)
          .take(1)
          .collect {
            assertThrows(IllegalStateException::class.java) {
              runBlocking { session.responseFlow().first() }
            }
          }
      }
    }
  }

  @Test
  fun `each collection goes on where the context ends`() {
    session().use { session ->
      val flow = session.responseFlow()
      session.updateSessionOptions { it.setMaxOutputTokens(TOKENS / 2).build() }
      val both = runBlocking { flow.toList() + flow.toList() }
      assertEquals(story, both.joinToString(""))
    }
  }

  companion object {
    private const val TOKENS = 100
    private const val PROBE = 30
    private const val SOON = 60

    private lateinit var llm: LlmInference
    private lateinit var story: String

    @BeforeAll
    @JvmStatic
    fun open() {
      llm = LlmInference.createFromOptions(llmInferenceOptions { setModelPath(Files.story) })
      story = LlmInferenceSessionTest().session().use { it.generateResponse() }
    }

    @AfterAll
    @JvmStatic
    fun close() {
      llm.close()
    }
  }
}
