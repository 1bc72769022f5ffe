package org.edgetasks.vision.core

/**
 * Builds what to do with a picture before a task looks at it.
 *
 * @param block calls the setters of the builder
 * @throws IllegalArgumentException if an option is out of its range
 */
public inline fun imageProcessingOptions(
  block: ImageProcessingOptions.Builder.() -> Unit,
): ImageProcessingOptions = ImageProcessingOptions.builder().apply(block).build()
