// Continues a prompt, part by part as the text comes.
//
//   story_example MODEL PROMPT
#include <iostream>

#include "edgetasks/llm_inference.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: story_example MODEL PROMPT\n";
    return 2;
  }
  edgetasks::LlmInferenceOptions options;
  options.base_options.model_asset_path = argv[1];
  auto llm = edgetasks::LlmInference::Create(options);
  if (!llm.ok()) {
    std::cerr << llm.status().message() << "\n";
    return 1;
  }

  edgetasks::LlmInferenceSessionOptions session_options;
  session_options.temperature = 0;  // always the most probable token
  session_options.max_output_tokens = 48;
  auto session = (*llm)->CreateSession(session_options);
  if (!session.ok()) {
    std::cerr << session.status().message() << "\n";
    return 1;
  }
  if (auto status = (*session)->AddQueryChunk(argv[2]); !status.ok()) {
    std::cerr << status.message() << "\n";
    return 1;
  }
  auto future = (*session)->GenerateResponseAsync(
      [](absl::string_view partial, bool done) { std::cout << partial << (done ? "\n" : ""); });
  if (!future.ok()) {
    std::cerr << future.status().message() << "\n";
    return 1;
  }
  auto response = future->Get();
  if (!response.ok()) {
    std::cerr << response.status().message() << "\n";
    return 1;
  }
  std::cerr << response->output_tokens << " tokens in " << response->decode_ms << " ms\n";
  return 0;
}
