package org.edgetasks.genai.llminference;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@link LlmInferenceSession.LlmInferenceSessionOptions} tell. */
abstract class SessionOptions {
  private final SessionOptionValues values;

  SessionOptions(SessionOptionValues values) {
    this.values = values.copy();
  }

  /** Not to be changed. */
  SessionOptionValues values() {
    return values;
  }

  /** {@return among how many tokens one is chosen; 1: always the most probable} */
  public int topK() {
    return values.topK;
  }

  /** {@return the probability that the tokens must reach together} */
  public float topP() {
    return values.topP;
  }

  /** {@return the part of the most probable token's probability that a token must have} */
  public float minP() {
    return values.minP;
  }

  /** {@return the probability that the most typical tokens must reach together} */
  public float typicalP() {
    return values.typicalP;
  }

  /** {@return how bold the choice is; 0: always the most probable token} */
  public float temperature() {
    return values.temperature;
  }

  /** {@return the seed of chance} */
  public int randomSeed() {
    return values.randomSeed;
  }

  /** {@return by what logits of tokens that the context has are divided; 1: off} */
  public float repetitionPenalty() {
    return values.repetitionPenalty;
  }

  /** {@return what is subtracted from logits of tokens that the response has} */
  public float presencePenalty() {
    return values.presencePenalty;
  }

  /** {@return what is subtracted from a token's logit for each time the response has it} */
  public float frequencyPenalty() {
    return values.frequencyPenalty;
  }

  /** {@return at how many of the last tokens the penalties look; 0: all of the context} */
  public int penaltyWindow() {
    return values.penaltyWindow;
  }

  /** {@return how many tokens make a run that never comes twice; 0: off} */
  public int noRepeatNgramSize() {
    return values.noRepeatNgramSize;
  }

  /** {@return what is added to the logits of tokens, by their ids} */
  public Map<Integer, Float> logitBias() {
    return values.logitBias;
  }

  /** {@return the ids of tokens that are never chosen} */
  public List<Integer> suppressedTokens() {
    return values.suppressedTokens;
  }

  /** {@return the most tokens of one response; 0: no such limit} */
  public int maxOutputTokens() {
    return values.maxOutputTokens;
  }

  /** {@return the texts that end a response} */
  public List<String> stopStrings() {
    return values.stopStrings;
  }

  /** {@return the ids of tokens that end a response, beside the model's own} */
  public List<Integer> stopTokens() {
    return values.stopTokens;
  }

  /** {@return after how many milliseconds a response ends; 0: never} */
  public int timeoutMs() {
    return values.timeoutMs;
  }

  /** {@return how many of the most probable tokens are told of; -1: no tokens at all} */
  public int numLogprobs() {
    return values.numLogprobs;
  }

  /** {@return what happens when the context is full} */
  public OverflowPolicy overflowPolicy() {
    return values.overflowPolicy;
  }

  /** {@return how many tokens at the beginning of the context are never dropped} */
  public int keepTokens() {
    return values.keepTokens;
  }

  /** {@return the form that responses must have} */
  public ResponseFormat responseFormat() {
    return values.responseFormat;
  }

  /** {@return what is put around prompts and responses; empty: nothing} */
  public Optional<PromptTemplates> promptTemplates() {
    return values.promptTemplates;
  }

  /** {@return the Jinja chat template that writes messages down; "": the model file's own} */
  public String chatTemplate() {
    return values.chatTemplate;
  }

  /** {@return always "": EdgeTasks has no LoRA} */
  public String loraPath() {
    return "";
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof SessionOptions
        && values.byName().equals(((SessionOptions) other).values.byName());
  }

  @Override
  public int hashCode() {
    return values.byName().hashCode();
  }

  @Override
  public String toString() {
    return "LlmInferenceSessionOptions" + values.byName();
  }
}
