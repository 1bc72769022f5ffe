package androidx.camera.core;

/** What the sample uses of CameraX's class of this name; part of no artifact. */
public final class ImageAnalysis {
  private ImageAnalysis() {}

  /** Gets the frames, one at a time. */
  public interface Analyzer {
    /** Must close the frame. */
    void analyze(ImageProxy image);
  }
}
