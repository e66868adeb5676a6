#include "tests/bench/outside_board.h"

#include <cstdio>
#include <memory>

#include <nlohmann/json.hpp>

#include "envs/core/check.h"

namespace tengen {
namespace {

std::string OutputOf(const std::string& command) {
  const auto close = [](FILE* pipe) { return pclose(pipe); };
  std::unique_ptr<FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
  if (pipe == nullptr) throw WorldError(StrCat("cannot start '", command, "'"));
  std::string output;
  std::array<char, 4096> buffer;
  while (const std::size_t n = fread(buffer.data(), 1, buffer.size(), pipe.get())) {
    output.append(buffer.data(), n);
  }
  const int status = pclose(pipe.release());
  if (status != 0) throw WorldError(StrCat("'", command, "' ended with status ", status));
  return output;
}

std::string LastLine(std::string text) {
  text.erase(text.find_last_not_of("\r\n ") + 1);
  return text.substr(text.find_last_of('\n') + 1);
}

}  // namespace

OutsideBoard RunOutsideBoard(const std::string& command) {
  const std::string line = LastLine(OutputOf(command));
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  const auto number = [&](const std::string& key) -> double {
    if (json.is_object() && json.contains(key) && json[key].is_number() && json[key] > 0.0) {
      return json[key];
    }
    throw WorldError(StrCat("'", command, "' printed '", line,
                            "', wanted an object with a number above 0 as ", key));
  };
  OutsideBoard board;
  for (std::size_t i = 0; i < kPlayoutSizes.size(); ++i) {
    board.playouts[i].moves_per_second = number(StrCat("moves_per_second_", kPlayoutSizes[i]));
    const std::string length = StrCat("moves_per_game_", kPlayoutSizes[i]);
    if (json.contains(length)) board.playouts[i].moves_per_game = number(length);
  }
  const bool named = json.contains("name") && json["name"].is_string();
  board.name = named ? json["name"].get<std::string>() : command;
  return board;
}

}  // namespace tengen
