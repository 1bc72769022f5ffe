package org.edgetasks.robustness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.edgetasks.testing.Files;
import org.edgetasks.testing.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  /** The test above can see warnings: careless code of the same kind gets one. */
  @Test
  void carelessCodeGetsAWarning(@TempDir Path folder) throws Exception {
    Path source = folder.resolve("careless.cc");
    java.nio.file.Files.writeString(
        source,
        """
        #include <jni.h>
        extern "C" JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM* vm, void*) {
          void* found = nullptr;
          vm->GetEnv(&found, JNI_VERSION_1_6);
          JNIEnv* env = static_cast<JNIEnv*>(found);
          jclass type = env->FindClass("java/lang/Thread");
          jmethodID current = env->GetStaticMethodID(type, "currentThread", "()Ljava/lang/Thread;");
          env->CallStaticObjectMethod(type, current);
          env->CallStaticObjectMethod(type, current);
          return JNI_VERSION_1_6;
        }
        """);
    Path library = folder.resolve("libcareless.so");
    Path headers = Path.of(System.getProperty("java.home"), "include");
    Programs.Outcome built =
        Programs.run(
            List.of(
                "g++",
                "-shared",
                "-fPIC",
                "-I" + headers,
                "-I" + headers.resolve("linux"),
                source.toString(),
                "-o",
                library.toString()));
    assertEquals(0, built.status(), built.err());
    Programs.Outcome outcome =
        Programs.runJava(List.of("-Xcheck:jni"), LoadedOnly.class, library.toString());
    assertTrue(outcome.out().contains("WARNING"), outcome.out() + outcome.err());
  }

  static final class LoadedOnly {
    private LoadedOnly() {}

    public static void main(String[] arguments) {
      System.load(arguments[0]);
    }
  }
}
