// A token as metadata names it.
#ifndef CORE_MODEL_TOKEN_SPEC_H_
#define CORE_MODEL_TOKEN_SPEC_H_

#include <cstdint>
#include <string>
#include <vector>

namespace edgetasks::model {

// A token given by ids (a sequence of them) or as text; exactly one of the two is non-empty in
// LlmSettings, both may be empty in a message.
struct TokenSpec {
  std::vector<int32_t> ids;
  std::string text;

  bool empty() const { return ids.empty() && text.empty(); }
};

}  // namespace edgetasks::model

#endif  // CORE_MODEL_TOKEN_SPEC_H_
