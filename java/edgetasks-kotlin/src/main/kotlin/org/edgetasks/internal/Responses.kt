package org.edgetasks.internal

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.channels.trySendBlocking
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.flow.filter
import kotlinx.coroutines.flow.filterIsInstance
import kotlinx.coroutines.flow.flowOn
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.suspendCancellableCoroutine
import org.edgetasks.genai.llminference.LlmResponse
import org.edgetasks.genai.llminference.LlmResponseEvent
import org.edgetasks.genai.llminference.LlmResponseFuture
import org.edgetasks.genai.llminference.LlmResponseToken
import java.util.concurrent.CompletionException
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/** Suspends until the generation has ended; ends it if the caller is cancelled. */
internal suspend fun LlmResponseFuture.awaitResponse(): LlmResponse =
  suspendCancellableCoroutine { continuation ->
    continuation.invokeOnCancellation { cancel(true) }
    onResponse(continuation::resume, continuation::resumeWithException)
  }

/**
 * The events of a response that each collection starts, away from the collector's thread. [start]
 * gets who is to be told of text and tokens.
 */
internal fun eventsOf(
  start: (tell: (String, List<LlmResponseToken>) -> Unit) -> LlmResponseFuture,
): Flow<LlmResponseEvent> =
  callbackFlow {
    // A send that fails finds a collector that is gone, whose cancellation comes by awaitClose.
    val future =
      start { text, tokens ->
        if (text.isNotEmpty() || tokens.isNotEmpty()) {
          trySendBlocking(LlmResponseEvent.Partial(text, tokens))
        }
      }
    future.onResponse(
      { response ->
        trySendBlocking(LlmResponseEvent.Complete(response))
        close()
      },
      { failure -> close(failure) },
    )
    awaitClose { future.cancel(true) }
  }.flowOn(Dispatchers.IO)

internal fun Flow<LlmResponseEvent>.texts(): Flow<String> =
  filterIsInstance<LlmResponseEvent.Partial>().map { it.text }.filter { it.isNotEmpty() }

private fun LlmResponseFuture.onResponse(
  succeed: (LlmResponse) -> Unit,
  fail: (Throwable) -> Unit,
) {
  response().whenComplete { response, failure ->
    // A future that depends on another one wraps its failure.
    val cause = (failure as? CompletionException)?.cause ?: failure
    if (cause == null) succeed(response) else fail(cause)
  }
}
