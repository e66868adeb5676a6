#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agents/records/game_record.h"
#include "envs/registry/game_registry.h"

namespace tengen {

// A record that keeps the rules: random moves to the end, each one searched, with a policy over the
// first `spread` legal actions.
inline GameRecord RandomRecord(const std::string& game_id, std::uint64_t seed,
                               std::size_t spread = 1) {
  const std::shared_ptr<const Game> game = MakeGame(game_id).value();
  const std::unique_ptr<State> state = game->NewState();
  Rng rng(seed, RngRole::kSelfPlay, 0);
  GameRecord record;
  record.game_id = game_id;
  record.seed = seed;
  record.stream = seed;
  record.nets = {{0, 0, static_cast<std::int64_t>(10 * seed)}};
  std::vector<Action> legal;
  while (!IsOver(*state)) {
    state->LegalActions(legal);
    RecordedPly ply;
    ply.action = legal[rng.Below(static_cast<std::uint32_t>(legal.size()))];
    ply.visits = 16;
    ply.sample = true;
    ply.root_value = state->ToMove() == Player::kFirst ? 0.5F : -0.5F;
    const std::size_t shared = std::min(spread, legal.size());
    for (std::size_t i = 0; i < shared; ++i) {
      ply.policy.push_back({legal[i], 1.0F / static_cast<float>(shared)});
    }
    state->Apply(ply.action);
    record.plies.push_back(std::move(ply));
  }
  record.end = state->IsTerminal() ? GameEnd::kRules : GameEnd::kTruncated;
  record.return_first = static_cast<float>(state->Return(Player::kFirst));
  record.owner.resize(static_cast<std::size_t>(game->spec().shape.points()));
  if (!state->FinalArea(record.owner, &record.score_first)) record.owner.clear();
  return record;
}

}  // namespace tengen
