package org.edgetasks.internal;

import android.content.Context;
import android.content.res.AssetFileDescriptor;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.edgetasks.core.BaseOptions;
import org.edgetasks.core.EdgeTasksException;
import org.edgetasks.core.ErrorDetail;
import org.edgetasks.core.StatusCode;

/**
 * Opens models among an application's assets. Native code sees files, descriptors and memory only:
 * an asset that the package stores uncompressed is mapped where it is, others are read into memory.
 */
public final class Assets {
  private static final int READ_BYTES = 1 << 16;

  private Assets() {}

  /** Creates a task from base options whose model native code can open. */
  public interface Factory<T> {
    /** Creates it. The model's descriptor is closed after the call. */
    T create(BaseOptions baseOptions);
  }

  /**
   * Calls {@code factory} with {@code options}; where their model's path is not absolute, the asset
   * of that name stands in for it.
   */
  public static <T> T open(Context context, BaseOptions options, Factory<T> factory) {
    Check.notNull(context, "context");
    String path = options.modelAssetPath().orElse(null);
    if (path == null || new File(path).isAbsolute()) {
      return factory.create(options);
    }
    BaseOptions.Builder builder = BaseOptions.builder().setNumThreads(options.numThreads());
    try (AssetFileDescriptor asset = openStored(context, path)) {
      if (asset == null) {
        return factory.create(builder.setModelAssetBuffer(read(context, path)).build());
      }
      return factory.create(
          builder
              .setModelAssetFileDescriptor(
                  asset.getParcelFileDescriptor().getFd(),
                  asset.getStartOffset(),
                  asset.getDeclaredLength())
              .build());
    } catch (IOException e) {
      throw unreadable(context, path, e);
    }
  }

  /** Returns null if the package holds the asset compressed. */
  private static AssetFileDescriptor openStored(Context context, String path) {
    try {
      return context.getAssets().openFd(path);
    } catch (IOException e) {
      // Also thrown if there is no such asset; reading it tells the two apart.
      return null;
    }
  }

  private static ByteBuffer read(Context context, String path) throws IOException {
    try (InputStream in = context.getAssets().open(path)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream(Math.max(in.available(), READ_BYTES));
      byte[] chunk = new byte[READ_BYTES];
      for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
        bytes.write(chunk, 0, count);
      }
      ByteBuffer model = ByteBuffer.allocateDirect(bytes.size());
      model.put(bytes.toByteArray()).flip();
      return model;
    }
  }

  private static EdgeTasksException unreadable(Context context, String path, IOException cause) {
    boolean absent = cause instanceof FileNotFoundException;
    String message =
        absent
            ? "There is no asset \""
                + path
                + "\" in package "
                + context.getPackageName()
                + "; put the model into src/main/assets, or give the absolute path of a file"
            : "Asset \"" + path + "\" cannot be read: " + cause.getMessage();
    EdgeTasksException exception =
        new EdgeTasksException(
            absent ? StatusCode.NOT_FOUND : StatusCode.UNAVAILABLE,
            absent ? ErrorDetail.FILE_NOT_FOUND : ErrorDetail.FILE_UNREADABLE,
            message);
    exception.initCause(cause);
    return exception;
  }
}
