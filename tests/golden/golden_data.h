// Where the golden data lies.
#ifndef TESTS_GOLDEN_GOLDEN_DATA_H_
#define TESTS_GOLDEN_GOLDEN_DATA_H_

#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace edgetasks::testing {

// The folder, or "" if the environment does not name it.
inline std::string TestdataDir() {
  const char* dir = std::getenv("EDGETASKS_TESTDATA");
  return dir == nullptr ? "" : dir;
}

inline std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

inline nlohmann::json ReadJson(const std::string& path) {
  return nlohmann::json::parse(ReadFile(path), nullptr, false);
}

// Little-endian f32; empty if there is no such file.
inline std::vector<float> ReadFloats(const std::string& path) {
  const std::string bytes = ReadFile(path);
  std::vector<float> values(bytes.size() / sizeof(float));
  std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

}  // namespace edgetasks::testing

#define SKIP_WITHOUT_TESTDATA()                                                \
  if (::edgetasks::testing::TestdataDir().empty()) {                           \
    GTEST_SKIP() << "EDGETASKS_TESTDATA does not name the test data's folder"; \
  }                                                                            \
  static_assert(true)

#endif  // TESTS_GOLDEN_GOLDEN_DATA_H_
