package org.edgetasks.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.edgetasks.testing.Files;
import org.edgetasks.testing.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The snippets below "Java" in README.md: each compiles, runs from the project's root, and says
 * what it should.
 */
class ReadmeTest {
  private static final Pattern SNIPPET = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  @Test
  void snippetsRun() throws Exception {
    String readme = java.nio.file.Files.readString(Files.checkout().resolve("README.md"));
    Matcher matcher = SNIPPET.matcher(section(readme, "Java"));
    List<String> outputs = new ArrayList<>();
    while (matcher.find()) {
      outputs.add(run("Snippet" + outputs.size(), matcher.group(1)));
    }
    assertEquals(2, outputs.size());
    assertTrue(outputs.get(0).startsWith(", there was a little girl named Lily."), outputs.get(0));
    assertTrue(outputs.get(0).endsWith("\nended by MAX_OUTPUT_TOKENS\n"), outputs.get(0));
    assertTrue(outputs.get(1).contains("<Category \"owl\""), outputs.get(1));
  }

  /** The text below a heading, up to the next one. */
  private static String section(String readme, String heading) {
    int start = readme.indexOf("\n## " + heading + "\n");
    assertTrue(start >= 0, heading);
    return readme.substring(start, readme.indexOf("\n## ", start + 1));
  }

  private String run(String name, String snippet) throws Exception {
    StringBuilder imports = new StringBuilder();
    StringBuilder body = new StringBuilder();
    for (String line : snippet.split("\n")) {
      (line.startsWith("import ") ? imports : body).append(line).append('\n');
    }
    Path source = folder.resolve(name + ".java");
    java.nio.file.Files.writeString(
        source,
        imports
            + "public class "
            + name
            + " { public static void main(String[] arguments) throws Exception {\n"
            + body
            + "} }\n");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    String classPath = System.getProperty("java.class.path");
    assertEquals(
        0,
        compiler.run(
            null, null, null, "-d", folder.toString(), "-cp", classPath, source.toString()));
    Programs.Outcome outcome =
        Programs.run(
            List.of(
                "env",
                "-C",
                Files.checkout().toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                folder + ":" + classPath,
                name));
    assertEquals(0, outcome.status(), outcome.err());
    return outcome.out();
  }
}
