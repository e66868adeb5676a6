#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/records/game_record.h"
#include "envs/core/result.h"
#include "envs/go/sgf.h"

namespace tengen {

// The main line of a game of Go as a record whose plies are all training positions, the move that
// was played being the whole policy. The rules are those that RU and KM say, with positional
// superko where the game keeps to it and simple ko otherwise; of a ko's stricter rules a network
// learns more where both fit.
//   end  kRules        two passes, and RE gives the score that the rules count: with area
//        kResign       RE says so, and the loser is to move
//        kAdjudicated  any other RE with a winner or a draw
// Errors: not Go, setup stones (handicap), a player who moves twice in a row, a move that cannot be
// played (numbered), no result, no moves, a board beyond 19x19.
Result<GameRecord> RecordOfSgf(const SgfTree& tree);

// What RE means: 1 Black won, -1 White, 0 a draw; the margin if it is a number; whether the loser
// resigned. Nothing for "?", "Void" and what is no result.
struct SgfResult {
  float return_first = 0.0F;
  std::optional<float> margin;  // points, at least 0
  bool resigned = false;
};
std::optional<SgfResult> ParseSgfResult(std::string_view value);

// All games of a folder (and the folders below it), an SGF file, or a tar archive, plain or gzip.
struct SgfRecords {
  std::vector<GameRecord> records;     // in the order of the files' names, then of their place
  std::map<std::string, int> refused;  // by reason; "the same game again" among them
};
struct SgfRecordOptions {
  std::optional<int> size;  // games of other sizes are left out, and counted as refused
};
// Errors: it cannot be read, no .sgf file in it, no game of it is of use (with the commonest
// reason).
Result<SgfRecords> ReadSgfRecords(const std::filesystem::path& path,
                                  const SgfRecordOptions& options = {});

}  // namespace tengen
