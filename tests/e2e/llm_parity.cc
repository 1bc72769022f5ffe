// What C++ answers to a list of cases, as JSON: LlmFeaturesParityTest.java asks Java the same, and
// holds the two against one another.
//
//   llm_parity MODEL CASES.json
//
// Of each case: a session with its options, a response to its prompt, the score of a text after it,
// and another response from before the prompt, with options of its own.
#include <fstream>
#include <iostream>
#include <map>

#include "absl/strings/escaping.h"
#include "core/base/status_macros.h"
#include "edgetasks/llm_inference.h"
#include "nlohmann/json.hpp"
#include "tests/e2e/parity_json.h"

namespace edgetasks {
namespace {

using nlohmann::json;

std::vector<LlmLogitBias> ToBias(const json& list) {
  std::vector<LlmLogitBias> bias;
  for (const json& entry : list) bias.push_back({entry[0].get<int>(), entry[1].get<float>()});
  return bias;
}

LlmPromptTemplates ToTemplates(const json& texts) {
  const auto text = [&](const char* name) { return texts.value(name, std::string()); };
  return {text("user_prefix"),  text("user_suffix"),   text("model_prefix"),
          text("model_suffix"), text("system_prefix"), text("system_suffix")};
}

LlmResponseFormat ToFormat(const json& format) {
  return {static_cast<LlmResponseFormat::Kind>(format.value("kind", 0)),
          format.value("source", std::string()),
          format.value("choices", std::vector<std::string>())};
}

using Options = LlmInferenceSessionOptions;
using Setter = void (*)(const json&, Options*);

// An option by its name.
#define ET_OPTION(name, value)                                            \
  {                                                                       \
#name, [](const json& v, Options* options) { options->name = value; } \
  }

const std::map<std::string, Setter>& Setters() {
  static const auto* const setters = new std::map<std::string, Setter>{
      ET_OPTION(top_k, v),
      ET_OPTION(top_p, v),
      ET_OPTION(min_p, v),
      ET_OPTION(typical_p, v),
      ET_OPTION(temperature, v),
      ET_OPTION(random_seed, v),
      ET_OPTION(repetition_penalty, v),
      ET_OPTION(presence_penalty, v),
      ET_OPTION(frequency_penalty, v),
      ET_OPTION(penalty_window, v),
      ET_OPTION(no_repeat_ngram_size, v),
      ET_OPTION(logit_bias, ToBias(v)),
      ET_OPTION(suppressed_tokens, v.get<std::vector<int>>()),
      ET_OPTION(max_output_tokens, v),
      ET_OPTION(stop_strings, v.get<std::vector<std::string>>()),
      ET_OPTION(stop_tokens, v.get<std::vector<int>>()),
      ET_OPTION(timeout_ms, v),
      ET_OPTION(num_logprobs, v),
      ET_OPTION(overflow_policy, static_cast<LlmOverflowPolicy>(v.get<int>())),
      ET_OPTION(keep_tokens, v),
      ET_OPTION(response_format, ToFormat(v)),
      ET_OPTION(prompt_templates, ToTemplates(v)),
      ET_OPTION(chat_template, v),
  };
  return *setters;
}

#undef ET_OPTION

json ToJson(const LlmTokenLogprob& token) {
  return {{"id", token.id},
          {"bytes", absl::BytesToHexString(token.bytes)},
          {"logprob", BitsOf<uint32_t>(token.logprob)}};
}

json ToJson(const LlmResponseToken& token);

template <typename List>
json ToJsonList(const List& list) {
  json result = json::array();
  for (const auto& element : list) result.push_back(ToJson(element));
  return result;
}

json ToJson(const LlmResponseToken& token) {
  return {{"chosen", ToJson(token.chosen)}, {"top", ToJsonList(token.top)}};
}

json ToJson(const LlmResponse& response) {
  return {{"text", response.text},
          {"finish_reason", static_cast<int>(response.finish_reason)},
          {"tokens", ToJsonList(response.tokens)},
          {"prompt_tokens", response.prompt_tokens},
          {"output_tokens", response.output_tokens}};
}

json ToJson(const LlmScore& score) {
  return {{"logprob", BitsOf<uint64_t>(score.logprob)}, {"tokens", ToJsonList(score.tokens)}};
}

absl::Status Chat(LlmInferenceSession& session, const json& messages, json* answer) {
  for (const json& message : messages) {
    ET_RETURN_IF_ERROR(session.AddMessage({message[0], message[1]}));
  }
  ET_ASSIGN_OR_RETURN((*answer)["rendered"], session.RenderPrompt());
  ET_ASSIGN_OR_RETURN(const LlmResponse response, session.GenerateResponse());
  (*answer)["response"] = ToJson(response);
  ET_ASSIGN_OR_RETURN(const std::vector<LlmMessage> all, session.Messages());
  for (const LlmMessage& message : all) {
    (*answer)["messages"].push_back({message.role, message.content});
  }
  return absl::OkStatus();
}

absl::Status Answer(LlmInference& llm, const json& wanted, json* answer) {
  LlmInferenceSessionOptions options;
  for (const auto& [name, value] : wanted["options"].items()) Setters().at(name)(value, &options);
  const std::string prompt = wanted["prompt"];
  ET_ASSIGN_OR_RETURN(auto session, llm.CreateSession(options));
  ET_ASSIGN_OR_RETURN(const LlmCheckpoint start, session->Checkpoint());
  if (wanted.contains("messages")) return Chat(*session, wanted["messages"], answer);
  ET_ASSIGN_OR_RETURN((*answer)["prompt_size"], session->PromptSizeInTokens(prompt));
  ET_RETURN_IF_ERROR(session->AddQueryChunk(prompt));
  ET_ASSIGN_OR_RETURN(const LlmResponse response, session->GenerateResponse());
  (*answer)["response"] = ToJson(response);
  (*answer)["context_used"] = session->context_used();
  (*answer)["context_remaining"] = session->context_remaining();
  ET_ASSIGN_OR_RETURN(const LlmScore score, session->Score(wanted["score"].get<std::string>()));
  (*answer)["score"] = ToJson(score);
  ET_RETURN_IF_ERROR(session->Rewind(start));
  ET_RETURN_IF_ERROR(session->AddQueryChunk(prompt));
  options.num_logprobs = -1;
  ET_ASSIGN_OR_RETURN(const LlmResponse again, session->GenerateResponse(options));
  (*answer)["again"] = ToJson(again);
  return absl::OkStatus();
}

absl::Status Run(const char* model, const char* cases_path) {
  std::ifstream file(cases_path);
  const json cases = json::parse(file);
  LlmInferenceOptions options;
  options.base_options.model_asset_path = model;
  options.max_tokens = cases["max_tokens"];
  options.max_idle_contexts = 0;
  ET_ASSIGN_OR_RETURN(auto llm, LlmInference::Create(options));
  json answers = json::array();
  for (const json& wanted : cases["cases"]) {
    json answer = {{"name", wanted["name"]}};
    const absl::Status status = Answer(*llm, wanted, &answer);
    if (!status.ok()) answer["error"] = ErrorToJson(status);
    answers.push_back(std::move(answer));
  }
  std::cout << answers.dump(1) << "\n";
  return absl::OkStatus();
}

}  // namespace
}  // namespace edgetasks

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: llm_parity MODEL CASES.json\n";
    return 2;
  }
  const absl::Status status = edgetasks::Run(argv[1], argv[2]);
  if (!status.ok()) std::cerr << status.message() << "\n";
  return status.ok() ? 0 : 1;
}
