#include "experiments/train/progress.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "experiments/match/episodes.h"
#include "experiments/match/match.h"
#include "experiments/players/agent_spec.h"

namespace tengen {

namespace {

AgentFactory PlayerOf(const std::shared_ptr<const Game>& game, std::shared_ptr<Evaluator> evaluator,
                      std::int64_t step, int visits) {
  AgentSpec player;
  player.kind = AgentSpec::Kind::kNetwork;
  player.text = StrCat("step ", step);
  player.visits = visits;
  return {player, game, std::move(evaluator)};
}

}  // namespace

ReturnPoint MeasureReturns(const std::shared_ptr<const Game>& game, const ProgressConfig& config,
                           std::shared_ptr<Evaluator> evaluator, std::int64_t step,
                           const std::atomic<bool>& stop) {
  const auto mean_return = [&](int visits) {
    const AgentFactory player = PlayerOf(game, evaluator, step, visits);
    const std::vector<double> returns = PlayEpisodes(
        *game, [&player] { return player.Make(); }, {.episodes = config.games}, &stop);
    return std::accumulate(returns.begin(), returns.end(), 0.0) / config.games;
  };
  ReturnPoint point{step, config.games, mean_return(0), mean_return(config.visits)};
  if (stop.load()) point.episodes = 0;
  return point;
}

ProgressMatches::ProgressMatches(std::shared_ptr<const Game> game, const ProgressConfig& config,
                                 std::uint64_t seed)
    : game_(std::move(game)),
      config_(config),
      seed_(seed),
      anchors_(MeasuredAnchors(*game_, {}, nullptr)) {}

ProgressPoint ProgressMatches::Play(std::shared_ptr<Evaluator> evaluator, std::int64_t step,
                                    int threads, const std::atomic<bool>& stop) {
  const Anchor& anchor =
      *std::min_element(anchors_.begin(), anchors_.end(), [this](const Anchor& a, const Anchor& b) {
        return std::fabs(a.elo - last_elo_) < std::fabs(b.elo - last_elo_);
      });
  const AgentFactory us = PlayerOf(game_, std::move(evaluator), step, config_.visits);
  const auto them = AgentFactory::Open(*AgentSpec::Parse(anchor.agent), game_, Device::kCpu);
  MatchConfig match;
  match.games = config_.games;
  match.seed = seed_ + static_cast<std::uint64_t>(step);
  match.threads = threads;
  const MatchResult result = PlayMatch(
      *game_, [&us] { return us.Make(); }, [&them] { return them->Make(); }, match, &stop);

  ProgressPoint point;
  point.step = step;
  point.opponent = anchor.name;
  point.games = result.count();
  point.points = result.points();
  if (point.games == 0) return point;
  const Interval difference = EloInterval(result.points(), result.count());
  // One more drawn game keeps the estimate of a clean sweep finite, as FitRatings does.
  const double estimate = EloFromScore((point.points + 0.5) / (point.games + 1.0));
  point.elo = {anchor.elo + estimate, anchor.elo + difference.low, anchor.elo + difference.high};
  last_elo_ = point.elo.value;
  return point;
}

}  // namespace tengen
