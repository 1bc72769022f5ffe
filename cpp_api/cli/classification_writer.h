// How `edgetasks classify` prints: text for people, JSON or CSV for programs.
#ifndef CPP_API_CLI_CLASSIFICATION_WRITER_H_
#define CPP_API_CLI_CLASSIFICATION_WRITER_H_

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "edgetasks/category.h"
#include "nlohmann/json_fwd.hpp"

namespace edgetasks::cli {

// What a person is told of a class: its name for the locale, its label, or "class 7".
std::string NameOf(const Category& category);

// {"classifications": [{"head_index", "head_name"?, "categories": [{"index", "score",
// "category_name"?, "display_name"?}]}]}
nlohmann::ordered_json ToJson(const ClassificationResult& result);

// `field` as RFC 4180 has it: in quotes if it holds a quote, a comma or the end of a line.
std::string CsvField(absl::string_view field);

// Writes results to stdout as they come.
class ClassificationWriter {
 public:
  virtual ~ClassificationWriter() = default;
  virtual void Write(const std::string& picture, const ClassificationResult& result) = 0;
  // After the last picture.
  virtual void Finish() {}
};

enum class OutputFormat {
  kText,
  kJson,  // one array, an object a picture
  kCsv,   // a header, and a line for each category: see classification_writer.cc
};

std::unique_ptr<ClassificationWriter> MakeClassificationWriter(OutputFormat format);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_CLASSIFICATION_WRITER_H_
