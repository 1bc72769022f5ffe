package org.edgetasks.genai.llminference

import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.edgetasks.core.EdgeTasksException
import org.edgetasks.core.ErrorDetail
import org.edgetasks.testing.Files
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

@Timeout(60)
class LlmChatTest {
  private val llm =
    LlmInference.createFromOptions(llmInferenceOptions { setModelPath(Files.story) })

  @AfterEach
  fun close() = llm.close()

  private fun session() =
    llm.openSession {
      setChatTemplate("{% for m in messages %}{{ m.role }}: {{ m.content }} {% endfor %}")
      setTemperature(0f)
      setMaxOutputTokens(8)
    }

  @Test
  fun `messages come in order, each with its role`() {
    session().use { session ->
      session.addMessages {
        system("one")
        user("two")
        assistant("three")
        message("tool", "four 🦉")
      }
      assertEquals(
        listOf(
          LlmMessage.create("system", "one"),
          LlmMessage.create("user", "two"),
          LlmMessage.create("assistant", "three"),
          LlmMessage.create("tool", "four 🦉"),
        ),
        session.messages(),
      )
      assertEquals(
        "system: one user: two assistant: three tool: four 🦉 ",
        session.renderPrompt(),
      )
    }
  }

  @Test
  fun `a reply is what addMessage and generateResponse give, awaited or streamed`() {
    val expected =
      session().use { session ->
        listOf("Hello", "And then?").map {
          session.addMessage(LlmMessage.user(it))
          session.generateResponse()
        }
      }
    runBlocking {
      session().use { session ->
        assertEquals(expected[0], session.awaitReply("Hello").text())
        assertEquals(expected[1], session.replyFlow("And then?").toList().joinToString(""))
        assertEquals(
          listOf("Hello", expected[0], "And then?", expected[1]),
          session.messages().map { it.content() },
        )
      }
    }
  }

  @Test
  fun `a model without a template says so`() {
    llm.openSession().use { session ->
      val failure =
        assertThrows(EdgeTasksException::class.java) {
          runBlocking { session.awaitReply("Hello") }
        }
      assertEquals(ErrorDetail.MISSING_PART, failure.errorDetail)
    }
  }
}
