#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"
#include "envs/core/symmetry.h"

namespace tengen {

// Games of an agent against itself at one komi.
struct KomiTrial {
  double komi = 0.0;  // points given to White; never whole, so that no game is drawn for it
  int games = 0;
  double black_points = 0.0;  // a win 1, a draw 0.5
};

// What an agent thinks of an empty board.
struct FairKomi {
  BoardShape shape;
  // Whole: half a point below it Black has half of the points or more, half a point above less.
  // Empty where the search was stopped.
  std::optional<int> komi;
  std::vector<KomiTrial> trials;  // in the order they were played
};

// Plays games at a komi; none: stopped.
using KomiPlayer = std::function<std::optional<KomiTrial>(double komi)>;

// Halves the range of -area to +area points until one whole number is left: about
// log2(2 area + 1) trials. Takes for granted that Black's share falls with komi.
FairKomi FindFairKomi(BoardShape shape, const KomiPlayer& play);

// "5x5", "3x7" from 2 to 19 each. Errors say what was met.
Result<std::vector<BoardShape>> ParseBoards(const std::string& text);

// A Markdown table: found, known, and how far they are apart, and below it how many of the known
// ones are right within a point.
std::string FairKomiTable(const std::vector<FairKomi>& boards);
nlohmann::ordered_json FairKomiJson(const std::vector<FairKomi>& boards);
// An HTML page that needs no network: table, picture over the boards' areas, all trials.
std::string FairKomiPage(const std::string& agent, const std::vector<FairKomi>& boards);

}  // namespace tengen
