// A small HTTP server that only this machine reaches. One request a connection.
#ifndef CPP_API_CLI_LOCAL_SERVER_H_
#define CPP_API_CLI_LOCAL_SERVER_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "cpp_api/cli/http_request.h"

namespace edgetasks::cli {

class LocalServer {
 public:
  // Called from several threads at a time, with requests of the server's own page only.
  using Handler =
      std::function<HttpResponse(const HttpRequest& request, absl::Span<const uint8_t> body)>;

  // Listens at 127.0.0.1. Port 0: one that is free. INVALID_ARGUMENT (kInvalidOption) if the port
  // is taken or not allowed.
  static absl::StatusOr<std::unique_ptr<LocalServer>> Listen(int port);
  ~LocalServer();
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;

  int port() const { return port_; }

  // Answers until Stop. A browser keeps connections open that it may need: a few threads wait,
  // each for one connection, and none longer than kTimeoutSeconds.
  void Serve(const Handler& handler);
  // From any thread; Serve returns when the requests under way are answered.
  void Stop();

  static constexpr int kTimeoutSeconds = 10;

 private:
  LocalServer(int socket, int port) : socket_(socket), port_(port) {}
  void AcceptLoop(const Handler& handler);
  void Answer(int connection, const Handler& handler) const;

  const int socket_, port_;
};

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_LOCAL_SERVER_H_
