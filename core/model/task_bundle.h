// The reader of .task: a ZIP of stored entries with fixed names.
//
//   TF_LITE_PREFILL_DECODE        the graph
//   TOKENIZER_MODEL               a SentencePiece model
//   METADATA                      a LlmParameters message
//   TF_LITE_EMBEDDER, ...         further graphs
#ifndef CORE_MODEL_TASK_BUNDLE_H_
#define CORE_MODEL_TASK_BUNDLE_H_

#include "absl/status/status.h"
#include "core/model/model_file.h"

namespace edgetasks::model {

// Fills `result`, whose `file` is set, from the ZIP that the file is. Errors: kMissingPart if this
// is a bundle without its graph; kUnsupportedFormat for compressed entries and for ZIPs of other
// programs, which are named; kNotAModelFile for other ZIPs; kCorruptFile.
absl::Status ReadTaskBundle(ModelFile* result);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_TASK_BUNDLE_H_
