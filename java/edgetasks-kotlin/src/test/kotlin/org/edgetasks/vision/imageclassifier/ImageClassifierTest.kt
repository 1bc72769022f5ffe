package org.edgetasks.vision.imageclassifier

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import org.edgetasks.core.EdgeTasksException
import org.edgetasks.core.ErrorDetail
import org.edgetasks.core.baseOptions
import org.edgetasks.framework.image.BufferedImageBuilder
import org.edgetasks.framework.image.imageOfTooFewBytes
import org.edgetasks.testing.Files
import org.edgetasks.vision.core.RectF
import org.edgetasks.vision.core.RunningMode
import org.edgetasks.vision.core.imageProcessingOptions
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNotEquals
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import javax.imageio.ImageIO

@Timeout(60)
class ImageClassifierTest {
  private val options =
    imageClassifierOptions {
      setBaseOptions(baseOptions { setModelAssetPath(Files.emoji) })
      setMaxResults(3)
    }
  private val images = Files.samples.map { BufferedImageBuilder(ImageIO.read(it)).build() }

  @Test
  fun `awaits what the blocking call returns`() {
    runBlocking(Dispatchers.Default) {
      openImageClassifier(options).use { classifier ->
        val expected = images.map { classifier.classify(it) }
        assertEquals(expected, images.map { async { classifier.awaitResult(it) } }.awaitAll())
        assertEquals(
          Files.samples.map { it.nameWithoutExtension },
          expected.map {
            it
              .classificationResult()
              .classifications()[0]
              .categories()[0]
              .categoryName()
          },
        )
      }
    }
  }

  @Test
  fun `awaits many pictures, one of which fails`() {
    runBlocking {
      openImageClassifier(options).use { classifier ->
        val results = classifier.awaitResults(listOf(images[0], imageOfTooFewBytes(), images[1]))
        assertEquals(classifier.classify(images[0]), results[0].getOrThrow())
        assertEquals(classifier.classify(images[1]), results[2].getOrThrow())
        val failure = results[1].exceptionOrNull() as EdgeTasksException
        assertEquals(ErrorDetail.INVALID_IMAGE, failure.errorDetail)
      }
    }
  }

  @Test
  fun `takes a region of interest`() {
    val corner = imageProcessingOptions { setRegionOfInterest(RectF(0f, 0f, 0.5f, 0.5f)) }
    runBlocking {
      openImageClassifier(options).use { classifier ->
        val result = classifier.awaitResult(images[0], corner)
        assertEquals(classifier.classify(images[0], corner), result)
        assertNotEquals(classifier.classify(images[0]), result)
      }
    }
  }

  @Test
  fun `a model of another kind is an EdgeTasksException`() {
    val failure =
      assertThrows(EdgeTasksException::class.java) {
        val story = baseOptions { setModelAssetPath(Files.story) }
        runBlocking { openImageClassifier(imageClassifierOptions { setBaseOptions(story) }) }
      }
    assertNotEquals(ErrorDetail.NONE, failure.errorDetail)
  }

  @Test
  fun `another running mode is an IllegalStateException`() {
    val video = options.toBuilder().setRunningMode(RunningMode.VIDEO).build()
    ImageClassifier.createFromOptions(video).use { classifier ->
      assertThrows(IllegalStateException::class.java) {
        runBlocking { classifier.awaitResult(images[0]) }
      }
    }
  }
}
