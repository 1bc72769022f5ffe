#include "cpp_api/cli/classification_writer.h"

#include <iostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "cpp_api/cli/terminal.h"
#include "nlohmann/json.hpp"

namespace edgetasks::cli {
namespace {

using Json = nlohmann::ordered_json;

class TextWriter : public ClassificationWriter {
 public:
  void Write(const std::string& picture, const ClassificationResult& result) override {
    std::cout << Bold(picture) << "\n";
    for (const Classifications& head : result.classifications) {
      if (result.classifications.size() > 1) {
        std::cout << "  head " << head.head_index
                  << (head.head_name ? absl::StrCat(" (", *head.head_name, ")") : "") << "\n";
      }
      for (const Category& category : head.categories) {
        std::cout << absl::StrFormat("  %.4f  %s\n", category.score, NameOf(category));
      }
      if (head.categories.empty()) std::cout << "  nothing above the threshold\n";
    }
  }
};

class JsonWriter : public ClassificationWriter {
 public:
  void Write(const std::string& picture, const ClassificationResult& result) override {
    Json json = {{"picture", picture}};
    json.update(ToJson(result));
    all_.push_back(std::move(json));
  }
  void Finish() override {
    std::cout << all_.dump(1, ' ', false, Json::error_handler_t::replace) << "\n";
  }

 private:
  Json all_ = Json::array();
};

// Scores have the nine digits that tell any two floats apart.
class CsvWriter : public ClassificationWriter {
 public:
  CsvWriter() { std::cout << "picture,head,rank,index,score,category_name,display_name\r\n"; }
  void Write(const std::string& picture, const ClassificationResult& result) override {
    for (const Classifications& head : result.classifications) {
      int rank = 0;
      for (const Category& category : head.categories) {
        std::cout << CsvField(picture) << ',' << head.head_index << ',' << ++rank << ','
                  << category.index << ',' << absl::StrFormat("%.9g", category.score) << ','
                  << CsvField(category.category_name) << ',' << CsvField(category.display_name)
                  << "\r\n";
      }
    }
  }
};

}  // namespace

std::string NameOf(const Category& category) {
  if (!category.display_name.empty()) return category.display_name;
  if (!category.category_name.empty()) return category.category_name;
  return absl::StrCat("class ", category.index);
}

Json ToJson(const ClassificationResult& result) {
  Json json = {{"classifications", Json::array()}};
  for (const Classifications& head : result.classifications) {
    Json entry = {{"head_index", head.head_index}};
    if (head.head_name) entry["head_name"] = *head.head_name;
    entry["categories"] = Json::array();
    for (const Category& category : head.categories) {
      Json c = {{"index", category.index}, {"score", category.score}};
      if (!category.category_name.empty()) c["category_name"] = category.category_name;
      if (!category.display_name.empty()) c["display_name"] = category.display_name;
      entry["categories"].push_back(c);
    }
    json["classifications"].push_back(entry);
  }
  return json;
}

std::string CsvField(absl::string_view field) {
  if (field.find_first_of("\",\r\n") == absl::string_view::npos) return std::string(field);
  return absl::StrCat("\"", absl::StrReplaceAll(field, {{"\"", "\"\""}}), "\"");
}

std::unique_ptr<ClassificationWriter> MakeClassificationWriter(OutputFormat format) {
  switch (format) {
    case OutputFormat::kJson:
      return std::make_unique<JsonWriter>();
    case OutputFormat::kCsv:
      return std::make_unique<CsvWriter>();
    case OutputFormat::kText:
      break;
  }
  return std::make_unique<TextWriter>();
}

}  // namespace edgetasks::cli
