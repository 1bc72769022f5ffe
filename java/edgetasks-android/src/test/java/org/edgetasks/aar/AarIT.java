package org.edgetasks.aar;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.edgetasks.testing.Project;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is in the AAR. */
class AarIT {
  private static final String METADATA =
      "META-INF/com/android/build/gradle/aar-metadata.properties";
  private static final String LICENCES = "META-INF/THIRD_PARTY_LICENCES.txt";
  private static final Set<String> ABIS = Set.of("arm64-v8a", "armeabi-v7a", "x86_64");
  private static final int JAVA_8 = 52;

  private static Map<String, byte[]> entries(InputStream zip) throws IOException {
    Map<String, byte[]> entries = new TreeMap<>();
    try (ZipInputStream in = new ZipInputStream(zip)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (!entry.isDirectory()) {
          assertFalse(entries.containsKey(entry.getName()), entry.getName() + " is there twice");
          entries.put(entry.getName(), in.readAllBytes());
        }
      }
    }
    return entries;
  }

  private static Map<String, byte[]> aar() throws IOException {
    return entries(Files.newInputStream(Project.aar()));
  }

  private static Map<String, byte[]> classes() throws IOException {
    return entries(new ByteArrayInputStream(aar().get("classes.jar")));
  }

  private static String text(String entry) throws IOException {
    return new String(aar().get(entry), StandardCharsets.UTF_8);
  }

  @Test
  void hasAllPartsAndNoOthers() throws IOException {
    Set<String> parts = new TreeSet<>(aar().keySet());
    boolean hasLibraries = parts.removeIf(name -> name.startsWith("jni/"));
    assertEquals(hasLibraries, parts.remove(LICENCES), "Licences go with the libraries");
    assertEquals(
        new TreeSet<>(
            Set.of("AndroidManifest.xml", "R.txt", "classes.jar", "proguard.txt", METADATA)),
        parts);
    assertEquals("", text("R.txt"));
  }

  @Test
  void metadataAskForNothingSpecial() throws IOException {
    Properties metadata = new Properties();
    metadata.load(new ByteArrayInputStream(aar().get(METADATA)));
    assertEquals("1.0", metadata.get("aarFormatVersion"));
    assertEquals("1.0", metadata.get("aarMetadataVersion"));
    assertEquals("24", metadata.get("minCompileSdk"));
    assertEquals("false", metadata.get("coreLibraryDesugaringEnabled"));
  }

  /** The folders of sources say what must be there, so that nothing is forgotten. */
  @Test
  void classesAreTheSharedOnesAndAndroidsHalves() throws IOException {
    Set<String> expected = new TreeSet<>();
    for (String folder : List.of("java/edgetasks", "java/edgetasks-android")) {
      Path sources = Project.file(folder + "/src/main/java");
      try (Stream<Path> files = Files.walk(sources)) {
        files
            .map(path -> sources.relativize(path).toString())
            .filter(name -> name.endsWith(".java") && !name.endsWith("package-info.java"))
            .forEach(name -> expected.add(name.replace(".java", ".class")));
      }
    }
    Set<String> actual =
        classes().keySet().stream()
            .filter(name -> !name.equals("META-INF/MANIFEST.MF"))
            .filter(name -> !name.contains("$") && !name.endsWith("package-info.class"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertEquals(expected, actual);
    assertTrue(actual.contains("org/edgetasks/framework/image/BitmapImageBuilder.class"));
    assertFalse(actual.contains("org/edgetasks/framework/image/BufferedImageBuilder.class"));
  }

  /** The public API that Android has beside the JVM's, so that a change of it is seen in review. */
  @Test
  void theApiOfAndroidIsTheReviewedOne(@TempDir Path folder) throws Exception {
    Path jar = folder.resolve("classes.jar");
    Files.write(jar, aar().get("classes.jar"));
    List<String> command = new ArrayList<>(List.of("-protected", "-cp", jar.toString()));
    Path sources = Project.file("java/edgetasks-android/src/main/java");
    try (Stream<Path> files = Files.walk(sources)) {
      files
          .map(path -> sources.relativize(path).toString())
          .filter(name -> name.endsWith(".java") && !name.startsWith("org/edgetasks/internal"))
          .map(name -> name.substring(0, name.length() - ".java".length()).replace('/', '.'))
          .sorted()
          .forEach(command::add);
    }
    StringWriter out = new StringWriter();
    PrintWriter printer = new PrintWriter(out, true);
    int status =
        ToolProvider.findFirst("javap")
            .orElseThrow()
            .run(printer, printer, command.toArray(new String[0]));
    assertEquals(0, status, out.toString());
    Path reviewed = Project.file("java/edgetasks-android/api/edgetasks-android.api");
    if (Boolean.getBoolean("edgetasks.api.write")) {
      Files.writeString(reviewed, out.toString());
    }
    assertEquals(
        Files.readString(reviewed),
        out.toString(),
        "The API changed. If that is meant: mvn verify -Dedgetasks.api.write=true");
  }

  @Test
  void classesAreJava8() throws IOException {
    for (Map.Entry<String, byte[]> entry : classes().entrySet()) {
      if (entry.getKey().endsWith(".class")) {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(entry.getValue()));
        assertEquals(0xCAFEBABE, in.readInt());
        in.readUnsignedShort();
        assertEquals(JAVA_8, in.readUnsignedShort(), entry.getKey());
      }
    }
  }

  /** The platform halves are in both, and nothing else is left of the JVM's. */
  @Test
  void noClassKnowsTheDesktop() throws IOException {
    for (Map.Entry<String, byte[]> entry : classes().entrySet()) {
      String constants = new String(entry.getValue(), StandardCharsets.ISO_8859_1);
      assertFalse(constants.contains("java/awt"), entry.getKey());
    }
  }

  @Test
  void manifestIsWhatAaptReads(@TempDir Path folder) throws Exception {
    String aapt = Project.program("aapt");
    Path manifest = folder.resolve("AndroidManifest.xml");
    Files.write(manifest, aar().get("AndroidManifest.xml"));
    Path apk = folder.resolve("test.apk");
    Project.Outcome packaged =
        Project.run(
            List.of(
                aapt,
                "package",
                "-M",
                manifest.toString(),
                "-I",
                Project.androidJar().toString(),
                "-F",
                apk.toString()));
    assertEquals(0, packaged.status(), packaged.output());
    Project.Outcome dumped = Project.run(List.of(aapt, "dump", "badging", apk.toString()));
    assertEquals(0, dumped.status(), dumped.output());
    List<String> lines = dumped.output().lines().toList();
    assertTrue(lines.get(0).startsWith("package: name='org.edgetasks'"), dumped.output());
    assertTrue(lines.contains("sdkVersion:'24'"), dumped.output());
    assertFalse(dumped.output().contains("uses-permission"), dumped.output());
  }

  @Test
  void pomSaysThatItIsAnAar() throws IOException {
    String pom = Files.readString(Project.aar().resolveSibling("aar-pom.xml"));
    assertTrue(pom.contains("<packaging>aar</packaging>"), pom);
    assertTrue(pom.contains("<artifactId>edgetasks-android</artifactId>"), pom);
    assertTrue(pom.contains("<artifactId>listenablefuture</artifactId>"), pom);
    assertFalse(pom.contains("${"), pom);
    assertTrue(
        Project.aar().endsWith("edgetasks-android-" + between(pom, "<version>") + ".aar"), pom);
  }

  private static String between(String pom, String tag) {
    int begin = pom.indexOf(tag) + tag.length();
    return pom.substring(begin, pom.indexOf('<', begin));
  }

  /** Each library is for its folder's machine, 16 KiB aligned, and exports JNI_OnLoad alone. */
  @Test
  void nativeLibrariesAreThoseThatTheNdkBuilt(@TempDir Path folder) throws Exception {
    List<String> libraries = new ArrayList<>();
    for (Map.Entry<String, byte[]> entry : aar().entrySet()) {
      if (entry.getKey().startsWith("jni/")) {
        libraries.add(entry.getKey());
        Path library = folder.resolve(entry.getKey());
        Files.createDirectories(library.getParent());
        Files.write(library, entry.getValue());
        Path built = Path.of(System.getProperty("edgetasks.native.android.dir"));
        assertArrayEquals(
            Files.readAllBytes(built.resolve(entry.getKey().substring("jni/".length()))),
            entry.getValue(),
            entry.getKey());
      }
    }
    Assumptions.assumeFalse(
        libraries.isEmpty(),
        "The AAR has no native library: build/native-android is empty, for no NDK was at hand"
            + " (ANDROID_NDK_HOME=... jni/build.sh --android ABI)");
    Set<String> all =
        ABIS.stream()
            .map(abi -> "jni/" + abi + "/libedgetasks_jni.so")
            .collect(Collectors.toCollection(TreeSet::new));
    assertTrue(all.containsAll(libraries), libraries::toString);
    if (Boolean.getBoolean("edgetasks.strict")) {
      assertEquals(all, new TreeSet<>(libraries), "What is published has all ABIs");
    }
    Project.Outcome checked =
        Project.run(
            List.of(
                Project.program("python3"),
                Project.file("tests/jni/check_library.py").toString(),
                Project.program("readelf"),
                folder.resolve("jni").toString()));
    assertEquals(0, checked.status(), checked.output());
  }
}
