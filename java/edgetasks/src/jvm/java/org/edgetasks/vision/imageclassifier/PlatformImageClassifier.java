package org.edgetasks.vision.imageclassifier;

/** What the classifier has on this platform only: nothing. */
abstract class PlatformImageClassifier {
  PlatformImageClassifier() {}
}
