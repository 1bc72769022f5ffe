// Copies strings out of a verified FlatBuffer. A small hostile file may point to one long string
// from thousands of places, so what is copied in all is bounded.
#ifndef CORE_MODEL_TEXT_BUDGET_H_
#define CORE_MODEL_TEXT_BUDGET_H_

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <string>

namespace edgetasks::model {

class TextBudget {
 public:
  // Honest files share a string between a few tables at most: twice the buffer is generous.
  explicit TextBudget(size_t buffer_bytes) : left_(2 * buffer_bytes) {}

  // "" for a string that is absent, or that is too much; then exceeded() stays true.
  std::string Copy(const flatbuffers::String* string) {
    if (string == nullptr) return "";
    if (string->size() > left_) {
      exceeded_ = true;
      return "";
    }
    left_ -= string->size();
    return string->str();
  }

  bool exceeded() const { return exceeded_; }

 private:
  size_t left_;
  bool exceeded_ = false;
};

}  // namespace edgetasks::model

#endif  // CORE_MODEL_TEXT_BUDGET_H_
