package org.edgetasks.framework.image

import java.nio.ByteBuffer

/** A picture that no builder makes: its buffer holds less than its size says. */
internal fun imageOfTooFewBytes(): MPImage {
  val planes = PixelPlanes.packed(MPImage.IMAGE_FORMAT_RGB, ByteBuffer.allocateDirect(11), 2)
  return MPImage(ByteBufferContainer(planes), 2, 2)
}
