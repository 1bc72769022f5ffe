package androidx.camera.core;

/** What the sample uses of CameraX's interface of this name; part of no artifact. */
public interface ImageInfo {
  /** Returns nanoseconds of the camera's clock. */
  long getTimestamp();

  /** Returns the clockwise rotation that makes the frame upright, in degrees. */
  int getRotationDegrees();
}
