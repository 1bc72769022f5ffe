package org.edgetasks.vision.imageclassifier

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.edgetasks.framework.image.MPImage
import org.edgetasks.internal.open
import org.edgetasks.vision.core.ImageProcessingOptions
import org.edgetasks.vision.imageclassifier.ImageClassifier.ImageClassifierOptions

/**
 * Builds what to classify with, and what to report.
 *
 * @param block calls the setters of the builder
 * @throws IllegalStateException if no base options are set
 * @throws IllegalArgumentException if an option is out of its range, or two contradict
 */
public inline fun imageClassifierOptions(
  block: ImageClassifierOptions.Builder.() -> Unit,
): ImageClassifierOptions = ImageClassifierOptions.builder().apply(block).build()

/**
 * Opens a model off the caller's thread. If the caller is cancelled meanwhile, the classifier is
 * closed again.
 *
 * @param options where the model is, and what to report
 * @return the classifier, to be closed, as with `use`
 * @throws org.edgetasks.core.EdgeTasksException if the file is not there, damaged, or not a
 *   classifier that EdgeTasks runs
 */
public suspend fun openImageClassifier(options: ImageClassifierOptions): ImageClassifier =
  open { ImageClassifier.createFromOptions(options) }

/**
 * Classifies a picture off the caller's thread, in
 * [RunningMode.IMAGE][org.edgetasks.vision.core.RunningMode.IMAGE].
 *
 * A picture takes milliseconds: cancelling the caller does not cut the call short, so that nobody
 * reads the pixels any more when this function has returned or thrown.
 *
 * @param image of any format that a builder makes (alpha is ignored)
 * @param imageProcessingOptions which part, and how to rotate it; default: all of it, as it is
 * @return what is in it, best classes first
 * @throws IllegalStateException in another mode, or if the classifier or the image is closed
 * @throws org.edgetasks.core.EdgeTasksException if the picture cannot be classified
 */
public suspend fun ImageClassifier.awaitResult(
  image: MPImage,
  imageProcessingOptions: ImageProcessingOptions = ImageProcessingOptions.builder().build(),
): ImageClassifierResult =
  withContext(Dispatchers.Default) { classify(image, imageProcessingOptions) }

/**
 * Classifies many pictures off the caller's thread, in
 * [RunningMode.IMAGE][org.edgetasks.vision.core.RunningMode.IMAGE], with the threads across them. A
 * picture that fails stops no other. See [ImageClassifier.classifyAll].
 *
 * A caller that is cancelled gets control back when all are classified.
 *
 * @param images of any format that a builder makes (alpha is ignored)
 * @param imageProcessingOptions which part of each, and how to rotate it; default: all, as they are
 * @return in the order of the pictures what is in each, or the
 *   [EdgeTasksException][org.edgetasks.core.EdgeTasksException] that says why it cannot be told
 * @throws IllegalStateException in another mode, or if the classifier or an image is closed
 */
public suspend fun ImageClassifier.awaitResults(
  images: List<MPImage>,
  imageProcessingOptions: ImageProcessingOptions = ImageProcessingOptions.builder().build(),
): List<Result<ImageClassifierResult>> =
  withContext(Dispatchers.Default) { classifyAll(images, imageProcessingOptions) }
    .map { outcome ->
      outcome.failure().map { Result.failure<ImageClassifierResult>(it) }.orElseGet {
        Result.success(outcome.get())
      }
    }
