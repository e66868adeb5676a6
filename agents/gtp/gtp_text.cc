#include "agents/gtp/gtp_text.h"

#include <cctype>
#include <charconv>
#include <cmath>

namespace tengen {
namespace {

// The start of an argument, printable, for messages.
std::string Shown(std::string_view text) {
  std::string shown = "'";
  for (const char c : text.substr(0, 30)) shown += c >= ' ' && c <= '~' ? c : '?';
  return shown + (text.size() > 30 ? "...'" : "'");
}

}  // namespace

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

std::optional<GtpCommand> ParseGtpLine(std::string_view line) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char c : line.substr(0, line.find('#'))) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == ' ' || c == '\t') {
      inside = false;
    } else if (byte >= 0x20U && byte != 0x7FU) {
      if (!inside) words.emplace_back();
      inside = true;
      words.back() += c;
    }
  }
  GtpCommand command;
  if (!words.empty() && words[0].find_first_not_of("0123456789") == std::string::npos) {
    command.id = words[0];
    words.erase(words.begin());
  }
  if (words.empty()) return std::nullopt;
  command.name = words[0];
  command.arguments.assign(words.begin() + 1, words.end());
  return command;
}

std::string GtpAnswer(const GtpCommand& command, const Result<std::string>& result) {
  std::string answer = (result ? "=" : "?") + command.id;
  const std::string& text = result ? *result : result.error();
  if (!text.empty()) answer += ' ';
  char last = ' ';
  for (const char c : text) {
    if (c != '\n' || last != '\n') answer += c;
    last = c;
  }
  while (answer.back() == '\n') answer.pop_back();
  return answer + "\n\n";
}

Result<Player> ParseGtpPlayer(std::string_view text) {
  const std::string lower = LowerCase(text);
  if (lower == "b" || lower == "black") return Player::kFirst;
  if (lower == "w" || lower == "white") return Player::kSecond;
  return Error{StrCat("color ", Shown(text), ", wanted black or white")};
}

std::string_view GtpPlayerText(Player player) { return player == Player::kFirst ? "B" : "W"; }

Result<int> ParseGtpInt(std::string_view text, int low, int high) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < low || number > high) {
    return Error{
        StrCat("number ", Shown(text), ", wanted a whole number from ", low, " to ", high)};
  }
  return number;
}

Result<double> ParseGtpNumber(std::string_view text, double low, double high) {
  double number = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(number) ||
      number < low || number > high) {
    return Error{StrCat("number ", Shown(text), ", wanted one from ", low, " to ", high)};
  }
  return number;
}

}  // namespace tengen
