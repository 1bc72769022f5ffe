package org.edgetasks.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.core.ErrorDetail;
import org.edgetasks.core.StatusCode;
import org.edgetasks.framework.image.YuvMatrix;
import org.edgetasks.framework.image.YuvRange;
import org.edgetasks.genai.llminference.FinishReason;
import org.edgetasks.genai.llminference.KvCacheType;
import org.edgetasks.genai.llminference.LlmCheckpoint;
import org.edgetasks.genai.llminference.LlmInference.LlmInferenceOptions;
import org.edgetasks.genai.llminference.LlmInferenceSession.LlmInferenceSessionOptions;
import org.edgetasks.genai.llminference.LlmMessage;
import org.edgetasks.genai.llminference.LlmResponse;
import org.edgetasks.genai.llminference.LlmResponseToken;
import org.edgetasks.genai.llminference.LlmScore;
import org.edgetasks.genai.llminference.LlmTokenLogprob;
import org.edgetasks.genai.llminference.OverflowPolicy;
import org.edgetasks.genai.llminference.PromptTemplates;
import org.edgetasks.genai.llminference.ResponseFormat;
import org.edgetasks.genai.llminference.WeightMemory;
import org.edgetasks.testing.Files;
import org.edgetasks.vision.core.RunningMode;
import org.edgetasks.vision.imageclassifier.ApplySoftmax;
import org.edgetasks.vision.imageclassifier.ColorOrder;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;
import org.edgetasks.vision.imageclassifier.InputLayout;
import org.edgetasks.vision.imageclassifier.LiveStreamStatistics;
import org.edgetasks.vision.imageclassifier.ResizeFilter;
import org.edgetasks.vision.imageclassifier.ResizeMode;
import org.junit.jupiter.api.Test;

/** Reads the C++ headers: every number, option and default there must be the same here. */
class CppDeclarationsTest {
  static final String LLM_OPTIONS = "tasks/llm_inference/llm_inference_options.h";
  static final String SHARED_OPTIONS = "tasks/components/classifier_options.h";
  static final String IMAGE = "tasks/image_classifier/image.h";
  private static final String RUNNING_MODE = "tasks/image_classifier/running_mode.h";
  static final String CLASSIFIER_OPTIONS = "tasks/image_classifier/image_classifier_options.h";
  private static final String LLM_RESULTS = "tasks/llm_inference/llm_inference_result.h";
  private static final Pattern ENUMERATOR = Pattern.compile("\\bk(\\w+) = (\\d+)");
  private static final Pattern FIELD =
      Pattern.compile(
          "^  (?!using|return)([\\w:]+(?:<[^;]*>)?) ((?:\\w+(?: = [^,;]+)?(?:, )?)+);",
          Pattern.MULTILINE);

  private static String header(String path) throws IOException {
    return java.nio.file.Files.readString(Files.checkout().resolve(path));
  }

  /** The text between "struct NAME" (or enum class) and its closing brace. */
  private static String body(String header, String name) {
    Matcher matcher =
        Pattern.compile(
                "(?:struct|enum class) " + name + "\\b[^{]*\\{(?: ([^\n]*) |\n(.*?)\n)\\};",
                Pattern.DOTALL)
            .matcher(header);
    assertTrue(matcher.find(), name);
    return matcher.group(matcher.group(1) == null ? 2 : 1);
  }

  static Map<String, Integer> enumerators(String path, String name) throws IOException {
    Map<String, Integer> numbers = new TreeMap<>();
    Matcher matcher = ENUMERATOR.matcher(body(header(path), name));
    while (matcher.find()) {
      String snake = matcher.group(1).replaceAll("(?<=[a-z])(?=[A-Z])|(?<=A)(?=[A-Z][a-z])", "_");
      numbers.put(snake.toUpperCase(Locale.ROOT), Integer.parseInt(matcher.group(2)));
    }
    return numbers;
  }

  private static <E extends Enum<E>> Map<String, Integer> constants(
      Class<E> type, ToIntFunction<E> number) {
    return Arrays.stream(type.getEnumConstants())
        .collect(Collectors.toMap(Enum::name, number::applyAsInt, (a, b) -> a, TreeMap::new));
  }

  @Test
  void errorDetails() throws Exception {
    assertEquals(
        enumerators("core/base/error_detail.h", "ErrorDetail"),
        constants(ErrorDetail.class, ErrorDetail::getNumber));
  }

  @Test
  void finishReasons() throws Exception {
    assertEquals(
        enumerators(LLM_RESULTS, "FinishReason"),
        constants(FinishReason.class, FinishReason::getNumber));
  }

  @Test
  void memoryOptions() throws Exception {
    assertEquals(
        enumerators(LLM_OPTIONS, "KvCacheType"),
        constants(KvCacheType.class, KvCacheType::getNumber));
    assertEquals(
        enumerators(LLM_OPTIONS, "WeightMemory"),
        constants(WeightMemory.class, WeightMemory::getNumber));
  }

  @Test
  void classifierEnums() throws Exception {
    assertEquals(
        enumerators(CLASSIFIER_OPTIONS, "ResizeMode"),
        constants(ResizeMode.class, ResizeMode::getNumber));
    assertEquals(
        enumerators(CLASSIFIER_OPTIONS, "ResizeFilter"),
        constants(ResizeFilter.class, ResizeFilter::getNumber));
    assertEquals(
        enumerators(CLASSIFIER_OPTIONS, "ColorOrder"),
        constants(ColorOrder.class, ColorOrder::getNumber));
    assertEquals(
        enumerators(CLASSIFIER_OPTIONS, "InputLayout"),
        constants(InputLayout.class, InputLayout::getNumber));
    assertEquals(
        enumerators(CLASSIFIER_OPTIONS, "ApplySoftmax"),
        constants(ApplySoftmax.class, ApplySoftmax::getNumber));
  }

  @Test
  void runningModes() throws Exception {
    assertEquals(
        enumerators(RUNNING_MODE, "RunningMode"), constants(RunningMode.class, Enum::ordinal));
    assertHasAccessors(RUNNING_MODE, "LiveStreamStatistics", LiveStreamStatistics.class);
  }

  @Test
  void yuvEnums() throws Exception {
    assertEquals(enumerators(IMAGE, "YuvMatrix"), constants(YuvMatrix.class, YuvMatrix::getNumber));
    assertEquals(enumerators(IMAGE, "YuvRange"), constants(YuvRange.class, YuvRange::getNumber));
  }

  @Test
  void overflowPolicies() throws Exception {
    assertEquals(
        enumerators(LLM_OPTIONS, "LlmOverflowPolicy"),
        constants(OverflowPolicy.class, OverflowPolicy::getNumber));
  }

  @Test
  void responseFormats() throws Exception {
    assertEquals(
        enumerators(LLM_OPTIONS, "Kind"),
        constants(ResponseFormat.Kind.class, ResponseFormat.Kind::getNumber));
    assertHasAccessors(LLM_OPTIONS, "LlmResponseFormat", ResponseFormat.class);
  }

  @Test
  void statusCodesAreTheCanonicalOnes() {
    assertEquals(17, StatusCode.values().length);
    for (StatusCode code : StatusCode.values()) {
      assertEquals(code, StatusCode.forNumber(code.getNumber()));
      assertEquals(code.ordinal(), code.getNumber());
    }
    assertEquals(StatusCode.UNKNOWN, StatusCode.forNumber(99));
    assertEquals(ErrorDetail.NONE, ErrorDetail.forNumber(99));
  }

  /** Names in camel case, with the default's text ("" where there is none). */
  static Map<String, String> fields(String path, String struct) throws IOException {
    Map<String, String> fields = new TreeMap<>();
    Matcher matcher = FIELD.matcher(body(header(path), struct));
    while (matcher.find()) {
      for (String field : matcher.group(2).split(", ")) {
        String[] parts = field.split(" = ");
        fields.put(camel(parts[0]), parts.length > 1 ? parts[1] : "");
      }
    }
    assertFalse(fields.isEmpty(), struct);
    return fields;
  }

  static String camel(String snake) {
    return Pattern.compile("_([a-z])")
        .matcher(snake)
        .replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
  }

  /** Each field of the C++ struct has an accessor with the same default, and a setter. */
  private static void assertMirrors(
      Map<String, String> fields,
      Object options,
      Class<?> builder,
      Map<String, Function<Object, String>> special)
      throws Exception {
    for (Map.Entry<String, String> field : fields.entrySet()) {
      String name = field.getKey();
      Object value = options.getClass().getMethod(name).invoke(options);
      String setter = "set" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
      assertTrue(
          Arrays.stream(builder.getMethods()).map(Method::getName).anyMatch(setter::equals),
          builder.getName() + " has no " + setter);
      String text = special.getOrDefault(name, CppDeclarationsTest::asCpp).apply(value);
      assertEquals(field.getValue(), text, name);
    }
  }

  private static String asCpp(Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.map(CppDeclarationsTest::asCpp).orElse("");
    }
    if (value instanceof Enum<?> constant) {
      String name = constant.name().toLowerCase(Locale.ROOT);
      String camel = camel(name);
      return constant.getDeclaringClass().getSimpleName()
          + "::k"
          + camel.substring(0, 1).toUpperCase(Locale.ROOT)
          + camel.substring(1);
    }
    if (value instanceof Float) {
      return value + "f";
    }
    if (value instanceof float[] floats) {
      return floats.length == 0 ? "" : Arrays.toString(floats);
    }
    if (value instanceof Map<?, ?> map) {
      return map.isEmpty() ? "" : map.toString();
    }
    if (value instanceof java.util.Collection<?> collection) {
      return collection.isEmpty() ? "" : collection.toString();
    }
    return String.valueOf(value);
  }

  private static BaseOptions base() {
    return BaseOptions.builder().setModelAssetPath("m").build();
  }

  @Test
  void llmOptions() throws Exception {
    assertMirrors(
        fields(LLM_OPTIONS, "LlmInferenceOptions"),
        LlmInferenceOptions.builder().setBaseOptions(base()).build(),
        LlmInferenceOptions.Builder.class,
        Map.of("baseOptions", value -> ""));
  }

  @Test
  void sessionOptions() throws Exception {
    assertMirrors(
        fields(LLM_OPTIONS, "LlmInferenceSessionOptions"),
        LlmInferenceSessionOptions.builder().build(),
        LlmInferenceSessionOptions.Builder.class,
        Map.of(
            "overflowPolicy",
                value -> value == OverflowPolicy.STOP ? "LlmOverflowPolicy::kStop" : "?",
            "responseFormat", value -> value.equals(ResponseFormat.text()) ? "" : "?"));
  }

  @Test
  void promptTemplates() throws Exception {
    assertMirrors(
        fields(LLM_OPTIONS, "LlmPromptTemplates"),
        PromptTemplates.builder().build(),
        PromptTemplates.Builder.class,
        Map.of());
  }

  @Test
  void classifierOptions() throws Exception {
    Map<String, String> fields = fields(SHARED_OPTIONS, "ClassifierOptions");
    fields.putAll(fields(CLASSIFIER_OPTIONS, "ImageClassifierOptions"));
    fields.remove("resultCallback"); // Java has two listeners, for results and for errors
    assertMirrors(
        fields,
        ImageClassifierOptions.builder().setBaseOptions(base()).build(),
        ImageClassifierOptions.Builder.class,
        // Not set in Java stands for C++'s default.
        Map.of(
            "baseOptions", value -> "",
            "displayNamesLocale", value -> ((Optional<?>) value).isPresent() ? "?" : "\"en\"",
            "maxResults", value -> ((Optional<?>) value).isPresent() ? "?" : "-1"));
  }

  @Test
  void baseOptions() throws Exception {
    Map<String, String> fields = fields("tasks/components/base_options.h", "BaseOptions");
    assertEquals(
        java.util.Set.of(
            "modelAssetPath", "modelAssetDescriptor", "modelAssetBuffer", "numThreads"),
        fields.keySet());
    assertEquals(fields.get("numThreads"), "" + base().numThreads());
  }

  @Test
  void versions() throws Exception {
    Matcher cmake =
        Pattern.compile("project\\(EdgeTasks VERSION ([\\d.]+)").matcher(header("CMakeLists.txt"));
    Matcher maven = Pattern.compile("<version>([\\d.]+)</version>").matcher(header("java/pom.xml"));
    assertTrue(cmake.find() && maven.find());
    assertEquals(cmake.group(1), maven.group(1));
  }

  @Test
  void results() throws Exception {
    assertHasAccessors(LLM_RESULTS, "LlmResponse", LlmResponse.class);
    assertHasAccessors(LLM_RESULTS, "LlmTokenLogprob", LlmTokenLogprob.class);
    assertHasAccessors(LLM_RESULTS, "LlmResponseToken", LlmResponseToken.class);
    assertHasAccessors(LLM_RESULTS, "LlmCheckpoint", LlmCheckpoint.class);
    assertHasAccessors(LLM_RESULTS, "LlmScore", LlmScore.class);
    assertHasAccessors(LLM_OPTIONS, "LlmMessage", LlmMessage.class);
  }

  private static void assertHasAccessors(String path, String struct, Class<?> type)
      throws Exception {
    for (String name : fields(path, struct).keySet()) {
      assertEquals(0, type.getMethod(name).getParameterCount());
    }
  }
}
