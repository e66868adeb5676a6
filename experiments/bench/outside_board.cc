#include "experiments/bench/outside_board.h"

#include <nlohmann/json.hpp>

#include "envs/core/check.h"
#include "experiments/bench/other_program.h"

namespace tengen {

OutsideBoard RunOutsideBoard(const std::string& command) {
  const std::string line = LastLineOfProgram(command);
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
