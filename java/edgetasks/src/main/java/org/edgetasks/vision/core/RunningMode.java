package org.edgetasks.vision.core;

/** How a task on pictures is fed. */
public enum RunningMode {
  /** Single pictures: the call returns the result. */
  IMAGE,
  /** Frames of a video, in the order of time: the call returns the result. */
  VIDEO,
  /** Frames of a camera: the call returns at once, and a listener gets the result. */
  LIVE_STREAM
}
