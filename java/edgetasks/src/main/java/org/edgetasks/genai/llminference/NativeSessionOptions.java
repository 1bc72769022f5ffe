package org.edgetasks.genai.llminference;

import java.util.List;
import org.edgetasks.internal.Utf8;

/**
 * Session options as native code takes them: it reads these fields by their names and types
 * (jni/session_options_jni.cc).
 */
final class NativeSessionOptions {
  final int topK;
  final float topP;
  final float minP;
  final float typicalP;
  final float temperature;
  final int randomSeed;
  final float repetitionPenalty;
  final float presencePenalty;
  final float frequencyPenalty;
  final int penaltyWindow;
  final int noRepeatNgramSize;
  final int[] biasedTokens;
  final float[] biases;
  final int[] suppressedTokens;
  final int maxOutputTokens;
  final byte[][] stopStrings;
  final int[] stopTokens;
  final int timeoutMs;
  final int numLogprobs;
  final int overflowPolicy;
  final int keepTokens;
  final int formatKind;
  final byte[] formatSource;
  final byte[][] formatChoices;

  /** Null, or in the order of {@link PromptTemplates#texts}. */
  final byte[][] promptTemplates;

  final byte[] chatTemplate;

  NativeSessionOptions(SessionOptionValues values) {
    topK = values.topK;
    topP = values.topP;
    minP = values.minP;
    typicalP = values.typicalP;
    temperature = values.temperature;
    randomSeed = values.randomSeed;
    repetitionPenalty = values.repetitionPenalty;
    presencePenalty = values.presencePenalty;
    frequencyPenalty = values.frequencyPenalty;
    penaltyWindow = values.penaltyWindow;
    noRepeatNgramSize = values.noRepeatNgramSize;
    biasedTokens = new int[values.logitBias.size()];
    biases = new float[values.logitBias.size()];
    int next = 0;
    for (Integer token : values.logitBias.keySet()) {
      biasedTokens[next] = token;
      biases[next++] = values.logitBias.get(token);
    }
    suppressedTokens = ints(values.suppressedTokens);
    maxOutputTokens = values.maxOutputTokens;
    stopStrings = Utf8.encodeAll(values.stopStrings);
    stopTokens = ints(values.stopTokens);
    timeoutMs = values.timeoutMs;
    numLogprobs = values.numLogprobs;
    overflowPolicy = values.overflowPolicy.getNumber();
    keepTokens = values.keepTokens;
    formatKind = values.responseFormat.kind().getNumber();
    formatSource = Utf8.encode(values.responseFormat.source());
    formatChoices = Utf8.encodeAll(values.responseFormat.choices());
    promptTemplates =
        values.promptTemplates.map(templates -> Utf8.encodeAll(templates.texts())).orElse(null);
    chatTemplate = Utf8.encode(values.chatTemplate);
  }

  private static int[] ints(List<Integer> list) {
    int[] ints = new int[list.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = list.get(i);
    }
    return ints;
  }
}
