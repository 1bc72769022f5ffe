package org.edgetasks.shrinking;

import com.android.tools.r8.ArchiveClassFileProvider;
import com.android.tools.r8.ClassFileResourceProvider;
import com.android.tools.r8.JdkClassFileProvider;
import com.android.tools.r8.ProgramResource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What the compilers know of Android: its own classes, and those of Java from the JDK. Only the
 * packages that EdgeTasks uses and what those refer to, for R8 reads all; a class that is missed is
 * an error there.
 */
final class Platform implements ClassFileResourceProvider {
  private static final Pattern ANDROID =
      Pattern.compile("Landroid/(annotation|content|graphics|media|net|os|util)/.*");
  private static final Pattern JAVA =
      Pattern.compile(
          "L(java/(io|lang|net|nio|security|time|util)|jdk/internal"
              + "|sun/(invoke|net|nio|reflect|security|util))/.*");

  private final ArchiveClassFileProvider android;
  private final ClassFileResourceProvider jdk;
  private final Set<String> descriptors;

  Platform(Path androidJar) throws IOException {
    android = new ArchiveClassFileProvider(androidJar, path -> path.startsWith("android/"));
    jdk = JdkClassFileProvider.fromJdkHome(Path.of(System.getProperty("java.home")));
    descriptors = matching(android, ANDROID);
    descriptors.addAll(matching(jdk, JAVA));
  }

  private static Set<String> matching(ClassFileResourceProvider provider, Pattern pattern) {
    return provider.getClassDescriptors().stream()
        .filter(pattern.asMatchPredicate())
        .collect(Collectors.toSet());
  }

  @Override
  public Set<String> getClassDescriptors() {
    return descriptors;
  }

  @Override
  public ProgramResource getProgramResource(String descriptor) {
    return (ANDROID.matcher(descriptor).matches() ? android : jdk).getProgramResource(descriptor);
  }
}
