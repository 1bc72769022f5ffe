// A plain validator of JSON Schema, for tests: it shares nothing with what generates.
#ifndef TESTS_SUPPORT_SCHEMA_VALIDATOR_H_
#define TESTS_SUPPORT_SCHEMA_VALIDATOR_H_

#include <nlohmann/json.hpp>
#include <string>

namespace edgetasks::testing {

// Draft 2020-12 as far as RandomSchema goes, without formats. `why` says what is violated first.
// Patterns are std::regex over bytes: they may hold no classes beyond ASCII.
bool IsValid(const nlohmann::ordered_json& root, const nlohmann::ordered_json& schema,
             const nlohmann::ordered_json& value, std::string* why);

}  // namespace edgetasks::testing

#endif  // TESTS_SUPPORT_SCHEMA_VALIDATOR_H_
