package org.edgetasks.android;

import android.content.Context;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.edgetasks.components.containers.Category;
import org.edgetasks.testing.Project;
import org.edgetasks.vision.imageclassifier.ImageClassifierResult;
import org.junit.BeforeClass;
import org.junit.runner.RunWith;
import org.robolectric.RobolectricTestRunner;
import org.robolectric.RuntimeEnvironment;
import org.robolectric.annotation.Config;
import org.robolectric.annotation.GraphicsMode;

/**
 * A test with the classes of Android 14 and its real graphics code. The native library is that for
 * Linux; an application with models among its assets is there.
 */
@RunWith(RobolectricTestRunner.class)
@Config(sdk = 34)
@GraphicsMode(GraphicsMode.Mode.NATIVE)
public abstract class AndroidTest {
  static final String EMOJI = "models/emoji/emoji_int8.tflite";

  @BeforeClass
  public static void nameTheLibrary() {
    System.setProperty("org.edgetasks.library.path", Project.linuxLibrary().toString());
  }

  static Context context() {
    return RuntimeEnvironment.getApplication();
  }

  /** A class and its score, comparable without tolerance. */
  record Scored(String name, float score) {}

  static List<Scored> scores(ImageClassifierResult result) {
    List<Scored> scores = new ArrayList<>();
    for (Category category : result.classificationResult().classifications().get(0).categories()) {
      scores.add(new Scored(category.categoryName(), category.score()));
    }
    return scores;
  }

  /** What the C++ command says of a picture file. */
  static List<Scored> scoresOfCpp(String model, Path picture) throws Exception {
    Project.Outcome outcome =
        Project.run(
            List.of(
                Project.cli().toString(),
                "classify",
                "--json",
                "--max-results",
                "-1",
                Project.file(model).toString(),
                picture.toString()));
    JsonArray pictures = JsonParser.parseString(outcome.output()).getAsJsonArray();
    JsonObject head =
        pictures
            .get(0)
            .getAsJsonObject()
            .getAsJsonArray("classifications")
            .get(0)
            .getAsJsonObject();
    List<Scored> scores = new ArrayList<>();
    for (JsonElement category : head.getAsJsonArray("categories")) {
      JsonObject fields = category.getAsJsonObject();
      scores.add(
          new Scored(fields.get("category_name").getAsString(), fields.get("score").getAsFloat()));
    }
    return scores;
  }
}
