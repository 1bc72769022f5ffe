// Opens a model file of any container that EdgeTasks reads, recognised by its content:
//
//   .tflite    a FlatBuffer with identifier TFL3, perhaps with TFLite metadata and a ZIP of
//              associated files behind it
//   .task      a ZIP of stored entries: TF_LITE_PREFILL_DECODE, TOKENIZER_MODEL, METADATA, ...
//   .litertlm  "LITERTLM", a header and sections
//
// Everything is verified here; what this returns can be trusted by all that follows. (Checksums of
// ZIP entries are not: that would read every weight.)
#ifndef CORE_MODEL_MODEL_FILE_H_
#define CORE_MODEL_MODEL_FILE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/base/mapped_file.h"
#include "core/ir/graph.h"
#include "core/model/executor_metadata.h"
#include "core/model/file_format.h"
#include "core/model/llm_settings.h"
#include "core/model/section.h"
#include "core/model/tflite_metadata.h"

namespace edgetasks::model {

// A graph file inside the container.
struct ModelPart {
  std::string type;  // "tf_lite_prefill_decode", "tf_lite_embedder", ...; "" for a bare .tflite
  int section = 0;   // index of ModelFile::sections
  ir::Model model;
};

enum class TokenizerKind { kSentencePiece, kHuggingFaceJson };

struct TokenizerPart {
  TokenizerKind kind = TokenizerKind::kSentencePiece;
  absl::Span<const uint8_t> bytes;  // the SentencePiece proto, or tokenizer.json (decompressed)
  std::string model_type;  // the graph that it belongs to, where a .litertlm says so; else ""
};

// An opened file. Plain data, immutable: share it between threads by shared_ptr. Views in it point
// into `file` and stay valid as long as this object lives.
struct ModelFile {
  std::shared_ptr<const MappedFile> file;
  Container container = Container::kTflite;
  std::vector<Section> sections;
  std::vector<KeyValue> system_metadata;  // of a .litertlm
  std::vector<ModelPart> models;          // at least one; a bundle's prefill/decode model first
  std::vector<TokenizerPart> tokenizers;
  std::optional<LlmSettings> llm;            // of a bundle that says anything
  std::optional<ExecutorMetadata> executor;  // of a .litertlm
  std::optional<TfliteMetadata> metadata;    // of a bare .tflite
  // Backing memory of values that could not be views: decompressed tokenizers, realigned constants.
  std::vector<std::unique_ptr<std::vector<uint64_t>>> owned;

  const ir::Model& main_model() const { return models.front().model; }
};

// Opens, verifies and reads. Errors, all with the file's name in front:
//   kNotAModelFile       none of the three formats
//   kUnsupportedFormat   recognised and refused, with the way out: GGUF, ONNX, compressed ZIP
//                        entries, MediaPipe's hand-written-graph .bin, NPU-compiled graphs, a newer
//                        major version of .litertlm
//   kCorruptFile         a known format whose contents contradict themselves
//   kMissingPart         a bundle without its model
//   kInvalidMetadata     metadata whose numbers are out of range
// and those of ReadTflite (core/model/tflite_reader.h). A missing tokenizer or missing metadata is
// not an error here. Thread safe; the weights are neither copied nor read.
absl::StatusOr<std::shared_ptr<const ModelFile>> OpenModelFile(
    std::shared_ptr<const MappedFile> file);

}  // namespace edgetasks::model

#endif  // CORE_MODEL_MODEL_FILE_H_
