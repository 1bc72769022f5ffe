package org.edgetasks.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Constructor;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.testing.Files;
import org.junit.jupiter.api.Test;

/**
 * The whole public API stands in java/edgetasks/api/edgetasks.api, so that a change of it is seen
 * in review. After a change that is meant: mvn test -Dtest=ApiDumpTest -Dedgetasks.api.write=true
 */
class ApiDumpTest {
  @Test
  void theApiIsTheReviewedOne() throws Exception {
    Path reviewed = Files.checkout().resolve("java/edgetasks/api/edgetasks.api");
    String dump = dump();
    assertTrue(dump.contains("org.edgetasks.genai.llminference.LlmInference"));
    if (Boolean.getBoolean("edgetasks.api.write")) {
      java.nio.file.Files.writeString(reviewed, dump);
    }
    assertEquals(
        java.nio.file.Files.readString(reviewed),
        dump,
        "The API changed. If that is meant: mvn test -Dtest=ApiDumpTest -Dedgetasks.api.write=true");
  }

  private static String dump() throws Exception {
    Path root =
        Path.of(
            EdgeTasksException.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    TreeSet<String> names = new TreeSet<>();
    try (Stream<Path> files = java.nio.file.Files.walk(root)) {
      files
          .map(file -> root.relativize(file).toString().replace('/', '.'))
          .filter(file -> file.endsWith(".class") && !file.startsWith("org.edgetasks.internal"))
          .filter(file -> !file.endsWith("package-info.class"))
          .forEach(file -> names.add(file.substring(0, file.length() - ".class".length())));
    }
    StringBuilder dump = new StringBuilder();
    for (String name : names) {
      Class<?> type = Class.forName(name, false, ApiDumpTest.class.getClassLoader());
      if (isVisible(type.getModifiers()) && !type.isAnonymousClass()) {
        append(dump, type);
      }
    }
    return dump.toString();
  }

  private static boolean isVisible(int modifiers) {
    return Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers);
  }

  private static void append(StringBuilder dump, Class<?> type) {
    dump.append(type.toGenericString()).append(bases(type)).append(" {\n");
    List<String> members = new ArrayList<>();
    for (Field field : type.getDeclaredFields()) {
      if (isVisible(field.getModifiers()) && !field.isSynthetic()) {
        members.add(field.toGenericString().replace(type.getName() + ".", ""));
      }
    }
    for (Constructor<?> constructor : type.getDeclaredConstructors()) {
      addIfVisible(members, constructor, constructor.toGenericString());
    }
    addMethods(members, type);
    for (Class<?> base = type.getSuperclass(); isOurOwn(base); base = base.getSuperclass()) {
      addMethods(members, base);
    }
    members.stream().sorted().forEach(member -> dump.append("  ").append(member).append('\n'));
    dump.append("}\n\n");
  }

  /** A class that is not public: a type of it has its members. Platform classes have none here. */
  private static boolean isOurOwn(Class<?> base) {
    return base != null
        && !Modifier.isPublic(base.getModifiers())
        && base.getName().startsWith("org.edgetasks.");
  }

  private static void addMethods(List<String> members, Class<?> type) {
    for (Method method : type.getDeclaredMethods()) {
      addIfVisible(
          members,
          method,
          method
              .toGenericString()
              .replace(type.getName() + "." + method.getName(), method.getName()));
    }
  }

  private static void addIfVisible(List<String> members, Executable member, String text) {
    if (isVisible(member.getModifiers()) && !member.isSynthetic()) {
      members.add(text);
    }
  }

  private static String bases(Class<?> type) {
    String interfaces =
        Arrays.stream(type.getGenericInterfaces())
            .map(java.lang.reflect.Type::getTypeName)
            .collect(Collectors.joining(", "));
    Class<?> superclass = type.getSuperclass();
    // Classes that are not public come with the platform: see java/README.md.
    boolean named =
        superclass != null
            && superclass != Object.class
            && Modifier.isPublic(superclass.getModifiers());
    return (named ? " extends " + type.getGenericSuperclass().getTypeName() : "")
        + (interfaces.isEmpty() ? "" : " implements " + interfaces);
  }
}
