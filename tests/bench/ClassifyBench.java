import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.edgetasks.framework.image.ByteBufferImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.vision.imageclassifier.ImageClassifier;

/**
 * What classify_bench.cc times, through Java. One file, which java compiles when it runs it: {@code
 * java -cp JARS ClassifyBench.java MODEL PIXELS WIDTH HEIGHT RUNS}.
 */
final class ClassifyBench {
  // More than in C++: the compiler of the virtual machine has to come to it as well.
  private static final int WARM_UP = 60;
  private static final double NANOS_PER_MICRO = 1000;

  private ClassifyBench() {}

  public static void main(String[] arguments) throws Exception {
    byte[] bytes = Files.readAllBytes(Path.of(arguments[1]));
    ByteBuffer pixels = ByteBuffer.allocateDirect(bytes.length);
    pixels.put(bytes).flip();
    MPImage image =
        new ByteBufferImageBuilder(
                pixels,
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]),
                MPImage.IMAGE_FORMAT_RGB)
            .build();
    int runs = Integer.parseInt(arguments[4]);
    List<String> times = new ArrayList<>();
    try (ImageClassifier classifier = ImageClassifier.createFromFile(arguments[0])) {
      for (int i = 0; i < WARM_UP + runs; i++) {
        long start = System.nanoTime();
        int heads = classifier.classify(image).classificationResult().classifications().size();
        double time = (System.nanoTime() - start) / NANOS_PER_MICRO;
        if (heads != 1) {
          throw new AssertionError(heads);
        }
        if (i >= WARM_UP) {
          times.add(String.format(Locale.ROOT, "%.2f", time));
        }
      }
    }
    System.out.println(times);
  }
}
