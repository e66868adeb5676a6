#include "experiments/match/ladder.h"

#include <algorithm>
#include <utility>

namespace tengen {
namespace {

Result<AgentFactory> OpenAnchor(const Anchor& anchor, const std::shared_ptr<const Game>& game) {
  const auto spec = AgentSpec::Parse(anchor.agent);
  if (!spec) return Error{spec.error()};
  return AgentFactory::Open(*spec, game, Device::kCpu);
}

// One side of a pair: its name in tables, and how to make it.
struct Side {
  std::string name;
  const AgentFactory& factory;
};

LadderPair Play(const std::shared_ptr<const Game>& game, const Side& a, const Side& b,
                const MatchConfig& match, const std::atomic<bool>* stop,
                const LadderProgress& progress) {
  LadderPair pair{a.name, b.name, {}};
  pair.result = PlayMatch(
      *game, [&a] { return a.factory.Make(); }, [&b] { return b.factory.Make(); }, match, stop);
  if (progress) progress(pair);
  return pair;
}

}  // namespace

Result<std::vector<LadderEntry>> MeasureAnchors(const std::shared_ptr<const Game>& game,
                                                const std::vector<Anchor>& anchors,
                                                const MatchConfig& match,
                                                const std::atomic<bool>* stop,
                                                const LadderProgress& progress) {
  std::vector<AgentFactory> factories;
  std::vector<LadderEntry> entries(anchors.size());
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    auto factory = OpenAnchor(anchors[i], game);
    if (!factory) return Error{factory.error()};
    factories.push_back(std::move(*factory));
    entries[i].agent = anchors[i].name;
  }
  std::vector<PairScore> scores;
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    for (std::size_t j = i + 1; j < std::min(i + 3, anchors.size()); ++j) {
      LadderPair pair = Play(game, {anchors[i].name, factories[i]}, {anchors[j].name, factories[j]},
                             match, stop, progress);
      scores.push_back(
          {static_cast<int>(i), static_cast<int>(j), pair.result.points(), pair.result.count()});
      entries[i].pairs.push_back(std::move(pair));
    }
  }
  std::vector<bool> fixed(anchors.size(), false);
  fixed[0] = true;
  const auto ratings = FitRatings(std::vector<double>(anchors.size(), 0.0), fixed, scores);
  for (std::size_t i = 0; i < anchors.size(); ++i) entries[i].rating = ratings[i];
  return entries;
}

Result<LadderEntry> PlaceOnLadder(const std::shared_ptr<const Game>& game,
                                  const AgentFactory& agent, const std::vector<Anchor>& anchors,
                                  const MatchConfig& match, const std::atomic<bool>* stop,
                                  const LadderProgress& progress) {
  const int count = static_cast<int>(anchors.size());
  TENGEN_CHECK(count > 0, "no anchors");
  LadderEntry entry;
  entry.agent = agent.spec().text;
  std::vector<PairScore> scores;
  std::vector<bool> met(anchors.size(), false);
  std::string error;
  const auto play = [&](int i) {
    met[static_cast<std::size_t>(i)] = true;
    const Anchor& anchor = anchors[static_cast<std::size_t>(i)];
    const auto opponent = OpenAnchor(anchor, game);
    if (!opponent) {
      error = opponent.error();
      return 0.5;
    }
    LadderPair pair =
        Play(game, {agent.spec().text, agent}, {anchor.name, *opponent}, match, stop, progress);
    const int games = pair.result.count();
    const double points = pair.result.points();
    scores.push_back({count, i, points, games});
    entry.pairs.push_back(std::move(pair));
    return games == 0 ? 0.5 : points / games;
  };
  const auto unmet = [&](int i) {
    return i >= 0 && i < count && !met[static_cast<std::size_t>(i)];
  };

  int at = count / 2;
  double score = play(at);
  while ((score > 0.9 && unmet(at + 1)) || (score < 0.1 && unmet(at - 1))) {
    at += score > 0.5 ? 1 : -1;
    score = play(at);
  }
  const int neighbour = score > 0.5 ? at + 1 : at - 1;
  if (error.empty() && unmet(neighbour)) play(neighbour);
  if (!error.empty()) return Error{error};

  std::vector<double> elo;
  for (const Anchor& anchor : anchors) elo.push_back(anchor.elo);
  elo.push_back(0.0);
  std::vector<bool> fixed(elo.size(), true);
  fixed.back() = false;
  entry.rating = FitRatings(elo, fixed, scores).back();
  return entry;
}

}  // namespace tengen
