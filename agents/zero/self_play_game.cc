#include "agents/zero/self_play_game.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "agents/resignation.h"
#include "agents/zero/drawn_game.h"
#include "agents/zero/restart_pool.h"
#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

Status CheckShare(const char* name, double value) {
  if (value >= 0.0 && value <= 1.0) return Ok{};
  return Error{StrCat(name, " ", value, ", wanted 0 to 1")};
}

Status CheckAtLeast(const char* name, int value, int least) {
  if (value >= least) return Ok{};
  return Error{StrCat(name, " ", value, ", wanted at least ", least)};
}

Status CheckGames(const SelfPlayConfig& config) {
  if (config.games.empty()) return Error{"games is empty, wanted at least one game id"};
  for (const std::string& id : GameIds(config)) {
    const auto game = MakeGame(id);
    if (!game) return Error{game.error()};
  }
  return Ok{};
}

// One player's root values are discounted returns to go, which records do not have.
Status CheckRestarts(const SelfPlayConfig& config) {
  if (!(config.restart_share > 0.0)) return Ok{};
  for (const std::string& id : GameIds(config)) {
    const auto game = MakeGame(id).value();
    if (game->spec().num_players == 2) continue;
    return Error{StrCat("restart_share ", config.restart_share, ", wanted 0, since ",
                        game->spec().name, " is a game of one player")};
  }
  return Ok{};
}

// A game id with more options.
std::string WithOptions(const std::string& id, const std::string& options) {
  if (options.empty()) return id;
  return id + (id.find(':') == std::string::npos ? ":" : ",") + options;
}

// The search's policy without its zeros.
std::vector<PolicyEntry> SparsePolicy(const SearchResult& result) {
  std::vector<PolicyEntry> policy;
  for (std::size_t i = 0; i < result.actions.size(); ++i) {
    if (result.policy[i] > 0.0F) policy.push_back({result.actions[i], result.policy[i]});
  }
  return policy;
}

// KL(policy || prior) in nats, which KataGo calls surprise.
float Surprise(const SearchResult& result) {
  constexpr double kLeastPrior = 1e-8;
  double sum = 0.0;
  for (std::size_t i = 0; i < result.policy.size(); ++i) {
    const double p = static_cast<double>(result.policy[i]);
    const double prior = std::max(static_cast<double>(result.priors[i]), kLeastPrior);
    if (p > 0.0) sum += p * std::log(p / prior);
  }
  return static_cast<float>(std::max(sum, 0.0));
}

double Entropy(const std::vector<PolicyEntry>& policy) {
  double entropy = 0.0;
  for (const PolicyEntry& entry : policy) {
    const double p = static_cast<double>(entry.probability);
    entropy -= p * std::log(p);
  }
  return entropy;
}

}  // namespace

std::vector<std::string> GameIds(const SelfPlayConfig& config) {
  std::vector<std::string> rules = config.rules;
  if (rules.empty()) rules.emplace_back();
  std::vector<std::string> ids;
  for (const std::string& game : config.games) {
    for (const std::string& options : rules) {
      const std::string id = WithOptions(game, options);
      if (config.komi.empty()) ids.push_back(id);
      for (const double komi : config.komi) ids.push_back(WithOptions(id, StrCat("komi=", komi)));
    }
  }
  return ids;
}

int VisitsAt(const SelfPlayConfig& config, int visits, std::int64_t net_step) {
  if (config.visits_grow_steps <= 0) return visits;
  const double done =
      std::min(1.0, static_cast<double>(net_step) / static_cast<double>(config.visits_grow_steps));
  const double share = config.start_visits_share + (1.0 - config.start_visits_share) * done;
  return std::max(1, static_cast<int>(std::lround(share * visits)));
}

Status CheckSelfPlayConfig(const SelfPlayConfig& config) {
  for (const Status& status : {CheckGames(config), CheckAtLeast("halves", config.halves, 1),
                               CheckAtLeast("parallel_games", config.parallel_games, config.halves),
                               CheckShare("full_share", config.full_share),
                               CheckAtLeast("full_visits", config.full_visits, 1),
                               CheckAtLeast("fast_visits", config.fast_visits, 1),
                               CheckAtLeast("fast_considered", config.fast_considered, 0),
                               CheckShare("start_visits_share", config.start_visits_share),
                               CheckAtLeast("temperature_plies", config.temperature_plies, 0),
                               CheckShare("opening_share", config.opening_share),
                               CheckAtLeast("opening_plies", config.opening_plies, 1),
                               CheckShare("restart_share", config.restart_share),
                               CheckShare("resign_value", config.resign_value),
                               CheckAtLeast("resign_min_ply", config.resign_min_ply, 0),
                               CheckShare("play_on_share", config.play_on_share),
                               CheckAtLeast("decided_visits", config.decided_visits, 0)}) {
    if (!status) return status;
  }
  if (const Status search = CheckMctsConfig(config.mcts); !search) {
    return Error{"mcts." + search.error()};
  }
  if (config.halves > 2) return Error{StrCat("halves ", config.halves, ", wanted 1 or 2")};
  if (config.visits_grow_steps < 0) {
    return Error{StrCat("visits_grow_steps ", config.visits_grow_steps, ", wanted at least 0")};
  }
  if (!(config.temperature > 0.0)) {
    return Error{StrCat("temperature ", config.temperature, ", wanted above 0")};
  }
  return CheckRestarts(config);
}

SelfPlayGame::SelfPlayGame(const SelfPlayConfig& config,
                           std::span<const std::shared_ptr<const Game>> games,
                           RestartPool* restarts)
    : config_(config),
      games_(games),
      restarts_(restarts),
      mcts_(config.mcts),
      rng_(0, RngRole::kSelfPlay) {}

void SelfPlayGame::Begin(std::uint64_t seed, std::uint64_t number) {
  const std::optional<double> place = BeginAtStart(seed, number);
  if (!place || restarts_ == nullptr) return;
  for (const Action action : restarts_->Take(record_.game_id, *place)) PlayUnsearched(action);
}

void SelfPlayGame::BeginAgain(const GameRecord& record) {
  if (!BeginAtStart(record.seed, record.stream)) return;
  const int moves = UnsearchedPlies(record);
  for (int ply = 0; ply < moves; ++ply) {
    PlayUnsearched(record.plies[static_cast<std::size_t>(ply)].action);
  }
}

std::optional<double> SelfPlayGame::BeginAtStart(std::uint64_t seed, std::uint64_t number) {
  rng_ = Rng(seed, RngRole::kSelfPlay, number);
  mcts_.Clear();
  state_.reset();  // before its game
  drawn_game_ = DrawnGame(games_, seed, number, rng_);
  state_ = drawn_game_->NewState();
  record_ = {};
  record_.game_id = state_->game().spec().id;
  record_.seed = seed;
  record_.role = RngRole::kSelfPlay;
  record_.stream = number;
  record_.plays_on = rng_.Uniform() < config_.play_on_share;
  batches_ = 0;
  searching_ = false;
  waiting_ = false;
  decided_ = false;
  // The same numbers are drawn whether or not there is a position to restart from: what the game
  // draws from here on must not hang on the pool, which a replay does not have.
  if (config_.restart_share > 0.0 && rng_.Uniform() < config_.restart_share) return rng_.Uniform();
  if (rng_.Uniform() < config_.opening_share) PlayOpening();
  return std::nullopt;
}

void SelfPlayGame::PlayOpening() {
  const auto plies = 1 + rng_.Below(static_cast<std::uint32_t>(config_.opening_plies));
  std::vector<Action> legal;
  for (std::uint32_t i = 0; i < plies && !IsOver(*state_); ++i) {
    state_->LegalActions(legal);
    PlayUnsearched(legal[rng_.Below(static_cast<std::uint32_t>(legal.size()))]);
  }
}

void SelfPlayGame::PlayUnsearched(Action action) {
  state_->Apply(action);
  record_.plies.emplace_back().action = action;
}

bool SelfPlayGame::Advance(std::int64_t net_step, const std::string& net_hash,
                           SelfPlayStats& stats) {
  if (waiting_) {
    mcts_.Backup();
    waiting_ = false;
  }
  while (true) {
    if (!searching_) {
      if (IsOver(*state_)) {
        FinishGame(state_->IsTerminal() ? GameEnd::kRules : GameEnd::kTruncated);
        return true;
      }
      BeginSearch(net_step, net_hash);
    }
    if (mcts_.Gather() > 0) {
      NoteNet(net_step, net_hash);
      ++batches_;
      waiting_ = true;
      return false;
    }
    if (FinishSearch(stats)) {
      FinishGame(GameEnd::kResign);
      return true;
    }
  }
}

std::span<Evaluation> SelfPlayGame::pending() { return mcts_.pending(); }

void SelfPlayGame::BeginSearch(std::int64_t net_step, const std::string& net_hash) {
  // Replaying must know the step also where the search evaluates nothing.
  if (config_.visits_grow_steps > 0) NoteNet(net_step, net_hash);
  full_ = !decided_ && rng_.Uniform() < config_.full_share;
  if (decided_) {
    mcts_.Begin(*state_, config_.decided_visits, Exploration::kOff, rng_, config_.fast_considered);
  } else if (full_) {
    mcts_.Begin(*state_, VisitsAt(config_, config_.full_visits, net_step), Exploration::kOn, rng_);
  } else {
    mcts_.Begin(*state_, VisitsAt(config_, config_.fast_visits, net_step), Exploration::kOff, rng_,
                config_.fast_considered);
  }
  searching_ = true;
}

void SelfPlayGame::NoteNet(std::int64_t net_step, const std::string& net_hash) {
  if (record_.nets.empty() || record_.nets.back().step != net_step ||
      record_.nets.back().hash != net_hash) {
    record_.nets.push_back({state_->Ply(), batches_, net_step, net_hash});
  }
}

bool SelfPlayGame::FinishSearch(SelfPlayStats& stats) {
  const SearchResult result = mcts_.Result();
  searching_ = false;
  stats.simulations += result.simulations;
  stats.simulator_calls += result.simulator_calls + 1;
  if (!decided_ && Resigns(result.root_value)) {
    if (config_.decided_visits == 0) return true;
    decided_ = true;
    full_ = false;
  }

  RecordedPly ply;
  ply.action = ChooseMove(result);
  ply.visits = result.simulations;
  ply.full = full_;
  ply.sample = full_;
  ply.root_value = result.root_value;
  ply.raw_value = result.raw_value;
  ply.raw_score = result.raw_score;
  if (ply.sample) {
    ply.policy = SparsePolicy(result);
    ply.surprise = Surprise(result);
    ++stats.positions;
    stats.policy_entropy += Entropy(ply.policy);
  }
  ++stats.plies;
  state_->Apply(ply.action);
  record_.plies.push_back(std::move(ply));
  return false;
}

bool SelfPlayGame::Resigns(float root_value) {
  if (!IsHopeless(root_value, -config_.resign_value) || state_->Ply() < config_.resign_min_ply ||
      state_->game().spec().num_players == 1) {
    return false;
  }
  int& first = record_.resign_ply[static_cast<std::size_t>(Index(state_->ToMove()))];
  if (first < 0) first = state_->Ply();
  return !record_.plays_on;
}

Action SelfPlayGame::ChooseMove(const SearchResult& result) {
  if (state_->Ply() >= config_.temperature_plies) return result.best;
  weights_.assign(result.policy.size(), 0.0F);
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    if (result.visits[i] > 0) weights_[i] = result.policy[i];
  }
  const float most = *std::max_element(weights_.begin(), weights_.end());
  if (most <= 0.0F) return result.best;
  // Relative to the likeliest move, so that small temperatures do not overflow.
  for (float& weight : weights_) {
    weight = static_cast<float>(std::pow(static_cast<double>(weight) / static_cast<double>(most),
                                         1.0 / config_.temperature));
  }
  return result.actions[static_cast<std::size_t>(rng_.Categorical(weights_))];
}

void SelfPlayGame::FinishGame(GameEnd end) {
  record_.end = end;
  if (end == GameEnd::kResign) {
    record_.return_first = state_->ToMove() == Player::kFirst ? -1.0F : 1.0F;
  } else {
    record_.return_first = static_cast<float>(state_->Return(Player::kFirst));
    record_.owner.resize(static_cast<std::size_t>(state_->game().spec().shape.points()));
    if (!state_->FinalArea(record_.owner, &record_.score_first)) record_.owner.clear();
  }
  if (restarts_ != nullptr) restarts_->Offer(record_, state_->game());
}

GameRecord SelfPlayGame::TakeRecord() { return std::move(record_); }

GameRecord ReplaySelfPlayGame(const SelfPlayConfig& config, const GameRecord& origin,
                              const std::function<Evaluator&(const NetUse&)>& evaluator_of) {
  std::vector<std::shared_ptr<const Game>> games;
  for (const std::string& id : GameIds(config)) games.push_back(MakeGame(id).value());
  SelfPlayGame game(config, games);
  game.BeginAgain(origin);
  SelfPlayStats stats;
  std::size_t next = 0;
  NetUse net = origin.nets.empty() ? NetUse() : origin.nets.front();
  for (std::int64_t batch = 0;; ++batch) {
    if (next < origin.nets.size() && origin.nets[next].first_batch == batch) {
      net = origin.nets[next++];
    }
    if (game.Advance(net.step, net.hash, stats)) return game.TakeRecord();
    evaluator_of(net).Evaluate(game.pending());
  }
}

}  // namespace tengen
