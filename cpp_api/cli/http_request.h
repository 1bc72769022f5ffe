// The head of an HTTP/1.1 request (RFC 9112), as much of it as a page on this machine needs.
#ifndef CPP_API_CLI_HTTP_REQUEST_H_
#define CPP_API_CLI_HTTP_REQUEST_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace edgetasks::cli {

constexpr size_t kMaxHeadBytes = 16 * 1024;
constexpr int64_t kMaxBodyBytes = int64_t{64} << 20;

struct HttpRequest {
  std::string method;  // "GET"
  std::string path;    // "/classify", without a query
  std::string host;    // the Host header, "127.0.0.1:8000"
  std::string origin;  // the Origin header; empty if there is none
  int64_t content_length = 0;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// `head`: from the request line up to and with the empty line.
//
// INVALID_ARGUMENT if it is malformed, has no Host or more than one, a Content-Length that is
// no number or stands twice, or a Transfer-Encoding; RESOURCE_EXHAUSTED if the body would be larger
// than kMaxBodyBytes.
absl::StatusOr<HttpRequest> ParseRequestHead(absl::string_view head);

// Whether the request comes from a page of this server itself: Host is 127.0.0.1 or localhost with
// that port, and Origin, if there is one, the same. It keeps out pages of others, also those whose
// names were made to lead to this machine.
bool IsOwnRequest(const HttpRequest& request, int port);

// The whole response; the connection ends behind it.
std::string ToBytes(const HttpResponse& response);

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_HTTP_REQUEST_H_
