package org.edgetasks.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.genai.llminference.PromptTemplates;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds the API against the list of MediaPipe's methods in mediapipe_api.txt, which explains it.
 */
class MediaPipeApiTest {
  private static final Pattern METHOD =
      Pattern.compile("(static )?(?:([\\w.]+) )?(\\w+)\\(([^)]*)\\)");
  private static final Pattern SETTER = Pattern.compile("set (\\w+)\\((\\w+)\\)(?: = ?(.*))?");

  /** A line, and the class above it that it belongs to. */
  private record Line(String type, String member, String verdict) {
    @Override
    public String toString() {
      return type + ": " + member;
    }
  }

  private static List<Line> lines() throws IOException {
    List<Line> lines = new ArrayList<>();
    try (InputStream in = MediaPipeApiTest.class.getResourceAsStream("/mediapipe_api.txt")) {
      String type = null;
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (line.isBlank() || line.startsWith("#")) {
          continue;
        }
        String[] halves = line.split(" \\| ", 2);
        String verdict = halves.length > 1 ? halves[1] : "";
        if (halves[0].startsWith("class ") || halves[0].startsWith("options ")) {
          type = halves[0].contains(" = ") ? halves[0].split(" = ")[1] : null;
          lines.add(new Line(type, halves[0], verdict));
        } else {
          lines.add(new Line(type, halves[0], verdict));
        }
      }
    }
    return lines;
  }

  @TestFactory
  Stream<DynamicTest> everyMember() throws IOException {
    return lines().stream()
        .map(line -> DynamicTest.dynamicTest(line.toString(), () -> check(line)));
  }

  @Test
  void everyAbsenceHasAReason() throws IOException {
    for (Line line : lines()) {
      assertTrue(
          line.verdict.isEmpty()
              || line.verdict.equals("context")
              || line.verdict.matches("(left out|android|default [^:]*): .{10,}"),
          line + " | " + line.verdict);
    }
  }

  private static void check(Line line) throws Exception {
    if (line.verdict.startsWith("left out")) {
      checkAbsent(line);
    } else if (line.verdict.startsWith("android")) {
      assertTrue(true, "tested where Android's classes are");
    } else if (line.member.startsWith("set ")) {
      checkOption(line);
    } else if (line.member.startsWith("constant ")) {
      String[] parts = line.member.substring("constant ".length()).split(" = ");
      assertEquals(Integer.parseInt(parts[1]), type(line.type).getField(parts[0]).getInt(null));
    } else if (line.member.startsWith("enum ")) {
      assertEquals(
          line.member.substring("enum ".length()),
          String.join(
              ", ",
              Arrays.stream(type(line.type).getEnumConstants()).map(Object::toString).toList()));
    } else if (line.member.startsWith("class ") || line.member.startsWith("options ")) {
      type(line.type);
    } else {
      checkMethod(line);
    }
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName("org.edgetasks." + name);
  }

  private static void checkAbsent(Line line) throws Exception {
    if (line.type == null) {
      return;
    }
    Matcher setter = SETTER.matcher(line.member);
    Matcher method = METHOD.matcher(line.member);
    String name = setter.find() ? "set" + setter.group(1) : method.find() ? method.group(3) : "";
    Class<?> type = name.startsWith("set") ? type(line.type + "$Builder") : type(line.type);
    assertFalse(
        Arrays.stream(type.getMethods()).anyMatch(m -> m.getName().equals(name)),
        "It is there: strike it from the list of what was left out");
  }

  private static void checkMethod(Line line) throws Exception {
    Matcher matcher = METHOD.matcher(line.member);
    assertTrue(matcher.matches(), line.member);
    List<String> parameters = new ArrayList<>();
    for (String parameter : matcher.group(4).split(", ")) {
      if (!parameter.isEmpty()) {
        parameters.add(parameter);
      }
    }
    if (line.verdict.equals("context")) {
      assertEquals("Context", parameters.remove(0));
    }
    if (matcher.group(3).equals("new")) {
      Constructor<?>[] constructors = type(line.type).getConstructors();
      assertTrue(Arrays.stream(constructors).anyMatch(c -> takes(c, parameters)));
      return;
    }
    Method found =
        Arrays.stream(type(line.type).getMethods())
            .filter(m -> !m.isBridge())
            .filter(m -> m.getName().equals(matcher.group(3)) && takes(m, parameters))
            .findFirst()
            .orElseThrow(() -> new AssertionError("There is no such method"));
    assertEquals(matcher.group(1) != null, Modifier.isStatic(found.getModifiers()));
    assertTrue(
        standsFor(found.getReturnType(), matcher.group(2)), "It returns " + found.getReturnType());
  }

  private static boolean takes(Executable executable, List<String> parameters) {
    return Arrays.stream(executable.getParameterTypes())
        .map(Class::getSimpleName)
        .toList()
        .equals(parameters);
  }

  /** True if a value of the type can be used as MediaPipe's. */
  private static boolean standsFor(Class<?> type, String simpleName) {
    return type != null
        && (type.getSimpleName().equals(simpleName)
            || Arrays.stream(type.getInterfaces()).anyMatch(i -> standsFor(i, simpleName))
            || standsFor(type.getSuperclass(), simpleName));
  }

  private static void checkOption(Line line) throws Exception {
    Matcher matcher = SETTER.matcher(line.member);
    assertTrue(matcher.matches(), line.member);
    String name = matcher.group(1);
    Class<?> builder = type(line.type + "$Builder");
    assertTrue(
        Arrays.stream(builder.getMethods())
            .filter(m -> !m.isBridge() && m.getName().equals("set" + name))
            .anyMatch(m -> takesOne(m, matcher.group(2)) && m.getReturnType() == builder));
    Object options = build(type(line.type));
    String accessor = name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1);
    Object value = options.getClass().getMethod(accessor).invoke(options);
    String expected = matcher.group(3) == null ? "" : matcher.group(3);
    if (line.verdict.startsWith("default ")) {
      expected = line.verdict.substring("default ".length(), line.verdict.indexOf(':'));
    }
    if (!expected.equals("-")) {
      assertEquals(expected, String.valueOf(value));
    }
  }

  private static boolean takesOne(Method method, String simpleName) {
    return takes(method, List.of(simpleName));
  }

  /** An object of the type with all defaults, and no more set than must be. */
  private static Object build(Class<?> type) {
    BaseOptions base = BaseOptions.builder().setModelAssetPath("m").build();
    for (Object options :
        new Object[] {
          base,
          LlmInferenceOptions.builder().setModelPath("m").build(),
          LlmInferenceSessionOptions.builder().build(),
          PromptTemplates.builder().build(),
          ImageClassifierOptions.builder().setBaseOptions(base).build(),
          ImageProcessingOptions.builder().build()
        }) {
      if (options.getClass() == type) {
        return options;
      }
    }
    throw new AssertionError("No object of " + type + " is built here");
  }
}
