package org.edgetasks.readme

import kotlinx.coroutines.flow.collect
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.runBlocking
import org.edgetasks.genai.llminference.FinishReason
import org.edgetasks.genai.llminference.LlmInference
import org.edgetasks.genai.llminference.LlmInferenceSession
import org.edgetasks.genai.llminference.LlmResponseEvent
import org.edgetasks.genai.llminference.ResponseFormat
import org.edgetasks.genai.llminference.addMessages
import org.edgetasks.genai.llminference.awaitResponse
import org.edgetasks.genai.llminference.awaitScore
import org.edgetasks.genai.llminference.llmInferenceOptions
import org.edgetasks.genai.llminference.loadSession
import org.edgetasks.genai.llminference.openSession
import org.edgetasks.genai.llminference.options
import org.edgetasks.genai.llminference.replyFlow
import org.edgetasks.genai.llminference.responseEvents
import org.edgetasks.testing.Files
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import org.junit.jupiter.api.io.TempDir
import java.io.File

/**
 * The chapters of README.md about language models: what they show in Kotlin runs, and is what
 * stands here between the marks.
 */
@Timeout(60)
class ReadmeChaptersTest {
  private lateinit var llm: LlmInference
  private lateinit var session: LlmInferenceSession
  private val said = StringBuilder()

  private fun println(text: Any) {
    said.append(text).append('\n')
  }

  @BeforeEach
  fun open() {
    llm = LlmInference.createFromOptions(llmInferenceOptions { setModelPath(Files.story) })
    session =
      llm.openSession {
        setTemperature(0f)
        setMaxOutputTokens(40)
      }
    session.addQueryChunk("Once upon a time")
  }

  @AfterEach
  fun close() {
    session.close()
    llm.close()
  }

  private fun said(chapter: String): String {
    val source = Files.checkout.resolve("java/edgetasks-kotlin/$SOURCE").readText()
    val example =
      source.split("      // README: $chapter\n")[1].split("      // README\n")[0].trimIndent()
    val readme = File(Files.checkout, "README.md").readText()
    assertTrue(readme.contains("```kotlin\n$example\n```"), "README.md does not show\n$example")
    return "$said"
  }

  @Test
  fun `sampling`() {
    runBlocking {
      // README: Sampling
      val session =
        llm.openSession {
          setTemperature(0.9f)
          setMinP(0.05f)
          setRepetitionPenalty(1.1f)
          setRandomSeed(7)
          setMaxOutputTokens(32)
          setNumLogprobs(3)
        }
      session.addQueryChunk("Once upon a time")
      session.responseEvents().filterIsInstance<LlmResponseEvent.Partial>().collect { part ->
        part.tokens.forEach { println("${it.chosen().logprob()}${it.chosen().text()}") }
      }
      // README
      session.close()
    }
    assertEquals(32, said("Sampling").lines().count { it.startsWith("-") })
  }

  @Test
  fun `stopping`() {
    runBlocking {
      // README: Stopping
      val options =
        session.options {
          setStopStrings(listOf("\n", "The end"))
          setMaxOutputTokens(100)
          setTimeoutMs(20_000)
        }
      val response = session.awaitResponse(options) // for this response only
      if (response.finishReason() == FinishReason.STOP_STRING) {
        println("a paragraph:${response.text()}")
      }
      // README
    }
    assertTrue(said("Stopping").startsWith("a paragraph:, there was a little girl named Lily."))
  }

  @Test
  fun `chat`() {
    runBlocking {
      // README: Chat
      val session =
        llm.openSession {
          setChatTemplate( // only because this model's file has none
            "{% for m in messages %}{{ m.content }} {% endfor %}" +
              "{% if add_generation_prompt %}The owl said{% endif %}",
          )
          setTemperature(0f)
          setStopStrings(listOf("."))
        }
      session.addMessages {
        system("A story.")
        user("Lily saw an owl.")
      }
      println(session.renderPrompt()) // what the model is fed
      session.awaitResponse()
      println(session.messages().last())
      session.replyFlow("Lily was happy.").collect { println(it) } // the next turn
      // README
      assertEquals(listOf("user", "assistant"), session.messages().takeLast(2).map { it.role() })
      session.close()
    }
    val text = said("Chat")
    val begin = Regex("^A story\\. Lily saw an owl\\. The owl said\nassistant: [^.]+\n.")
    assertTrue(begin.containsMatchIn(text), text)
  }

  @Test
  fun `context`() {
    runBlocking {
      // README: Context
      val question = session.checkpoint()
      val likely = session.awaitScore(" and they lived happily.")
      val unlikely = session.awaitScore(" and they sued the gardener.")
      println(if (likely.logprob() > unlikely.logprob()) "a story" else "a report")
      session.awaitResponse()
      session.rewind(question)
      println("${session.contextUsed()} used, ${session.contextRemaining()} left")
      // README
    }
    assertTrue(said("Context").matches(Regex("a story\\n\\d+ used, \\d+ left\\n")), "$said")
  }

  @Test
  fun `saving`(
    @TempDir folder: File,
  ) {
    val path = File(folder, "story.session").path
    runBlocking {
      // README: Saving
      session.save(path)
      // Perhaps another day:
      llm.loadSession(path) { setTemperature(0f) }.use { loaded ->
        println(loaded.awaitResponse(loaded.options { setMaxOutputTokens(40) }).text())
      }
      // README
    }
    assertEquals(session.generateResponse() + "\n", said("Saving"))
  }

  @Test
  fun `format`() {
    runBlocking {
      // README: Format
      val yesOrNo = ResponseFormat.choice(listOf(" yes", " no"))
      println(session.awaitResponse(session.options { setResponseFormat(yesOrNo) }).text())
      // README
    }
    assertTrue(said("Format") in listOf(" yes\n", " no\n"), "$said")
  }

  private companion object {
    const val SOURCE = "src/test/kotlin/org/edgetasks/readme/ReadmeChaptersTest.kt"
  }
}
