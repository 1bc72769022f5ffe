package org.edgetasks.vision.imageclassifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import org.edgetasks.framework.image.ByteBufferImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.junit.jupiter.api.Test;

class FrameTest {
  private static MPImage nv21(ByteBuffer buffer) {
    return new ByteBufferImageBuilder(buffer, 4, 2, MPImage.IMAGE_FORMAT_NV21)
        .setRowStride(5)
        .build();
  }

  @Test
  void directBuffersAreNotCopied() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(17).position(2);
    for (Frame frame : new Frame[] {Frame.of(nv21(buffer)), Frame.detached(nv21(buffer))}) {
      assertEquals(2, frame.planes.length);
      assertEquals(5, frame.rowStrides[1]);
      assertEquals(2, frame.pixelStrides[1]);
      for (byte value = 1; value <= 2; value++) {
        buffer.put(2, value).put(12, (byte) -value);
        assertEquals(value, frame.planes[0].get(0));
        assertEquals(-value, frame.planes[1].get(0));
      }
      frame.close();
    }
  }

  @Test
  void heapBuffersAreCopied() {
    try (Frame frame = Frame.of(nv21(ByteBuffer.allocate(15).put(10, (byte) 9)))) {
      assertTrue(frame.planes[0].isDirect());
      assertEquals(15, frame.planes[0].capacity());
      assertEquals(9, frame.planes[1].get(0));
    }
  }
}
