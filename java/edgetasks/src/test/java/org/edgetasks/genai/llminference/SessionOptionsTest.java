package org.edgetasks.genai.llminference;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions.Builder;
import org.junit.jupiter.api.Test;

class SessionOptionsTest {
  private static void refused(String message, Consumer<Builder> set) {
    Builder builder = LlmInferenceSessionOptions.builder();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> set.accept(builder));
    assertEquals(message, e.getMessage());
    assertEquals(LlmInferenceSessionOptions.builder().build(), builder.build());
  }

  @Test
  void valuesOutOfTheirRangesAreNamed() {
    refused("minP is -0.1; it must be in [0, 1]", b -> b.setMinP(-0.1f));
    refused("minP is NaN; it must be in [0, 1]", b -> b.setMinP(Float.NaN));
    refused("typicalP is 0.0; it must be above 0, to 1", b -> b.setTypicalP(0));
    refused(
        "repetitionPenalty is 0.0; it must be above 0, and finite (1 is none)",
        b -> b.setRepetitionPenalty(0));
    refused(
        "presencePenalty is Infinity; it must be finite",
        b -> b.setPresencePenalty(Float.POSITIVE_INFINITY));
    refused("frequencyPenalty is NaN; it must be finite", b -> b.setFrequencyPenalty(Float.NaN));
    refused(
        "penaltyWindow is -1; it must be 1 or more, or 0 for all of the context",
        b -> b.setPenaltyWindow(-1));
    refused(
        "noRepeatNgramSize is -1; it must be 1 or more, or 0 for none",
        b -> b.setNoRepeatNgramSize(-1));
    refused("maxOutputTokens is -1; it must be 0 or more", b -> b.setMaxOutputTokens(-1));
    refused("timeoutMs is -1; it must be 1 or more, or 0 for no limit", b -> b.setTimeoutMs(-1));
    refused("numLogprobs is 101; it must be 0 to 100, or -1 for none", b -> b.setNumLogprobs(101));
    refused("keepTokens is -1; it must be 0 or more", b -> b.setKeepTokens(-1));
  }

  @Test
  void wrongListsAreNamed() {
    refused(
        "logitBias of token 7 is -Infinity; it must be finite (to forbid a token, use"
            + " suppressedTokens)",
        b -> b.setLogitBias(Map.of(7, Float.NEGATIVE_INFINITY)));
    Map<Integer, Float> noBias = new HashMap<>();
    noBias.put(7, null);
    refused("The bias of a token is null; it must be set", b -> b.setLogitBias(noBias));
    refused(
        "stopStrings[1] is empty; every text has that",
        b -> b.setStopStrings(List.of("a", "", "b")));
    refused(
        "There are 65 stopStrings; at most 64 are allowed",
        b -> b.setStopStrings(Collections.nCopies(65, "a")));
    refused(
        "There are 65 stopTokens; at most 64 are allowed",
        b -> b.setStopTokens(Collections.nCopies(65, 1)));
    refused(
        "The element of suppressedTokens is null; it must be set",
        b -> b.setSuppressedTokens(Arrays.asList(1, null)));
    refused("The response format is null; it must be set", b -> b.setResponseFormat(null));
    refused("The overflow policy is null; it must be set", b -> b.setOverflowPolicy(null));
  }

  @Test
  void listsAreCopied() {
    List<String> stops = new ArrayList<>(List.of("a"));
    Map<Integer, Float> bias = new HashMap<>(Map.of(1, 2f));
    LlmInferenceSessionOptions options =
        LlmInferenceSessionOptions.builder().setStopStrings(stops).setLogitBias(bias).build();
    stops.add("b");
    bias.clear();
    assertEquals(List.of("a"), options.stopStrings());
    assertEquals(Map.of(1, 2f), options.logitBias());
    assertThrows(UnsupportedOperationException.class, () -> options.stopStrings().add("c"));
    assertThrows(UnsupportedOperationException.class, () -> options.logitBias().clear());
  }

  @Test
  void aBuilderDoesNotChangeWhatItBuilt() {
    Builder builder = LlmInferenceSessionOptions.builder().setMinP(0.5f);
    LlmInferenceSessionOptions built = builder.build();
    builder.setMinP(0.25f);
    built.toBuilder().setMinP(0.125f);
    assertEquals(0.5f, built.minP());
  }

  /** Each option counts in equals, and comes through toBuilder. */
  @Test
  void everyOptionCounts() {
    List<UnaryOperator<Builder>> changes =
        List.of(
            b -> b.setTopK(1),
            b -> b.setTopP(0.5f),
            b -> b.setMinP(0.5f),
            b -> b.setTypicalP(0.5f),
            b -> b.setTemperature(0.5f),
            b -> b.setRandomSeed(1),
            b -> b.setRepetitionPenalty(2),
            b -> b.setPresencePenalty(1),
            b -> b.setFrequencyPenalty(1),
            b -> b.setPenaltyWindow(1),
            b -> b.setNoRepeatNgramSize(1),
            b -> b.setLogitBias(Map.of(1, 1f)),
            b -> b.setSuppressedTokens(List.of(1)),
            b -> b.setMaxOutputTokens(1),
            b -> b.setStopStrings(List.of("a")),
            b -> b.setStopTokens(List.of(1)),
            b -> b.setTimeoutMs(1),
            b -> b.setNumLogprobs(0),
            b -> b.setOverflowPolicy(OverflowPolicy.ERROR),
            b -> b.setKeepTokens(1),
            b -> b.setResponseFormat(ResponseFormat.json()),
            b -> b.setChatTemplate("{{ 1 }}"),
            b -> b.setPromptTemplates(PromptTemplates.builder().setUserPrefix("a").build()));
    LlmInferenceSessionOptions defaults = LlmInferenceSessionOptions.builder().build();
    assertEquals(new SessionOptionValues().byName().size(), changes.size());
    for (UnaryOperator<Builder> change : changes) {
      LlmInferenceSessionOptions changed = change.apply(defaults.toBuilder()).build();
      assertNotEquals(defaults, changed);
      assertEquals(changed, changed.toBuilder().build());
      assertEquals(changed.hashCode(), changed.toBuilder().build().hashCode());
      assertNotEquals(defaults.toString(), changed.toString());
    }
  }

  @Test
  void formatsAreEqualByWhatTheySay() {
    assertEquals(ResponseFormat.choice(List.of("a")), ResponseFormat.choice(List.of("a")));
    assertNotEquals(ResponseFormat.regex("a"), ResponseFormat.grammar("a"));
    assertNotEquals(ResponseFormat.text(), ResponseFormat.json());
    assertEquals("REGEX(a+)", ResponseFormat.regex("a+").toString());
    assertThrows(IllegalArgumentException.class, () -> ResponseFormat.choice(List.of()));
    assertThrows(IllegalArgumentException.class, () -> ResponseFormat.jsonSchema(null));
  }

  @Test
  void theEnginesOptionsToo() {
    LlmInferenceOptions.Builder builder = LlmInferenceOptions.builder().setModelPath("m");
    assertEquals(3, builder.setMaxIdleContexts(3).build().toBuilder().build().maxIdleContexts());
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> builder.setMaxIdleContexts(-1));
    assertTrue(e.getMessage().contains("maxIdleContexts is -1"), e.getMessage());
  }
}
