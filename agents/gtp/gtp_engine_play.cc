#include <algorithm>
#include <chrono>
#include <utility>

#include "agents/gtp/gtp_engine.h"
#include "agents/resignation.h"
#include "envs/core/check.h"

// Moves.

namespace tengen {
namespace {

constexpr double kFirstLine_s = 0.5;  // of an analysis, or its interval if that is shorter

// Own moves that the rest of a game may take, by the emptiness of the board.
int MovesToCome(const GoState& state) {
  return 10 + static_cast<int>(state.board().empty_points().size()) / 4;
}

// An index drawn from probabilities.
std::size_t Draw(const std::vector<float>& probabilities, Rng& rng) {
  double left = rng.Uniform();
  for (std::size_t i = 0; i + 1 < probabilities.size(); ++i) {
    left -= probabilities[i];
    if (left < 0.0) return i;
  }
  return probabilities.size() - 1;
}

}  // namespace

// Whether the opponent has just passed and a pass wins.
bool GtpEngine::PassWins(Player player) {
  const auto& moves = game_.moves();
  if (moves.empty() || moves.back().player == player ||
      moves.back().action != game_.game().pass()) {
    return false;
  }
  const int score = HalfScore();
  return player == Player::kFirst ? score > 0 : score < 0;
}

// Networks of KataGo see no pass that would end the game, nor a move before it: then a pass at the
// root ends nothing (its conservativePass).
const GoState& GtpEngine::RootFor(Player player, Purpose purpose) {
  const GoState& state = game_.StateFor(player);
  const bool ends = state.consecutive_passes() > 0 && rules_.rules.scoring == ScoringRule::kArea;
  const bool hides = purpose == Purpose::kAnalyze && config_.analysis_hides_history;
  if (!hides && !(ends && config_.model_version > 0)) return state;
  auto start = StartFrom(state);
  if (!start) return state;
  search_->Forget();  // of the game that goes
  root_ = std::move(*start);
  return *root_.state;
}

GtpEngine::Choice GtpEngine::ChooseByPolicy(const GoState& root) {
  const PositionEvaluation answer = search_->Evaluate(root, search_->rng().Next());
  const auto best = std::max_element(answer.prior.begin(), answer.prior.end());
  const std::size_t index = config_.policy == PolicyChoice::kBest
                                ? static_cast<std::size_t>(best - answer.prior.begin())
                                : Draw(answer.prior, search_->rng());
  return {answer.legal[index], answer.value, false};
}

GtpEngine::Choice GtpEngine::Choose(Player player, const GtpAnalysisRequest* analysis, Then then) {
  searched_ = false;
  const Action pass = game_.game().pass();
  const MoveLimits limits = analysis != nullptr ? analysis->limits : MoveLimits();
  const bool passes = limits.Permits(player, 0, pass) && PassWins(player);
  if (passes && analysis == nullptr) return {pass, 1.0F, false};
  const GoState& root = RootFor(player, Purpose::kPlay);
  if (config_.visits == 0 && analysis == nullptr) return ChooseByPolicy(root);
  PositionSearchRequest request;
  request.root = &root;
  request.visits = std::min(config_.visits, config_.playouts);
  request.seconds = clock_.Budget(player, MovesToCome(root));
  if (config_.seconds > 0.0) {
    request.seconds = std::min(config_.seconds, request.seconds.value_or(config_.seconds));
  }
  request.root_temperature = config_.root_temperature;
  request.limits = limits;
  if (passes) request.limits.Allow(player, {pass}, 1);
  bool cancelled = false;
  request.stop = [&] {
    cancelled = then == Then::kTellUnlessCancelled && io_.waiting();
    return cancelled || (io_.interrupted && io_.interrupted());
  };
  if (analysis != nullptr) {
    request.ownership = analysis->ownership || analysis->ownership_spread;
    request.moves_ownership = analysis->moves_ownership || analysis->moves_ownership_spread;
    request.report = [&](const SearchResult&) {
      WriteAnalysis(GtpAnalysisLine(*analysis, root, *search_));
    };
    request.first_s = std::min(kFirstLine_s, analysis->interval_s);
    request.interval_s = analysis->interval_s;
  }
  const SearchResult result = search_->Run(request);
  searched_ = true;
  if (analysis != nullptr) request.report(result);
  const bool none = !limits.empty() && search_->Analysis().moves.empty();
  const float value = passes ? 1.0F : result.root_value;
  return {none ? kNoAction : result.best, value, cancelled && result.simulations < request.visits};
}

std::string GtpEngine::Conclude(Player player, const Choice& choice, Then then) {
  if (choice.cancelled) return "cancelled";
  if (choice.action == kNoAction) return "";
  if (then == Then::kPlay) {
    int& hopeless = hopeless_[static_cast<std::size_t>(Index(player))];
    hopeless = IsHopeless(choice.value, config_.resign_below) ? hopeless + 1 : 0;
    if (hopeless >= kResignMoves) return "resign";
    const Status played = game_.Play(player, choice.action);
    TENGEN_CHECK(played.ok(), played.ok() ? "" : played.error());
  }
  return game_.game().ActionText(choice.action);
}

GtpEngine::Answer GtpEngine::Search(Then then, const Arguments& arguments) {
  const auto player = ParseGtpPlayer(arguments[0]);
  if (!player) return Error{"syntax error: " + player.error()};
  const auto start = std::chrono::steady_clock::now();
  const Choice choice = Choose(*player, nullptr, then);
  if (then == Then::kPlay) {
    clock_.Spend(*player,
                 std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  return Conclude(*player, choice, then);
}

GtpEngine::Answer GtpEngine::GenMove(const Arguments& arguments) {
  return Search(Then::kPlay, arguments);
}
GtpEngine::Answer GtpEngine::RegGenMove(const Arguments& arguments) {
  return Search(Then::kTell, arguments);
}
GtpEngine::Answer GtpEngine::KataSearch(const Arguments& arguments) {
  return Search(Then::kTell, arguments);
}
GtpEngine::Answer GtpEngine::KataSearchCancellable(const Arguments& arguments) {
  return Search(Then::kTellUnlessCancelled, arguments);
}

}  // namespace tengen
