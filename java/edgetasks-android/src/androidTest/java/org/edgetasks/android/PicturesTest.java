package org.edgetasks.android;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotSame;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

import android.graphics.Bitmap;
import android.graphics.BitmapFactory;
import android.graphics.Color;
import android.net.Uri;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.edgetasks.framework.image.BitmapExtractor;
import org.edgetasks.framework.image.BitmapImageBuilder;
import org.edgetasks.framework.image.ByteBufferExtractor;
import org.edgetasks.framework.image.ByteBufferImageBuilder;
import org.edgetasks.framework.image.MPImage;
import org.edgetasks.framework.image.MPImageProperties;
import org.edgetasks.framework.image.MediaImageExtractor;
import org.edgetasks.testing.Project;
import org.junit.Test;

/** Bitmaps as pictures and back. */
public class PicturesTest extends AndroidTest {
  private static Bitmap bitmap(Bitmap.Config config, int... colors) {
    Bitmap bitmap = Bitmap.createBitmap(colors.length, 1, config);
    bitmap.setPixels(colors, 0, colors.length, 0, 0, colors.length, 1);
    return bitmap;
  }

  private static int[] bytes(MPImage image) {
    ByteBuffer pixels = ByteBufferExtractor.extract(image);
    int[] bytes = new int[pixels.remaining()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = pixels.get() & 255;
    }
    return bytes;
  }

  private static void assertPixels(MPImage image, int format, int... expected) {
    MPImageProperties properties = image.getContainedImageProperties().get(0);
    assertEquals(MPImage.STORAGE_TYPE_BITMAP, properties.getStorageType());
    assertEquals(format, properties.getImageFormat());
    org.junit.Assert.assertArrayEquals(expected, bytes(image));
  }

  @Test
  public void coloursComeInTheOrderOfRgba() {
    MPImage image =
        new BitmapImageBuilder(bitmap(Bitmap.Config.ARGB_8888, 0xFF102030, 0xFFFFFEFD)).build();
    assertPixels(image, MPImage.IMAGE_FORMAT_RGBA, 16, 32, 48, 255, 255, 254, 253, 255);
  }

  @Test
  public void coloursAreNotMultipliedByTheirAlpha() {
    int[] bytes =
        bytes(new BitmapImageBuilder(bitmap(Bitmap.Config.ARGB_8888, 0x80FF8000)).build());
    assertEquals(255, bytes[0]);
    assertEquals(128, bytes[1], 1);
    assertEquals(0, bytes[2]);
    assertEquals(128, bytes[3]);
  }

  @Test
  public void otherConfigurationsAreRgbaOrGray() {
    assertPixels(
        new BitmapImageBuilder(bitmap(Bitmap.Config.RGB_565, Color.RED, Color.WHITE)).build(),
        MPImage.IMAGE_FORMAT_RGBA,
        255,
        0,
        0,
        255,
        255,
        255,
        255,
        255);
    assertPixels(
        new BitmapImageBuilder(bitmap(Bitmap.Config.RGBA_F16, Color.BLUE)).build(),
        MPImage.IMAGE_FORMAT_RGBA,
        0,
        0,
        255,
        255);
    Bitmap alpha = Bitmap.createBitmap(2, 1, Bitmap.Config.ALPHA_8);
    alpha.copyPixelsFromBuffer(ByteBuffer.wrap(new byte[] {7, (byte) 200, 0, 0}));
    assertPixels(new BitmapImageBuilder(alpha).build(), MPImage.IMAGE_FORMAT_ALPHA, 7, 200);
  }

  @Test
  public void closingRecyclesTheBitmap() {
    Bitmap bitmap = bitmap(Bitmap.Config.ARGB_8888, Color.RED);
    MPImage image = new BitmapImageBuilder(bitmap).build();
    assertSame(bitmap, BitmapExtractor.extract(image));
    image.close();
    assertTrue(bitmap.isRecycled());
    assertThrows(IllegalStateException.class, () -> BitmapExtractor.extract(image));
    assertThrows(IllegalArgumentException.class, () -> new BitmapImageBuilder(bitmap).build());
  }

  @Test
  public void aBitmapThatIsRecycledMeanwhileIsRefused() {
    Bitmap bitmap = bitmap(Bitmap.Config.ARGB_8888, Color.RED);
    MPImage image = new BitmapImageBuilder(bitmap).build();
    bitmap.recycle();
    assertThrows(IllegalStateException.class, () -> ByteBufferExtractor.extract(image));
  }

  @Test
  public void otherPicturesBecomeNewBitmaps() {
    ByteBuffer gray = ByteBuffer.wrap(new byte[] {(byte) 200, 7});
    MPImage image = new ByteBufferImageBuilder(gray, 1, 2, MPImage.IMAGE_FORMAT_ALPHA).build();
    Bitmap bitmap = BitmapExtractor.extract(image);
    assertEquals(Color.rgb(200, 200, 200), bitmap.getPixel(0, 0));
    assertEquals(Color.rgb(7, 7, 7), bitmap.getPixel(0, 1));
    assertNotSame(bitmap, BitmapExtractor.extract(image));
    ByteBuffer rgb = ByteBuffer.wrap(new byte[] {1, 2, 3});
    assertEquals(
        Color.rgb(1, 2, 3),
        BitmapExtractor.extract(
                new ByteBufferImageBuilder(rgb, 1, 1, MPImage.IMAGE_FORMAT_RGB).build())
            .getPixel(0, 0));
    ByteBuffer rgba = ByteBuffer.wrap(new byte[] {1, 2, 3, (byte) 255});
    assertEquals(
        Color.rgb(1, 2, 3),
        BitmapExtractor.extract(
                new ByteBufferImageBuilder(rgba, 1, 1, MPImage.IMAGE_FORMAT_RGBA).build())
            .getPixel(0, 0));
    assertThrows(IllegalArgumentException.class, () -> MediaImageExtractor.extract(image));
  }

  @Test
  public void aUriIsDecoded() throws IOException {
    Path owl = Project.file("models/emoji/samples/owl.png");
    MPImage image = new BitmapImageBuilder(context(), Uri.fromFile(owl.toFile())).build();
    Bitmap expected = BitmapFactory.decodeFile(owl.toString());
    assertTrue(expected.sameAs(BitmapExtractor.extract(image)));
    assertFalse(expected.isRecycled());
  }

  @Test
  public void aUriOfNothingIsAnIoException() {
    for (String path : List.of("no/such/file.png", "models/emoji/labels.txt")) {
      Uri uri = Uri.fromFile(Project.file(path).toFile());
      assertThrows(IOException.class, () -> new BitmapImageBuilder(context(), uri));
    }
  }
}
