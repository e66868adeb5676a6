#include "experiments/supervised/go_games.h"

#include <utility>

#include "experiments/config/usage_error.h"
#include "experiments/datasets/catalogue.h"
#include "experiments/datasets/sgf_records.h"
#include "experiments/supervised/game_split.h"

namespace tengen {
namespace {

// Of the set that people have without naming it.
std::string KnownGames() {
  const KnownData& known = **FindKnownData("go9x9");
  const auto folder = LocateData(known);
  if (folder) return (*folder / known.files.front().name).string();
  throw UsageError(StrCat("no games to learn from, wanted --sgf with a folder, file or archive; ",
                          folder.error()));
}

}  // namespace

std::vector<GameRecord> ReadGoGames(std::string& sgf, int& size, std::string& told) {
  if (sgf.empty()) sgf = KnownGames();
  SgfRecordOptions options;
  if (size > 0) options.size = size;
  SgfRecords games = OrWorldError(ReadSgfRecords(sgf, options));
  if (size == 0) {
    size = CommonestSize(games.records);
    const auto other = [size](const GameRecord& record) { return CommonestSize({record}) != size; };
    const auto left_out = std::erase_if(games.records, other);
    if (left_out > 0) games.refused["another board size"] += static_cast<int>(left_out);
  }
  told = StrCat(games.records.size(), " games of ", size, "x", size, " from ", sgf);
  for (const auto& [reason, count] : games.refused) {
    told += StrCat("\nleft out: ", reason, ", ", count, count == 1 ? " time" : " times");
  }
  return std::move(games.records);
}

}  // namespace tengen
