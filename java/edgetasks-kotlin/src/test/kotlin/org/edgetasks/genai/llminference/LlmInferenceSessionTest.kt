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
import org.junit.jupiter.api.Assertions.fail
import org.junit.jupiter.api.BeforeAll
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.io.File

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
   * Asserts that the generation ends before its story does once [collect], which returns what it
   * saw, is over: the session then goes on with the story. The model tells it all in milliseconds,
   * and a thread may sleep as long, so one story of several must be caught.
   */
  private fun assertEndsGeneration(collect: (LlmInferenceSession) -> String) {
    var next = ""
    repeat(ATTEMPTS) {
      session().use { session ->
        val seen = collect(session)
        assertTrue(story.startsWith(seen), "\"$seen\" does not begin the story")
        next = session.generateResponse().take(PROBE)
        if (story.indexOf(next) >= seen.length) return
      }
    }
    fail<Unit>("$ATTEMPTS times the story was told to its end; after the last: \"$next\"")
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
    assertEndsGeneration { session ->
      val seen =
        runBlocking {
          session
            .responseFlow()
            .buffer(Channel.RENDEZVOUS)
            .take(3)
            .toList()
        }
      assertEquals(3, seen.size)
      seen.joinToString("")
    }
  }

  @Test
  fun `a collector that is cancelled ends the generation`() {
    assertEndsGeneration { session ->
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
      seen.toString()
    }
  }

  @Test
  fun `a collector that fails ends the generation, and its failure is the flow's`() {
    class Enough : RuntimeException()
    assertEndsGeneration { session ->
      assertThrows(Enough::class.java) {
        runBlocking {
          session.responseFlow().buffer(Channel.RENDEZVOUS).collect { throw Enough() }
        }
      }
      ""
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

  @Test
  fun `options of a call are of that call only`() {
    session().use { session ->
      val short = session.options { setMaxOutputTokens(4) }
      val all =
        runBlocking {
          listOf(session.awaitResponse(short).text()) + session.responseFlow(short).toList()
        }
      val parts = all.joinToString("")
      assertTrue(story.startsWith(parts), parts)
      assertEquals(TOKENS, session.sessionOptions.maxOutputTokens())
    }
  }

  @Test
  fun `events tell tokens and their probabilities`() {
    session().use { session ->
      val events =
        runBlocking { session.responseEvents(session.options { setNumLogprobs(1) }).toList() }
      val response = (events.last() as LlmResponseEvent.Complete).response
      val streamed = events.filterIsInstance<LlmResponseEvent.Partial>().flatMap { it.tokens }
      assertEquals(response.tokens().map { "$it" }, streamed.map { "$it" })
      assertEquals(TOKENS, streamed.size)
      assertTrue(streamed.all { it.top().single().logprob() == it.chosen().logprob() })
    }
  }

  @Test
  fun `a part without text is no part of the flow of texts`() {
    session().use { session ->
      val parts =
        runBlocking { session.responseFlow(session.options { setNumLogprobs(0) }).toList() }
      assertEquals(story, parts.joinToString(""))
      assertTrue(parts.none { it.isEmpty() })
    }
  }

  @Test
  fun `scores and goes back`() {
    session().use { session ->
      val start = session.checkpoint()
      val likely = runBlocking { session.awaitScore(story.take(20)) }
      assertTrue(likely.logprob() > runBlocking { session.awaitScore(" zzz") }.logprob())
      session.rewind(start)
      session.addQueryChunk("Once upon a time")
      assertEquals(story, session.generateResponse())
    }
  }

  @Test
  fun `goes on where it was saved`(
    @TempDir folder: File,
  ) {
    val path = File(folder, "story.session").path
    session().use { session ->
      session.save(path)
      llm.loadSession(path) { setTemperature(0f) }.use { loaded ->
        val short = loaded.options { setMaxOutputTokens(8) }
        val next = runBlocking { loaded.awaitResponse(short) }.text()
        assertEquals(session.generateResponse(short), next)
      }
    }
  }

  companion object {
    private const val TOKENS = 100
    private const val PROBE = 30
    private const val ATTEMPTS = 20

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
