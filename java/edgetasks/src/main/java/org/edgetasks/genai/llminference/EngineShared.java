package org.edgetasks.genai.llminference;

/** What the sessions of a model need after the model was closed. */
final class EngineShared {
  /** May be null. */
  final ErrorListener errorListener;

  /** What the model's weights are in, if that is a buffer: it must not be collected. */
  final Object modelBuffer;

  EngineShared(ErrorListener errorListener, Object modelBuffer) {
    this.errorListener = errorListener;
    this.modelBuffer = modelBuffer;
  }
}
