package org.edgetasks.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.edgetasks.testing.Programs;
import org.junit.jupiter.api.DynamicTest;

/** Cases of a JSON file by their names, and what Java and C++ answer to them. */
final class ParityCases {
  private ParityCases() {}

  static Map<String, JsonObject> byName(JsonElement list) {
    Map<String, JsonObject> result = new LinkedHashMap<>();
    for (JsonElement element : list.getAsJsonArray()) {
      JsonObject object = element.getAsJsonObject();
      result.put(object.get("name").getAsString(), object);
    }
    return result;
  }

  /** A test a case: Java's answers are those that a C++ program prints as a list. */
  static Stream<DynamicTest> againstCpp(
      List<String> command, Map<String, JsonObject> cases, Map<String, JsonObject> answers)
      throws Exception {
    Programs.Outcome outcome = Programs.run(command);
    assertEquals(0, outcome.status(), outcome.err());
    Map<String, JsonObject> cpp = byName(JsonParser.parseString(outcome.out()));
    assertEquals(cases.keySet(), cpp.keySet());
    return cases.keySet().stream()
        .map(
            name ->
                DynamicTest.dynamicTest(
                    name, () -> assertEquals(cpp.get(name), answers.get(name))));
  }

  /**
   * A case whose option were not passed on would have the answer of the one without it: so no two
   * have the same, but for those that say "same_as".
   */
  static void expectEachItsOwn(Map<String, JsonObject> cases, Map<String, JsonObject> answers) {
    cases.forEach(
        (name, wanted) -> {
          JsonObject answer = withoutName(answers.get(name));
          JsonElement same = wanted.get("same_as");
          if (same != null) {
            assertEquals(withoutName(answers.get(same.getAsString())), answer, name);
            return;
          }
          answers.forEach(
              (other, another) -> {
                if (!other.equals(name) && !cases.get(other).has("same_as")) {
                  assertNotEquals(withoutName(another), answer, name + " and " + other);
                }
              });
        });
  }

  private static JsonObject withoutName(JsonObject answer) {
    JsonObject copy = answer.deepCopy();
    copy.remove("name");
    return copy;
  }
}
