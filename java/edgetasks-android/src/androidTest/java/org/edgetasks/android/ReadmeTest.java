package org.edgetasks.android;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import android.content.Context;
import android.graphics.Bitmap;
import android.graphics.BitmapFactory;
import android.util.Log;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Collectors;
import org.edgetasks.components.containers.Category;
import org.edgetasks.framework.image.BitmapImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.testing.Project;
import org.edgetasks.vision.imageclassifier.ImageClassifier;
import org.junit.Test;
import org.robolectric.shadows.ShadowLog;

/** Android's example in README.md runs, and is what README.md shows. */
public class ReadmeTest extends AndroidTest {
  private static void example(Context context, Bitmap bitmap) {
    // README
    try (ImageClassifier classifier =
        ImageClassifier.createFromFile(context, "emoji_int8.tflite")) {
      MPImage image = new BitmapImageBuilder(bitmap).build();
      List<Category> categories =
          classifier.classify(image).classificationResult().classifications().get(0).categories();
      Log.i("EdgeTasks", "It is: " + categories.get(0).categoryName());
    }
    // README
  }

  @Test
  public void theExampleRuns() {
    String panda = Project.file("models/emoji/samples/panda.png").toString();
    example(context(), BitmapFactory.decodeFile(panda));
    assertEquals("It is: panda", ShadowLog.getLogsForTag("EdgeTasks").get(0).msg);
  }

  @Test
  public void theExampleIsInTheReadme() throws Exception {
    String source =
        Files.readString(
            Project.file(
                "java/edgetasks-android/src/androidTest/java/org/edgetasks/android"
                    + "/ReadmeTest.java"));
    String example =
        source
            .split("    // README\n")[1]
            .lines()
            .map(line -> line.substring(Math.min(4, line.length())) + "\n")
            .collect(Collectors.joining());
    String readme = Files.readString(Project.file("README.md"));
    assertTrue(example, readme.contains("```java android\n" + example + "```"));
  }
}
