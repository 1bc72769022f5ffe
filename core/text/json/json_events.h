// A JSON text (RFC 8259) as a sequence of events: nothing is kept that the receiver does not keep.
#ifndef CORE_TEXT_JSON_JSON_EVENTS_H_
#define CORE_TEXT_JSON_JSON_EVENTS_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace edgetasks::text {

// Receives what stands in the text, in order. An error ends the reading and is returned by it.
// Strings are valid UTF-8 and may be moved from.
class JsonEvents {
 public:
  virtual ~JsonEvents() = default;

  virtual absl::Status Null() = 0;
  virtual absl::Status Bool(bool value) = 0;
  virtual absl::Status Integer(int64_t value) = 0;
  // Also integers beyond int64_t.
  virtual absl::Status Number(double value) = 0;
  virtual absl::Status String(std::string* value) = 0;
  virtual absl::Status StartObject() = 0;
  virtual absl::Status Key(std::string* name) = 0;
  virtual absl::Status EndObject() = 0;
  virtual absl::Status StartArray() = 0;
  virtual absl::Status EndArray() = 0;
};

// Reads one value that fills `text`. INVALID_ARGUMENT (kCorruptFile) with the place if `text` is no
// JSON; else what `events` says. Nesting costs no stack.
absl::Status ReadJson(absl::string_view text, JsonEvents* events);

}  // namespace edgetasks::text

#endif  // CORE_TEXT_JSON_JSON_EVENTS_H_
