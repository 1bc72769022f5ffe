package org.edgetasks.internal

import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext

/**
 * Runs [create], which blocks, on a thread that may block. What it created is closed if the caller
 * was cancelled meanwhile and so will never see it.
 */
internal suspend fun <T : AutoCloseable> open(create: () -> T): T {
  var opened: T? = null
  try {
    return withContext(Dispatchers.IO) { create().also { opened = it } }
  } catch (e: CancellationException) {
    opened?.close()
    throw e
  }
}
