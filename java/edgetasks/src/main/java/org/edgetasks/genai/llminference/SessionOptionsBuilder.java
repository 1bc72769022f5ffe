package org.edgetasks.genai.llminference;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.edgetasks.internal.Check;

/**
 * The setters of {@link LlmInferenceSession.LlmInferenceSessionOptions.Builder} that MediaPipe does
 * not have.
 *
 * @param <BuilderT> the builder itself
 */
abstract class SessionOptionsBuilder<BuilderT> {
  private static final int MAX_STOPS = 64;
  private static final int MAX_LOGPROBS = 100;

  final SessionOptionValues values;

  SessionOptionsBuilder(SessionOptionValues values) {
    this.values = values;
  }

  abstract BuilderT self();

  /**
   * Sets the part of the most probable token's probability that a token must have to be chosen
   * from. Default 0: none.
   *
   * @param minP 0 to 1
   * @return this builder
   * @throws IllegalArgumentException if it is out of its range
   */
  public BuilderT setMinP(float minP) {
    Check.argument(minP >= 0 && minP <= 1, "minP is %s; it must be in [0, 1]", minP);
    values.minP = minP;
    return self();
  }

  /**
   * Sets the probability that the most typical tokens must reach together: locally typical sampling
   * (Meister et al., 2022). Default 1: all.
   *
   * @param typicalP above 0, to 1
   * @return this builder
   * @throws IllegalArgumentException if it is out of its range
   */
  public BuilderT setTypicalP(float typicalP) {
    Check.argument(
        typicalP > 0 && typicalP <= 1, "typicalP is %s; it must be above 0, to 1", typicalP);
    values.typicalP = typicalP;
    return self();
  }

  /**
   * Sets by what logits of tokens that the context has, prompts included, are divided if positive
   * and multiplied if negative. Default 1: off.
   *
   * @param repetitionPenalty above 0
   * @return this builder
   * @throws IllegalArgumentException if it is out of its range
   */
  public BuilderT setRepetitionPenalty(float repetitionPenalty) {
    Check.argument(
        repetitionPenalty > 0 && repetitionPenalty <= Float.MAX_VALUE,
        "repetitionPenalty is %s; it must be above 0, and finite (1 is none)",
        repetitionPenalty);
    values.repetitionPenalty = repetitionPenalty;
    return self();
  }

  /**
   * Sets what is subtracted from the logits of tokens that the response has. Default 0: off.
   *
   * @param presencePenalty any finite number; a negative one encourages
   * @return this builder
   * @throws IllegalArgumentException if it is out of its range
   */
  public BuilderT setPresencePenalty(float presencePenalty) {
    Check.argument(
        Math.abs(presencePenalty) <= Float.MAX_VALUE,
        "presencePenalty is %s; it must be finite",
        presencePenalty);
    values.presencePenalty = presencePenalty;
    return self();
  }

  /**
   * Sets what is subtracted from a token's logit once for each time that the response has it.
   * Default 0: off.
   *
   * @param frequencyPenalty any finite number; a negative one encourages
   * @return this builder
   * @throws IllegalArgumentException if it is out of its range
   */
  public BuilderT setFrequencyPenalty(float frequencyPenalty) {
    Check.argument(
        Math.abs(frequencyPenalty) <= Float.MAX_VALUE,
        "frequencyPenalty is %s; it must be finite",
        frequencyPenalty);
    values.frequencyPenalty = frequencyPenalty;
    return self();
  }

  /**
   * Sets at how many of the last tokens the penalties look. Default 0: at all of the context.
   *
   * @param penaltyWindow 0 or more
   * @return this builder
   * @throws IllegalArgumentException if it is out of its range
   */
  public BuilderT setPenaltyWindow(int penaltyWindow) {
    Check.argument(
        penaltyWindow >= 0,
        "penaltyWindow is %d; it must be 1 or more, or 0 for all of the context",
        penaltyWindow);
    values.penaltyWindow = penaltyWindow;
    return self();
  }

  /**
   * Sets how many tokens make a run that never comes twice in the context. Default 0: off.
   *
   * @param noRepeatNgramSize 0 or more
   * @return this builder
   * @throws IllegalArgumentException if it is out of its range
   */
  public BuilderT setNoRepeatNgramSize(int noRepeatNgramSize) {
    Check.argument(
        noRepeatNgramSize >= 0,
        "noRepeatNgramSize is %d; it must be 1 or more, or 0 for none",
        noRepeatNgramSize);
    values.noRepeatNgramSize = noRepeatNgramSize;
    return self();
  }

  /**
   * Sets what is added to the logits of tokens: the natural logarithm of how many times more
   * probable each becomes. -100 practically forbids a token, 100 practically forces it. Default:
   * nothing.
   *
   * @param logitBias finite numbers by ids of the vocabulary; other ids have no effect
   * @return this builder
   * @throws IllegalArgumentException if there are others
   */
  public BuilderT setLogitBias(Map<Integer, Float> logitBias) {
    Map<Integer, Float> copy = new LinkedHashMap<>(Check.notNull(logitBias, "logitBias"));
    copy.forEach(
        (token, bias) ->
            Check.argument(
                Check.notNull(token, "token of logitBias") != null
                    && Math.abs(Check.notNull(bias, "bias of a token")) <= Float.MAX_VALUE,
                "logitBias of token %d is %s; it must be finite (to forbid a token, use suppressedTokens)",
                token,
                bias));
    values.logitBias = Collections.unmodifiableMap(copy);
    return self();
  }

  /**
   * Sets tokens that are never chosen. Default: none.
   *
   * @param suppressedTokens ids of the vocabulary; others have no effect
   * @return this builder
   */
  public BuilderT setSuppressedTokens(List<Integer> suppressedTokens) {
    values.suppressedTokens = copy(suppressedTokens, "suppressedTokens");
    return self();
  }

  /**
   * Sets the most tokens of one response. Default 0: until a stop token comes or the context is
   * full.
   *
   * @param maxOutputTokens 0 or more
   * @return this builder
   * @throws IllegalArgumentException if it is out of its range
   */
  public BuilderT setMaxOutputTokens(int maxOutputTokens) {
    Check.argument(
        maxOutputTokens >= 0, "maxOutputTokens is %d; it must be 0 or more", maxOutputTokens);
    values.maxOutputTokens = maxOutputTokens;
    return self();
  }

  /**
   * Sets texts that end a response: before the first of them, however tokens cut it. No part of one
   * is ever streamed. Default: none.
   *
   * @param stopStrings at most 64, none empty
   * @return this builder
   * @throws IllegalArgumentException if there are others
   */
  public BuilderT setStopStrings(List<String> stopStrings) {
    List<String> copy = copy(stopStrings, "stopStrings");
    checkCount(copy, "stopStrings");
    Check.argument(
        !copy.contains(""), "stopStrings[%d] is empty; every text has that", copy.indexOf(""));
    values.stopStrings = copy;
    return self();
  }

  /**
   * Sets tokens that end a response, beside the model's own. Default: none.
   *
   * @param stopTokens at most 64 ids
   * @return this builder
   * @throws IllegalArgumentException if there are others
   */
  public BuilderT setStopTokens(List<Integer> stopTokens) {
    List<Integer> copy = copy(stopTokens, "stopTokens");
    checkCount(copy, "stopTokens");
    values.stopTokens = copy;
    return self();
  }

  /**
   * Sets how long after it was asked for a response ends, with {@link FinishReason#DEADLINE} and
   * the text that is there. Default 0: never.
   *
   * @param timeoutMs milliseconds, 0 or more
   * @return this builder
   * @throws IllegalArgumentException if it is out of its range
   */
  public BuilderT setTimeoutMs(int timeoutMs) {
    Check.argument(
        timeoutMs >= 0, "timeoutMs is %d; it must be 1 or more, or 0 for no limit", timeoutMs);
    values.timeoutMs = timeoutMs;
    return self();
  }

  /**
   * Sets how many of the most probable tokens are told of with each token of the response; 0: only
   * the token that was chosen. Default -1: {@link LlmResponse#tokens} stays empty.
   *
   * @param numLogprobs -1 to 100
   * @return this builder
   * @throws IllegalArgumentException if it is out of its range
   */
  public BuilderT setNumLogprobs(int numLogprobs) {
    Check.argument(
        numLogprobs >= -1 && numLogprobs <= MAX_LOGPROBS,
        "numLogprobs is %d; it must be 0 to %d, or -1 for none",
        numLogprobs,
        MAX_LOGPROBS);
    values.numLogprobs = numLogprobs;
    return self();
  }

  /**
   * Sets what happens when the context has no room. Default {@link OverflowPolicy#STOP}.
   *
   * @param overflowPolicy the policy
   * @return this builder
   */
  public BuilderT setOverflowPolicy(OverflowPolicy overflowPolicy) {
    values.overflowPolicy = Check.notNull(overflowPolicy, "overflow policy");
    return self();
  }

  /**
   * Sets how many tokens at the beginning of the context (after the start token) {@link
   * OverflowPolicy#DROP_OLDEST} keeps, such as a system prompt: {@link
   * LlmInferenceSession#contextUsed} after it was added. Default 0.
   *
   * @param keepTokens 0 or more
   * @return this builder
   * @throws IllegalArgumentException if it is out of its range
   */
  public BuilderT setKeepTokens(int keepTokens) {
    Check.argument(keepTokens >= 0, "keepTokens is %d; it must be 0 or more", keepTokens);
    values.keepTokens = keepTokens;
    return self();
  }

  /**
   * Sets the form that responses must have. Default {@link ResponseFormat#text}: any.
   *
   * @param responseFormat the form
   * @return this builder
   */
  public BuilderT setResponseFormat(ResponseFormat responseFormat) {
    values.responseFormat = Check.notNull(responseFormat, "response format");
    return self();
  }

  /**
   * Sets how {@link LlmInferenceSession#addMessage} writes messages down. Default "": as the model
   * file says.
   *
   * @param chatTemplate a Jinja chat template, as transformers renders it
   * @return this builder
   */
  public BuilderT setChatTemplate(String chatTemplate) {
    values.chatTemplate = Check.notNull(chatTemplate, "chat template");
    return self();
  }

  private static void checkCount(List<?> stops, String name) {
    Check.argument(
        stops.size() <= MAX_STOPS,
        "There are %d %s; at most %d are allowed",
        stops.size(),
        name,
        MAX_STOPS);
  }

  private static <T> List<T> copy(List<T> list, String name) {
    List<T> copy = new ArrayList<>(Check.notNull(list, name));
    for (T element : copy) {
      Check.notNull(element, "element of " + name);
    }
    return Collections.unmodifiableList(copy);
  }
}
