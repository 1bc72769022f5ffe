// The tokenizer of a model file, or of a file beside it.
#ifndef TASKS_LLM_INFERENCE_TOKENIZER_SOURCE_H_
#define TASKS_LLM_INFERENCE_TOKENIZER_SOURCE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "core/model/model_file.h"
#include "core/text/tokenizer.h"

namespace edgetasks::tasks {

// Opens the file at `tokenizer_path`, or where that is empty the tokenizer in `file` that is meant
// for its language model; of several a SentencePiece model rather than a tokenizer.json. Both kinds
// are told apart by their contents. NOT_FOUND (kMissingPart) if there is none; the message tells
// the way out. kCorruptFile, kUnsupportedFormat, kFileNotFound, kFileUnreadable.
absl::StatusOr<std::shared_ptr<const text::Tokenizer>> OpenTokenizer(
    const model::ModelFile& file, const std::string& tokenizer_path);

}  // namespace edgetasks::tasks

#endif  // TASKS_LLM_INFERENCE_TOKENIZER_SOURCE_H_
