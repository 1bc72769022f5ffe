package org.edgetasks.framework.image;

/** Where the pixels of a picture are, and what a pixel is made of. Immutable. */
public final class MPImageProperties {
  private final int storageType;
  private final int imageFormat;

  MPImageProperties(int storageType, int imageFormat) {
    this.storageType = storageType;
    this.imageFormat = imageFormat;
  }

  /** {@return one of the STORAGE_TYPE constants of {@link MPImage}} */
  public int getStorageType() {
    return storageType;
  }

  /** {@return one of the IMAGE_FORMAT constants of {@link MPImage}} */
  public int getImageFormat() {
    return imageFormat;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MPImageProperties
        && storageType == ((MPImageProperties) other).storageType
        && imageFormat == ((MPImageProperties) other).imageFormat;
  }

  @Override
  public int hashCode() {
    return 31 * storageType + imageFormat;
  }

  @Override
  public String toString() {
    return "MPImageProperties{storageType=" + storageType + ", imageFormat=" + imageFormat + "}";
  }
}
