#include "cpp_api/cli/llm_options.h"

#include <map>
#include <string>

namespace edgetasks::cli {
namespace {

// An option that is one of the names in `values`.
template <typename T>
void AddChoice(CLI::App* command, const std::string& name, const std::string& help,
               const std::string& choices, const std::map<std::string, T>& values, T* value) {
  command
      ->add_option_function<std::string>(
          name, [value, values](const std::string& text) { *value = values.at(text); }, help)
      ->check(CLI::Validator(
          [values, choices](std::string& text) {
            return values.count(text) > 0 ? std::string() : text + " is none of " + choices;
          },
          choices));
}

}  // namespace

void AddLlmMemoryOptions(CLI::App* command, LlmInferenceOptions* options) {
  AddChoice<KvCacheType>(command, "--kv-cache",
                         "How keys and values are kept: fewer bits take less memory (default f32)",
                         "f32|f16|int8",
                         {{"f32", KvCacheType::kFloat32},
                          {"f16", KvCacheType::kFloat16},
                          {"int8", KvCacheType::kInt8}},
                         &options->kv_cache_type);
  AddChoice<WeightMemory>(command, "--weights",
                          "How the model file comes into memory, and whether it may leave it "
                          "(default read-ahead)",
                          "read-ahead|on-touch|locked",
                          {{"read-ahead", WeightMemory::kReadAhead},
                           {"on-touch", WeightMemory::kOnTouch},
                           {"locked", WeightMemory::kLocked}},
                          &options->weight_memory);
}

}  // namespace edgetasks::cli
