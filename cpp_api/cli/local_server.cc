#include "cpp_api/cli/local_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "core/base/error.h"

namespace edgetasks::cli {
namespace {

// Browsers open up to six connections to one server.
constexpr int kThreads = 8;
constexpr size_t kChunk = 64 * 1024;
using Clock = std::chrono::steady_clock;

// Appends what comes next. False at the end, after an error, and when time is up.
bool Receive(int connection, Clock::time_point deadline, size_t most, std::string* bytes) {
  if (Clock::now() > deadline) return false;
  const size_t size = bytes->size();
  bytes->resize(size + std::min(most, kChunk));
  ssize_t received = 0;
  do {
    received = recv(connection, bytes->data() + size, bytes->size() - size, 0);
  } while (received < 0 && errno == EINTR);
  bytes->resize(size + static_cast<size_t>(std::max<ssize_t>(received, 0)));
  return received > 0;
}

void Send(int connection, const std::string& bytes) {
  size_t sent = 0;
  while (sent < bytes.size()) {
    const ssize_t n = send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return;
    sent += static_cast<size_t>(n);
  }
}

// Reads on for a moment: a connection that is closed with bytes unread is reset, and the answer is
// lost with it.
void Refuse(int connection, int status, absl::string_view why) {
  Send(connection, ToBytes({status, "text/plain; charset=utf-8", absl::StrCat(why, "\n")}));
  shutdown(connection, SHUT_WR);
  const timeval timeout = {1, 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  const auto deadline = Clock::now() + std::chrono::seconds(1);
  for (std::string rest; Receive(connection, deadline, kChunk, &rest);) rest.clear();
}

}  // namespace

absl::StatusOr<std::unique_ptr<LocalServer>> LocalServer::Listen(int port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  socklen_t size = sizeof(address);
  if (socket < 0 || bind(socket, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(socket, SOMAXCONN) != 0 ||
      getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    const int error = errno;
    if (socket >= 0) close(socket);
    return MakeError(absl::StatusCode::kInvalidArgument, ErrorDetail::kInvalidOption,
                     absl::StrCat("cannot listen at 127.0.0.1:", port, ": ", std::strerror(error),
                                  "; choose another --port, or 0 for one that is free"));
  }
  return std::unique_ptr<LocalServer>(new LocalServer(socket, ntohs(address.sin_port)));
}

LocalServer::~LocalServer() { close(socket_); }

// Wakes everybody who waits in accept().
void LocalServer::Stop() { shutdown(socket_, SHUT_RDWR); }

void LocalServer::Serve(const Handler& handler) {
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) threads.emplace_back([&] { AcceptLoop(handler); });
  for (std::thread& thread : threads) thread.join();
}

void LocalServer::AcceptLoop(const Handler& handler) {
  for (;;) {
    const int connection = accept4(socket_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) {
      Answer(connection, handler);
      close(connection);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    } else if (errno != EINTR && errno != ECONNABORTED) {
      return;  // Stop
    }
  }
}

void LocalServer::Answer(int connection, const Handler& handler) const {
  const timeval timeout = {kTimeoutSeconds, 0};
  setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof(timeout));
  setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout));
  const auto deadline = Clock::now() + std::chrono::seconds(kTimeoutSeconds);
  std::string bytes;
  size_t end = std::string::npos;
  while ((end = bytes.find("\r\n\r\n")) == std::string::npos) {
    if (bytes.size() >= kMaxHeadBytes) {
      return Refuse(connection, 400, "the request's head is too long");
    }
    if (!Receive(connection, deadline, kMaxHeadBytes - bytes.size(), &bytes)) return;
  }
  const size_t head_bytes = end + 4;
  const auto request = ParseRequestHead(absl::string_view(bytes).substr(0, head_bytes));
  if (!request.ok()) {
    const int status = absl::IsResourceExhausted(request.status()) ? 413 : 400;
    return Refuse(connection, status, request.status().message());
  }
  if (!IsOwnRequest(*request, port_)) {
    return Refuse(connection, 403, "only the page of this server may ask");
  }
  // Memory grows with what comes, not with what is promised.
  const size_t whole = head_bytes + static_cast<size_t>(request->content_length);
  while (bytes.size() < whole) {
    if (!Receive(connection, deadline, whole - bytes.size(), &bytes)) return;
  }
  const auto* body = reinterpret_cast<const uint8_t*>(bytes.data()) + head_bytes;
  Send(connection, ToBytes(handler(*request, absl::MakeConstSpan(body, request->content_length))));
}

}  // namespace edgetasks::cli
