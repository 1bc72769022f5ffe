package org.edgetasks.testing;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Where tests find the project and what was built of it, and how they run programs. */
public final class Project {
  private static final boolean STRICT = Boolean.getBoolean("edgetasks.strict");
  private static final int TIMEOUT_MINUTES = 3;

  private Project() {}

  /** What a program did. Output and errors are one text. */
  public record Outcome(int status, String output) {}

  /** A file of the project, by its path from the root. */
  public static Path file(String path) {
    return Path.of(System.getProperty("edgetasks.checkout", "../..")).resolve(path).normalize();
  }

  /** The AAR that the package phase made. */
  public static Path aar() {
    return Path.of(System.getProperty("edgetasks.aar"));
  }

  /** The classes of Android that the build compiles against. */
  public static Path androidJar() {
    return onClassPath("android-all-");
  }

  /** A jar of the test's class path, by the beginning of its name. */
  public static Path onClassPath(String name) {
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Path path = Path.of(entry);
      if (path.getFileName().toString().startsWith(name)) {
        return path;
      }
    }
    return fail("No " + name + "*.jar is on the class path");
  }

  /** The sample pictures of the emoji model. */
  public static List<Path> samples() throws IOException {
    try (Stream<Path> files = Files.list(file("models/emoji/samples"))) {
      return files.filter(path -> path.toString().endsWith(".png")).sorted().toList();
    }
  }

  /** The native library for this machine, as the jar for the JVM ships it. */
  public static Path linuxLibrary() {
    String named = System.getProperty("org.edgetasks.library.path");
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT).replace("amd64", "x86_64");
    Path library =
        named != null
            ? Path.of(named)
            : Path.of(System.getProperty("edgetasks.native.dir"))
                .resolve("linux-" + arch + "/libedgetasks_jni.so");
    return Files.exists(library)
        ? library
        : missing("There is no native library " + library + "; build it with jni/build.sh");
  }

  /** The C++ command line, as CMake built it. */
  public static Path cli() {
    for (String preset : List.of("dev", "release")) {
      Path path = file("build/" + preset + "/cpp_api/cli/edgetasks");
      if (Files.isExecutable(path)) {
        return path;
      }
    }
    return missing("The C++ command is not built: cmake --build --preset dev");
  }

  /** A program of the system; the test is skipped by its name if it is not installed. */
  public static String program(String name) {
    for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
      if (Files.isExecutable(Path.of(folder, name))) {
        return name;
      }
    }
    missing("Program " + name + " is not installed");
    return name;
  }

  /** Skips the test, or fails it where everything must be there. */
  private static Path missing(String what) {
    if (STRICT) {
      fail(what);
    }
    Assumptions.abort(what);
    throw new AssertionError();
  }

  public static Outcome run(List<String> command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("output", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("Still running after 3 minutes: " + command);
      }
      byte[] bytes = Files.readAllBytes(output);
      return new Outcome(process.exitValue(), new String(bytes, StandardCharsets.UTF_8));
    } finally {
      Files.delete(output);
    }
  }
}
