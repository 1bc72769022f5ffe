// Where other people's models and answers are.
#ifndef TESTS_SUPPORT_TESTDATA_H_
#define TESTS_SUPPORT_TESTDATA_H_

#include <cstdlib>
#include <string>

namespace edgetasks::test {

// The path of a file or folder of the test data: below the environment variable EDGETASKS_TESTDATA,
// or the folder that the build was configured with.
inline std::string TestDataPath(const std::string& name) {
  const char* folder = std::getenv("EDGETASKS_TESTDATA");
  return std::string(folder != nullptr ? folder : EDGETASKS_TESTDATA_DIR) + "/" + name;
}

// The path of a file of this project.
inline std::string SourcePath(const std::string& name) {
  return std::string(EDGETASKS_SOURCE_DIR) + "/" + name;
}

}  // namespace edgetasks::test

#endif  // TESTS_SUPPORT_TESTDATA_H_
