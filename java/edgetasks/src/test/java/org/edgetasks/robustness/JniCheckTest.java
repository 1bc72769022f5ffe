package org.edgetasks.robustness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.edgetasks.testing.Files;
import org.edgetasks.testing.Programs;
import org.junit.jupiter.api.Test;

/** The VM's own checks of how native code uses JNI. */
class JniCheckTest {
  @Test
  void everyNativeMethodRunsWithoutAWarning() throws Exception {
    Programs.Outcome outcome =
        Programs.runJava(
            List.of("-Xcheck:jni", "-Dedgetasks.checkout=" + Files.checkout()), JniExercise.class);
    String all = outcome.out() + outcome.err();
    assertEquals(0, outcome.status(), all);
    assertTrue(outcome.out().endsWith("done\n"), all);
    assertFalse(all.contains("WARNING") || all.contains("FATAL"), all);
  }

  /** The test above can see warnings: the VM writes them where it looks. */
  @Test
  void theVmWritesWarningsWhereTheyAreSeen() throws Exception {
    Programs.Outcome outcome =
        Programs.runJava(List.of("-Xcheck:jni", "-Xlog:jni+resolve=debug"), LoadedOnly.class);
    assertTrue(outcome.out().contains("[debug][jni,resolve]"), outcome.out() + outcome.err());
  }

  static final class LoadedOnly {
    private LoadedOnly() {}

    public static void main(String[] arguments) {
      new java.util.zip.CRC32().update(new byte[] {1});
    }
  }
}
