#include "experiments/match/ladder.h"

#include <algorithm>
#include <utility>

namespace tengen {
namespace {

// Beyond this share of points an opponent tells little: go to the next anchor.
constexpr double kClearScore = 0.9;

bool Stopped(const std::atomic<bool>* stop) { return stop != nullptr && stop->load(); }

Result<AgentFactory> OpenAnchor(const Anchor& anchor, const std::shared_ptr<const Game>& game,
                                int threads) {
  auto spec = AgentSpec::Parse(anchor.agent);
  if (!spec) return Error{spec.error()};
  spec->gathers = PlanGamesAtOnce(*spec, *spec, {.threads = threads}).gathers();
  return AgentFactory::Open(*spec, game, Device::kCpu);
}

// One side of a pair: its name in tables, and how to make it.
struct Side {
  std::string name;
  const AgentFactory& factory;
};

// On match.threads processors.
LadderPair Play(const Game& game, const Side& a, const Side& b, MatchConfig match,
                const std::atomic<bool>* stop) {
  LadderPair pair{a.name, b.name, {}};
  match.Use(PlanGamesAtOnce(a.factory.spec(), b.factory.spec(), {.threads = match.threads}));
  pair.result = PlayMatch(
      game, [&a] { return a.factory.Make(); }, [&b] { return b.factory.Make(); }, match, stop);
  return pair;
}

// The match of the two in the record, at its end if it is new.
AnchorMatch& MatchOf(AnchorRecord& record, const std::string& a, const std::string& b) {
  const auto found =
      std::find_if(record.matches.begin(), record.matches.end(),
                   [&](const AnchorMatch& match) { return match.a == a && match.b == b; });
  if (found != record.matches.end()) return *found;
  record.matches.push_back({a, b, {}});
  return record.matches.back();
}

// Plays on until the match of the two is over.
void PlayOn(const Game& game, const Side& a, const Side& b, int threads, AnchorRecord& record,
            const std::atomic<bool>* stop, const LadderProgress& progress) {
  const int wanted = (record.games + 1) / 2;
  AnchorMatch& match = MatchOf(record, a.name, b.name);
  for (auto played = static_cast<int>(match.pairs.pairs()); played < wanted && !Stopped(stop);
       played = static_cast<int>(match.pairs.pairs())) {
    MatchConfig block;
    block.first_pair = played;
    block.games = 2 * std::min(wanted, played + kBlockPairs);
    block.opening_plies = record.opening_plies;
    block.seed = record.seed;
    block.threads = threads;
    const LadderPair pair = Play(game, a, b, block, stop);
    for (std::size_t i = 0; i < match.pairs.counts.size(); ++i) {
      match.pairs.counts[i] += pair.result.pairs.counts[i];
    }
    if (progress) progress(pair);
  }
}

// Where an agent stands on the way up or down the anchors that are here.
class Placement {
 public:
  Placement(const std::shared_ptr<const Game>& game, const AgentFactory& agent,
            const AnchorList& anchors, const MatchConfig& match, const std::atomic<bool>* stop,
            const LadderProgress& progress)
      : game_(game),
        agent_(agent),
        list_(anchors),
        match_(match),
        stop_(stop),
        progress_(progress) {
    entry_.agent = agent.spec().text;
    for (std::size_t i = 0; i < anchors.anchors.size(); ++i) {
      if (anchors.anchors[i].here()) here_.push_back(static_cast<int>(i));
    }
    met_.resize(here_.size(), false);
  }

  Result<LadderEntry> Go() {
    if (here_.empty()) return Error{"no anchor is here, wanted at least one"};
    int at = static_cast<int>(here_.size()) / 2;
    double score = Against(at);
    while ((score > kClearScore && Unmet(at + 1)) || (score < 1.0 - kClearScore && Unmet(at - 1))) {
      at += score > 0.5 ? 1 : -1;
      score = Against(at);
    }
    const int neighbour = score > 0.5 ? at + 1 : at - 1;
    if (Unmet(neighbour)) Against(neighbour);
    if (!error_.empty()) return Error{error_};
    return std::move(entry_);
  }

 private:
  bool Unmet(int place) const {
    return error_.empty() && !Stopped(stop_) && place >= 0 &&
           place < static_cast<int>(here_.size()) && !met_[static_cast<std::size_t>(place)];
  }

  // The agent's share of points; one half where there were none.
  double Against(int place) {
    met_[static_cast<std::size_t>(place)] = true;
    const int index = here_[static_cast<std::size_t>(place)];
    const Anchor& anchor = list_.anchors[static_cast<std::size_t>(index)];
    const auto opponent = OpenAnchor(anchor, game_, match_.threads);
    if (!opponent) {
      error_ = opponent.error();
      return 0.5;
    }
    const LadderPair pair =
        Play(*game_, {entry_.agent, agent_}, {anchor.name, *opponent}, match_, stop_);
    if (progress_) progress_(pair);
    entry_.scores.push_back({0, index, pair.result.pairs});
    const int games = pair.result.count();
    return games == 0 ? 0.5 : pair.result.points() / games;
  }

  const std::shared_ptr<const Game>& game_;
  const AgentFactory& agent_;
  const AnchorList& list_;
  const MatchConfig& match_;
  const std::atomic<bool>* const stop_;
  const LadderProgress& progress_;
  std::vector<int> here_;  // indices of the anchors that can play, weakest first
  std::vector<bool> met_;  // by place in here_
  LadderEntry entry_;
  std::string error_;
};

}  // namespace

Status MeasureAnchors(const std::shared_ptr<const Game>& game, const std::vector<Anchor>& anchors,
                      int threads, AnchorRecord& record, const std::atomic<bool>* stop,
                      const LadderProgress& progress) {
  std::vector<AgentFactory> factories;
  for (const Anchor& anchor : anchors) {
    auto factory = OpenAnchor(anchor, game, threads);
    if (!factory) return Error{factory.error()};
    factories.push_back(std::move(*factory));
  }
  for (std::size_t i = 0; i < anchors.size(); ++i) {
    for (std::size_t j = i + 1; j < std::min(i + 3, anchors.size()); ++j) {
      if (Stopped(stop)) return Ok{};
      PlayOn(*game, {anchors[j].name, factories[j]}, {anchors[i].name, factories[i]}, threads,
             record, stop, progress);
    }
  }
  return Ok{};
}

Result<LadderEntry> PlaceOnLadder(const std::shared_ptr<const Game>& game,
                                  const AgentFactory& agent, const AnchorList& anchors,
                                  const MatchConfig& match, const std::atomic<bool>* stop,
                                  const LadderProgress& progress) {
  return Placement(game, agent, anchors, match, stop, progress).Go();
}

RatingFit RateLadder(const AnchorList& anchors, const std::vector<LadderEntry>& entries) {
  const int count = static_cast<int>(anchors.anchors.size());
  std::vector<PairScore> scores;
  for (std::size_t k = 0; k < entries.size(); ++k) {
    for (PairScore score : entries[k].scores) {
      score.a = count + static_cast<int>(k);
      scores.push_back(score);
    }
  }
  return anchors.Rate(static_cast<int>(entries.size()), std::move(scores));
}

}  // namespace tengen
