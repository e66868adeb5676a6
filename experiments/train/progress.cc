#include "experiments/train/progress.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "experiments/match/episodes.h"
#include "experiments/match/match.h"
#include "experiments/players/agent_spec.h"
#include "search/gathering_evaluator.h"

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

bool ProgressMatches::ready() const {
  return std::any_of(anchors_.anchors.begin(), anchors_.anchors.end(),
                     [](const Anchor& anchor) { return anchor.here(); });
}

std::size_t ProgressMatches::Nearest() const {
  std::size_t nearest = anchors_.anchors.size();
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < anchors_.anchors.size(); ++i) {
    const double distance = std::fabs(anchors_.anchors[i].elo - last_elo_);
    if (!anchors_.anchors[i].here() || distance >= least) continue;
    nearest = i;
    least = distance;
  }
  TENGEN_CHECK(nearest < anchors_.anchors.size(), "no anchor is here");
  return nearest;
}

ProgressPoint ProgressMatches::Play(std::shared_ptr<Evaluator> evaluator, std::int64_t step,
                                    int threads, const std::atomic<bool>& stop) {
  const std::size_t nearest = Nearest();
  const Anchor& anchor = anchors_.anchors[nearest];
  const AgentSpec opponent = *AgentSpec::Parse(anchor.agent);
  const auto gathering = std::make_shared<GatheringEvaluator>(std::move(evaluator));
  const AgentFactory us = PlayerOf(game_, gathering, step, config_.visits);
  const auto them = AgentFactory::Open(opponent, game_, Device::kCpu);
  MatchConfig match;
  match.games = config_.games;
  match.seed = seed_ + static_cast<std::uint64_t>(step);
  match.Use(PlanGamesAtOnce(us.spec(), opponent, {.threads = threads}));
  match.stop_drops_games = true;
  const MatchResult result = PlayMatch(
      *game_, [&us] { return us.Make(); }, [&them] { return them->Make(); }, match, &stop);

  ProgressPoint point;
  point.step = step;
  point.opponent = anchor.name;
  if (result.count() < config_.games) return point;
  point.games = result.count();
  point.points = result.points();
  const int player = static_cast<int>(anchors_.anchors.size());
  const RatingFit fit = anchors_.Rate(1, {{player, static_cast<int>(nearest), result.pairs}});
  const std::optional<Rating>& rating = fit.ratings().back();
  if (!rating) {
    point.games = 0;
    return point;
  }
  point.elo = {rating->elo, rating->elo - rating->half_width, rating->elo + rating->half_width};
  last_elo_ = point.elo.value;
  return point;
}

}  // namespace tengen
