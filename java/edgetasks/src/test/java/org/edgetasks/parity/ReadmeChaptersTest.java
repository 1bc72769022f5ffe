package org.edgetasks.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.edgetasks.genai.llminference.FinishReason;
import org.edgetasks.genai.llminference.LlmCheckpoint;
import org.edgetasks.genai.llminference.LlmInference;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.genai.llminference.LlmMessage;
import org.edgetasks.genai.llminference.LlmResponse;
import org.edgetasks.genai.llminference.LlmResponseToken;
import org.edgetasks.genai.llminference.LlmScore;
import org.edgetasks.genai.llminference.ResponseFormat;
import org.edgetasks.testing.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The chapters of README.md about language models: what they show in Java runs, and is what stands
 * here between the marks.
 */
class ReadmeChaptersTest {
  private static final LlmInferenceSessionOptions GREEDY =
      LlmInferenceSessionOptions.builder().setTemperature(0).setMaxOutputTokens(40).build();

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8);
  private LlmInference llm;
  private LlmInferenceSession session;

  @BeforeEach
  void open() {
    llm =
        LlmInference.createFromOptions(
            LlmInferenceOptions.builder().setModelPath(Files.story()).build());
    session = LlmInferenceSession.createFromOptions(llm, GREEDY);
    session.addQueryChunk("Once upon a time");
  }

  @AfterEach
  void close() {
    session.close();
    llm.close();
  }

  private String said(String chapter) throws Exception {
    String source =
        java.nio.file.Files.readString(
            Files.checkout()
                .resolve(
                    "java/edgetasks/src/test/java/org/edgetasks/parity/ReadmeChaptersTest.java"));
    String example =
        source
            .split("    // README: " + chapter + "\n")[1]
            .split("    // README\n")[0]
            .lines()
            .map(line -> line.substring(Math.min(4, line.length())) + "\n")
            .collect(Collectors.joining());
    String readme = java.nio.file.Files.readString(Files.checkout().resolve("README.md"));
    assertTrue(readme.contains("```java\n" + example + "```\n"), "README.md lacks\n" + example);
    return said.toString(StandardCharsets.UTF_8);
  }

  @Test
  void sampling() throws Exception {
    // README: Sampling
    LlmInferenceSessionOptions options =
        LlmInferenceSessionOptions.builder()
            .setTemperature(0.9f)
            .setMinP(0.05f)
            .setRepetitionPenalty(1.1f)
            .setRandomSeed(7)
            .setMaxOutputTokens(32)
            .setNumLogprobs(3)
            .build();
    try (LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, options)) {
      session.addQueryChunk("Once upon a time");
      for (LlmResponseToken token : session.generateResponseResult().tokens()) {
        out.println(token.chosen().logprob() + token.chosen().text());
      }
    }
    // README
    // No logarithm of a probability is above 0.
    assertEquals(32, said("Sampling").lines().filter(line -> line.startsWith("-")).count());
  }

  @Test
  void stopping() throws Exception {
    // README: Stopping
    LlmInferenceSessionOptions options =
        LlmInferenceSessionOptions.builder()
            .setTemperature(0)
            .setStopStrings(List.of("\n", "The end"))
            .setMaxOutputTokens(100)
            .setTimeoutMs(20000)
            .build();
    LlmResponse response = session.generateResponseResult(options); // for this response only
    if (response.finishReason() == FinishReason.STOP_STRING) {
      out.println("a paragraph:" + response.text());
    }
    // README
    String text = said("Stopping");
    assertTrue(text.startsWith("a paragraph:, there was a little girl named Lily."), text);
  }

  @Test
  void chat() throws Exception {
    // README: Chat
    LlmInferenceSessionOptions options =
        LlmInferenceSessionOptions.builder()
            .setChatTemplate( // only because this model's file has none
                "{% for m in messages %}{{ m.content }} {% endfor %}"
                    + "{% if add_generation_prompt %}The owl said{% endif %}")
            .setTemperature(0)
            .setStopStrings(List.of("."))
            .build();
    try (LlmInferenceSession session = LlmInferenceSession.createFromOptions(llm, options)) {
      session.addMessage(LlmMessage.system("A story."));
      session.addMessage(LlmMessage.user("Lily saw an owl."));
      out.println(session.renderPrompt()); // what the model is fed
      session.generateResponse();
      List<LlmMessage> all = session.messages(); // the response is the last of them
      out.println(all.get(all.size() - 1));
    }
    // README
    String text = said("Chat");
    assertTrue(
        text.matches("A story\\. Lily saw an owl\\. The owl said\nassistant: [^.]+\n"), text);
  }

  @Test
  void context() throws Exception {
    // README: Context
    LlmCheckpoint question = session.checkpoint();
    LlmScore likely = session.score(" and they lived happily.");
    LlmScore unlikely = session.score(" and they sued the gardener.");
    out.println(likely.logprob() > unlikely.logprob() ? "a story" : "a report");
    session.generateResponse();
    session.rewind(question);
    out.println(session.contextUsed() + " used, " + session.contextRemaining() + " left");
    // README
    assertTrue(said("Context").matches("a story\n\\d+ used, \\d+ left\n"));
  }

  @Test
  void saving(@TempDir Path folder) throws Exception {
    String path = folder.resolve("story.session").toString();
    LlmInferenceSessionOptions options = GREEDY;
    // README: Saving
    session.save(path);
    try (LlmInferenceSession loaded = llm.loadSession(path, options)) { // perhaps another day
      out.println(loaded.generateResponse());
    }
    // README
    assertEquals(session.generateResponse() + "\n", said("Saving"));
  }

  @Test
  void format() throws Exception {
    // README: Format
    ResponseFormat format =
        ResponseFormat.jsonSchema(
            "{\"type\": \"object\", \"properties\": {\"name\": {\"enum\": [\"Lily\", \"Tom\"]},"
                + " \"age\": {\"type\": \"integer\", \"maximum\": 9}},"
                + " \"required\": [\"name\", \"age\"]}");
    LlmInferenceSessionOptions options =
        LlmInferenceSessionOptions.builder()
            .setResponseFormat(format)
            .setMaxOutputTokens(60)
            .build();
    out.println(session.generateResponse(options));
    // README
    String text = said("Format");
    assertTrue(text.matches("(?s)\\{.*\"name\": ?\"(Lily|Tom)\".*\"age\": ?-?\\d+.*\\}\n"), text);
  }
}
