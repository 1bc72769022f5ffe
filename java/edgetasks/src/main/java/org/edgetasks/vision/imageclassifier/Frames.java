package org.edgetasks.vision.imageclassifier;

import java.util.List;
import org.edgetasks.framework.image.MPImage;

/** Many pictures, none of which is given up before this is closed. */
final class Frames implements AutoCloseable {
  final Frame[] all;

  Frames(List<MPImage> images) {
    all = new Frame[images.size()];
    try {
      for (int i = 0; i < all.length; i++) {
        all[i] = Frame.of(images.get(i));
      }
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  @Override
  public void close() {
    for (Frame frame : all) {
      if (frame != null) {
        frame.close();
      }
    }
  }
}
