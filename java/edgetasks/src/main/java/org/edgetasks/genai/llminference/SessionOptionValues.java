package org.edgetasks.genai.llminference;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The values of a session's options, all defaults at first. Lists and maps in it never change. */
final class SessionOptionValues implements Cloneable {
  int topK = 40;
  float topP = 1.0f;
  float minP;
  float typicalP = 1.0f;
  float temperature = 0.8f;
  int randomSeed;
  float repetitionPenalty = 1.0f;
  float presencePenalty;
  float frequencyPenalty;
  int penaltyWindow;
  int noRepeatNgramSize;
  Map<Integer, Float> logitBias = Collections.emptyMap();
  List<Integer> suppressedTokens = Collections.emptyList();
  int maxOutputTokens;
  List<String> stopStrings = Collections.emptyList();
  List<Integer> stopTokens = Collections.emptyList();
  int timeoutMs;
  int numLogprobs = -1;
  OverflowPolicy overflowPolicy = OverflowPolicy.STOP;
  int keepTokens;
  ResponseFormat responseFormat = ResponseFormat.text();
  Optional<PromptTemplates> promptTemplates = Optional.empty();
  String chatTemplate = "";

  SessionOptionValues copy() {
    try {
      return (SessionOptionValues) clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e); // It is Cloneable.
    }
  }

  /** All of them by their names: what they are equal by, and printed as. */
  Map<String, Object> byName() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("topK", topK);
    values.put("topP", topP);
    values.put("minP", minP);
    values.put("typicalP", typicalP);
    values.put("temperature", temperature);
    values.put("randomSeed", randomSeed);
    values.put("repetitionPenalty", repetitionPenalty);
    values.put("presencePenalty", presencePenalty);
    values.put("frequencyPenalty", frequencyPenalty);
    values.put("penaltyWindow", penaltyWindow);
    values.put("noRepeatNgramSize", noRepeatNgramSize);
    values.put("logitBias", logitBias);
    values.put("suppressedTokens", suppressedTokens);
    values.put("maxOutputTokens", maxOutputTokens);
    values.put("stopStrings", stopStrings);
    values.put("stopTokens", stopTokens);
    values.put("timeoutMs", timeoutMs);
    values.put("numLogprobs", numLogprobs);
    values.put("overflowPolicy", overflowPolicy);
    values.put("keepTokens", keepTokens);
    values.put("responseFormat", responseFormat);
    values.put("promptTemplates", promptTemplates);
    values.put("chatTemplate", chatTemplate);
    return values;
  }
}
