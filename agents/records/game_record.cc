#include "agents/records/game_record.h"

#include <algorithm>
#include <cmath>

#include "envs/registry/game_registry.h"

namespace tengen {

int GameRecord::sample_count() const {
  return static_cast<int>(
      std::count_if(plies.begin(), plies.end(), [](const RecordedPly& ply) { return ply.sample; }));
}

bool IsFalseResignation(const GameRecord& record) {
  const auto [first, second] = record.resign_ply;
  if (!record.plays_on || (first < 0 && second < 0)) return false;
  const bool first_would = first >= 0 && (second < 0 || first < second);
  return first_would ? record.return_first >= 0.0F : record.return_first <= 0.0F;
}

std::unique_ptr<State> ReplayTo(const Game& game, const GameRecord& record, int ply) {
  TENGEN_CHECK(ply >= 0 && ply <= static_cast<int>(record.plies.size()), "ply ", ply,
               ", wanted 0 to ", record.plies.size());
  std::unique_ptr<State> state = game.NewState();
  for (int i = 0; i < ply; ++i) state->Apply(record.plies[static_cast<std::size_t>(i)].action);
  return state;
}

namespace {

Status CheckPolicy(const RecordedPly& ply, const std::vector<Action>& legal) {
  if (!ply.sample) {
    return ply.policy.empty() ? Status(Ok{}) : Error{"a policy, wanted none without sample"};
  }
  double sum = 0.0;
  Action last = kNoAction;
  for (const PolicyEntry& entry : ply.policy) {
    if (!std::binary_search(legal.begin(), legal.end(), entry.action)) {
      return Error{StrCat("policy on action ", entry.action, ", which is not legal")};
    }
    if (entry.action <= last) return Error{"policy entries are not ascending by action"};
    if (!(entry.probability > 0.0F && entry.probability <= 1.0F)) {
      return Error{StrCat("policy has ", entry.probability, ", wanted above 0 and at most 1")};
    }
    last = entry.action;
    sum += static_cast<double>(entry.probability);
  }
  if (std::abs(sum - 1.0) > 1e-3) return Error{StrCat("policy sums to ", sum, ", wanted 1")};
  return Ok{};
}

Status CheckValues(const RecordedPly& ply) {
  for (const float value : {ply.root_value, ply.raw_value, ply.raw_score}) {
    if (!std::isfinite(value)) return Error{StrCat("a value of ", value, ", wanted a finite one")};
  }
  if (!(ply.surprise >= 0.0F && std::isfinite(ply.surprise))) {
    return Error{StrCat("a surprise of ", ply.surprise, ", wanted a finite one from 0")};
  }
  if (ply.visits < 0) return Error{StrCat(ply.visits, " visits, wanted at least 0")};
  return Ok{};
}

Status CheckResignation(const GameRecord& record, const State& state) {
  if (IsOver(state)) return Error{"resigned in a finished game"};
  if (state.game().spec().num_players == 1) {
    return Error{"resigned in a game of one player, wanted a game of two"};
  }
  const float expected = state.ToMove() == Player::kFirst ? -1.0F : 1.0F;
  if (record.return_first != expected) {
    return Error{StrCat("return_first ", record.return_first, ", wanted ", expected,
                        ", since the player to move resigned")};
  }
  if (!record.owner.empty() || record.score_first != 0.0F) {
    return Error{"owners or a score, wanted none, since nobody counted a resigned game"};
  }
  return Ok{};
}

// The result is whatever was agreed, over or not by the rules.
Status CheckAdjudication(const GameRecord& record, const State& state) {
  if (state.game().spec().num_players == 1) {
    return Error{"adjudicated in a game of one player, wanted a game of two"};
  }
  if (record.return_first != 1.0F && record.return_first != 0.0F && record.return_first != -1.0F) {
    return Error{StrCat("return_first ", record.return_first, ", wanted 1, 0 or -1")};
  }
  if (!record.owner.empty() || record.score_first != 0.0F) {
    return Error{"owners or a score, wanted none, since nobody counted an adjudicated game"};
  }
  return Ok{};
}

Status CheckEnd(const GameRecord& record, const State& state) {
  if (record.end == GameEnd::kResign) return CheckResignation(record, state);
  if (record.end == GameEnd::kAdjudicated) return CheckAdjudication(record, state);
  const bool truncated = record.end == GameEnd::kTruncated;
  if (state.IsTerminal() == truncated || !IsOver(state)) {
    return Error{StrCat("the game is not ", truncated ? "cut off" : "over", " after its last ply")};
  }
  const float result = static_cast<float>(state.Return(Player::kFirst));
  if (record.return_first != result) {
    return Error{StrCat("return_first ", record.return_first, ", wanted ", result)};
  }
  std::vector<Cell> owner(static_cast<std::size_t>(state.game().spec().shape.points()));
  float score = 0.0F;
  if (!state.FinalArea(owner, &score)) owner.clear();
  if (record.owner != owner) return Error{"the owners of the points differ from the rules'"};
  if (record.score_first != score) {
    return Error{StrCat("score_first ", record.score_first, ", wanted ", score)};
  }
  return Ok{};
}

bool IsHash(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// What names plies and networks.
Status CheckReferences(const GameRecord& record) {
  const auto plies = static_cast<int>(record.plies.size());
  std::int64_t last_batch = -1;
  for (const NetUse& net : record.nets) {
    if (net.first_ply < 0 || net.first_ply > plies) {
      return Error{StrCat("a network from ply ", net.first_ply, " on, wanted 0 to ", plies)};
    }
    if (net.first_batch <= last_batch) return Error{"networks are not ascending by batch"};
    if (net.step < 0) return Error{StrCat("a network of step ", net.step, ", wanted at least 0")};
    if (!net.hash.empty() && !IsHash(net.hash)) {
      return Error{StrCat("a network's hash of ", net.hash.size(),
                          " letters, wanted 64 hexadecimal digits or none")};
    }
    last_batch = net.first_batch;
  }
  for (const int ply : record.resign_ply) {
    if (ply < -1 || ply > plies) {
      return Error{StrCat("resign_ply ", ply, ", wanted -1 to ", plies)};
    }
  }
  return Ok{};
}

}  // namespace

Status CheckRecord(const GameRecord& record) {
  const auto game = MakeGame(record.game_id);
  if (!game) return Error{game.error()};
  if (Status references = CheckReferences(record); !references) return references;
  const std::unique_ptr<State> state = (*game)->NewState();
  std::vector<Action> legal;
  for (std::size_t i = 0; i < record.plies.size(); ++i) {
    const RecordedPly& ply = record.plies[i];
    if (IsOver(*state)) return Error{StrCat("ply ", i, ": the game was over before it")};
    state->LegalActions(legal);
    if (!std::binary_search(legal.begin(), legal.end(), ply.action)) {
      return Error{StrCat("ply ", i, ": action ", ply.action, " is not legal")};
    }
    for (const Status& status : {CheckValues(ply), CheckPolicy(ply, legal)}) {
      if (!status) return Error{StrCat("ply ", i, ": ", status.error())};
    }
    state->Apply(ply.action);
  }
  return CheckEnd(record, *state);
}

}  // namespace tengen
