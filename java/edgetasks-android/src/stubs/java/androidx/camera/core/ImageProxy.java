package androidx.camera.core;

import android.graphics.Rect;
import android.media.Image;

/** What the sample uses of CameraX's interface of this name; part of no artifact. */
public interface ImageProxy extends AutoCloseable {
  /** Returns the media image, which the proxy closes. */
  Image getImage();

  /** Returns the part that the viewport shows, in pixels of the buffer. */
  Rect getCropRect();

  /** Returns the width in pixels of the buffer. */
  int getWidth();

  /** Returns the height in pixels of the buffer. */
  int getHeight();

  /** Returns when and how the frame was taken. */
  ImageInfo getImageInfo();

  @Override
  void close();
}
