package org.edgetasks.parity;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.edgetasks.components.containers.Category;
import org.edgetasks.components.containers.Classifications;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.framework.image.BufferedImageBuilder;
import org.edgetasks.testing.Files;
import org.edgetasks.testing.Programs;
import org.edgetasks.vision.core.ImageProcessingOptions;
import org.edgetasks.vision.core.RectF;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Java and C++ on the same pixels: the very same classes and scores, and those of the golden data
 * within the tolerances of tests/golden/image_classifier_golden_test.cc.
 */
class ImageClassifierParityTest {
  private static final double FLOAT_TOLERANCE = 0.01;
  private static final double QUANTIZED_TOLERANCE = 0.08;
  private static final double CLEAR_MARGIN = 0.1;

  @TempDir Path folder;

  /** Decoded once, by Java: decoders of JPEG differ. C++ reads the same pixels from a PNG. */
  private final Map<String, BufferedImage> pictures = new HashMap<>();

  private BufferedImage picture(String name) throws Exception {
    BufferedImage picture = pictures.get(name);
    if (picture == null) {
      picture = ImageIO.read(Files.testdata("vision/images/" + name).toFile());
      assertNotNull(picture, name);
      ImageIO.write(picture, "png", png(name).toFile());
      pictures.put(name, picture);
    }
    return picture;
  }

  private Path png(String name) {
    return folder.resolve(name + ".png");
  }

  private static List<String> strings(JsonObject object, String name) {
    List<String> strings = new ArrayList<>();
    if (object.has(name)) {
      object.getAsJsonArray(name).forEach(element -> strings.add(element.getAsString()));
    }
    return strings;
  }

  private static JsonObject given(JsonObject golden) {
    return golden.has("options") ? golden.getAsJsonObject("options") : new JsonObject();
  }

  private static ImageClassifierOptions options(JsonObject golden) {
    JsonObject given = given(golden);
    ImageClassifierOptions.Builder options =
        ImageClassifierOptions.builder()
            .setBaseOptions(
                BaseOptions.builder()
                    .setModelAssetPath(
                        Files.testdata("vision/models/" + golden.get("model").getAsString())
                            .toString())
                    .build())
            .setCategoryAllowlist(strings(given, "category_allowlist"))
            .setCategoryDenylist(strings(given, "category_denylist"));
    if (given.has("max_results")) {
      options.setMaxResults(given.get("max_results").getAsInt());
    }
    if (given.has("score_threshold")) {
      options.setScoreThreshold(given.get("score_threshold").getAsFloat());
    }
    return options.build();
  }

  private static JsonObject region(JsonObject golden) {
    JsonElement region = golden.get("region_of_interest");
    return region == null || region.isJsonNull() ? null : region.getAsJsonObject();
  }

  private static int rotation(JsonObject golden) {
    return golden.has("rotation_degrees") ? golden.get("rotation_degrees").getAsInt() : 0;
  }

  private List<Classifications> inJava(ImageClassifierOptions options, JsonObject golden)
      throws Exception {
    ImageProcessingOptions.Builder processing =
        ImageProcessingOptions.builder().setRotationDegrees(rotation(golden));
    JsonObject region = region(golden);
    if (region != null) {
      processing.setRegionOfInterest(
          new RectF(
              region.get("left").getAsFloat(),
              region.get("top").getAsFloat(),
              region.get("right").getAsFloat(),
              region.get("bottom").getAsFloat()));
    }
    try (ImageClassifier classifier = ImageClassifier.createFromOptions(options)) {
      return classifier
          .classify(
              new BufferedImageBuilder(picture(golden.get("image").getAsString())).build(),
              processing.build())
          .classificationResult()
          .classifications();
    }
  }

  private List<Classifications> inCpp(JsonObject golden) throws Exception {
    picture(golden.get("image").getAsString());
    JsonObject given = given(golden);
    List<String> command = new ArrayList<>(List.of(Files.cli().toString(), "classify", "--json"));
    command.addAll(
        List.of(
            "--max-results",
            given.has("max_results") ? given.get("max_results").getAsString() : "-1"));
    if (given.has("score_threshold")) {
      command.addAll(List.of("--score-threshold", given.get("score_threshold").getAsString()));
    }
    strings(given, "category_allowlist").forEach(name -> command.addAll(List.of("--allow", name)));
    strings(given, "category_denylist").forEach(name -> command.addAll(List.of("--deny", name)));
    command.addAll(List.of("--rotation", "" + rotation(golden)));
    JsonObject region = region(golden);
    if (region != null) {
      command.add("--region");
      for (String side : new String[] {"left", "top", "right", "bottom"}) {
        command.add(region.get(side).getAsString());
      }
    }
    command.add(Files.testdata("vision/models/" + golden.get("model").getAsString()).toString());
    command.add(png(golden.get("image").getAsString()).toString());
    Programs.Outcome outcome = Programs.run(command);
    assertEquals(0, outcome.status(), outcome.err());
    return parse(outcome.out());
  }

  private static List<Classifications> parse(String json) {
    List<Classifications> heads = new ArrayList<>();
    for (JsonElement element :
        JsonParser.parseString(json)
            .getAsJsonArray()
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("classifications")) {
      JsonObject head = element.getAsJsonObject();
      List<Category> categories = new ArrayList<>();
      for (JsonElement c : head.getAsJsonArray("categories")) {
        JsonObject category = c.getAsJsonObject();
        categories.add(
            Category.create(
                (float) category.get("score").getAsDouble(),
                category.get("index").getAsInt(),
                string(category, "category_name"),
                string(category, "display_name")));
      }
      heads.add(
          Classifications.create(
              categories,
              head.get("head_index").getAsInt(),
              java.util.Optional.ofNullable(
                  head.has("head_name") ? head.get("head_name").getAsString() : null)));
    }
    return heads;
  }

  private static String string(JsonObject object, String name) {
    return object.has(name) ? object.get(name).getAsString() : "";
  }

  /** Category.equals has a tolerance; here there is none. */
  private static void assertIdentical(
      List<Classifications> expected, List<Classifications> got, String message) {
    assertEquals(expected, got, message);
    for (int head = 0; head < expected.size(); head++) {
      for (int i = 0; i < expected.get(head).categories().size(); i++) {
        assertEquals(
            expected.get(head).categories().get(i).score(),
            got.get(head).categories().get(i).score(),
            message);
      }
    }
  }

  private void check(JsonObject golden) throws Exception {
    String name = golden.deepCopy().toString();
    ImageClassifierOptions options = options(golden);
    List<Classifications> got = inJava(options, golden);
    assertIdentical(inCpp(golden), got, name);
    JsonArray expected = golden.getAsJsonArray("categories");
    assertFalse(got.get(0).categories().isEmpty(), name);
    if (margin(expected) > CLEAR_MARGIN) {
      assertEquals(
          expected.get(0).getAsJsonObject().get("index").getAsInt(),
          got.get(0).categories().get(0).index(),
          name);
    }
    checkScores(expected, inJava(withoutLimits(options), golden).get(0), golden);
  }

  private static double margin(JsonArray categories) {
    return categories.size() < 2 ? 1 : score(categories.get(0)) - score(categories.get(1));
  }

  private static double score(JsonElement category) {
    return category.getAsJsonObject().get("score").getAsDouble();
  }

  /** So that a score a step too low is compared, not hidden. */
  private static ImageClassifierOptions withoutLimits(ImageClassifierOptions options) {
    return ImageClassifierOptions.builder()
        .setBaseOptions(options.baseOptions())
        .setCategoryAllowlist(options.categoryAllowlist())
        .setCategoryDenylist(options.categoryDenylist())
        .setScoreThreshold(-1f)
        .build();
  }

  private static void checkScores(JsonArray expected, Classifications all, JsonObject golden) {
    Map<Integer, Category> byIndex = new HashMap<>();
    all.categories().forEach(category -> byIndex.put(category.index(), category));
    boolean isFloat = golden.get("model").getAsString().contains("f32");
    for (JsonElement category : expected) {
      Category found = byIndex.get(category.getAsJsonObject().get("index").getAsInt());
      assertNotNull(found, category.toString());
      assertEquals(string(category.getAsJsonObject(), "name"), found.categoryName());
      assertEquals(score(category), found.score(), isFloat ? FLOAT_TOLERANCE : QUANTIZED_TOLERANCE);
    }
  }

  @Test
  void scoresOfWholePictures() throws Exception {
    for (JsonElement golden : Files.jsonArray(Files.testdata("vision/goldens_mediapipe.json"))) {
      check(golden.getAsJsonObject());
    }
  }

  @Test
  void optionsRegionsAndRotations() throws Exception {
    for (JsonElement golden :
        Files.jsonArray(Files.testdata("vision/goldens_mediapipe_options.json"))) {
      check(golden.getAsJsonObject());
    }
  }

  @Test
  void samplesOfTheShippedModel() throws Exception {
    for (Path sample : Files.samples()) {
      Programs.Outcome outcome =
          Programs.run(
              List.of(
                  Files.cli().toString(),
                  "classify",
                  "--json",
                  "--max-results",
                  "-1",
                  Files.emoji(),
                  sample.toString()));
      assertEquals(0, outcome.status(), outcome.err());
      try (ImageClassifier classifier = ImageClassifier.createFromFile(Files.emoji())) {
        assertIdentical(
            parse(outcome.out()),
            classifier
                .classify(new BufferedImageBuilder(ImageIO.read(sample.toFile())).build())
                .classificationResult()
                .classifications(),
            sample.toString());
      }
    }
  }
}
