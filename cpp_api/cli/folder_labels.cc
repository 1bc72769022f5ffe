#include "cpp_api/cli/folder_labels.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "core/base/error.h"

namespace edgetasks::cli {
namespace {

constexpr size_t kSuggestions = 3;

// "Granny_Smith" and "granny smith" are the same.
std::string Plain(absl::string_view name) {
  std::string plain = absl::AsciiStrToLower(name);
  std::replace_if(
      plain.begin(), plain.end(), [](char c) { return c == '_' || c == '-'; }, ' ');
  return plain;
}

// Insertions, removals and changes of bytes that lead from one to the other (Levenshtein 1966).
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
  }
  return row.back();
}

std::string MostAlike(absl::string_view name, absl::Span<const std::string> labels) {
  std::vector<std::pair<size_t, absl::string_view>> distances;
  for (const std::string& label : labels) {
    if (!label.empty()) distances.emplace_back(EditDistance(Plain(name), Plain(label)), label);
  }
  const size_t n = std::min(kSuggestions, distances.size());
  std::partial_sort(distances.begin(), distances.begin() + n, distances.end());
  std::vector<std::string> quoted;
  for (size_t i = 0; i < n; ++i) quoted.push_back(absl::StrCat("'", distances[i].second, "'"));
  return absl::StrJoin(quoted, ", ");
}

class Matcher {
 public:
  explicit Matcher(absl::Span<const std::string> labels) : labels_(labels) {
    for (size_t i = 0; i < labels.size(); ++i) {
      if (labels[i].empty()) continue;
      exact_[labels[i]].push_back(static_cast<int>(i));
      plain_[Plain(labels[i])].push_back(static_cast<int>(i));
    }
  }

  // The class of a folder, or -1 and a problem.
  int Match(const std::string& folder, std::vector<std::string>* problems) const {
    for (const auto& [table, name] :
         {std::pair(&exact_, folder), std::pair(&plain_, Plain(folder))}) {
      const auto found = table->find(name);
      if (found == table->end()) continue;
      if (found->second.size() == 1) return found->second.front();
      problems->push_back(absl::StrCat("'", folder, "' stands for the classes ",
                                       absl::StrJoin(found->second, ", "),
                                       "; name it by one of these numbers"));
      return -1;
    }
    int index = 0;
    if (absl::SimpleAtoi(folder, &index) && index >= 0 &&
        index < static_cast<int>(labels_.size())) {
      return index;
    }
    const std::string alike = MostAlike(folder, labels_);
    problems->push_back(absl::StrCat(
        "'", folder, "' is no label of the model and no class index from 0 to ", labels_.size() - 1,
        alike.empty() ? "; the model has no labels" : absl::StrCat("; most alike: ", alike)));
    return -1;
  }

 private:
  absl::Span<const std::string> labels_;
  std::map<std::string, std::vector<int>> exact_, plain_;
};

}  // namespace

absl::StatusOr<std::vector<int>> MatchFolders(absl::Span<const std::string> folders,
                                              absl::Span<const std::string> labels) {
  const Matcher matcher(labels);
  std::vector<int> classes;
  std::vector<std::string> problems;
  std::map<int, std::string> taken;
  for (const std::string& folder : folders) {
    classes.push_back(matcher.Match(folder, &problems));
    if (classes.back() < 0) continue;
    const auto [other, is_new] = taken.emplace(classes.back(), folder);
    if (!is_new) {
      problems.push_back(absl::StrCat("'", other->second, "' and '", folder,
                                      "' both stand for class ", classes.back()));
    }
  }
  if (problems.empty()) return classes;
  return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                   absl::StrCat("folders must be named by the model's labels, or by class "
                                "indices (--labels FILE sets other labels):\n  ",
                                absl::StrJoin(problems, "\n  ")));
}

}  // namespace edgetasks::cli
