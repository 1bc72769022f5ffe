package org.edgetasks.readme

import org.edgetasks.genai.llminference.LlmResponseEvent
import org.edgetasks.testing.Files
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.io.File
import java.io.PrintWriter
import java.io.StringWriter
import java.util.spi.ToolProvider

/**
 * The public API stands in java/edgetasks-kotlin/api, so that a change of it is seen in review.
 * After a change that is meant: mvn test -Dtest=ApiDumpTest -Dedgetasks.api.write=true
 */
class ApiDumpTest {
  @Test
  fun `the API is the reviewed one`() {
    val reviewed = Files.checkout.resolve("java/edgetasks-kotlin/api/edgetasks-kotlin.api")
    val dump = dump()
    assertTrue(dump.contains("responseFlow"), dump)
    if (System.getProperty("edgetasks.api.write").toBoolean()) reviewed.writeText(dump)
    assertEquals(reviewed.readText(), dump, "If the change is meant: -Dedgetasks.api.write=true")
  }

  private fun dump(): String {
    val code = LlmResponseEvent::class.java.protectionDomain.codeSource
    val root = File(code.location.toURI())
    val classes =
      root
        .walk()
        .filter { it.extension == "class" }
        .map {
          it
            .relativeTo(root)
            .path
            .removeSuffix(".class")
            .replace('/', '.')
        }.filterNot { it.startsWith("org.edgetasks.internal") || LAMBDA.containsMatchIn(it) }
        .sorted()
    val out = StringWriter()
    val printer = PrintWriter(out, true)
    val javap = ToolProvider.findFirst("javap").get()
    val status =
      javap.run(printer, printer, "-public", "-cp", root.path, *classes.toList().toTypedArray())
    assertEquals(0, status, "$out")
    return out.toString()
  }

  private companion object {
    /** Classes that the compiler makes of function bodies. */
    val LAMBDA = Regex("""\$\w*\$|\$\d|\$[a-z]""")
  }
}
