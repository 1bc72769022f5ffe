// Random JSON Schemas that constrained output honours.
#ifndef TESTS_SUPPORT_RANDOM_SCHEMA_H_
#define TESTS_SUPPORT_RANDOM_SCHEMA_H_

#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>

namespace edgetasks::testing {

// The same sequence for the same seed. Every keyword of core/text/constraint/json_schema.h turns
// up, nested and combined; some value is valid under each schema.
class RandomSchema {
 public:
  explicit RandomSchema(uint64_t seed) : random_(seed) {}

  nlohmann::ordered_json Next();

 private:
  using Json = nlohmann::ordered_json;

  int Below(int n) { return static_cast<int>(random_() % n); }
  bool OneIn(int n) { return Below(n) == 0; }
  Json Schema(int depth);
  Json Integer();
  Json Number();
  Json String();
  Json Listed();
  Json Array(int depth);
  Json Object(int depth);
  Json Combined(int depth);

  std::mt19937_64 random_;
  bool recursive_ = false;  // "#/$defs/tree" is there
};

}  // namespace edgetasks::testing

#endif  // TESTS_SUPPORT_RANDOM_SCHEMA_H_
