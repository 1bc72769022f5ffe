#include "core/text/constraint/json_format.h"

#include <utility>

namespace edgetasks::text {
namespace {

// A leap year is a multiple of 4, but of 100 only if of 400 too.
#define LEAP_YEAR "(?:[1-9]\\d(?:0[48]|[2468][048]|[13579][26])|(?:[2468][048]|[13579][26])00)"
#define DATE                                                       \
  "(?:[1-9]\\d{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|" \
  "(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))|" LEAP_YEAR "-02-29)"
#define TIME                                             \
  "(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,6})?" \
  "(?:Z|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)"
#define OCTET "(?:\\d|[1-9]\\d|1\\d\\d|2[0-4]\\d|25[0-5])"
#define LABEL "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
#define HOST LABEL "(?:\\." LABEL "){0,3}"
#define ATOM "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,21}"
#define PATH_CHAR "(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"

constexpr std::pair<absl::string_view, const char*> kFormats[] = {
    {"date", DATE},
    {"time", TIME},
    {"date-time", DATE "T" TIME},
    {"uuid", "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"},
    {"ipv4", OCTET "(?:\\." OCTET "){3}"},
    {"hostname", HOST},
    {"email", ATOM "(?:\\." ATOM "){0,2}@" HOST},
    {"uri", "[a-z][a-z0-9+.-]{1,15}://" HOST "(?:/" PATH_CHAR "*)*(?:\\?(?:" PATH_CHAR
            "|[/?])*)?(?:#(?:" PATH_CHAR "|[/?])*)?"},
};

}  // namespace

const char* JsonFormatPattern(absl::string_view format) {
  for (const auto& [name, pattern] : kFormats) {
    if (name == format) return pattern;
  }
  return nullptr;
}

}  // namespace edgetasks::text
