package org.edgetasks.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.genai.llminference.OverflowPolicy;
import org.edgetasks.genai.llminference.PromptTemplates;
import org.edgetasks.genai.llminference.ResponseFormat;

/** The options of a session on the command line, with the names that `edgetasks run` has. */
final class SessionFlags {
  static final String USAGE =
      "  --top-k N             Choose among the N most probable tokens (40)\n"
          + "  --top-p P             ... that together reach this probability (1)\n"
          + "  --min-p P             ... of at least so much of the best one's (0)\n"
          + "  --typical-p P         ... the most typical that reach this (1)\n"
          + "  --temperature T       0 always takes the most probable token (0.8)\n"
          + "  --seed N              The same seed gives the same text (0)\n"
          + "  --repetition-penalty P, --presence-penalty P, --frequency-penalty P\n"
          + "                        For tokens that were there (1, 0, 0)\n"
          + "  --penalty-window N    They look at so many last tokens (0: all)\n"
          + "  --no-repeat-ngram N   No run of so many tokens comes twice (0: off)\n"
          + "  --logit-bias ID=BIAS  As often as wanted\n"
          + "  --suppress ID         A token that is never chosen, as often as wanted\n"
          + "  --max-output-tokens N Stop after so many tokens (0: no such limit)\n"
          + "  --stop TEXT           Stop before this text, as often as wanted\n"
          + "  --stop-token ID       Stop at this token, as often as wanted\n"
          + "  --timeout N           Stop after so many milliseconds (0: never)\n"
          + "  --overflow WHAT       When the context is full: stop, error or drop-oldest (stop)\n"
          + "  --keep N              drop-oldest keeps the first so many tokens (0)\n"
          + "  --json, --json-schema TEXT, --regex TEXT, --grammar TEXT, --choice TEXT...\n"
          + "                        The form that the response must have\n"
          + "  --chat-template FILE  Jinja, instead of the model's own\n"
          + "  --user-prefix TEXT, --user-suffix TEXT, and the same of --model and --system\n"
          + "                        Text around each speaker's words\n"
          + "  --logprobs N          Print each token with the N most probable ones to stderr\n";

  static final Set<String> WITH_VALUE =
      new HashSet<>(
          Arrays.asList(
              "--top-k",
              "--top-p",
              "--min-p",
              "--typical-p",
              "--temperature",
              "--seed",
              "--repetition-penalty",
              "--presence-penalty",
              "--frequency-penalty",
              "--penalty-window",
              "--no-repeat-ngram",
              "--logit-bias",
              "--suppress",
              "--max-output-tokens",
              "--stop",
              "--stop-token",
              "--timeout",
              "--overflow",
              "--keep",
              "--json-schema",
              "--regex",
              "--grammar",
              "--choice",
              "--chat-template",
              "--logprobs"));

  private static final List<String> TEMPLATES =
      Arrays.asList(
          "--user-prefix",
          "--user-suffix",
          "--model-prefix",
          "--model-suffix",
          "--system-prefix",
          "--system-suffix");

  static {
    WITH_VALUE.addAll(TEMPLATES);
  }

  private SessionFlags() {}

  static LlmInferenceSessionOptions parse(CommandLine line)
      throws CommandLine.WrongUsage, IOException {
    LlmInferenceSessionOptions.Builder options = LlmInferenceSessionOptions.builder();
    if (TEMPLATES.stream().anyMatch(line::has)) {
      options.setPromptTemplates(templates(line));
    }
    return options
        .setChatTemplate(read(line.text("--chat-template", "")))
        .setTopK(line.number("--top-k", 40))
        .setTopP(line.decimal("--top-p", 1))
        .setTemperature(line.decimal("--temperature", 0.8f))
        .setRandomSeed(line.number("--seed", 0))
        .setMinP(line.decimal("--min-p", 0))
        .setTypicalP(line.decimal("--typical-p", 1))
        .setRepetitionPenalty(line.decimal("--repetition-penalty", 1))
        .setPresencePenalty(line.decimal("--presence-penalty", 0))
        .setFrequencyPenalty(line.decimal("--frequency-penalty", 0))
        .setPenaltyWindow(line.number("--penalty-window", 0))
        .setNoRepeatNgramSize(line.number("--no-repeat-ngram", 0))
        .setLogitBias(biases(line))
        .setSuppressedTokens(ids(line, "--suppress"))
        .setMaxOutputTokens(line.number("--max-output-tokens", 0))
        .setStopStrings(line.texts("--stop"))
        .setStopTokens(ids(line, "--stop-token"))
        .setTimeoutMs(line.number("--timeout", 0))
        .setOverflowPolicy(line.choice("--overflow", OverflowPolicy.STOP))
        .setKeepTokens(line.number("--keep", 0))
        .setResponseFormat(format(line))
        .setNumLogprobs(line.number("--logprobs", -1))
        .build();
  }

  private static Map<Integer, Float> biases(CommandLine line) throws CommandLine.WrongUsage {
    Map<Integer, Float> biases = new LinkedHashMap<>();
    for (String text : line.texts("--logit-bias")) {
      String[] parts = text.split("=", 2);
      try {
        biases.put(Integer.parseInt(parts[0]), Float.parseFloat(parts[1]));
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new CommandLine.WrongUsage("--logit-bias is " + text + "; it must be like 42=-5");
      }
    }
    return biases;
  }

  private static List<Integer> ids(CommandLine line, String name) throws CommandLine.WrongUsage {
    List<Integer> ids = new ArrayList<>();
    for (String text : line.texts(name)) {
      try {
        ids.add(Integer.parseInt(text));
      } catch (NumberFormatException e) {
        throw new CommandLine.WrongUsage(name + " is " + text + "; it must be a token's id");
      }
    }
    return ids;
  }

  private static String read(String path) throws IOException {
    return path.isEmpty()
        ? ""
        : new String(Files.readAllBytes(Paths.get(path)), StandardCharsets.UTF_8);
  }

  private static PromptTemplates templates(CommandLine line) {
    return PromptTemplates.builder()
        .setUserPrefix(line.text("--user-prefix", ""))
        .setUserSuffix(line.text("--user-suffix", ""))
        .setModelPrefix(line.text("--model-prefix", ""))
        .setModelSuffix(line.text("--model-suffix", ""))
        .setSystemPrefix(line.text("--system-prefix", ""))
        .setSystemSuffix(line.text("--system-suffix", ""))
        .build();
  }

  private static ResponseFormat format(CommandLine line) {
    if (line.has("--json-schema")) {
      return ResponseFormat.jsonSchema(line.text("--json-schema", ""));
    }
    if (line.has("--regex")) {
      return ResponseFormat.regex(line.text("--regex", ""));
    }
    if (line.has("--grammar")) {
      return ResponseFormat.grammar(line.text("--grammar", ""));
    }
    if (line.has("--choice")) {
      return ResponseFormat.choice(line.texts("--choice"));
    }
    return line.has("--json") ? ResponseFormat.json() : ResponseFormat.text();
  }
}
