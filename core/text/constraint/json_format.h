// What JSON Schema's `format` names.
#ifndef CORE_TEXT_CONSTRAINT_JSON_FORMAT_H_
#define CORE_TEXT_CONSTRAINT_JSON_FORMAT_H_

#include "absl/strings/string_view.h"

namespace edgetasks::text {

// A regular expression (regex.h) of texts that are valid in the format, or nullptr if it is not
// known:
//   date       RFC 3339, years 1000 to 9999; days exist in their month
//   time       RFC 3339, no leap seconds, up to 6 digits of a second's fraction, with an offset
//   date-time  the two with a T between them
//   uuid       RFC 4122
//   ipv4       RFC 2673
//   hostname   RFC 1123: up to four labels of up to 63 letters, digits and inner hyphens
//   email      RFC 5321 without quoted parts: up to 64 characters at such a hostname
//   uri        RFC 3986: a scheme, "://", such a hostname, a path, a query, a fragment
// Each is exact but for the limits given: all of its texts are valid.
const char* JsonFormatPattern(absl::string_view format);
// Their names, for messages.
inline constexpr absl::string_view kJsonFormats =
    "date, time, date-time, uuid, ipv4, hostname, email, uri";

}  // namespace edgetasks::text

#endif  // CORE_TEXT_CONSTRAINT_JSON_FORMAT_H_
