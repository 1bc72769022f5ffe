package org.edgetasks.harness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every option of the API can be set on the harnesses' command lines. */
class FlagsTest {
  /** Asserts that no accessor but those in {@code others} tells the default. */
  private static void assertAllSet(Object options, Object defaults, Set<String> others)
      throws Exception {
    List<String> unset = new ArrayList<>();
    int accessors = 0;
    for (Method method : defaults.getClass().getMethods()) {
      boolean accessor =
          method.getParameterCount() == 0
              && !Modifier.isStatic(method.getModifiers())
              && method.getDeclaringClass() != Object.class
              && !Set.of("toBuilder", "hashCode", "toString").contains(method.getName());
      if (!accessor || others.contains(method.getName())) {
        continue;
      }
      accessors++;
      if (Objects.deepEquals(method.invoke(options), method.invoke(defaults))) {
        unset.add(method.getName());
      }
    }
    assertEquals(List.of(), unset);
    assertFalse(accessors == 0);
  }

  private static CommandLine line(Set<String> withValue, Set<String> switches, String... arguments)
      throws Exception {
    return new CommandLine(arguments, withValue, switches);
  }

  private static BaseOptions base() {
    return BaseOptions.builder().setModelAssetPath("m").build();
  }

  @Test
  void everyOptionOfAModel() throws Exception {
    CommandLine line =
        line(
            ModelFlags.WITH_VALUE,
            Set.of(),
            ("--max-tokens 9 --threads 1 --tokenizer t --kv-cache int8 --weights locked"
                    + " --idle-contexts 7")
                .split(" "));
    assertAllSet(
        ModelFlags.parse(line, "other"),
        LlmInferenceOptions.builder().setBaseOptions(base()).build(),
        // A listener, and what MediaPipe has and EdgeTasks does not.
        Set.of(
            "errorListener", "maxNumImages", "maxTopK", "supportedLoraRanks", "preferredBackend"));
  }

  @Test
  void everyOptionOfASession(@TempDir Path folder) throws Exception {
    Path template = Files.writeString(folder.resolve("t"), "{{ 1 }}");
    List<String> arguments =
        new ArrayList<>(
            Arrays.asList(
                ("--top-k 1 --top-p 0.5 --min-p 0.5 --typical-p 0.5 --temperature 0 --seed 1"
                        + " --repetition-penalty 2 --presence-penalty 1 --frequency-penalty 1"
                        + " --penalty-window 1 --no-repeat-ngram 1 --logit-bias 1=1 --suppress 1"
                        + " --max-output-tokens 1 --stop x --stop-token 1 --timeout 1"
                        + " --overflow drop-oldest --keep 1 --regex a --user-prefix u --logprobs 1"
                        + " --chat-template")
                    .split(" ")));
    arguments.add(template.toString());
    CommandLine line =
        line(SessionFlags.WITH_VALUE, Set.of("--json"), arguments.toArray(new String[0]));
    assertAllSet(
        SessionFlags.parse(line),
        LlmInferenceSessionOptions.builder().build(),
        Set.of("loraPath")); // always ""
  }

  @Test
  void everyOptionOfAClassifier() throws Exception {
    String all =
        "--max-results 1 --score-threshold 0.5 --locale de --labels f --mean 1 --std 1,2,3"
            + " --resize-mode center-crop --resize-filter area --color-order bgr"
            + " --input-layout nchw --softmax always --threads 1";
    ImageClassifierOptions defaults =
        ImageClassifierOptions.builder().setBaseOptions(base()).build();
    // Modes and listeners are ClassifierHarness's; lists that exclude each other are looked at
    // below.
    assertAllSet(
        ClassifierFlags.parse(line(ClassifierFlags.WITH_VALUE, Set.of(), all.split(" ")), "other")
            .build(),
        defaults,
        Set.of(
            "runningMode",
            "resultListener",
            "errorListener",
            "categoryAllowlist",
            "categoryDenylist",
            "labels"));
    CommandLine lists =
        line(ClassifierFlags.WITH_VALUE, Set.of(), "--allow a --allow b --label x".split(" "));
    ImageClassifierOptions allowed = ClassifierFlags.parse(lists, "m").build();
    assertEquals(List.of("a", "b"), allowed.categoryAllowlist());
    assertEquals(List.of("x"), allowed.labels());
    CommandLine denied = line(ClassifierFlags.WITH_VALUE, Set.of(), "--deny", "c");
    assertEquals(List.of("c"), ClassifierFlags.parse(denied, "m").build().categoryDenylist());
  }

  @Test
  void everyOptionOfAPicture() throws Exception {
    CommandLine line =
        line(
            ClassifierFlags.WITH_VALUE, Set.of(), "--region 0,0.25,0.5,1 --rotation 90".split(" "));
    assertAllSet(
        ClassifierFlags.parseProcessing(line), ImageProcessingOptions.builder().build(), Set.of());
  }
}
