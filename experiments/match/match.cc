#include "experiments/match/match.h"

#include <algorithm>
#include <exception>
#include <thread>
#include <utility>

#include "envs/core/mutex.h"
#include "search/gathering_evaluator.h"

namespace tengen {
namespace {

std::unique_ptr<State> StateAfter(const Game& game, const std::vector<Action>& moves) {
  std::unique_ptr<State> state = game.NewState();
  for (const Action action : moves) state->Apply(action);
  return state;
}

void CountArea(const State& state, Agent& a, Agent& b, MatchGame& record) {
  if (!state.game().spec().has_area) return;
  std::vector<Cell> owner(static_cast<std::size_t>(state.game().spec().shape.points()));
  float score = 0.0F;
  if (!state.FinalArea(owner, &score)) return;
  record.score = score;
  record.own_scores = {a.OwnScore(state), b.OwnScore(state)};
}

// Nothing once `drop` (may be null) is raised.
std::optional<MatchGame> PlayGame(const Game& game, Opponents& opponents,
                                  const std::vector<Action>& opening, std::uint64_t seed, int index,
                                  const std::atomic<bool>* drop) {
  Agent& a = *opponents.a;
  Agent& b = *opponents.b;
  MatchGame record;
  record.index = index;
  record.a_is_first = index % 2 == 0;
  record.moves = opening;
  record.opening_plies = static_cast<int>(opening.size());
  Rng rng(seed, RngRole::kMatch, static_cast<std::uint64_t>(index));
  const auto state = StateAfter(game, opening);
  if (opponents.before_game) opponents.before_game();
  a.Restart();
  b.Restart();
  const Player player_a = record.a_is_first ? Player::kFirst : Player::kSecond;
  while (!state->IsTerminal()) {
    if (drop != nullptr && drop->load()) return std::nullopt;
    const bool a_moves = state->ToMove() == player_a;
    ActResult act = (a_moves ? a : b).Act(*state, rng);
    if (act.resigns || act.failure != AgentFailure::kNone) {
      record.end = act.resigns ? MatchEnd::kResignation : MatchEnd::kFailure;
      record.failure = act.failure;
      record.failure_text = std::move(act.failure_text);
      record.result_a = a_moves ? -1.0 : 1.0;
      return record;
    }
    TENGEN_CHECK(state->IsLegal(act.action), "illegal move ", act.action, " by ",
                 (a_moves ? a : b).Name());
    record.moves.push_back(act.action);
    state->Apply(act.action);
  }
  record.result_a = state->Return(player_a);
  CountArea(*state, a, b, record);
  return record;
}

// Which thread plays which games. Where several take turns on a thread, and so share batches, pairs
// are dealt beforehand, so that no clock decides which games are together. Thread-safe, where each
// thread asks for itself.
class GameDealer {
 public:
  GameDealer(const MatchConfig& config, int end)
      : first_(2 * config.first_pair),
        end_(end),
        threads_(config.threads),
        dealt_(config.games_a_thread > 1),
        next_(first_),
        own_(static_cast<std::size_t>(config.threads), 0) {}

  // `end` where there are no more.
  int Next(int thread) {
    if (closed_) return end_;
    if (!dealt_) return next_.fetch_add(1);
    const int k = own_[static_cast<std::size_t>(thread)]++;
    return std::min(end_, first_ + 2 * (k / 2 * threads_ + thread) + k % 2);
  }
  // How many games the thread plays at most.
  int Share(int thread) const {
    const int pairs = (end_ - first_) / 2;
    return dealt_ ? 2 * ((pairs - thread + threads_ - 1) / threads_) : end_ - first_;
  }
  // No more games for anybody.
  void Close() { closed_ = true; }

 private:
  const int first_;
  const int end_;
  const int threads_;
  const bool dealt_;
  std::atomic<bool> closed_ = false;
  std::atomic<int> next_;
  std::vector<int> own_;  // by thread: games that it has begun
};

int HalfPoints(const MatchGame& game) { return 1 + static_cast<int>(game.result_a); }

// The games of a match as they come in.
class Ledger {
 public:
  explicit Ledger(const MatchConfig& config) {
    if (config.sprt) result_.sprt.emplace(*config.sprt);
  }

  // False, and nothing counted, once there is a verdict: all that led to it is here.
  bool Add(MatchGame game) {
    if (decided()) return false;
    const auto index = static_cast<std::size_t>(game.index);
    if (half_points_.size() <= (index | 1U)) half_points_.resize((index | 1U) + 1);
    half_points_[index] = HalfPoints(game);
    Count(game);
    if (const auto& other = half_points_[index ^ 1U]; other) {
      result_.pairs.Add(*other + *half_points_[index]);
    }
    result_.games.push_back(std::move(game));
    if (result_.sprt) FeedSprt();
    return true;
  }

  bool decided() const {
    return result_.sprt && result_.sprt->verdict() != SprtVerdict::kUndecided;
  }
  const MatchResult& result() const { return result_; }

  // In order, without the games beyond the pair that decided.
  MatchResult Take() {
    std::sort(result_.games.begin(), result_.games.end(),
              [](const MatchGame& x, const MatchGame& y) { return x.index < y.index; });
    if (decided()) KeepPairs(fed_);
    return std::move(result_);
  }

 private:
  void Count(const MatchGame& game) {
    result_.wins += game.result_a > 0.0 ? 1 : 0;
    result_.draws += game.result_a == 0.0 ? 1 : 0;
    result_.losses += game.result_a < 0.0 ? 1 : 0;
    result_.first_player_wins +=
        game.result_a != 0.0 && (game.result_a > 0.0) == game.a_is_first ? 1 : 0;
  }

  // Whole pairs go to the test in their order, whatever order they end in.
  void FeedSprt() {
    for (; !decided() && 2 * fed_ + 1 < half_points_.size(); ++fed_) {
      const auto& first = half_points_[2 * fed_];
      const auto& second = half_points_[2 * fed_ + 1];
      if (!first || !second) return;
      result_.sprt->Add(*first + *second);
    }
  }

  void KeepPairs(std::size_t pairs) {
    std::vector<MatchGame> games = std::exchange(result_.games, {});
    result_.wins = result_.draws = result_.losses = result_.first_player_wins = 0;
    result_.pairs = result_.sprt->pairs();
    for (MatchGame& game : games) {
      if (static_cast<std::size_t>(game.index) >= 2 * pairs) break;
      Count(game);
      result_.games.push_back(std::move(game));
    }
  }

  MatchResult result_;
  std::vector<std::optional<int>> half_points_;  // a's, by game
  std::size_t fed_ = 0;                          // pairs that the test has seen
};

}  // namespace

void MatchConfig::Use(const GamesAtOnce& at_once) {
  threads = at_once.threads;
  games_a_thread = at_once.games_a_thread;
}

bool MatchGame::disputed() const {
  const auto sign = [](float x) { return (x > 0.0F) - (x < 0.0F); };
  return score && std::any_of(own_scores.begin(), own_scores.end(),
                              [&](const auto& own) { return own && sign(*own) != sign(*score); });
}

int MatchResult::Failures(bool of_a, AgentFailure failure) const {
  return static_cast<int>(std::count_if(games.begin(), games.end(), [&](const MatchGame& game) {
    return game.failure == failure && game.end == MatchEnd::kFailure && (game.result_a < 0) == of_a;
  }));
}

MatchResult PlayMatch(const Game& game, const AgentMaker& make_a, const AgentMaker& make_b,
                      const MatchConfig& config, const std::atomic<bool>* stop,
                      const std::function<void(const MatchResult&)>& progress) {
  const auto make = [&] { return Opponents{make_a(), make_b(), {}}; };
  return PlayMatch(game, make, config, stop, progress);
}

MatchResult PlayMatch(const Game& game, const OpponentsMaker& make, const MatchConfig& config,
                      const std::atomic<bool>* stop,
                      const std::function<void(const MatchResult&)>& progress) {
  TENGEN_CHECK(game.spec().num_players == 2, game.spec().id, " has one player, wanted two");
  const int pairs = (config.games + 1) / 2;
  const Openings openings = config.openings.moves.empty()
                                ? DrawOpenings(game, pairs, config.opening_plies, config.seed)
                                : config.openings;
  TENGEN_CHECK(static_cast<int>(openings.moves.size()) >= pairs, openings.moves.size(),
               " openings for ", pairs, " pairs");
  TENGEN_CHECK(config.first_pair == 0 || !config.sprt, "a test that begins at pair ",
               config.first_pair);
  GameDealer dealer(config, 2 * pairs);
  Mutex mutex;
  Ledger ledger(config);
  std::exception_ptr error;

  const auto play = [&](int thread) {
    try {
      Opponents opponents = make();
      while (stop == nullptr || !stop->load()) {
        const int index = dealer.Next(thread);
        if (index >= 2 * pairs) return;
        const auto& opening = openings.moves[static_cast<std::size_t>(index / 2)];
        std::optional<MatchGame> record = PlayGame(game, opponents, opening, config.seed, index,
                                                   config.stop_drops_games ? stop : nullptr);
        if (!record) return;
        MutexLock lock(mutex);
        if (!ledger.Add(*std::move(record))) return;
        if (ledger.decided()) dealer.Close();
        if (progress) progress(ledger.result());
      }
    } catch (...) {
      MutexLock lock(mutex);
      if (!error) error = std::current_exception();
      dealer.Close();
    }
  };
  {
    const auto play_some = [&](int thread) {
      const int together = std::min(config.games_a_thread, dealer.Share(thread));
      if (together > 1) return PlayTogether(together, [&] { play(thread); });
      play(thread);
    };
    std::vector<std::jthread> threads;
    for (int i = 1; i < std::min(config.threads, 2 * pairs); ++i) {
      threads.emplace_back(play_some, i);
    }
    play_some(0);
  }
  if (error) std::rethrow_exception(error);
  MatchResult result = ledger.Take();
  result.distinct_openings = openings.distinct;
  return result;
}

}  // namespace tengen
