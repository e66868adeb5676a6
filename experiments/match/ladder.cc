#include "experiments/match/ladder.h"

#include <algorithm>

namespace tengen {
namespace {

AgentFactory OpenAnchor(const std::string& name, const std::shared_ptr<const Game>& game) {
  return *AgentFactory::Open(*AgentSpec::Parse(name), game, Device::kCpu);
}

LadderPair Play(const std::shared_ptr<const Game>& game, const AgentFactory& a,
                const AgentFactory& b, const MatchConfig& match, const std::atomic<bool>* stop,
                const LadderProgress& progress) {
  LadderPair pair{a.spec().text, b.spec().text, {}};
  pair.result = PlayMatch(
      *game, [&a] { return a.Make(); }, [&b] { return b.Make(); }, match, stop);
  if (progress) progress(pair);
  return pair;
}

}  // namespace

std::vector<LadderEntry> MeasureAnchors(const std::shared_ptr<const Game>& game,
                                        const MatchConfig& match, const std::atomic<bool>* stop,
                                        const LadderProgress& progress) {
  const std::vector<std::string>& names = AnchorAgents();
  std::vector<LadderEntry> entries(names.size());
  std::vector<PairScore> scores;
  for (std::size_t i = 0; i < names.size(); ++i) {
    entries[i].agent = names[i];
    for (std::size_t j = i + 1; j < std::min(i + 3, names.size()); ++j) {
      LadderPair pair =
          Play(game, OpenAnchor(names[i], game), OpenAnchor(names[j], game), match, stop, progress);
      scores.push_back(
          {static_cast<int>(i), static_cast<int>(j), pair.result.points(), pair.result.count()});
      entries[i].pairs.push_back(std::move(pair));
    }
  }
  std::vector<bool> fixed(names.size(), false);
  fixed[0] = true;
  const auto ratings = FitRatings(std::vector<double>(names.size(), 0.0), fixed, scores);
  for (std::size_t i = 0; i < names.size(); ++i) entries[i].rating = ratings[i];
  return entries;
}

LadderEntry PlaceOnLadder(const std::shared_ptr<const Game>& game, const AgentFactory& agent,
                          const std::vector<Anchor>& anchors, const MatchConfig& match,
                          const std::atomic<bool>* stop, const LadderProgress& progress) {
  const int count = static_cast<int>(anchors.size());
  TENGEN_CHECK(count > 0, "no anchors");
  LadderEntry entry;
  entry.agent = agent.spec().text;
  std::vector<PairScore> scores;
  std::vector<bool> met(anchors.size(), false);
  const auto play = [&](int i) {
    met[static_cast<std::size_t>(i)] = true;
    const Anchor& anchor = anchors[static_cast<std::size_t>(i)];
    LadderPair pair = Play(game, agent, OpenAnchor(anchor.agent, game), match, stop, progress);
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
  if (unmet(neighbour)) play(neighbour);

  std::vector<double> elo;
  for (const Anchor& anchor : anchors) elo.push_back(anchor.elo);
  elo.push_back(0.0);
  std::vector<bool> fixed(elo.size(), true);
  fixed.back() = false;
  entry.rating = FitRatings(elo, fixed, scores).back();
  return entry;
}

}  // namespace tengen
