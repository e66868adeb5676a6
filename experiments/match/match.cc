#include "experiments/match/match.h"

#include <algorithm>
#include <exception>
#include <thread>

#include "envs/core/mutex.h"

namespace tengen {
namespace {

// Random legal moves; gives up early rather than finish the game or pass.
std::unique_ptr<State> RandomOpening(const Game& game, int plies, Rng& rng,
                                     std::vector<Action>& moves) {
  std::unique_ptr<State> state = game.NewState();
  std::unique_ptr<State> next = state->Clone();
  std::vector<Action> legal;
  for (int ply = 0; ply < plies; ++ply) {
    state->LegalActions(legal);
    if (game.spec().policy == PolicyLayout::kPointsAndPass && legal.size() > 1) legal.pop_back();
    const Action action = legal[rng.Below(static_cast<std::uint32_t>(legal.size()))];
    next->CopyFrom(*state);
    next->Apply(action);
    if (next->IsTerminal()) break;
    std::swap(state, next);
    moves.push_back(action);
  }
  return state;
}

MatchGame PlayGame(const Game& game, Agent& a, Agent& b, const MatchConfig& config, int index) {
  MatchGame record;
  record.index = index;
  record.a_is_first = index % 2 == 0;
  Rng opening_rng(config.seed, RngRole::kOpening, static_cast<std::uint64_t>(index / 2));
  Rng rng(config.seed, RngRole::kMatch, static_cast<std::uint64_t>(index));
  auto state = RandomOpening(game, config.opening_plies, opening_rng, record.moves);
  record.opening_plies = static_cast<int>(record.moves.size());
  a.Restart();
  b.Restart();
  const Player player_a = record.a_is_first ? Player::kFirst : Player::kSecond;
  while (!state->IsTerminal()) {
    const bool a_moves = state->ToMove() == player_a;
    const ActResult act = (a_moves ? a : b).Act(*state, rng);
    if (act.resigns) {
      record.result_a = a_moves ? -1.0 : 1.0;
      return record;
    }
    TENGEN_CHECK(state->IsLegal(act.action), "illegal move ", act.action, " by ",
                 (a_moves ? a : b).Name());
    record.moves.push_back(act.action);
    state->Apply(act.action);
  }
  record.result_a = state->Return(player_a);
  return record;
}

void Count(const MatchGame& game, MatchResult& result) {
  result.wins += game.result_a > 0.0 ? 1 : 0;
  result.draws += game.result_a == 0.0 ? 1 : 0;
  result.losses += game.result_a < 0.0 ? 1 : 0;
  result.first_player_wins +=
      game.result_a != 0.0 && (game.result_a > 0.0) == game.a_is_first ? 1 : 0;
}

}  // namespace

MatchResult PlayMatch(const Game& game, const AgentMaker& make_a, const AgentMaker& make_b,
                      const MatchConfig& config, const std::atomic<bool>* stop,
                      const std::function<void(const MatchResult&)>& progress) {
  TENGEN_CHECK(game.spec().num_players == 2, game.spec().id, " has one player, wanted two");
  const int games = config.games + config.games % 2;
  std::atomic<int> next_game{0};
  Mutex mutex;
  MatchResult result;
  std::exception_ptr error;

  const auto play = [&] {
    try {
      const std::unique_ptr<Agent> a = make_a();
      const std::unique_ptr<Agent> b = make_b();
      while (stop == nullptr || !stop->load()) {
        const int index = next_game.fetch_add(1);
        if (index >= games) return;
        MatchGame record = PlayGame(game, *a, *b, config, index);
        MutexLock lock(mutex);
        Count(record, result);
        result.games.push_back(std::move(record));
        if (progress) progress(result);
      }
    } catch (...) {
      MutexLock lock(mutex);
      if (!error) error = std::current_exception();
      next_game = games;
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 1; i < std::min(config.threads, games); ++i) threads.emplace_back(play);
    play();
  }
  if (error) std::rethrow_exception(error);
  std::sort(result.games.begin(), result.games.end(),
            [](const MatchGame& x, const MatchGame& y) { return x.index < y.index; });
  return result;
}

}  // namespace tengen
