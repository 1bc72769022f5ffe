#include "core/text/template/chat_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"

namespace edgetasks::text {
namespace {

using ::testing::HasSubstr;

absl::StatusOr<std::string> Render(absl::string_view source,
                                   const ChatTemplateOptions& options = {}) {
  const auto chat = ChatTemplate::Parse(source);
  if (!chat.ok()) return chat.status();
  return chat->Render({{"user", "Hi"}}, options);
}

std::string MessageOf(absl::string_view source) {
  return std::string(Render(source).status().message());
}

std::string Repeat(absl::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) absl::StrAppend(&all, text);
  return all;
}

TEST(ChatTemplateTest, RendersMessagesAndTokens) {
  ChatTemplateOptions options;
  options.bos_token = "<s>";
  const std::string source =
      "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"
      "{% if add_generation_prompt %}[model]{% endif %}";
  EXPECT_EQ(*Render(source, options), "<s>[user]Hi[model]");
  options.add_generation_prompt = false;
  EXPECT_EQ(*Render(source, options), "<s>[user]Hi");
}

TEST(ChatTemplateTest, TakesMoreVariablesAsJson) {
  ChatTemplateOptions options;
  options.extra_json = R"({"tools": [{"name": "é"}], "enable": false})";
  EXPECT_EQ(*Render("{{ tools | tojson }}{{ enable }}{{ messages[0].content }}", options),
            "[{\"name\": \"é\"}]FalseHi");
  options.extra_json = R"({"messages": [{"role": "a", "content": [1]}]})";
  EXPECT_EQ(*Render("{{ messages[0].content[0] }}", options), "1");
  for (const char* bad : {"[]", "{", "3"}) {
    options.extra_json = bad;
    EXPECT_EQ(GetErrorDetail(Render("", options).status()), ErrorDetail::kInvalidOption);
  }
}

TEST(ChatTemplateTest, PassesOnWhatTheTemplateRefuses) {
  const auto text = Render("{{ raise_exception('Roles must alternate') }}");
  EXPECT_EQ(text.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(GetErrorDetail(text.status()), ErrorDetail::kInvalidOption);
  EXPECT_THAT(std::string(text.status().message()), HasSubstr("Roles must alternate"));
}

TEST(ChatTemplateTest, NamesWhatItDoesNotKnowAndWhere) {
  EXPECT_THAT(MessageOf("a\n  {% include 'x' %}"),
              HasSubstr("line 2, column 6: the tag {% include %}"));
  EXPECT_THAT(MessageOf("\n{{ a | groupby('x') }}"),
              HasSubstr("line 2, column 8: the filter \"groupby\""));
  EXPECT_THAT(MessageOf("{{ 1 is filter }}"), HasSubstr("the test \"filter\""));
  EXPECT_THAT(MessageOf("{{ cycler(1) }}"), HasSubstr("'cycler' is undefined"));
  EXPECT_THAT(MessageOf("{% if x %}"), HasSubstr("ends before {% endif %}"));
  EXPECT_THAT(MessageOf("{{ x.y.z }}"), HasSubstr("'x' is undefined"));
  EXPECT_THAT(MessageOf("{{ [1].append(2) }}"), HasSubstr("may not"));
}

// Each of these would run for hours, or take all memory.
TEST(ChatTemplateTest, EndsWhateverTheTemplateSays) {
  const std::string doubling = "{% set ns = namespace(s='ab') %}{% for i in range(99) %}";
  const std::string templates[] = {
      "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
      doubling + "{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
      doubling + "{% set ns.s = ns.s | replace('a', 'aaaaaaaaaaaaaaaaaaaa') %}{% endfor %}",
      doubling + "{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}",
      doubling + "{% set ns.s = ns.s * 1000000 %}{% endfor %}",
      "{{ 'a' * 9223372036854775807 }}",
      "{{ [1, 2] * 4611686018427387904 }}",
      "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
      "{% macro f(n) %}{{ f(n + 1) }}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}",
      "{% for x in [[1]] recursive %}{{ loop([x]) }}{% endfor %}",
      "{% for a in range(99999) %}{{ 'x' * 1000 }}{% endfor %}",
      "{% for a in range(99999) %}{{ range(99999) | join }}{% endfor %}",
      "{% for a in range(99999) %}{{ messages | tojson(indent=64) | indent(256) }}{% endfor %}",
      "{{ range(10000000) }}",
      "{% set a = range(99999) | list %}{% for i in a %}{% if 'x' in a %}{% endif %}{% endfor %}",
      Repeat("{% if 1 %}", 100000),
      absl::StrCat("{{ ", Repeat("(", 100000)),
      absl::StrCat("{{ ", Repeat("[", 100000)),
      absl::StrCat("{{ ", Repeat("-", 100000), "1 }}"),
      absl::StrCat("{{ ", Repeat("not ", 100000), "1 }}"),
      absl::StrCat("{{ 1", Repeat(" + 1", 100000), " }}"),
      absl::StrCat("{{ a", Repeat(".a", 100000), " }}"),
      absl::StrCat("{{ a", Repeat("|d", 100000), " }}"),
      absl::StrCat("{{ 1", Repeat(" if 1 else 1", 100000), " }}")};
  for (const std::string& source : templates) {
    const auto start = std::chrono::steady_clock::now();
    const auto text = Render(source);
    EXPECT_FALSE(text.ok()) << source.substr(0, 100);
    EXPECT_EQ(GetErrorDetail(text.status()), ErrorDetail::kInvalidMetadata) << text.status();
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20))
        << source.substr(0, 100);
  }
}

TEST(ChatTemplateTest, DamagedTemplatesAreErrorsOrTexts) {
  const std::string original =
      "{%- macro f(a, b='x') -%}{{ a ~ b }}{%- endmacro %}{# c #}{% set ns = namespace(n=0) %}\n"
      "{% for m in messages[::-1] if m.role is not none %}{% set ns.n = ns.n + loop.index0 %}\n"
      "{{ f(m['content'][1:] | trim, b={'k': [1.5, true]}['k'] | tojson(indent=2)) if not "
      "loop.last "
      "else '\\u00e9' }}{% elif %}{% else %}none{% endfor %}{% call(x) f(1) %}{{ x }}{% endcall %}"
      "{% filter upper %}{{ 'ab'.split('b')[0] is eq('a') }}{% endfilter %}{{ range(3) | list }}";
  const std::string parts[] = {"{{",
                               "}}",
                               "{%",
                               "%}",
                               "'",
                               "|",
                               "(",
                               ")",
                               "[",
                               "]",
                               "{",
                               "}",
                               ".",
                               "-",
                               " if ",
                               " is ",
                               " in ",
                               "endfor",
                               "9223372036854775807",
                               "loop",
                               "* 99999",
                               ":",
                               ",",
                               "\xFF"};
  std::mt19937 random(7);
  for (int i = 0; i < 5000; ++i) {
    std::string source = original;
    for (unsigned changes = 1 + random() % 4; changes > 0; --changes) {
      const size_t at = random() % source.size(), length = random() % 6;
      source.replace(at, length, random() % 3 == 0 ? "" : parts[random() % std::size(parts)]);
    }
    const auto text = Render(source);
    if (!text.ok()) {
      ASSERT_NE(GetErrorDetail(text.status()), ErrorDetail::kNone) << source;
    }
  }
}

}  // namespace
}  // namespace edgetasks::text
