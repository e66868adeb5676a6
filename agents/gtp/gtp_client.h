#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agents/agent.h"
#include "agents/gtp/child_process.h"
#include "envs/core/result.h"

namespace tengen {

struct GtpClientOptions {
  ChildProcessOptions process;
  // Seconds that each answer may take; the first one too, in which a program may load a network.
  double timeout_s = 60.0;
};

// What came back for a command.
struct GtpReply {
  // kNone: `text` is the answer, or with `refused` ("?") the reason. Otherwise the program was
  // ended and `text` says what happened.
  AgentFailure failure = AgentFailure::kNone;
  bool refused = false;
  std::string text;

  bool ok() const { return failure == AgentFailure::kNone && !refused; }
};

// The controller's side of the Go Text Protocol, version 2: sends numbered commands to a program
// and reads its answers, of one or many lines, with or without '\r'. An answer without the number
// of the command is taken too. Before its first answer a program may write anything, for example a
// greeting; later every line must belong to an answer.
//
// Never waits longer than the time-out, and never throws because of what the program does: a
// program that ends, hangs or talks nonsense is ended (its whole process group), and every further
// command fails as the first one did. Not thread-safe.
class GtpClient {
 public:
  static constexpr std::size_t kMaxAnswer = ChildProcess::kMaxLine;  // bytes

  // Starts the program and asks what it knows. Errors: it cannot be started or does not speak GTP;
  // the sentence names the command.
  static Result<std::unique_ptr<GtpClient>> Start(const GtpClientOptions& options);

  // Says quit, gives the program a second to end and ends it.
  ~GtpClient();

  // REQUIRES: one line.
  GtpReply Send(std::string_view command);

  // Whether the program lists this command.
  bool Knows(std::string_view command) const;
  bool alive() const { return failure_.failure == AgentFailure::kNone; }
  // "GNU Go 3.8"; parts that the program does not tell are missing.
  const std::string& program() const { return program_; }

 private:
  explicit GtpClient(const GtpClientOptions& options) : options_(options) {}

  Status Introduce();
  GtpReply Fail(AgentFailure failure, std::string text);
  GtpReply FailBy(ChildProcess::Outcome outcome, std::string_view command);
  GtpReply ReadAnswer(std::string_view command, ChildProcess::Clock::time_point deadline);

  const GtpClientOptions options_;
  std::unique_ptr<ChildProcess> process_;
  int last_id_ = 0;
  bool answered_ = false;  // once at least
  GtpReply failure_;       // the first one
  std::vector<std::string> commands_;
  std::string program_;
};

}  // namespace tengen
