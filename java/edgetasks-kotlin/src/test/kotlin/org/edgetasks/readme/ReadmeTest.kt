package org.edgetasks.readme

import kotlinx.coroutines.flow.take
import kotlinx.coroutines.runBlocking
import org.edgetasks.genai.llminference.awaitResponse
import org.edgetasks.genai.llminference.llmInferenceOptions
import org.edgetasks.genai.llminference.openLlmInference
import org.edgetasks.genai.llminference.openSession
import org.edgetasks.genai.llminference.responseFlow
import org.edgetasks.testing.Files
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.io.File

/** The example of README.md runs, and is what README.md shows. */
@Timeout(60)
class ReadmeTest {
  private suspend fun example(
    model: String,
    print: (String) -> Unit,
    println: (String) -> Unit,
  ) {
    // README
    openLlmInference(llmInferenceOptions { setModelPath(model) }).use { llm ->
      llm.openSession { setTemperature(0f) }.use { session ->
        session.addQueryChunk("Once upon a time")
        session.responseFlow().take(20).collect { print(it) }
        session.addQueryChunk(" The end was")
        println(session.awaitResponse().text())
      }
    }
    // README
  }

  @Test
  fun `the example runs`() {
    val parts = mutableListOf<String>()
    var end = ""
    runBlocking { example(Files.story, { parts += it }, { end = it }) }
    assertTrue(parts.size == 20, "$parts")
    assertTrue(end.isNotEmpty())
  }

  @Test
  fun `the example is in README`() {
    val source = Files.checkout.resolve("java/edgetasks-kotlin/$SOURCE").readText()
    val example = source.split("    // README\n")[1].trimIndent()
    val readme = File(Files.checkout, "README.md").readText()
    assertTrue(readme.contains("```kotlin\n$example\n```"), "README.md does not show\n$example")
  }

  private companion object {
    const val SOURCE = "src/test/kotlin/org/edgetasks/readme/ReadmeTest.kt"
  }
}
