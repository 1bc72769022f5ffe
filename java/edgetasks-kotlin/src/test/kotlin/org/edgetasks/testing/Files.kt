package org.edgetasks.testing

import java.io.File

/** The models and pictures that the project holds. */
object Files {
  val checkout = File(System.getProperty("edgetasks.checkout", "../.."))

  val story = model("story/story.task")
  val emoji = model("emoji/emoji_int8.tflite")
  val samples: List<File> =
    File(checkout, "models/emoji/samples")
      .listFiles { file -> file.extension == "png" }!!
      .sorted()

  private fun model(name: String) = File(checkout, "models/$name").canonicalPath
}
