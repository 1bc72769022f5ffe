package org.edgetasks.internal;

import java.nio.ByteBuffer;
import org.edgetasks.core.BaseOptions;

/** {@link BaseOptions} as native code takes them: what is not set is null, or -1. */
public final class NativeBaseOptions {
  public final byte[] path;
  public final int fileDescriptor;
  public final long offset;
  public final long length;
  public final ByteBuffer buffer;
  public final int numThreads;

  /** Takes them apart. */
  public NativeBaseOptions(BaseOptions options) {
    path = options.modelAssetPath().map(Utf8::encode).orElse(null);
    fileDescriptor = options.modelAssetFileDescriptor().orElse(-1);
    offset = options.modelAssetOffset();
    length = options.modelAssetLength();
    buffer = options.modelAssetBuffer().orElse(null);
    numThreads = options.numThreads();
  }
}
