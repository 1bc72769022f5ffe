// What the programs that Java's answers are held against write alike.
#ifndef TESTS_E2E_PARITY_JSON_H_
#define TESTS_E2E_PARITY_JSON_H_

#include <cstring>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "edgetasks/error.h"
#include "nlohmann/json.hpp"

namespace edgetasks {

// A number to the bit, as the text of its bits.
template <typename Bits, typename Number>
std::string BitsOf(Number number) {
  static_assert(sizeof(Bits) == sizeof(Number), "the same bits");
  Bits bits;
  std::memcpy(&bits, &number, sizeof bits);
  return absl::StrCat(absl::Hex(bits));
}

inline nlohmann::json ErrorToJson(const absl::Status& error) {
  return {{"code", static_cast<int>(error.code())},
          {"detail", static_cast<int>(ErrorDetailOf(error))},
          {"message", std::string(error.message())}};
}

}  // namespace edgetasks

#endif  // TESTS_E2E_PARITY_JSON_H_
