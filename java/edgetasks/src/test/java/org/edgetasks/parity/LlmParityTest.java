package org.edgetasks.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.edgetasks.genai.llminference.LlmInference;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.testing.Files;
import org.edgetasks.testing.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Java and C++ on the same models and prompts: the very same text. */
class LlmParityTest {
  private static final String FOLDER = "llm/stories260K/";
  private static final int TOKENS = 64;

  /** What differs between two runs: the model and the numbers of the sampler. */
  private record Run(Path model, Path tokenizer, float temperature, int topK, int seed) {
    String inJava(String prompt) {
      LlmInferenceOptions.Builder options =
          LlmInferenceOptions.builder().setModelPath(model.toString());
      if (tokenizer != null) {
        options.setTokenizerPath(tokenizer.toString());
      }
      LlmInferenceSessionOptions sampling =
          LlmInferenceSessionOptions.builder()
              .setTemperature(temperature)
              .setTopK(topK)
              .setRandomSeed(seed)
              .setMaxOutputTokens(TOKENS)
              .build();
      try (LlmInference llm = LlmInference.createFromOptions(options.build());
          LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, sampling)) {
        session.addQueryChunk(prompt);
        return session.generateResponse();
      }
    }

    String inCpp(String prompt) throws Exception {
      List<String> command =
          new ArrayList<>(
              List.of(
                  Files.cli().toString(),
                  "run",
                  model.toString(),
                  "--prompt",
                  prompt,
                  "--temperature",
                  "" + temperature,
                  "--top-k",
                  "" + topK,
                  "--seed",
                  "" + seed,
                  "--max-output-tokens",
                  "" + TOKENS));
      if (tokenizer != null) {
        command.addAll(List.of("--tokenizer", tokenizer.toString()));
      }
      Programs.Outcome outcome = Programs.run(command);
      assertEquals(0, outcome.status(), outcome.err());
      assertTrue(outcome.out().endsWith("\n"));
      return outcome.out().substring(0, outcome.out().length() - 1);
    }
  }

  private static List<JsonObject> goldens() throws Exception {
    List<JsonObject> goldens = new ArrayList<>();
    for (JsonElement golden :
        Files.json(Files.testdata(FOLDER + "goldens_litert.json"))
            .getAsJsonObject()
            .getAsJsonArray("stories260K_f32_ekv512.tflite")) {
      goldens.add(golden.getAsJsonObject());
    }
    return goldens;
  }

  private static Run greedy(String file) {
    Path tokenizer =
        file.endsWith(".tflite") ? Files.testdata(FOLDER + "hf/tokenizer.model") : null;
    return new Run(Files.testdata(FOLDER + file), tokenizer, 0, 40, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stories260K_f32_ekv512.tflite",
        "stories260K_fp16_ekv512.tflite",
        "stories260K_f32.task"
      })
  void goldenPromptsContinueAsInCppAndAsTheGoldensSay(String file) throws Exception {
    for (JsonObject golden : goldens()) {
      String prompt = golden.get("prompt").getAsString();
      String text = greedy(file).inJava(prompt);
      assertEquals(greedy(file).inCpp(prompt), text);
      // The golden is the decoded tokens alone; ours continues the prompt, so it may have one space
      // more in front.
      String expected = golden.get("text").getAsString();
      assertTrue(text.equals(expected) || text.equals(" " + expected), text);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "stories260K_q8.task",
        "stories260K_tr_q8.litertlm",
        "stories260K_hfexport_default.litertlm",
        "stories260K_hfexport_q4.litertlm",
        "stories260K_q4_block32_ekv512.tflite"
      })
  void goldenPromptsContinueAsInCpp(String file) throws Exception {
    for (JsonObject golden : goldens()) {
      String prompt = golden.get("prompt").getAsString();
      assertEquals(greedy(file).inCpp(prompt), greedy(file).inJava(prompt));
    }
  }

  @Test
  void chanceIsTheSame() throws Exception {
    for (int seed : new int[] {0, 1, 12345}) {
      Run run = new Run(Path.of(Files.story()), null, 1.2f, 100, seed);
      for (String prompt : List.of("Once upon a time", "🦉 says")) {
        assertEquals(run.inCpp(prompt), run.inJava(prompt));
      }
    }
  }
}
