package org.edgetasks.internal;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Finds and loads the native library, once, when the first task is created.
 *
 * <p>On the JVM, in this order:
 *
 * <ol>
 *   <li>the file named by the system property {@value #PATH_PROPERTY} (a library, or a folder with
 *       {@value #FILE_NAME}); if it is set, nothing else is tried
 *   <li>the resource native/OS-ARCH/{@value #FILE_NAME} of the jar, extracted to a temporary file
 *   <li>{@code java.library.path}
 * </ol>
 *
 * <p>On Android, {@link System#loadLibrary} alone, which knows the package's libraries. If nothing
 * works, the error lists every attempt.
 */
public final class NativeLibrary {
  /** Names the library to load. */
  public static final String PATH_PROPERTY = "org.edgetasks.library.path";

  private static final String NAME = "edgetasks_jni";
  private static final String FILE_NAME = "libedgetasks_jni.so";
  private static final int COPY_BYTES = 1 << 16;

  private static volatile boolean loaded;

  private NativeLibrary() {}

  /** Loads the library if it is not loaded yet. Throws UnsatisfiedLinkError. */
  public static void ensureLoaded() {
    if (!loaded) {
      loadOnce();
    }
  }

  private static synchronized void loadOnce() {
    if (loaded) {
      return;
    }
    List<String> attempts = new ArrayList<>();
    if (load(attempts)) {
      loaded = true;
      return;
    }
    StringBuilder message = new StringBuilder("The native library of EdgeTasks was not loaded.");
    for (String attempt : attempts) {
      message.append(" Tried ").append(attempt).append(';');
    }
    message.append(" name a library for this system in the system property ").append(PATH_PROPERTY);
    throw new UnsatisfiedLinkError(message.toString());
  }

  private static boolean load(List<String> attempts) {
    if (isAndroid()) {
      return loadByName(attempts);
    }
    String path = System.getProperty(PATH_PROPERTY);
    if (path != null) {
      return loadFromPath(path, attempts);
    }
    return loadFromJar(attempts) || loadByName(attempts);
  }

  static boolean isAndroid() {
    return "Dalvik".equals(System.getProperty("java.vm.name"));
  }

  /** The folder of the jar that holds the library for this system. */
  static String platform() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    if (arch.equals("amd64")) {
      arch = "x86_64";
    } else if (arch.equals("arm64")) {
      arch = "aarch64";
    }
    return os + "-" + arch;
  }

  private static boolean loadFromPath(String path, List<String> attempts) {
    File file = new File(path);
    if (file.isDirectory()) {
      file = new File(file, FILE_NAME);
    }
    return loadFile(file, "property " + PATH_PROPERTY + " = " + path, attempts);
  }

  private static boolean loadByName(List<String> attempts) {
    try {
      System.loadLibrary(NAME);
      return true;
    } catch (LinkageError e) {
      attempts.add("System.loadLibrary(\"" + NAME + "\"): " + e.getMessage());
      return false;
    }
  }

  private static boolean loadFromJar(List<String> attempts) {
    String resource = "/native/" + platform() + "/" + FILE_NAME;
    File file = null;
    try (InputStream in = NativeLibrary.class.getResourceAsStream(resource)) {
      if (in == null) {
        attempts.add("resource " + resource + ": not in the jar");
        return false;
      }
      // The unique name lets several processes, users and class loaders do the same at once.
      file = File.createTempFile("edgetasks-", "-" + FILE_NAME);
      copy(in, file);
      return loadFile(file, "resource " + resource + " extracted to " + file, attempts);
    } catch (IOException e) {
      attempts.add("resource " + resource + ": " + e.getMessage());
      return false;
    } finally {
      // A loaded library needs its file no more; a process that is killed then leaves none behind.
      if (file != null && !file.delete()) {
        file.deleteOnExit();
      }
    }
  }

  private static void copy(InputStream in, File file) throws IOException {
    byte[] bytes = new byte[COPY_BYTES];
    try (OutputStream out = new FileOutputStream(file)) {
      for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
        out.write(bytes, 0, count);
      }
    }
  }

  private static boolean loadFile(File file, String how, List<String> attempts) {
    try {
      System.load(file.getAbsolutePath());
      return true;
    } catch (LinkageError e) { // NoSuchMethodError: the library is of another version.
      attempts.add(how + ": " + e.getMessage());
      return false;
    }
  }
}
