package org.edgetasks.testing;

import static org.junit.jupiter.api.Assertions.fail;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** Where tests find the project, its models, and the data that others made. */
public final class Files {
  private static final boolean STRICT = Boolean.getBoolean("edgetasks.strict");

  private Files() {}

  /** The root of the project. */
  public static Path checkout() {
    return Path.of(System.getProperty("edgetasks.checkout", "../..")).toAbsolutePath().normalize();
  }

  public static String story() {
    return checkout().resolve("models/story/story.task").toString();
  }

  public static String emoji() {
    return checkout().resolve("models/emoji/emoji_int8.tflite").toString();
  }

  /** The sample pictures of the emoji model. */
  public static List<Path> samples() throws IOException {
    try (Stream<Path> files =
        java.nio.file.Files.list(checkout().resolve("models/emoji/samples"))) {
      return files.filter(p -> p.toString().endsWith(".png")).sorted().toList();
    }
  }

  /** A file of the golden data; the test is skipped by its name if it is not there. */
  public static Path testdata(String name) {
    String root = System.getenv("EDGETASKS_TESTDATA");
    if (root == null || root.isEmpty()) {
      return missing("EDGETASKS_TESTDATA does not name the test data's folder: " + name);
    }
    Path path = Path.of(root, name);
    return java.nio.file.Files.exists(path) ? path : missing("There is no test data " + path);
  }

  /** The C++ command line, as CMake built it; the test is skipped if it is not there. */
  public static Path cli() {
    return built("cpp_api/cli/edgetasks");
  }

  /** A program that CMake builds; the test is skipped if it is not there. */
  public static Path built(String name) {
    for (String preset : new String[] {"dev", "release"}) {
      Path path = checkout().resolve("build/" + preset + "/" + name);
      if (java.nio.file.Files.isExecutable(path)) {
        return path;
      }
    }
    return missing(name + " is not built: cmake --build --preset dev");
  }

  public static JsonArray jsonArray(Path path) throws IOException {
    return json(path).getAsJsonArray();
  }

  public static JsonElement json(Path path) throws IOException {
    return JsonParser.parseString(java.nio.file.Files.readString(path));
  }

  private static Path missing(String what) {
    if (STRICT) {
      fail(what);
    }
    Assumptions.abort(what);
    throw new AssertionError();
  }
}
