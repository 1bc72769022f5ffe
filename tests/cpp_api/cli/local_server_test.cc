// The parser and the server of `edgetasks demo`: what is refused, over real connections too.
#include "cpp_api/cli/local_server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cpp_api/cli/http_request.h"
#include "tests/support/mutator.h"

namespace edgetasks::cli {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr char kHead[] =
    "POST /classify?max=3 HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nOrigin: http://127.0.0.1:8000\r\n"
    "content-length: 12\r\nX: y\r\n\r\n";

TEST(HttpRequestTest, ReadsWhatTheServerNeeds) {
  const auto request = ParseRequestHead(kHead);
  ASSERT_TRUE(request.ok()) << request.status();
  EXPECT_EQ(request->method, "POST");
  EXPECT_EQ(request->path, "/classify");
  EXPECT_EQ(request->host, "127.0.0.1:8000");
  EXPECT_EQ(request->origin, "http://127.0.0.1:8000");
  EXPECT_EQ(request->content_length, 12);
}

TEST(HttpRequestTest, RefusesWhatTwoReadersMightReadInTwoWays) {
  const std::string host = "Host: localhost:8000\r\n";
  for (const std::string& head : {
           std::string(),
           std::string("\r\n\r\n"),
           std::string("GET / HTTP/1.1\r\n"),
           "GET / HTTP/2\r\n" + host + "\r\n",
           "GET  / HTTP/1.1\r\n" + host + "\r\n",
           "GET http://a/ HTTP/1.1\r\n" + host + "\r\n",
           "GET /\r\n" + host + "\r\n",
           std::string("GET / HTTP/1.1\r\n\r\n"),
           "GET / HTTP/1.1\r\n" + host + host + "\r\n",
           "GET / HTTP/1.1\r\n" + host + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n",
           "GET / HTTP/1.1\r\n" + host + "Content-Length: +1\r\n\r\n",
           "GET / HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n",
           "GET / HTTP/1.1\r\n" + host + "Content-Length:\r\n\r\n",
           "GET / HTTP/1.1\r\n" + host + "Content-Length : 1\r\n\r\n",
           "GET / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n",
           "GET / HTTP/1.1\r\n" + host + " folded: line\r\n\r\n",
       }) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseRequestHead(head).status())) << head;
  }
  for (const char* length : {"67108865", "99999999999999999999999999"}) {
    EXPECT_TRUE(absl::IsResourceExhausted(
        ParseRequestHead(
            absl::StrCat("POST / HTTP/1.1\r\n", host, "Content-Length: ", length, "\r\n\r\n"))
            .status()));
  }
}

TEST(HttpRequestTest, OnlyTheServersOwnPageMayAsk) {
  const auto own = [](const char* host, const char* origin, int port) {
    HttpRequest request;
    request.host = host;
    request.origin = origin;
    return IsOwnRequest(request, port);
  };
  EXPECT_TRUE(own("127.0.0.1:8000", "", 8000));
  EXPECT_TRUE(own("localhost:8000", "http://localhost:8000", 8000));
  EXPECT_TRUE(own("localhost", "http://localhost", 80));
  EXPECT_FALSE(own("localhost", "", 8000));
  EXPECT_FALSE(own("127.0.0.1:8001", "", 8000));
  EXPECT_FALSE(own("evil.example:8000", "", 8000));  // a name that leads to 127.0.0.1
  EXPECT_FALSE(own("127.0.0.1:8000", "http://evil.example", 8000));
  EXPECT_FALSE(own("127.0.0.1:8000", "null", 8000));
}

TEST(HttpRequestTest, SurvivesDamage) {
  const std::string head = kHead;
  test::Mutator mutator({head.begin(), head.end()}, /*seed=*/3);
  int accepted = 0;
  for (int i = 0; i < 100000; ++i) {
    const std::vector<uint8_t> bytes = mutator.Next();
    const auto request = ParseRequestHead(std::string(bytes.begin(), bytes.end()));
    if (!request.ok()) continue;
    ++accepted;
    ASSERT_GE(request->content_length, 0) << mutator.description();
    ASSERT_LE(request->content_length, kMaxBodyBytes) << mutator.description();
    ASSERT_EQ(request->path.front(), '/') << mutator.description();
  }
  EXPECT_GT(accepted, 0);
}

class LocalServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto server = LocalServer::Listen(0);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    thread_ = std::thread([this] {
      server_->Serve([](const HttpRequest& request, absl::Span<const uint8_t> body) {
        return HttpResponse{
            200, "text/plain",
            absl::StrCat(request.path, " ", body.size(), " ", body.empty() ? 0 : int{body.back()})};
      });
    });
  }
  void TearDown() override {
    if (server_ != nullptr) server_->Stop();
    if (thread_.joinable()) thread_.join();
  }

  int Connect() const {
    const int connection = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(server_->port()));
    EXPECT_EQ(connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    return connection;
  }

  // Sends `bytes` in two parts and reads to the end.
  std::string Ask(const std::string& bytes) const {
    const int connection = Connect();
    const size_t half = bytes.size() / 2;
    send(connection, bytes.data(), half, MSG_NOSIGNAL);
    send(connection, bytes.data() + half, bytes.size() - half, MSG_NOSIGNAL);
    shutdown(connection, SHUT_WR);
    std::string answer;
    char buffer[4096];
    for (ssize_t n = 0; (n = recv(connection, buffer, sizeof(buffer), 0)) > 0;) {
      answer.append(buffer, n);
    }
    close(connection);
    return answer;
  }
  std::string Head(const std::string& line, const std::string& headers = "") const {
    return absl::StrCat(line, "\r\nHost: 127.0.0.1:", server_->port(), "\r\n", headers, "\r\n");
  }

  std::unique_ptr<LocalServer> server_;

 private:
  std::thread thread_;
};

TEST_F(LocalServerTest, AnswersWithTheBody) {
  EXPECT_THAT(Ask(Head("GET / HTTP/1.1")),
              AllOf(StartsWith("HTTP/1.1 200 OK\r\n"), HasSubstr("default-src 'none'"),
                    EndsWith("\r\n\r\n/ 0 0")));
  std::string picture(3'000'000, 'a');
  picture.back() = 'z';
  EXPECT_THAT(Ask(Head("POST /p HTTP/1.1", "Content-Length: 3000000\r\n") + picture),
              EndsWith("/p 3000000 122"));
}

TEST_F(LocalServerTest, RefusesOthersAndNonsense) {
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(Ask(Head("GET / HTTP/1.1", "Origin: https://evil.example\r\n")),
              StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(Ask("nonsense\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Ask(Head("POST / HTTP/1.1", "Content-Length: 99999999999\r\n")),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask(std::string(kMaxHeadBytes, 'a')), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(Ask(std::string(20 * kMaxHeadBytes, 'a')), StartsWith("HTTP/1.1 400 "));
  // Less than was promised: no answer, and the server lives.
  EXPECT_THAT(Ask(Head("POST / HTTP/1.1", "Content-Length: 9\r\n") + "four"), IsEmpty());
  EXPECT_THAT(Ask(Head("GET / HTTP/1.1")), StartsWith("HTTP/1.1 200 "));
}

TEST_F(LocalServerTest, AnswersWhileConnectionsAreHeldOpen) {
  std::vector<int> idle;
  for (int i = 0; i < 6; ++i) idle.push_back(Connect());
  EXPECT_THAT(Ask(Head("GET / HTTP/1.1")), StartsWith("HTTP/1.1 200 "));
  for (const int connection : idle) close(connection);
}

TEST_F(LocalServerTest, ATakenPortIsNamedWithTheWayOut) {
  const absl::Status status = LocalServer::Listen(server_->port()).status();
  EXPECT_THAT(std::string(status.message()),
              AllOf(HasSubstr(absl::StrCat("127.0.0.1:", server_->port())),
                    HasSubstr("choose another --port")));
}

}  // namespace
}  // namespace edgetasks::cli
