#include "experiments/run/progress.h"

#include <algorithm>
#include <cmath>

#include "experiments/match/agent_spec.h"
#include "experiments/match/match.h"

namespace tengen {

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
  AgentSpec player;
  player.kind = AgentSpec::Kind::kNetwork;
  player.text = StrCat("step ", step);
  player.visits = config_.visits;
  const AgentFactory us(player, game_, std::move(evaluator));
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
