#include "cpp_api/cli/chat_terminal.h"

#include <editline/readline.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "core/base/status_macros.h"

namespace edgetasks::cli {
namespace {

constexpr char kHelp[] =
    "/history      the messages so far (with --chat)\n"
    "/tokens       how full the context is\n"
    "/undo         forget the last turn\n"
    "/reset        forget everything\n"
    "/save FILE    save the conversation\n"
    "/load FILE    go on from a saved one\n"
    "/score TEXT   how probable the text would be here\n"
    "/exit         end (or Ctrl-D); Ctrl-C ends a response\n";

volatile std::sig_atomic_t interrupted = 0;

// While it lives, an interrupt sets `interrupted` instead of ending the program.
class CatchInterrupts {
 public:
  CatchInterrupts() {
    interrupted = 0;
    before_ = std::signal(SIGINT, [](int) { interrupted = 1; });
  }
  ~CatchInterrupts() { std::signal(SIGINT, before_); }
  CatchInterrupts(const CatchInterrupts&) = delete;
  CatchInterrupts& operator=(const CatchInterrupts&) = delete;

 private:
  void (*before_)(int);
};

// The next line of stdin; false at its end. `person`: with editing and history.
bool ReadLine(bool person, std::string* line) {
  if (!person) return static_cast<bool>(std::getline(std::cin, *line));
  char* const typed = readline("> ");
  if (typed == nullptr) return false;
  *line = typed;
  if (!line->empty()) add_history(typed);
  std::free(typed);
  return true;
}

}  // namespace

absl::Status ChatTerminal::SetSystem(const std::string& text) {
  system_ = text;
  if (system_.empty()) return absl::OkStatus();
  return session_->AddMessage({"system", system_});
}

absl::Status ChatTerminal::Respond(const std::string& text) {
  ET_ASSIGN_OR_RETURN(const LlmCheckpoint begin, session_->Checkpoint());
  ET_RETURN_IF_ERROR(chat_ ? session_->AddMessage({"user", text}) : session_->AddQueryChunk(text));
  const CatchInterrupts catcher;
  ET_ASSIGN_OR_RETURN(auto future,
                      session_->GenerateResponseStream([](const LlmResponseEvent& event) {
                        std::cout << event.text << std::flush;
                        if (event.done) std::cout << std::endl;
                      }));
  while (!future.WaitFor(std::chrono::milliseconds(50))) {
    if (interrupted != 0) future.Cancel();
  }
  ET_ASSIGN_OR_RETURN(const LlmResponse response, future.Get());
  turns_.push_back(begin);
  after_(response);
  return absl::OkStatus();
}

absl::Status ChatTerminal::Run() {
  const bool person = isatty(STDIN_FILENO) != 0;
  if (person) std::cerr << "Write a prompt and press Enter; /help lists commands.\n";
  std::string line;
  while (ReadLine(person, &line)) {
    if (line.empty()) continue;
    if (person && line[0] == '/') {
      if (!RunCommand(line)) break;
      continue;
    }
    const absl::Status status = Respond(line);
    if (!status.ok() && !person) return status;
    if (!status.ok()) std::cerr << status.message() << "\n";
  }
  if (person) std::cerr << "\n";
  return absl::OkStatus();
}

bool ChatTerminal::RunCommand(const std::string& line) {
  const size_t space = line.find(' ');
  const std::string name = line.substr(0, space);
  const std::string rest(
      absl::StripAsciiWhitespace(space == std::string::npos ? "" : line.substr(space)));
  absl::Status status;
  if (name == "/exit" || name == "/quit") return false;
  if (name == "/help") {
    std::cerr << kHelp;
  } else if (name == "/tokens") {
    PrintTokens();
  } else if (name == "/history") {
    status = PrintMessages();
  } else if (name == "/undo") {
    status = Undo();
  } else if (name == "/reset") {
    status = Reset();
  } else if (name == "/save") {
    status = session_->Save(rest);
  } else if (name == "/load") {
    status = Load(rest);
  } else if (name == "/score") {
    const auto score = session_->Score(rest);
    status = score.status();
    if (score.ok()) {
      std::cerr << "log-probability " << score->logprob << " of " << score->tokens.size()
                << " tokens\n";
    }
  } else {
    status = absl::InvalidArgumentError(absl::StrCat(name, " is no command; /help lists them"));
  }
  if (!status.ok()) std::cerr << status.message() << "\n";
  return true;
}

absl::Status ChatTerminal::Undo() {
  if (turns_.empty()) return absl::FailedPreconditionError("there is no turn to forget");
  ET_RETURN_IF_ERROR(session_->Rewind(turns_.back()));
  turns_.pop_back();
  PrintTokens();
  return absl::OkStatus();
}

absl::Status ChatTerminal::Reset() {
  ET_RETURN_IF_ERROR(session_->Rewind(0));
  turns_.clear();
  return SetSystem(system_);
}

absl::Status ChatTerminal::Load(const std::string& path) {
  ET_ASSIGN_OR_RETURN(session_, llm_.LoadSession(path, options_));
  turns_.clear();
  PrintTokens();
  return absl::OkStatus();
}

absl::Status ChatTerminal::PrintMessages() {
  ET_ASSIGN_OR_RETURN(const std::vector<LlmMessage> messages, session_->Messages());
  for (const LlmMessage& message : messages) {
    std::cerr << message.role << ": " << message.content << "\n";
  }
  return absl::OkStatus();
}

void ChatTerminal::PrintTokens() {
  std::cerr << session_->context_used() << " tokens used, " << session_->context_remaining()
            << " left\n";
}

}  // namespace edgetasks::cli
