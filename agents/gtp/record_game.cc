#include "agents/gtp/record_game.h"

#include <utility>

#include "envs/core/check.h"

namespace tengen {

Result<RecordGame> RecordGame::Start(const SgfTree& tree, const std::vector<int>& line,
                                     const NamedRules& otherwise) {
  auto follower = SgfFollower::Start(tree, line);
  if (!follower) return Error{follower.error()};
  SgfRules rules = ReadSgfRules(follower->info(), otherwise);
  RecordGame record(tree, std::move(*follower), std::move(rules));
  if (const Status begun = record.Begin(); !begun) return Error{begun.error()};
  return record;
}

Result<RecordGame> RecordGame::StartUnder(const Rules& rules, const SgfTree& tree,
                                          const std::vector<int>& line) {
  auto follower = SgfFollower::Start(tree, line);
  if (!follower) return Error{follower.error()};
  RecordGame record(tree, std::move(*follower), {{rules, false}, {}});
  if (const Status begun = record.Begin(); !begun) return Error{begun.error()};
  return record;
}

RecordGame::RecordGame(const SgfTree& tree, SgfFollower follower, SgfRules rules)
    : tree_(&tree),
      follower_(std::move(follower)),
      rules_(std::move(rules)),
      game_(follower_.info().shape, rules_.named.rules) {}

Status RecordGame::Begin() {
  const SgfPosition& position = follower_.position();
  setups_ = position.setups;
  return game_.Start(position.diagram, position.first_to_move);
}

bool RecordGame::Next() {
  if (!follower_.Next()) return false;
  before_setup_.reset();
  const SgfMove& move = follower_.last_move();
  game_.Execute(move.player, move.action);
  const SgfPosition& position = follower_.position();
  if (position.setups != setups_) {
    setups_ = position.setups;
    const GtpGame::Before before = {game_.handicap(), position.removed};
    before_setup_.emplace(std::move(game_));
    game_ = GtpGame(follower_.info().shape, rules_.named.rules);
    const Status started = game_.StartAgain(position.diagram, position.first_to_move, before);
    TENGEN_CHECK(started.ok(), started.ok() ? "" : started.error());
  }
  game_.SetToMove(position.to_move);
  return true;
}

std::vector<std::string> RecordGame::Notes() const {
  std::vector<std::string> notes = tree_->notes;
  notes.insert(notes.end(), rules_.notes.begin(), rules_.notes.end());
  for (const SgfProblem& note : follower_.notes()) notes.push_back(note.message);
  return notes;
}

}  // namespace tengen
