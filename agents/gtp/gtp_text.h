#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/result.h"

// The text side of the Go Text Protocol, version 2 (Farnebäck, "GTP Version 2 specification",
// draft 2).

namespace tengen {

// One command line.
struct GtpCommand {
  std::string id;  // digits, or ""
  std::string name;
  std::vector<std::string> arguments;
};

// Splits a line: control characters go, tabs are spaces, '#' begins a comment. Nothing for a line
// without a command.
std::optional<GtpCommand> ParseGtpLine(std::string_view line);

// A whole answer: "=ID text\n\n" or "?ID text\n\n". Empty lines inside the text are dropped, since
// they would end the answer.
std::string GtpAnswer(const GtpCommand& command, const Result<std::string>& result);

// b, w, black, white in any case.
Result<Player> ParseGtpPlayer(std::string_view text);
std::string_view GtpPlayerText(Player player);  // "B"

// Whole numbers and finite numbers, nothing behind them.
Result<int> ParseGtpInt(std::string_view text, int low, int high);
Result<double> ParseGtpNumber(std::string_view text, double low, double high);

std::string LowerCase(std::string_view text);

}  // namespace tengen
