#include "agents/gtp/gtp_client.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "envs/core/check.h"

namespace tengen {
namespace {

using Clock = ChildProcess::Clock;

constexpr auto kFarewell = std::chrono::seconds(1);

Clock::time_point After(double seconds) {
  return Clock::now() +
         std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

// The start of a line, printable, in quotes, for messages.
std::string Shown(std::string_view line) {
  constexpr std::size_t kMost = 60;
  std::string shown = "'";
  for (const char c : line.substr(0, kMost)) shown += c >= ' ' && c <= '~' ? c : '?';
  return shown + (line.size() > kMost ? "...'" : "'");
}

bool IsBlank(std::string_view line) {
  return std::all_of(line.begin(), line.end(),
                     [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; });
}

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.substr(0, 1))) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.substr(text.size() - 1))) text.remove_suffix(1);
  return text;
}

// The first line of an answer: "=", "?", then digits, then the text.
struct AnswerHead {
  bool refused = false;
  std::string_view id;
  std::string_view text;
};

std::optional<AnswerHead> ParseHead(std::string_view line) {
  if (line.empty() || (line[0] != '=' && line[0] != '?')) return std::nullopt;
  AnswerHead head;
  head.refused = line[0] == '?';
  line.remove_prefix(1);
  const std::size_t digits = std::min(line.find_first_not_of("0123456789"), line.size());
  head.id = line.substr(0, digits);
  head.text = line.substr(digits);
  return head;
}

}  // namespace

Result<std::unique_ptr<GtpClient>> GtpClient::Start(const GtpClientOptions& options) {
  std::unique_ptr<GtpClient> client(new GtpClient(options));
  auto process = ChildProcess::Start(options.process);
  if (!process) return Error{StrCat("'", options.process.command, "': ", process.error())};
  client->process_ = std::move(*process);
  if (const Status met = client->Introduce(); !met) {
    return Error{StrCat("'", options.process.command, "' does not play: ", met.error())};
  }
  return client;
}

GtpClient::~GtpClient() {
  if (process_ == nullptr || !alive()) return;
  const auto deadline = Clock::now() + kFarewell;
  (void)process_->Write(StrCat(++last_id_, " quit\n"), deadline);
  process_->Stop(deadline);
}

Status GtpClient::Introduce() {
  const GtpReply version = Send("protocol_version");
  if (version.refused) return Error{StrCat("refused 'protocol_version': ", Shown(version.text))};
  if (!version.ok()) return Error{version.text};
  if (Trimmed(version.text) != "2") {
    return Error{StrCat("protocol version ", Shown(version.text), ", wanted 2")};
  }
  const GtpReply list = Send("list_commands");
  if (list.refused) return Error{StrCat("refused 'list_commands': ", Shown(list.text))};
  if (!list.ok()) return Error{list.text};
  std::string_view rest = list.text;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (const std::string_view name = Trimmed(line); !name.empty()) commands_.emplace_back(name);
  }
  for (const char* part : {"name", "version"}) {
    if (!Knows(part)) continue;
    const GtpReply reply = Send(part);
    if (reply.failure != AgentFailure::kNone) return Error{reply.text};
    if (reply.refused || IsBlank(reply.text)) continue;
    program_ += (program_.empty() ? "" : " ") + std::string(Trimmed(reply.text));
  }
  return Ok{};
}

bool GtpClient::Knows(std::string_view command) const {
  return std::find(commands_.begin(), commands_.end(), command) != commands_.end();
}

GtpReply GtpClient::Send(std::string_view command) {
  TENGEN_CHECK(command.find('\n') == std::string_view::npos, "a command of two lines");
  if (!alive()) return failure_;
  const auto deadline = After(options_.timeout_s);
  const auto written = process_->Write(StrCat(++last_id_, " ", command, "\n"), deadline);
  // A program that ended may still have said why.
  if (written == ChildProcess::Outcome::kTimeout ||
      written == ChildProcess::Outcome::kInterrupted) {
    return FailBy(written, command);
  }
  return ReadAnswer(command, deadline);
}

GtpReply GtpClient::ReadAnswer(std::string_view command, Clock::time_point deadline) {
  GtpReply reply;
  std::string line;
  bool begun = false;
  std::size_t greeting = 0;  // bytes
  while (true) {
    const auto outcome = process_->ReadLine(line, deadline);
    if (outcome != ChildProcess::Outcome::kDone) return FailBy(outcome, command);
    if (begun) {
      if (line.empty()) break;
      reply.text += "\n" + line;
      if (reply.text.size() > kMaxAnswer) {
        return FailBy(ChildProcess::Outcome::kTooLong, command);
      }
      continue;
    }
    if (IsBlank(line)) continue;
    const auto head = ParseHead(line);
    if (!head) {
      greeting += line.size();
      if (!answered_ && greeting <= kMaxAnswer) continue;
      return Fail(AgentFailure::kBadAnswer,
                  StrCat("wrote ", Shown(line), " to '", command, "', wanted a line with = or ?"));
    }
    if (!head->id.empty() && head->id != std::to_string(last_id_)) {
      return Fail(AgentFailure::kBadAnswer, StrCat("answered '", command, "' with ", Shown(line),
                                                   ", wanted the number ", last_id_));
    }
    begun = true;
    reply.refused = head->refused;
    reply.text = head->text;
  }
  answered_ = true;
  reply.text = std::string(Trimmed(reply.text));
  return reply;
}

GtpReply GtpClient::FailBy(ChildProcess::Outcome outcome, std::string_view command) {
  switch (outcome) {
    case ChildProcess::Outcome::kTimeout:
      return Fail(AgentFailure::kTimeout,
                  StrCat("no answer to '", command, "' within ", options_.timeout_s, " s"));
    case ChildProcess::Outcome::kTooLong:
      return Fail(AgentFailure::kBadAnswer,
                  StrCat("answered '", command, "' with more than ", kMaxAnswer, " bytes"));
    case ChildProcess::Outcome::kInterrupted:
      return Fail(AgentFailure::kExit, StrCat("was interrupted at '", command, "'"));
    case ChildProcess::Outcome::kClosed:
    case ChildProcess::Outcome::kDone:
      break;
  }
  const std::string how = process_->ExitText();
  return Fail(AgentFailure::kExit, StrCat(how.empty() ? "closed its output" : "ended", " at '",
                                          command, "'", how.empty() ? "" : ": " + how));
}

GtpReply GtpClient::Fail(AgentFailure failure, std::string text) {
  failure_ = {failure, false, std::move(text)};
  process_->Stop(Clock::now());
  return failure_;
}

}  // namespace tengen
