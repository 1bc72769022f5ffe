// A conversation in the terminal: lines in, responses out, commands that begin with a slash.
#ifndef CPP_API_CLI_CHAT_TERMINAL_H_
#define CPP_API_CLI_CHAT_TERMINAL_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "edgetasks/llm_inference.h"

namespace edgetasks::cli {

// Prints what a response did; used for --stats and --logprobs.
using AfterResponse = std::function<void(const LlmResponse&)>;

class ChatTerminal {
 public:
  // `options` are those of `session`. `chat`: lines are messages of the user, not plain text.
  ChatTerminal(LlmInference* llm, std::unique_ptr<LlmInferenceSession> session,
               LlmInferenceSessionOptions options, bool chat, AfterResponse after)
      : llm_(*llm),
        session_(std::move(session)),
        options_(std::move(options)),
        chat_(chat),
        after_(std::move(after)) {}

  // Begins the conversation with a message of the system; every /reset does so again.
  absl::Status SetSystem(const std::string& text);

  // Adds `text` to the conversation and streams the response to stdout, and nothing else. An
  // interrupt (Ctrl-C) ends the response, not the program.
  absl::Status Respond(const std::string& text);

  // Reads lines of stdin until it ends, or /exit. Where a person sits at a terminal: with a prompt,
  // editing and history, and an error does not end it; otherwise each line is a prompt.
  absl::Status Run();

  LlmInferenceSession& session() { return *session_; }

 private:
  // A line that begins with a slash. False: the conversation is over.
  bool RunCommand(const std::string& line);
  absl::Status Undo();
  absl::Status Reset();
  absl::Status Load(const std::string& path);
  absl::Status PrintMessages();
  void PrintTokens();

  LlmInference& llm_;
  std::unique_ptr<LlmInferenceSession> session_;
  const LlmInferenceSessionOptions options_;
  const bool chat_;
  const AfterResponse after_;
  std::string system_;
  std::vector<LlmCheckpoint> turns_;  // where each began
};

}  // namespace edgetasks::cli

#endif  // CPP_API_CLI_CHAT_TERMINAL_H_
