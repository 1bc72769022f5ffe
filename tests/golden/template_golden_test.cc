// Chat templates against what jinja2 makes of them (record_templates.py).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <nlohmann/json.hpp>
#include <string>

#include "core/base/error.h"
#include "core/text/template/chat_template.h"

namespace edgetasks::text {
namespace {

nlohmann::ordered_json ReadCases() {
  const std::string path = std::string(EDGETASKS_GOLDEN_DATA) + "/templates.json.gz";
  const gzFile file = gzopen(path.c_str(), "rb");
  std::string all;
  char part[1 << 16];
  for (int got; file != nullptr && (got = gzread(file, part, sizeof(part))) > 0;) {
    all.append(part, static_cast<size_t>(got));
  }
  if (file != nullptr) gzclose(file);
  return nlohmann::ordered_json::parse(all, nullptr, false);
}

absl::StatusOr<std::string> Render(const std::string& source, const std::string& variables) {
  absl::StatusOr<ChatTemplate> chat = ChatTemplate::Parse(source);
  if (!chat.ok()) return chat.status();
  ChatTemplateOptions options;
  options.extra_json = variables;
  std::tm now{};
  now.tm_year = 126, now.tm_mon = 10, now.tm_mday = 21;  // as in the script
  now.tm_hour = 20, now.tm_min = 5, now.tm_sec = 9;
  options.now = now;
  return chat->Render({}, options);
}

TEST(TemplateGoldenTest, TextsAndErrorsAreJinjas) {
  const nlohmann::ordered_json golden = ReadCases();
  ASSERT_TRUE(golden.contains("cases"));
  ASSERT_GT(golden["cases"].size(), 500u);
  for (const auto& one : golden["cases"]) {
    const std::string name = one["name"];
    const auto text = Render(one["template"], one["extra"].dump());
    if (one["expected"].is_null()) {
      EXPECT_FALSE(text.ok()) << name << " gave " << ::testing::PrintToString(*text);
      continue;
    }
    ASSERT_NE(GetErrorDetail(text.status()), ErrorDetail::kOutOfMemory);
    EXPECT_TRUE(text.ok()) << name << ": " << text.status();
    if (text.ok()) {
      const std::string expected = one["expected"];
      EXPECT_TRUE(*text == expected) << name << "\ngot      " << ::testing::PrintToString(*text)
                                     << "\nexpected " << ::testing::PrintToString(expected);
    }
  }
}

}  // namespace
}  // namespace edgetasks::text
