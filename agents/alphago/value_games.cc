#include "agents/alphago/value_games.h"

#include <utility>

#include "envs/core/check.h"

namespace tengen {
namespace {

// A game on its way, with the move that is drawn uniformly.
struct ValueGame {
  PolicyGame game;
  int u = 0;             // counted from 1
  bool dropped = false;  // it has no position
};

// False if no point is legal.
bool PlayRandomPoint(PolicyGame& game) {
  std::vector<Action> points;
  game.state->LegalActions(points);
  std::erase(points, game.go().game().pass());
  if (points.empty()) return false;
  game.Play(points[game.rng.Below(static_cast<std::uint32_t>(points.size()))]);
  return true;
}

GameRecord RecordOf(const GoGame& game, const ValueGame& played, const GameRange& range,
                    std::uint64_t number) {
  GameRecord record;
  record.game_id = game.spec().id;
  record.seed = range.seed;
  record.role = range.role;
  record.stream = number;
  for (const Action move : played.game.moves) {
    RecordedPly ply;
    ply.action = move;
    record.plies.push_back(std::move(ply));
  }
  RecordedPly& sample = record.plies[static_cast<std::size_t>(played.u)];
  sample.sample = true;
  sample.policy = {{sample.action, 1.0F}};
  record.return_first = static_cast<float>(played.game.state->Return(Player::kFirst));
  record.owner.resize(static_cast<std::size_t>(game.spec().shape.points()));
  played.game.state->FinalArea(record.owner, &record.score_first);
  return record;
}

std::vector<GameRecord> PlayPart(const GoGame& game, const ValueGamePolicies& policies,
                                 const GameRange& range, int most_plies) {
  std::vector<ValueGame> games;
  for (int i = 0; i < range.count; ++i) {
    const auto number = range.first + static_cast<std::uint64_t>(i);
    games.push_back({PolicyGame(game, Rng(range.seed, range.role, number))});
    games.back().u =
        1 + static_cast<int>(games.back().game.rng.Below(static_cast<std::uint32_t>(most_plies)));
  }
  // All games are at the same ply.
  bool moved = true;
  for (int ply = 0; moved; ++ply) {
    std::vector<PolicyGame*> supervised;
    std::vector<PolicyGame*> reinforced;
    moved = false;
    for (ValueGame& each : games) {
      each.dropped = each.dropped || (each.game.over() && ply <= each.u);
      if (each.dropped || each.game.over()) continue;
      moved = true;
      if (ply < each.u - 1) {
        supervised.push_back(&each.game);
      } else if (ply >= each.u) {
        reinforced.push_back(&each.game);
      } else {
        each.dropped = !PlayRandomPoint(each.game);
      }
    }
    if (!supervised.empty()) PlayPolicyMoves(policies.supervised, supervised);
    if (!reinforced.empty()) PlayPolicyMoves(policies.reinforced, reinforced);
  }
  std::vector<GameRecord> records;
  for (std::size_t i = 0; i < games.size(); ++i) {
    if (!games[i].dropped) records.push_back(RecordOf(game, games[i], range, range.first + i));
  }
  return records;
}

}  // namespace

int MostValuePlies(const BoardShape& shape) { return shape.points() * 5 / 4; }

std::vector<GameRecord> PlayValueGames(const GoGame& game, const ValueGamePolicies& policies,
                                       const GameRange& range, int most_plies, int threads) {
  TENGEN_CHECK(most_plies > 0, most_plies, " plies until the random move, wanted 1 at least");
  std::vector<std::vector<GameRecord>> found(static_cast<std::size_t>(range.count));
  ForPartsOf(range, threads, [&](const GameRange& part) {
    found[part.first - range.first] = PlayPart(game, policies, part, most_plies);
  });
  std::vector<GameRecord> records;
  for (std::vector<GameRecord>& some : found) {
    for (GameRecord& record : some) records.push_back(std::move(record));
  }
  return records;
}

}  // namespace tengen
