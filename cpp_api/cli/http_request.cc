#include "cpp_api/cli/http_request.h"

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/base/status_macros.h"

namespace edgetasks::cli {
namespace {

constexpr absl::string_view kLineEnd = "\r\n";

template <typename... Args>
absl::Status Malformed(const Args&... args) {
  return absl::InvalidArgumentError(absl::StrCat("malformed request: ", args...));
}

bool IsVisible(absl::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

absl::Status ReadRequestLine(absl::string_view line, HttpRequest* request) {
  const std::vector<absl::string_view> parts = absl::StrSplit(line, ' ');
  if (parts.size() != 3 || !IsVisible(parts[0]) || !IsVisible(parts[1]) || parts[1][0] != '/' ||
      (parts[2] != "HTTP/1.1" && parts[2] != "HTTP/1.0")) {
    return Malformed("expected METHOD /path HTTP/1.1 in its first line");
  }
  request->method = std::string(parts[0]);
  request->path = std::string(parts[1].substr(0, parts[1].find('?')));
  return absl::OkStatus();
}

absl::Status ReadLength(absl::string_view value, HttpRequest* request) {
  const bool digits =
      !value.empty() && std::all_of(value.begin(), value.end(), absl::ascii_isdigit);
  if (!digits) return Malformed("Content-Length is no number");
  if (!absl::SimpleAtoi(value, &request->content_length) ||
      request->content_length > kMaxBodyBytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("the picture is larger than ", kMaxBodyBytes >> 20, " MiB"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<HttpRequest> ParseRequestHead(absl::string_view head) {
  if (!absl::EndsWith(head, "\r\n\r\n")) return Malformed("its head does not end");
  HttpRequest request;
  const std::vector<absl::string_view> lines =
      absl::StrSplit(head.substr(0, head.size() - 2 * kLineEnd.size()), kLineEnd);
  ET_RETURN_IF_ERROR(ReadRequestLine(lines[0], &request));
  int hosts = 0, lengths = 0;
  for (size_t i = 1; i < lines.size(); ++i) {
    const size_t colon = lines[i].find(':');
    // A space in a name, in front of the colon too, is how requests are smuggled: RFC 9112, 5.1.
    if (colon == absl::string_view::npos || !IsVisible(lines[i].substr(0, colon))) {
      return Malformed("line ", i + 1, " is no header");
    }
    const absl::string_view name = lines[i].substr(0, colon);
    const absl::string_view value = absl::StripAsciiWhitespace(lines[i].substr(colon + 1));
    if (absl::EqualsIgnoreCase(name, "host")) {
      request.host = std::string(value);
      ++hosts;
    } else if (absl::EqualsIgnoreCase(name, "origin")) {
      request.origin = std::string(value);
    } else if (absl::EqualsIgnoreCase(name, "content-length")) {
      ET_RETURN_IF_ERROR(ReadLength(value, &request));
      ++lengths;
    } else if (absl::EqualsIgnoreCase(name, "transfer-encoding")) {
      return Malformed("expected Content-Length, not Transfer-Encoding");
    }
  }
  if (hosts != 1) return Malformed("expected one Host header, got ", hosts);
  if (lengths > 1) return Malformed("Content-Length stands ", lengths, " times");
  return request;
}

bool IsOwnRequest(const HttpRequest& request, int port) {
  for (const char* name : {"127.0.0.1", "localhost"}) {
    const std::string host = absl::StrCat(name, ":", port);
    // A browser leaves out HTTP's own port.
    if (request.host != host && (port != 80 || request.host != name)) continue;
    return request.origin.empty() || request.origin == absl::StrCat("http://", request.host);
  }
  return false;
}

std::string ToBytes(const HttpResponse& response) {
  const char* reason = response.status == 200   ? "OK"
                       : response.status == 403 ? "Forbidden"
                       : response.status == 404 ? "Not Found"
                       : response.status == 405 ? "Method Not Allowed"
                       : response.status == 413 ? "Content Too Large"
                                                : "Bad Request";
  // The page is one file; whatever it would load from elsewhere is refused.
  return absl::StrCat(
      "HTTP/1.1 ", response.status, " ", reason, "\r\nContent-Type: ", response.content_type,
      "\r\nContent-Length: ", response.body.size(),
      "\r\nConnection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
      "Content-Security-Policy: default-src 'none'; script-src 'unsafe-inline'; style-src "
      "'unsafe-inline'; img-src blob: data:; media-src blob:; connect-src 'self'; "
      "frame-ancestors 'none'\r\n\r\n",
      response.body);
}

}  // namespace edgetasks::cli
