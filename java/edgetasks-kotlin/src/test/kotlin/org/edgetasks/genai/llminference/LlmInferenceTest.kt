package org.edgetasks.genai.llminference

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.runBlocking
import org.edgetasks.core.EdgeTasksException
import org.edgetasks.core.ErrorDetail
import org.edgetasks.testing.Files
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout

@Timeout(60)
class LlmInferenceTest {
  private val options = llmInferenceOptions { setModelPath(Files.story) }

  @Test
  fun `opens, generates and closes`() {
    runBlocking {
      openLlmInference(options).use { llm ->
        val response = llm.awaitResponse("Once upon a time")
        assertTrue(response.text().isNotEmpty())
        assertEquals(llm.sizeInTokens("Once upon a time") + 1, response.promptTokens())
      }
    }
  }

  @Test
  fun `flows of one model run at the same time`() {
    runBlocking(Dispatchers.Default) {
      openLlmInference(options).use { llm ->
        val responses = List(3) { async { llm.responseEvents("Once upon a time").toList() } }
        for (events in responses.awaitAll()) {
          val parts = events.dropLast(1).map { (it as LlmResponseEvent.Partial).text }
          val response = (events.last() as LlmResponseEvent.Complete).response
          assertEquals(response.text(), parts.joinToString(""))
        }
      }
    }
  }

  @Test
  fun `a file that is not there is an EdgeTasksException`() {
    val failure =
      assertThrows(EdgeTasksException::class.java) {
        runBlocking { openLlmInference(llmInferenceOptions { setModelPath("/no/model.task") }) }
      }
    assertEquals(ErrorDetail.FILE_NOT_FOUND, failure.errorDetail)
  }

  @Test
  fun `a prompt that is too long is an EdgeTasksException`() {
    runBlocking {
      openLlmInference(options).use { llm ->
        val prompt = "Once upon a time ".repeat(llm.maxTokens())
        val awaited =
          assertThrows(EdgeTasksException::class.java) {
            runBlocking { llm.awaitResponse(prompt) }
          }
        assertEquals(ErrorDetail.CONTEXT_FULL, awaited.errorDetail)
        val collected =
          assertThrows(EdgeTasksException::class.java) {
            runBlocking { llm.responseFlow(prompt).toList() }
          }
        assertEquals(ErrorDetail.CONTEXT_FULL, collected.errorDetail)
      }
    }
  }

  @Test
  fun `a closed model is an IllegalStateException`() {
    val llm = LlmInference.createFromOptions(options)
    llm.close()
    assertThrows(IllegalStateException::class.java) { runBlocking { llm.awaitResponse("a") } }
    assertThrows(IllegalStateException::class.java) {
      runBlocking { llm.responseFlow("a").toList() }
    }
  }
}
