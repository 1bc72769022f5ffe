// What `edgetasks inspect` says about a model file, as JSON; the text form is printed from it.
#ifndef CPP_API_CLI_INSPECT_REPORT_H_
#define CPP_API_CLI_INSPECT_REPORT_H_

#include "core/model/model_file.h"
#include "nlohmann/json.hpp"

namespace edgetasks::cli {

// Keys: container, file_bytes, sections, system_metadata, signatures, graphs, ops, quantization,
// metadata, tokenizer, llm, memory, missing. Dtypes are numpy's names, sizes are in bytes.
nlohmann::ordered_json Inspect(const model::ModelFile& file);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_INSPECT_REPORT_H_
