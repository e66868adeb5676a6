#include "experiments/alphago/combination_table.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiments/players/agent_spec.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr double kLambda = 0.5;  // the paper's

std::string AgentText(const fs::path& run, const CombinationLimits& limits,
                      const std::string& options) {
  const std::string limit = limits.seconds > 0.0 ? StrCat(",seconds=", limits.seconds)
                                                 : StrCat(",visits=", limits.visits);
  const std::string constant = limits.c_init > 0.0 ? StrCat(",c_init=", limits.c_init) : "";
  return StrCat("alphago:", AgentWord(run.string()), limit, constant, options);
}

// Matches that were played to the end, by what decides them.
class MatchFile {
 public:
  MatchFile(fs::path file, const Game& game, const MatchConfig& match)
      : file_(std::move(file)),
        settings_(StrCat(game.spec().id, " ", match.games, " games, ", match.opening_plies,
                         " plies, seed ", match.seed)) {}

  Status Read() {
    std::error_code ignored;
    if (file_.empty() || !fs::exists(file_, ignored)) return Ok{};
    const auto text = ReadWholeFile(file_);
    if (!text) return Error{text.error()};
    try {
      all_ = nlohmann::json::parse(*text);
      for (const auto& [key, counts] : all_.items()) {
        matches_[key].counts = counts.get<std::array<std::int64_t, 5>>();
      }
    } catch (const nlohmann::json::exception& error) {
      return Error{StrCat(file_.string(), " is damaged: ", error.what())};
    }
    return Ok{};
  }
  const Pentanomial* Find(const std::string& a, const std::string& b) const {
    const auto found = matches_.find(Key(a, b));
    return found == matches_.end() ? nullptr : &found->second;
  }
  void Add(const std::string& a, const std::string& b, const Pentanomial& pairs) {
    all_[Key(a, b)] = pairs.counts;
    if (!file_.empty()) WriteFileAtomically(file_, all_.dump(2) + "\n");
  }

 private:
  std::string Key(const std::string& a, const std::string& b) const {
    return a + " against " + b + ", " + settings_;
  }

  const fs::path file_;
  const std::string settings_;
  nlohmann::json all_ = nlohmann::json::object();
  std::map<std::string, Pentanomial> matches_;
};

RatingFit Fit(const CombinationPlan& plan, const std::vector<PairScore>& scores) {
  std::vector<std::optional<double>> fixed(plan.players.size());
  fixed.back() = 0.0;
  return FitRatings(fixed, scores);
}

}  // namespace

CombinationPlan PartsPlan(const fs::path& run, const std::string& policy,
                          const CombinationLimits& limits) {
  const std::string network = ",policy=" + policy;
  const std::string linear = ",policy=linear";
  const std::string all = StrCat(",value=on,rollouts=on,lambda=", kLambda);
  const auto player = [&](const char* name, const std::string& options) {
    return CombinationPlayer{name, AgentText(run, limits, options)};
  };
  CombinationLimits no_search;
  no_search.visits = 0;
  CombinationPlan plan;
  plan.players = {player("policy+value+rollouts", network + all),
                  player("policy+value", network + ",value=on,rollouts=off"),
                  player("policy+rollouts", network + ",value=off,rollouts=on"),
                  player("value+rollouts", linear + all),
                  player("value", linear + ",value=on,rollouts=off"),
                  {"policy", AgentText(run, no_search, network + ",value=off,rollouts=off")},
                  player("rollouts", linear + ",value=off,rollouts=on")};
  for (int pair = 1; pair <= 3; ++pair) {
    plan.matches.emplace_back(0, pair);
    for (int single = 4; single <= 6; ++single) plan.matches.emplace_back(pair, single);
  }
  return plan;
}

CombinationPlan LambdaPlan(const fs::path& run, const std::string& policy,
                           const CombinationLimits& limits) {
  CombinationPlan plan;
  for (const double lambda : {1.0, 0.75, 0.5, 0.25, 0.0}) {
    const std::string options = StrCat(",policy=", policy, ",value=on,rollouts=on,lambda=", lambda);
    plan.players.push_back({StrCat("lambda ", lambda), AgentText(run, limits, options)});
  }
  const int count = static_cast<int>(plan.players.size());
  for (int a = 0; a < count; ++a) {
    for (int b = a + 1; b <= std::min(a + 2, count - 1); ++b) plan.matches.emplace_back(a, b);
  }
  return plan;
}

Result<CombinationResult> PlayCombinations(const std::shared_ptr<const Game>& game,
                                           const CombinationPlan& plan, MatchConfig match,
                                           const ParallelGames& parallel, Device device,
                                           const fs::path& file, const std::atomic<bool>& stop,
                                           const CombinationProgress& progress) {
  std::vector<AgentFactory> agents;
  for (const CombinationPlayer& player : plan.players) {
    auto spec = AgentSpec::Parse(player.agent);
    if (!spec) return Error{spec.error()};
    spec->gathers = PlanGamesAtOnce(*spec, *spec, parallel).gathers();
    auto agent = AgentFactory::Open(*spec, game, device);
    if (!agent) return Error{agent.error()};
    agents.push_back(*std::move(agent));
  }
  MatchFile kept(file, *game, match);
  if (const Status read = kept.Read(); !read) return Error{read.error()};
  CombinationResult result;
  result.plan = plan;
  const auto wanted = static_cast<std::int64_t>((match.games + 1) / 2);
  for (const auto& [a, b] : plan.matches) {
    const CombinationPlayer& one = plan.players[static_cast<std::size_t>(a)];
    const CombinationPlayer& other = plan.players[static_cast<std::size_t>(b)];
    PairScore score{a, b, {}};
    if (const Pentanomial* known = kept.Find(one.agent, other.agent)) {
      score.pairs = *known;
    } else if (!stop.load()) {
      const AgentFactory& first = agents[static_cast<std::size_t>(a)];
      const AgentFactory& second = agents[static_cast<std::size_t>(b)];
      match.Use(PlanGamesAtOnce(first.spec(), second.spec(), parallel));
      const std::int64_t quarter = std::max<std::int64_t>(1, wanted / 4);
      std::int64_t next = quarter;
      const auto quarters = [&](const MatchResult& so_far) {
        if (so_far.pairs.pairs() < next || so_far.pairs.pairs() == wanted) return;
        next += quarter;
        progress(one, other, so_far.pairs);
      };
      score.pairs = PlayMatch(
                        *game, [&first] { return first.Make(); },
                        [&second] { return second.Make(); }, match, &stop, quarters)
                        .pairs;
      if (score.pairs.pairs() == wanted) kept.Add(one.agent, other.agent, score.pairs);
    }
    if (score.pairs.pairs() == 0) continue;
    progress(one, other, score.pairs);
    result.scores.push_back(score);
  }
  result.fit = Fit(plan, result.scores);
  return result;
}

fs::path PartsFile(const fs::path& run) { return run / "combinations-parts.json"; }
fs::path LambdaFile(const fs::path& run) { return run / "combinations-lambda.json"; }

nlohmann::ordered_json CombinationJson(const CombinationResult& result) {
  const auto& players = result.plan.players;
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  nlohmann::ordered_json differences = nlohmann::ordered_json::array();
  nlohmann::ordered_json matches = nlohmann::ordered_json::array();
  for (std::size_t i = 0; i < players.size(); ++i) {
    const auto& rating = result.fit.ratings()[i];
    if (!rating) continue;
    rows.push_back({{"name", players[i].name},
                    {"agent", players[i].agent},
                    {"elo", rating->elo},
                    {"half_width", rating->half_width}});
    for (std::size_t k = i + 1; k < players.size(); ++k) {
      const auto difference = result.fit.Difference(i, k);
      if (!difference) continue;
      differences.push_back({{"a", players[i].name},
                             {"b", players[k].name},
                             {"elo", difference->elo},
                             {"half_width", difference->half_width}});
    }
  }
  for (const PairScore& score : result.scores) {
    matches.push_back({{"a", players[static_cast<std::size_t>(score.a)].name},
                       {"b", players[static_cast<std::size_t>(score.b)].name},
                       {"pairs", score.pairs.counts}});
  }
  return {{"rows", rows}, {"differences", differences}, {"matches", matches}};
}

std::string CombinationText(const CombinationResult& result) {
  const auto& players = result.plan.players;
  std::string text;
  for (std::size_t i = 0; i < players.size(); ++i) {
    const auto& rating = result.fit.ratings()[i];
    char line[96];
    if (rating) {
      std::snprintf(line, sizeof line, "  %-24s %5.0f +- %.0f\n", players[i].name.c_str(),
                    rating->elo, rating->half_width);
    } else {
      std::snprintf(line, sizeof line, "  %-24s not played\n", players[i].name.c_str());
    }
    text += line;
  }
  return text;
}

}  // namespace tengen
