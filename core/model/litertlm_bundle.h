// The reader of .litertlm: a header and sections (see litertlm_header.h).
#ifndef CORE_MODEL_LITERTLM_BUNDLE_H_
#define CORE_MODEL_LITERTLM_BUNDLE_H_

#include "absl/status/status.h"
#include "core/model/model_file.h"

namespace edgetasks::model {

// The most that the tokenizers of one file may decompress to. The largest tokenizer.json in use
// (262144 pieces) has 33 MiB.
inline constexpr uint64_t kMaxTokenizerBytes = uint64_t{48} << 20;

// Fills `result`, whose `file` is set. Of several graphs of one type, made for several backends,
// the one for the CPU is read; the sections of the others say that they were skipped. Errors:
// kMissingPart if there is no graph; kUnsupportedFormat for graphs that only an NPU or a
// hand-written GPU engine runs, and for weights outside of their graph; kCorruptFile.
absl::Status ReadLitertlmBundle(ModelFile* result);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_LITERTLM_BUNDLE_H_
