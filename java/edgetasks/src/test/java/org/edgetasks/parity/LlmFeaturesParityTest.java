package org.edgetasks.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.genai.llminference.LlmCheckpoint;
import org.edgetasks.genai.llminference.LlmInference;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.genai.llminference.LlmMessage;
import org.edgetasks.genai.llminference.LlmResponse;
import org.edgetasks.genai.llminference.LlmResponseToken;
import org.edgetasks.genai.llminference.LlmScore;
import org.edgetasks.genai.llminference.LlmTokenLogprob;
import org.edgetasks.genai.llminference.OverflowPolicy;
import org.edgetasks.genai.llminference.PromptTemplates;
import org.edgetasks.genai.llminference.ResponseFormat;
import org.edgetasks.testing.Files;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every option of a session in Java and in C++ (tests/e2e/llm_parity.cc), on the cases of
 * tests/e2e/llm_parity_cases.json: the very same texts, tokens, probabilities and errors.
 */
class LlmFeaturesParityTest {
  private static final Path CASES =
      Files.checkout().resolve("tests/e2e/llm_parity_cases.json").normalize();

  private static JsonObject document() throws Exception {
    return Files.json(CASES).getAsJsonObject();
  }

  private static Map<String, JsonObject> cases() throws Exception {
    return ParityCases.byName(document().get("cases"));
  }

  @TestFactory
  Stream<DynamicTest> javaAnswersAsCpp() throws Exception {
    List<String> command =
        List.of(Files.built("tests/e2e/llm_parity").toString(), Files.story(), CASES.toString());
    return ParityCases.againstCpp(command, cases(), answers(cases()));
  }

  @Test
  void everyCaseIsItsOwn() throws Exception {
    ParityCases.expectEachItsOwn(cases(), answers(cases()));
  }

  @Test
  void everyOptionHasACase() throws Exception {
    Set<String> covered = new TreeSet<>();
    for (JsonObject wanted : cases().values()) {
      wanted.getAsJsonObject("options").keySet().forEach(name -> covered.add(camel(name)));
    }
    assertEquals(
        new TreeSet<>(
            CppDeclarationsTest.fields(
                    CppDeclarationsTest.LLM_OPTIONS, "LlmInferenceSessionOptions")
                .keySet()),
        covered);
  }

  private static String camel(String snake) {
    return CppDeclarationsTest.camel(snake);
  }

  private static Map<String, JsonObject> answers(Map<String, JsonObject> cases) throws Exception {
    LlmInferenceOptions options =
        LlmInferenceOptions.builder()
            .setModelPath(Files.story())
            .setMaxTokens(document().get("max_tokens").getAsInt())
            .setMaxIdleContexts(0)
            .build();
    Map<String, JsonObject> answers = new LinkedHashMap<>();
    try (LlmInference llm = LlmInference.createFromOptions(options)) {
      for (Map.Entry<String, JsonObject> wanted : cases.entrySet()) {
        JsonObject answer = new JsonObject();
        answer.addProperty("name", wanted.getKey());
        try {
          answer(llm, wanted.getValue(), answer);
        } catch (EdgeTasksException e) {
          answer.add("error", error(e));
        }
        assertFalse(answer.keySet().isEmpty());
        answers.put(wanted.getKey(), answer);
      }
    }
    return answers;
  }

  private static void answer(LlmInference llm, JsonObject wanted, JsonObject answer)
      throws Exception {
    LlmInferenceSessionOptions options = options(wanted.getAsJsonObject("options"));
    String prompt = wanted.get("prompt").getAsString();
    try (LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, options)) {
      LlmCheckpoint start = session.checkpoint();
      if (wanted.has("messages")) {
        chat(session, wanted.getAsJsonArray("messages"), answer);
        return;
      }
      answer.addProperty("prompt_size", session.promptSizeInTokens(prompt));
      session.addQueryChunk(prompt);
      answer.add("response", json(session.generateResponseResult()));
      answer.addProperty("context_used", session.contextUsed());
      answer.addProperty("context_remaining", session.contextRemaining());
      answer.add("score", json(session.score(wanted.get("score").getAsString())));
      session.rewind(start);
      session.addQueryChunk(prompt);
      LlmInferenceSessionOptions quiet = options.toBuilder().setNumLogprobs(-1).build();
      answer.add("again", json(session.generateResponseResult(quiet)));
    }
  }

  private static void chat(LlmInferenceSession session, JsonArray messages, JsonObject answer) {
    for (JsonElement message : messages) {
      List<String> both = strings(message);
      session.addMessage(LlmMessage.create(both.get(0), both.get(1)));
    }
    answer.addProperty("rendered", session.renderPrompt());
    answer.add("response", json(session.generateResponseResult()));
    JsonArray all = new JsonArray();
    for (LlmMessage message : session.messages()) {
      JsonArray both = new JsonArray();
      both.add(message.role());
      both.add(message.content());
      all.add(both);
    }
    answer.add("messages", all);
  }

  private static LlmInferenceSessionOptions options(JsonObject values) throws Exception {
    LlmInferenceSessionOptions.Builder builder = LlmInferenceSessionOptions.builder();
    for (Map.Entry<String, JsonElement> entry : values.entrySet()) {
      String name = camel("set_" + entry.getKey());
      Method setter =
          Arrays.stream(builder.getClass().getMethods())
              .filter(method -> method.getName().equals(name))
              .findFirst()
              .orElseThrow(() -> new AssertionError("There is no " + name));
      setter.invoke(
          builder, value(entry.getKey(), setter.getParameterTypes()[0], entry.getValue()));
    }
    return builder.build();
  }

  private static Object value(String name, Class<?> type, JsonElement value) {
    if (type == float.class) {
      return value.getAsFloat();
    }
    if (type == int.class) {
      return (int) value.getAsLong(); // random_seed is unsigned in C++
    }
    switch (name) {
      case "chat_template":
        return value.getAsString();
      case "stop_strings":
        return strings(value);
      case "logit_bias":
        Map<Integer, Float> biases = new LinkedHashMap<>();
        for (JsonElement pair : value.getAsJsonArray()) {
          JsonArray both = pair.getAsJsonArray();
          biases.put(both.get(0).getAsInt(), both.get(1).getAsFloat());
        }
        return biases;
      case "overflow_policy":
        return OverflowPolicy.values()[value.getAsInt()];
      case "response_format":
        return format(value.getAsJsonObject());
      case "prompt_templates":
        JsonObject texts = value.getAsJsonObject();
        return PromptTemplates.builder()
            .setUserPrefix(texts.get("user_prefix").getAsString())
            .setUserSuffix(texts.get("user_suffix").getAsString())
            .setModelPrefix(texts.get("model_prefix").getAsString())
            .setModelSuffix(texts.get("model_suffix").getAsString())
            .build();
      default:
        List<Integer> ids = new ArrayList<>();
        value.getAsJsonArray().forEach(id -> ids.add(id.getAsInt()));
        return ids;
    }
  }

  private static List<String> strings(JsonElement list) {
    List<String> strings = new ArrayList<>();
    list.getAsJsonArray().forEach(string -> strings.add(string.getAsString()));
    return strings;
  }

  private static ResponseFormat format(JsonObject format) {
    switch (ResponseFormat.Kind.values()[format.get("kind").getAsInt()]) {
      case JSON:
        return ResponseFormat.json();
      case JSON_SCHEMA:
        return ResponseFormat.jsonSchema(format.get("source").getAsString());
      case REGEX:
        return ResponseFormat.regex(format.get("source").getAsString());
      case CHOICE:
        return ResponseFormat.choice(strings(format.get("choices")));
      case GRAMMAR:
        return ResponseFormat.grammar(format.get("source").getAsString());
      default:
        return ResponseFormat.text();
    }
  }

  private static JsonObject json(LlmTokenLogprob token) {
    JsonObject json = new JsonObject();
    json.addProperty("id", token.id());
    json.addProperty("bytes", HexFormat.of().formatHex(token.bytes()));
    json.addProperty("logprob", Integer.toHexString(Float.floatToRawIntBits(token.logprob())));
    return json;
  }

  private static JsonArray json(List<LlmTokenLogprob> tokens) {
    JsonArray json = new JsonArray();
    tokens.forEach(token -> json.add(json(token)));
    return json;
  }

  private static JsonObject json(LlmResponse response) {
    JsonArray tokens = new JsonArray();
    for (LlmResponseToken token : response.tokens()) {
      JsonObject one = new JsonObject();
      one.add("chosen", json(token.chosen()));
      one.add("top", json(token.top()));
      tokens.add(one);
    }
    JsonObject json = new JsonObject();
    json.addProperty("text", response.text());
    json.addProperty("finish_reason", response.finishReason().getNumber());
    json.add("tokens", tokens);
    json.addProperty("prompt_tokens", response.promptTokens());
    json.addProperty("output_tokens", response.outputTokens());
    return json;
  }

  private static JsonObject json(LlmScore score) {
    JsonObject json = new JsonObject();
    json.addProperty("logprob", Long.toHexString(Double.doubleToRawLongBits(score.logprob())));
    json.add("tokens", json(score.tokens()));
    return json;
  }

  static JsonObject error(EdgeTasksException e) {
    JsonObject json = new JsonObject();
    json.addProperty("code", e.getStatusCode().getNumber());
    json.addProperty("detail", e.getErrorDetail().getNumber());
    json.addProperty("message", e.getMessage());
    return json;
  }
}
