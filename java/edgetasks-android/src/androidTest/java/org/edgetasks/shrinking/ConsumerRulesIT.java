package org.edgetasks.shrinking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.android.tools.r8.CompilationMode;
import com.android.tools.r8.D8;
import com.android.tools.r8.D8Command;
import com.android.tools.r8.Diagnostic;
import com.android.tools.r8.DiagnosticsHandler;
import com.android.tools.r8.OutputMode;
import com.android.tools.r8.R8;
import com.android.tools.r8.R8Command;
import com.android.tools.r8.origin.Origin;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;
import org.edgetasks.testing.Project;
import org.edgetasks.testing.Project.Outcome;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Android's compilers on the AAR's classes. R8 also writes class files: the shrunken, renamed
 * program runs on this machine's VM against the native library, which finds what the rules keep.
 */
class ConsumerRulesIT {
  private static final int API = 24;

  @TempDir Path folder;
  private Path classes;
  private Path rules;
  private final List<String> complaints = new ArrayList<>();

  /** Collects all that the compilers say: a warning here is one in each application's build. */
  private final DiagnosticsHandler handler =
      new DiagnosticsHandler() {
        @Override
        public void error(Diagnostic error) {
          complaints.add("error: " + error.getDiagnosticMessage());
        }

        @Override
        public void warning(Diagnostic warning) {
          complaints.add("warning: " + warning.getDiagnosticMessage());
        }

        @Override
        public void info(Diagnostic info) {
          complaints.add("info: " + info.getDiagnosticMessage());
        }
      };

  @BeforeEach
  void unpack() throws IOException {
    classes = folder.resolve("classes.jar");
    rules = folder.resolve("proguard.txt");
    try (ZipFile aar = new ZipFile(Project.aar().toFile())) {
      for (Path part : List.of(classes, rules)) {
        try (InputStream in = aar.getInputStream(aar.getEntry(part.getFileName().toString()))) {
          Files.copy(in, part);
        }
      }
    }
  }

  private static Path listenableFuture() {
    return Project.onClassPath("listenablefuture-");
  }

  /** The program's own class file: what an application brings. */
  private static Path program() throws Exception {
    String file = SmallProgram.class.getSimpleName() + ".class";
    return Path.of(SmallProgram.class.getResource(file).toURI());
  }

  private static void assertDex(Path zip) throws IOException {
    try (ZipFile dex = new ZipFile(zip.toFile())) {
      assertTrue(dex.getEntry("classes.dex").getSize() > 0);
      assertEquals(1, dex.size());
    }
  }

  private R8Command.Builder shrink(Path output, OutputMode mode) throws Exception {
    return R8Command.builder(handler)
        .setMode(CompilationMode.RELEASE)
        .addProgramFiles(classes, program())
        .addClasspathFiles(listenableFuture())
        .addLibraryResourceProvider(new Platform(Project.androidJar()))
        .addProguardConfigurationFiles(rules)
        .addProguardConfiguration(
            List.of(
                "-keep class " + SmallProgram.class.getName(),
                "{ public static void main(java.lang.String[]); }"),
            Origin.unknown())
        .setOutput(output, mode);
  }

  @Test
  void d8TakesTheClassesWithoutAWord() throws Exception {
    Path dex = folder.resolve("d8.zip");
    D8.run(
        D8Command.builder(handler)
            .setMode(CompilationMode.RELEASE)
            .setMinApiLevel(API)
            .addProgramFiles(classes)
            .addClasspathFiles(listenableFuture())
            .addLibraryResourceProvider(new Platform(Project.androidJar()))
            .setOutput(dex, OutputMode.DexIndexed)
            .build());
    assertEquals(List.of(), complaints);
    assertDex(dex);
  }

  @Test
  void r8TakesTheRulesWithoutAWord() throws Exception {
    Path dex = folder.resolve("r8.zip");
    R8.run(shrink(dex, OutputMode.DexIndexed).setMinApiLevel(API).build());
    assertEquals(List.of(), complaints);
    assertDex(dex);
  }

  @Test
  void aShrunkenProgramRuns() throws Exception {
    Path shrunken = folder.resolve("shrunken.jar");
    R8.run(shrink(shrunken, OutputMode.ClassFile).build());
    assertEquals(List.of(), complaints);
    try (ZipFile jar = new ZipFile(shrunken.toFile())) {
      String renamed = "org/edgetasks/components/containers/Category.class";
      assertFalse(jar.stream().anyMatch(entry -> entry.getName().equals(renamed)), "not renamed");
    }
    Outcome expected = run(classes, testClasses());
    Outcome actual = run(shrunken);
    assertEquals(0, expected.status(), expected.output());
    assertEquals(expected.output(), actual.output());
    assertEquals(0, actual.status());
    assertTrue(actual.output().contains("NOT_FOUND FILE_NOT_FOUND"), actual.output());
    assertFalse(actual.output().contains("WARNING in native method"), actual.output());
  }

  private static Path testClasses() throws Exception {
    Path root = program();
    for (int i = 0; i < SmallProgram.class.getName().split("\\.").length; i++) {
      root = root.getParent();
    }
    return root;
  }

  private static Outcome run(Path... classPath) throws Exception {
    StringBuilder paths = new StringBuilder(listenableFuture().toString());
    for (Path path : classPath) {
      paths.append(File.pathSeparator).append(path);
    }
    return Project.run(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xcheck:jni",
            "-Dorg.edgetasks.library.path=" + Project.linuxLibrary(),
            "-cp",
            paths.toString(),
            SmallProgram.class.getName(),
            Project.file("models/emoji/emoji_int8.tflite").toString(),
            Project.file("models/story/story.task").toString()));
  }
}
