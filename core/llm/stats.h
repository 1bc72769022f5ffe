// What one generation cost.
#ifndef CORE_LLM_STATS_H_
#define CORE_LLM_STATS_H_

namespace edgetasks::llm {

struct GenerateStats {
  int prompt_tokens = 0;      // fed before the first token was chosen
  int output_tokens = 0;      // chosen, stop tokens included
  double prefill_ms = 0;      // feeding the prompt, up to the last token but one
  double decode_ms = 0;       // all decode steps with sampling, without the listener's time
  double first_token_ms = 0;  // from the start to the first token; 0 if there was none
};

}  // namespace edgetasks::llm

#endif  // CORE_LLM_STATS_H_
