#include <algorithm>
#include <chrono>
#include <utility>

#include "agents/gtp/gtp_engine.h"
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

GtpEngine::Choice GtpEngine::Choose(Player player, const GtpAnalysisRequest* analysis, Then then) {
  if (PassWins(player)) return {game_.game().pass(), 1.0F, false};
  const GoState& root = game_.StateFor(player);
  if (config_.visits == 0) {
    const PositionEvaluation answer = search_->Evaluate(root, search_->rng().Next());
    const auto best = std::max_element(answer.prior.begin(), answer.prior.end());
    const std::size_t index = config_.policy == PolicyChoice::kBest
                                  ? static_cast<std::size_t>(best - answer.prior.begin())
                                  : Draw(answer.prior, search_->rng());
    return {answer.legal[index], answer.value, false};
  }
  PositionSearchRequest request;
  request.root = &root;
  request.visits = config_.visits;
  request.seconds = clock_.Budget(player, MovesToCome(root));
  if (config_.seconds > 0.0) {
    request.seconds = std::min(config_.seconds, request.seconds.value_or(config_.seconds));
  }
  request.root_temperature = config_.root_temperature;
  bool cancelled = false;
  request.stop = [&] {
    cancelled = then == Then::kTellUnlessCancelled && io_.waiting();
    return cancelled || (io_.interrupted && io_.interrupted());
  };
  if (analysis != nullptr) {
    request.limits = analysis->limits;
    request.ownership = analysis->ownership;
    request.moves_ownership = analysis->moves_ownership;
    request.report = [&](const SearchResult&) {
      WriteAnalysis(GtpAnalysisLine(*analysis, root, *search_));
    };
    request.first_s = std::min(kFirstLine_s, analysis->interval_s);
    request.interval_s = analysis->interval_s;
  }
  const SearchResult result = search_->Run(request);
  if (analysis != nullptr) request.report(result);
  return {result.best, result.root_value, cancelled && result.simulations < request.visits};
}

std::string GtpEngine::Conclude(Player player, const Choice& choice, Then then) {
  if (choice.cancelled) return "cancelled";
  if (then == Then::kPlay) {
    int& hopeless = hopeless_[static_cast<std::size_t>(Index(player))];
    hopeless = choice.value < static_cast<float>(config_.resign_below) ? hopeless + 1 : 0;
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
