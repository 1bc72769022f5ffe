// The causes of errors, finer than absl's canonical codes.
#ifndef CORE_BASE_ERROR_DETAIL_H_
#define CORE_BASE_ERROR_DETAIL_H_

namespace edgetasks {

/// Why a call failed. Numbers are stable: they cross the language bindings.
enum class ErrorDetail {
  kNone = 0,
  // Files.
  kFileNotFound = 100,
  kFileUnreadable = 101,
  kNotAModelFile = 102,      // content is none of the formats that EdgeTasks reads
  kUnsupportedFormat = 103,  // recognised (GGUF, ONNX, compressed bundle, ...), and refused
  kCorruptFile = 104,        // a known format, but its contents contradict themselves
  kMissingPart = 105,        // a bundle without its model or tokenizer
  kFileUnwritable = 106,     // no right, no directory, no space left
  // Graphs.
  kUnsupportedOp = 200,
  kUnsupportedType = 201,
  kInvalidGraph = 202,
  kUnknownSignature = 203,
  kWrongTensor = 204,  // a caller's tensor has the wrong name, type or shape
  kOutOfMemory = 205,
  // Options and metadata of the tasks.
  kInvalidOption = 300,
  kInvalidMetadata = 301,
  kNotALanguageModel = 302,
  kNotAClassifier = 303,
  kInvalidImage = 304,
  kWrongSession = 305,  // a saved session of another model, tokenizer or version
  // While running.
  kContextFull = 400,
  kCancelled = 401,
  kBusy = 402,
  kClosed = 403,
  kBadValue = 404,        // a run-time value outside its range, such as a token id
  kListenerFailed = 405,  // a callback threw
};

}  // namespace edgetasks

#endif  // CORE_BASE_ERROR_DETAIL_H_
