package org.edgetasks.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.edgetasks.components.containers.Category;
import org.edgetasks.components.containers.Classifications;
import org.edgetasks.components.containers.CustomMetadata;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.framework.image.BufferedImageBuilder;
import org.edgetasks.framework.image.ByteBufferExtractor;
import org.edgetasks.framework.image.ByteBufferImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.framework.image.YuvImageBuilder;
import org.edgetasks.framework.image.YuvMatrix;
import org.edgetasks.framework.image.YuvRange;
import org.edgetasks.testing.Files;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.core.RectF;
import org.edgetasks.vision.core.RunningMode;
import org.edgetasks.vision.imageclassifier.ApplySoftmax;
import org.edgetasks.vision.imageclassifier.ColorOrder;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;
import org.edgetasks.vision.imageclassifier.ImageClassifierOutcome;
import org.edgetasks.vision.imageclassifier.ImageClassifierResult;
import org.edgetasks.vision.imageclassifier.InputLayout;
import org.edgetasks.vision.imageclassifier.ResizeFilter;
import org.edgetasks.vision.imageclassifier.ResizeMode;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every option of a classifier and every format of a picture in Java and in C++
 * (tests/e2e/classifier_parity.cc), on the cases of tests/e2e/classifier_parity_cases.json: the
 * very same scores, labels, assumptions and errors.
 */
class ClassifierFeaturesParityTest {
  private static final Path CASES =
      Files.checkout().resolve("tests/e2e/classifier_parity_cases.json").normalize();

  /** By C++'s number. */
  private static final int[] FORMATS = {
    MPImage.IMAGE_FORMAT_RGB,
    MPImage.IMAGE_FORMAT_RGBA,
    MPImage.IMAGE_FORMAT_ALPHA,
    MPImage.IMAGE_FORMAT_BGRA,
    MPImage.IMAGE_FORMAT_NV12,
    MPImage.IMAGE_FORMAT_NV21,
    MPImage.IMAGE_FORMAT_YV21,
    MPImage.IMAGE_FORMAT_YV12,
    MPImage.IMAGE_FORMAT_YUV_420_888,
    MPImage.IMAGE_FORMAT_RGB_FLOAT
  };

  @TempDir static Path folder;

  private static JsonObject document;
  private static Map<String, JsonObject> cases;
  private static final Map<String, JsonObject> answers = new LinkedHashMap<>();

  /** The bytes that all pictures are views of, in a file: an owl, and again as floats. */
  private static ByteBuffer pixels;

  @BeforeAll
  static void answer() throws Exception {
    document = Files.json(CASES).getAsJsonObject();
    cases = ParityCases.byName(document.get("cases"));
    pixels = writePixels(folder.resolve("pixels"));
    for (Map.Entry<String, JsonObject> wanted : cases.entrySet()) {
      JsonObject answer = new JsonObject();
      answer.addProperty("name", wanted.getKey());
      try {
        answer(wanted.getValue(), answer);
      } catch (EdgeTasksException e) {
        answer.add("error", LlmFeaturesParityTest.error(e));
      }
      answers.put(wanted.getKey(), answer);
    }
  }

  private static ByteBuffer writePixels(Path path) throws Exception {
    Path owl = Files.checkout().resolve("models/emoji/samples/owl.png");
    ByteBuffer rgb =
        ByteBufferExtractor.extract(new BufferedImageBuilder(ImageIO.read(owl.toFile())).build());
    byte[] bytes = new byte[rgb.remaining()];
    rgb.get(bytes);
    ByteBuffer floats = ByteBuffer.allocate(4 * bytes.length).order(ByteOrder.nativeOrder());
    for (byte value : bytes) {
      floats.putFloat((value & 255) / 255f);
    }
    try (OutputStream out = java.nio.file.Files.newOutputStream(path)) {
      out.write(bytes);
      out.write(floats.array());
    }
    try (FileChannel file = FileChannel.open(path)) {
      return file.map(MapMode.READ_ONLY, 0, file.size());
    }
  }

  @TestFactory
  Stream<DynamicTest> javaAnswersAsCpp() throws Exception {
    List<String> command =
        List.of(
            Files.built("tests/e2e/classifier_parity").toString(),
            Files.checkout().toString(),
            CASES.toString(),
            folder.resolve("pixels").toString());
    return ParityCases.againstCpp(command, cases, answers);
  }

  @Test
  void everyCaseIsItsOwn() {
    ParityCases.expectEachItsOwn(cases, answers);
  }

  @Test
  void everyOptionAndFormatHasACase() throws Exception {
    // Running mode 2 is where the callback is called.
    Set<String> covered = new TreeSet<>(Set.of("base_options", "result_callback"));
    Set<Integer> formats = new TreeSet<>();
    for (JsonObject wanted : cases.values()) {
      covered.addAll(wanted.getAsJsonObject("options").keySet());
      for (JsonElement picture : wanted.getAsJsonArray("pictures")) {
        formats.add(picture(picture.getAsString()).get("format").getAsInt());
      }
    }
    Set<String> fields =
        new TreeSet<>(
            CppDeclarationsTest.fields(CppDeclarationsTest.SHARED_OPTIONS, "ClassifierOptions")
                .keySet());
    fields.addAll(
        CppDeclarationsTest.fields(CppDeclarationsTest.CLASSIFIER_OPTIONS, "ImageClassifierOptions")
            .keySet());
    Set<String> names = new TreeSet<>();
    covered.forEach(name -> names.add(CppDeclarationsTest.camel(name)));
    assertEquals(fields, names);
    assertEquals(FORMATS.length, formats.size());
    assertEquals(
        FORMATS.length,
        CppDeclarationsTest.enumerators(CppDeclarationsTest.IMAGE, "PixelFormat").size());
  }

  private static JsonObject picture(String name) {
    return document.getAsJsonObject("pictures").getAsJsonObject(name);
  }

  private static void answer(JsonObject wanted, JsonObject answer) throws Exception {
    List<MPImage> images = new ArrayList<>();
    for (JsonElement name : wanted.getAsJsonArray("pictures")) {
      images.add(image(picture(name.getAsString())));
    }
    ImageProcessingOptions processing = processing(wanted);
    if (wanted.has("timestamps")) {
      film(wanted, images, processing, answer);
      return;
    }
    try (ImageClassifier classifier = ImageClassifier.createFromOptions(options(wanted).build())) {
      answer.add("single", json(classifier.classify(images.get(0), processing)));
      JsonArray all = new JsonArray();
      for (ImageClassifierOutcome outcome : classifier.classifyAll(images, processing)) {
        all.add(json(outcome.get()));
      }
      answer.add("all", all);
      answer.add("labels", strings(classifier.labels()));
      answer.add("labels_of_no_head", strings(classifier.labels(1000)));
      answer.add("assumptions", strings(classifier.assumptions()));
      JsonArray metadata = new JsonArray();
      for (CustomMetadata entry : classifier.customMetadata()) {
        metadata.add(strings(List.of(entry.name(), HexFormat.of().formatHex(entry.data()))));
      }
      answer.add("custom_metadata", metadata);
    }
  }

  /** The pictures as frames: a camera's are shown when the one before has its result. */
  private static void film(
      JsonObject wanted, List<MPImage> images, ImageProcessingOptions processing, JsonObject answer)
      throws InterruptedException {
    BlockingQueue<ImageClassifierResult> told = new LinkedBlockingQueue<>();
    ImageClassifierOptions.Builder options = options(wanted);
    boolean live = wanted.getAsJsonObject("options").get("running_mode").getAsInt() == 2;
    if (live) {
      options.setResultListener((result, image) -> told.add(result));
    }
    JsonArray timed = new JsonArray();
    try (ImageClassifier classifier = ImageClassifier.createFromOptions(options.build())) {
      for (int i = 0; i < images.size(); i++) {
        long time = wanted.getAsJsonArray("timestamps").get(i).getAsLong();
        ImageClassifierResult result;
        if (live) {
          classifier.classifyAsync(images.get(i), processing, time);
          result = told.poll(60, TimeUnit.SECONDS);
          while (classifier.liveStreamStatistics().results() <= i) {
            Thread.sleep(1); // The stream is free a moment after its listener has returned.
          }
        } else {
          result = classifier.classifyForVideo(images.get(i), processing, time);
        }
        JsonObject json = new JsonObject();
        json.add("heads", json(result));
        json.addProperty("timestamp_ms", result.classificationResult().timestampMs().orElse(-1L));
        timed.add(json);
      }
    }
    answer.add("timed", timed);
  }

  private static ByteBuffer from(JsonArray plane) {
    return pixels.duplicate().position(plane.get(0).getAsInt());
  }

  private static MPImage image(JsonObject picture) {
    JsonArray planes = picture.getAsJsonArray("planes");
    JsonArray first = planes.get(0).getAsJsonArray();
    int width = picture.get("width").getAsInt();
    int height = picture.get("height").getAsInt();
    int format = FORMATS[picture.get("format").getAsInt()];
    if (planes.size() == 1) {
      return new ByteBufferImageBuilder(from(first), width, height, format)
          .setRowStride(first.get(1).getAsInt())
          .build();
    }
    JsonArray u = planes.get(1).getAsJsonArray();
    JsonArray v = planes.get(2).getAsJsonArray();
    assertEquals(u.get(1), v.get(1));
    assertEquals(u.get(2), v.get(2));
    return new YuvImageBuilder(width, height)
        .setLuma(from(first), first.get(1).getAsInt())
        .setChroma(from(u), from(v), u.get(1).getAsInt(), u.get(2).getAsInt())
        .setYuvEncoding(
            YuvMatrix.values()[number(picture, "yuv_matrix")],
            YuvRange.values()[number(picture, "yuv_range")])
        .build();
  }

  private static int number(JsonObject object, String name) {
    return object.has(name) ? object.get(name).getAsInt() : 0;
  }

  private static ImageProcessingOptions processing(JsonObject wanted) {
    ImageProcessingOptions.Builder options =
        ImageProcessingOptions.builder().setRotationDegrees(number(wanted, "rotation_degrees"));
    if (wanted.has("region_of_interest")) {
      float[] sides = floats(wanted.get("region_of_interest"));
      options.setRegionOfInterest(new RectF(sides[0], sides[1], sides[2], sides[3]));
    }
    return options.build();
  }

  private static ImageClassifierOptions.Builder options(JsonObject wanted) {
    ImageClassifierOptions.Builder options =
        ImageClassifierOptions.builder()
            .setBaseOptions(
                BaseOptions.builder()
                    .setModelAssetPath(Files.checkout() + "/" + wanted.get("model").getAsString())
                    .build());
    wanted
        .getAsJsonObject("options")
        .entrySet()
        .forEach(entry -> set(options, entry.getKey(), entry.getValue()));
    return options;
  }

  private static void set(ImageClassifierOptions.Builder options, String name, JsonElement value) {
    switch (name) {
      case "display_names_locale" -> options.setDisplayNamesLocale(value.getAsString());
      case "max_results" -> options.setMaxResults(value.getAsInt());
      case "score_threshold" -> options.setScoreThreshold(value.getAsFloat());
      case "category_allowlist" -> options.setCategoryAllowlist(texts(value));
      case "category_denylist" -> options.setCategoryDenylist(texts(value));
      case "labels" -> options.setLabels(texts(value));
      case "labels_path" -> options.setLabelsPath(Files.checkout() + "/" + value.getAsString());
      case "running_mode" -> options.setRunningMode(RunningMode.values()[value.getAsInt()]);
      case "mean" -> options.setMean(floats(value));
      case "std" -> options.setStd(floats(value));
      case "resize_mode" -> options.setResizeMode(ResizeMode.values()[value.getAsInt()]);
      case "resize_filter" -> options.setResizeFilter(ResizeFilter.values()[value.getAsInt()]);
      case "color_order" -> options.setColorOrder(ColorOrder.values()[value.getAsInt()]);
      case "input_layout" -> options.setInputLayout(InputLayout.values()[value.getAsInt()]);
      case "apply_softmax" -> options.setApplySoftmax(ApplySoftmax.values()[value.getAsInt()]);
      default -> throw new AssertionError("There is no option " + name);
    }
  }

  private static List<String> texts(JsonElement list) {
    List<String> texts = new ArrayList<>();
    list.getAsJsonArray().forEach(text -> texts.add(text.getAsString()));
    return texts;
  }

  private static float[] floats(JsonElement list) {
    float[] floats = new float[list.getAsJsonArray().size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = list.getAsJsonArray().get(i).getAsFloat();
    }
    return floats;
  }

  private static JsonArray strings(List<String> texts) {
    JsonArray json = new JsonArray();
    texts.forEach(json::add);
    return json;
  }

  private static JsonArray json(ImageClassifierResult result) {
    JsonArray heads = new JsonArray();
    for (Classifications head : result.classificationResult().classifications()) {
      JsonArray categories = new JsonArray();
      head.categories().forEach(category -> categories.add(json(category)));
      JsonObject json = new JsonObject();
      json.addProperty("head_index", head.headIndex());
      json.add("head_name", JsonNull.INSTANCE);
      head.headName().ifPresent(name -> json.addProperty("head_name", name));
      json.add("categories", categories);
      heads.add(json);
    }
    return heads;
  }

  private static JsonObject json(Category category) {
    JsonObject json = new JsonObject();
    json.addProperty("index", category.index());
    json.addProperty("score", Integer.toHexString(Float.floatToRawIntBits(category.score())));
    json.addProperty("category_name", category.categoryName());
    json.addProperty("display_name", category.displayName());
    return json;
  }
}
