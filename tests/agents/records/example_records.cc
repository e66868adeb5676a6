#include "tests/agents/records/example_records.h"

namespace tengen {
namespace {

RecordedPly Sample(Action action, float root_value, std::vector<PolicyEntry> policy) {
  RecordedPly ply;
  ply.action = action;
  ply.visits = 16;
  ply.full = true;
  ply.sample = true;
  ply.root_value = root_value;
  ply.raw_value = root_value / 2.0F;
  ply.raw_score = 1.5F;
  ply.policy = std::move(policy);
  return ply;
}

}  // namespace

GameRecord XWinsTopRow() {
  GameRecord record;
  record.game_id = "tictactoe";
  record.seed = 0xfedcba9876543210ULL;
  record.stream = 17;
  record.nets = {{0, 0, 100, std::string(64, 'a')}, {2, 33, 120}};
  record.plies = {
      Sample(0, 0.25F, {{0, 0.75F}, {4, 0.25F}}),
      {},
      Sample(1, 0.5F, {{1, 0.6F}, {2, 0.3F}, {8, 0.1F}}),
      Sample(4, -0.75F, {{4, 1.0F}}),
      Sample(2, 1.0F, {{2, 1.0F}}),
  };
  record.plies[1].action = 3;
  record.plies[1].visits = 4;
  record.return_first = 1.0F;
  record.plays_on = true;
  record.resign_ply = {-1, 3};
  return record;
}

GameRecord BlackWinsSmallGo() {
  GameRecord record;
  record.game_id = "go:size=3,komi=0.5";
  record.seed = 5;
  record.nets = {{0, 0, 0}};
  for (const Action action : {1, 2, 4, 8, 7, 9, 9}) {
    record.plies.push_back(Sample(action, 0.5F, {{action, 1.0F}}));
  }
  record.return_first = 1.0F;
  const Cell b = Cell::kFirst;
  const Cell w = Cell::kSecond;
  record.owner = {b, b, w, b, b, Cell::kEmpty, b, b, w};
  record.score_first = 3.5F;
  return record;
}

}  // namespace tengen
