package org.edgetasks.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.edgetasks.testing.Programs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each case in a VM of its own: a library is loaded once. */
class NativeLibraryTest {
  @TempDir Path folder;

  private Programs.Outcome load(String... options) throws Exception {
    return Programs.runJava(List.of(options), Load.class);
  }

  private static void assertLoaded(Programs.Outcome outcome) {
    assertEquals("loaded\n", outcome.out(), outcome.err());
  }

  private Path extractLibrary() throws Exception {
    String resource = "/native/" + NativeLibrary.platform() + "/libedgetasks_jni.so";
    Path library = folder.resolve("libedgetasks_jni.so");
    try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
      java.nio.file.Files.copy(in, library);
    }
    return library;
  }

  @Test
  void comesFromTheJarAndLeavesNoFile() throws Exception {
    assertLoaded(load("-Djava.io.tmpdir=" + folder));
    try (Stream<Path> left = java.nio.file.Files.list(folder)) {
      assertEquals(List.of(), left.filter(p -> p.toString().contains("edgetasks")).toList());
    }
  }

  @Test
  void thePropertyNamesAFileOrAFolder() throws Exception {
    Path library = extractLibrary();
    assertLoaded(load("-D" + NativeLibrary.PATH_PROPERTY + "=" + library));
    assertLoaded(load("-D" + NativeLibrary.PATH_PROPERTY + "=" + folder));
  }

  @Test
  void thePropertyAloneCounts() throws Exception {
    Programs.Outcome outcome = load("-D" + NativeLibrary.PATH_PROPERTY + "=/no/such/library.so");
    assertTrue(outcome.out().contains("/no/such/library.so"), outcome.out());
    assertFalse(outcome.out().contains("java.library.path"), outcome.out());
  }

  @Test
  void theLibraryPathIsTheLastResort() throws Exception {
    extractLibrary();
    assertLoaded(load("-Dos.arch=vax", "-Djava.library.path=" + folder));
  }

  @Test
  void theErrorListsEveryAttempt() throws Exception {
    String message = load("-Dos.arch=vax").out();
    assertTrue(message.contains("/native/linux-vax/libedgetasks_jni.so: not in the jar"), message);
    assertTrue(message.contains("System.loadLibrary(\"edgetasks_jni\")"), message);
    assertTrue(message.contains(NativeLibrary.PATH_PROPERTY), message);
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws Exception {
    String message = load("-Djava.io.tmpdir=/no/such/folder").out();
    assertTrue(message.contains("resource /native/" + NativeLibrary.platform()), message);
  }

  @Test
  void onAndroidOnlyTheSystemIsAsked() throws Exception {
    String message = Programs.runJava(List.of(), Load.class, "java.vm.name", "Dalvik").out();
    assertTrue(message.contains("System.loadLibrary(\"edgetasks_jni\")"), message);
    assertFalse(message.contains("/native/"), message);
  }

  static final class Load {
    private Load() {}

    /** The arguments: a property that the VM overrides, and its value. */
    public static void main(String[] arguments) {
      if (arguments.length == 2) {
        System.setProperty(arguments[0], arguments[1]);
      }
      try {
        NativeLibrary.ensureLoaded();
        NativeLibrary.ensureLoaded();
        System.out.println("loaded");
      } catch (UnsatisfiedLinkError e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
