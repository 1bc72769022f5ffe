package org.edgetasks.core;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.edgetasks.internal.Check;

/**
 * Where a task's model comes from, and what the task may use to run it. Immutable.
 *
 * <pre>{@code
 * BaseOptions.builder().setModelAssetPath("model.tflite").setNumThreads(2).build()
 * }</pre>
 */
public final class BaseOptions {
  private final Optional<String> modelAssetPath;
  private final Optional<Integer> modelAssetFileDescriptor;
  private final long modelAssetOffset;
  private final long modelAssetLength;
  private final Optional<ByteBuffer> modelAssetBuffer;
  private final Delegate delegate;
  private final int numThreads;

  private BaseOptions(Builder builder) {
    modelAssetPath = Optional.ofNullable(builder.modelAssetPath);
    modelAssetFileDescriptor = Optional.ofNullable(builder.modelAssetFileDescriptor);
    modelAssetOffset = builder.modelAssetOffset;
    modelAssetLength = builder.modelAssetLength;
    modelAssetBuffer = Optional.ofNullable(builder.modelAssetBuffer);
    delegate = builder.delegate;
    numThreads = builder.numThreads;
  }

  /** {@return a builder with all defaults} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a builder that holds these options} */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.modelAssetPath = modelAssetPath.orElse(null);
    builder.modelAssetFileDescriptor = modelAssetFileDescriptor.orElse(null);
    builder.modelAssetOffset = modelAssetOffset;
    builder.modelAssetLength = modelAssetLength;
    builder.modelAssetBuffer = modelAssetBuffer.orElse(null);
    builder.delegate = delegate;
    builder.numThreads = numThreads;
    return builder;
  }

  /** {@return the path of the model file, if the model is given by path} */
  public Optional<String> modelAssetPath() {
    return modelAssetPath;
  }

  /** {@return the descriptor of the model file, if the model is given by descriptor} */
  public Optional<Integer> modelAssetFileDescriptor() {
    return modelAssetFileDescriptor;
  }

  /** {@return the model's first byte behind the descriptor, in bytes from the file's start} */
  public long modelAssetOffset() {
    return modelAssetOffset;
  }

  /** {@return the model's size behind the descriptor in bytes; 0: to the end of the file} */
  public long modelAssetLength() {
    return modelAssetLength;
  }

  /** {@return a view of the model's bytes, if the model is given by buffer} */
  public Optional<ByteBuffer> modelAssetBuffer() {
    return modelAssetBuffer.map(ByteBuffer::asReadOnlyBuffer);
  }

  /** {@return where the model runs: always {@link Delegate#CPU}} */
  public Delegate delegate() {
    return delegate;
  }

  /** {@return the threads that compute; 0: as many as the process may run on} */
  public int numThreads() {
    return numThreads;
  }

  /** Collects options. Not thread safe. */
  public static final class Builder {
    private String modelAssetPath;
    private Integer modelAssetFileDescriptor;
    private long modelAssetOffset;
    private long modelAssetLength;
    private ByteBuffer modelAssetBuffer;
    private Delegate delegate = Delegate.CPU;
    private int numThreads;

    private Builder() {}

    /**
     * Sets the path of the model file. Its format is recognised by its content, never by its name.
     * The file is mapped, not read: it must not be truncated while the task lives.
     *
     * @param path a path in the file system
     * @return this builder
     */
    public Builder setModelAssetPath(String path) {
      modelAssetPath = Check.notNull(path, "model asset path");
      return this;
    }

    /**
     * Sets an open file that is the model. The descriptor is not taken over: it may be closed as
     * soon as the task is created.
     *
     * @param fileDescriptor an open, readable descriptor, 0 or more
     * @return this builder
     * @throws IllegalArgumentException if it is negative
     */
    public Builder setModelAssetFileDescriptor(Integer fileDescriptor) {
      return setModelAssetFileDescriptor(
          Check.notNull(fileDescriptor, "model asset file descriptor"), 0, 0);
    }

    /**
     * Sets a part of an open file that is the model, such as an asset inside a package. The
     * descriptor is not taken over: it may be closed as soon as the task is created.
     *
     * @param fileDescriptor an open, readable descriptor, 0 or more
     * @param offset the model's first byte, in bytes from the start of the file, 0 or more
     * @param length the model's size in bytes, 0 or more; 0: to the end of the file
     * @return this builder
     * @throws IllegalArgumentException if a number is negative
     */
    public Builder setModelAssetFileDescriptor(int fileDescriptor, long offset, long length) {
      Check.argument(
          fileDescriptor >= 0,
          "The model asset file descriptor is %d; it must be open",
          fileDescriptor);
      Check.argument(offset >= 0, "The model asset's offset is %d; it must be 0 or more", offset);
      Check.argument(length >= 0, "The model asset's length is %d; it must be 0 or more", length);
      modelAssetFileDescriptor = fileDescriptor;
      modelAssetOffset = offset;
      modelAssetLength = length;
      return this;
    }

    /**
     * Sets the bytes of the model, from the buffer's position to its limit. They are not copied:
     * they must stay unchanged as long as the task lives, which keeps the buffer alive.
     *
     * @param buffer a direct or mapped buffer, its first byte at an address that 4 divides (as that
     *     of each buffer from {@link ByteBuffer#allocateDirect})
     * @return this builder
     * @throws IllegalArgumentException if it is not direct
     */
    public Builder setModelAssetBuffer(ByteBuffer buffer) {
      Check.notNull(buffer, "model asset buffer");
      Check.argument(
          buffer.isDirect(),
          "The model asset buffer is on the heap; use ByteBuffer.allocateDirect or FileChannel.map");
      modelAssetBuffer = buffer.slice();
      return this;
    }

    /**
     * Sets where the model runs. Default {@link Delegate#CPU}, the only place there is.
     *
     * @param delegate {@link Delegate#CPU}
     * @return this builder
     * @throws UnsupportedOperationException for all others
     */
    public Builder setDelegate(Delegate delegate) {
      if (Check.notNull(delegate, "delegate") != Delegate.CPU) {
        throw new UnsupportedOperationException(
            "EdgeTasks runs on the CPU; delegate " + delegate + " is not there: use Delegate.CPU");
      }
      this.delegate = delegate;
      return this;
    }

    /**
     * Sets the threads that compute, the calling one included. Default 0: as many as the process
     * may run on.
     *
     * @param numThreads 0 to 1024
     * @return this builder
     * @throws IllegalArgumentException if it is out of its range
     */
    public Builder setNumThreads(int numThreads) {
      Check.argument(
          numThreads >= 0 && numThreads <= 1024,
          "numThreads is %d; it must be 0 (all processors) to 1024",
          numThreads);
      this.numThreads = numThreads;
      return this;
    }

    /**
     * Builds the options.
     *
     * @return the options
     * @throws IllegalArgumentException unless exactly one of path, descriptor and buffer is set
     */
    public BaseOptions build() {
      int sources = 0;
      sources += modelAssetPath != null ? 1 : 0;
      sources += modelAssetFileDescriptor != null ? 1 : 0;
      sources += modelAssetBuffer != null ? 1 : 0;
      Check.argument(
          sources == 1,
          "%d model sources are set; set exactly one of the model asset path, the model asset file"
              + " descriptor and the model asset buffer",
          sources);
      return new BaseOptions(this);
    }
  }
}
