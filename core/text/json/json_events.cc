#include "core/text/json/json_events.h"

#include <limits>
#include <nlohmann/json.hpp>

#include "core/base/error.h"

namespace edgetasks::text {
namespace {

// The library's receiver: false ends the reading. Nothing here or below throws; the exception that
// describes a syntax error is handed over as an object.
class Adapter : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Adapter(JsonEvents* events) : events_(*events) {}

  const absl::Status& status() const { return status_; }

  bool null() override { return Keep(events_.Null()); }
  bool boolean(bool value) override { return Keep(events_.Bool(value)); }
  bool number_integer(number_integer_t value) override { return Keep(events_.Integer(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<int64_t>::max())) {
      return Keep(events_.Number(static_cast<double>(value)));
    }
    return Keep(events_.Integer(static_cast<int64_t>(value)));
  }
  bool number_float(number_float_t value, const string_t&) override {
    return Keep(events_.Number(value));
  }
  bool string(string_t& value) override { return Keep(events_.String(&value)); }
  bool binary(binary_t&) override { return false; }  // no part of JSON
  bool start_object(std::size_t) override { return Keep(events_.StartObject()); }
  bool key(string_t& name) override { return Keep(events_.Key(&name)); }
  bool end_object() override { return Keep(events_.EndObject()); }
  bool start_array(std::size_t) override { return Keep(events_.StartArray()); }
  bool end_array() override { return Keep(events_.EndArray()); }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception& error) override {
    // "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error while ..."
    const absl::string_view message = error.what();
    const size_t start = message.find("] ");
    return Keep(
        CorruptFile("byte ", position, ": ",
                    start == absl::string_view::npos ? message : message.substr(start + 2)));
  }

 private:
  bool Keep(absl::Status status) {
    if (status.ok()) return true;
    if (status_.ok()) status_ = std::move(status);
    return false;
  }

  JsonEvents& events_;
  absl::Status status_;
};

}  // namespace

absl::Status ReadJson(absl::string_view text, JsonEvents* events) {
  Adapter adapter(events);
  const bool read = nlohmann::json::sax_parse(text.begin(), text.end(), &adapter);
  if (!adapter.status().ok()) return adapter.status();
  return read ? absl::OkStatus() : CorruptFile("the text is no JSON");
}

}  // namespace edgetasks::text
