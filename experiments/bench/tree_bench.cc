#include "experiments/bench/tree_bench.h"

#include <algorithm>
#include <ctime>
#include <memory>

#include "envs/core/check.h"
#include "envs/go/go_game.h"
#include "envs/registry/game_registry.h"
#include "experiments/bench/minimal_puct.h"
#include "search/mcts.h"
#include "search/simple_evaluators.h"

namespace tengen {
namespace {

constexpr int kPositions = 16;
constexpr int kMaxOpeningPlies = 40;

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

// Time of this process on the processor: other programs that share the core cost nothing.
double ProcessorSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// Positions after 0 to kMaxOpeningPlies random moves, passes left out.
std::vector<GoState> MakePositions(const GoGame& game, std::uint64_t seed) {
  std::vector<GoState> positions;
  std::vector<Action> legal;
  for (int i = 0; i < kPositions; ++i) {
    Rng rng(seed, RngRole::kOpening, static_cast<std::uint64_t>(i));
    const std::unique_ptr<State> state = game.NewState();
    for (int ply = 0; ply < i * kMaxOpeningPlies / (kPositions - 1); ++ply) {
      state->LegalActions(legal);
      state->Apply(legal[rng.Below(static_cast<std::uint32_t>(legal.size() - 1))]);
    }
    positions.push_back(static_cast<const GoState&>(*state));
  }
  return positions;
}

class TreeRace {
 public:
  TreeRace(const std::vector<GoState>& positions, const MctsConfig& config, int simulations,
           std::uint64_t seed)
      : positions_(positions),
        simulations_(simulations),
        seed_(seed),
        mcts_(config),
        minimal_(positions[0], config.fpu_reduction),
        evaluator_(seed, RandomSource::kDraw) {}

  // Seconds of one search each, summed over all positions.
  struct Seconds {
    double mcts = 0.0;
    double minimal = 0.0;
  };

  // Takes turns at every position; `mcts_first` says who begins.
  Seconds Round(bool mcts_first) {
    Seconds sum;
    for (std::size_t i = 0; i < positions_.size(); ++i) {
      if (mcts_first) sum.mcts += RunMctsAt(i);
      sum.minimal += RunMinimalAt(i);
      if (!mcts_first) sum.mcts += RunMctsAt(i);
    }
    return sum;
  }
  double RunMctsAt(std::size_t i) {
    Rng rng(seed_, RngRole::kBench, i);
    const double start = ProcessorSeconds();
    RunMcts(mcts_, evaluator_, positions_[i], simulations_, Exploration::kOff, rng);
    return ProcessorSeconds() - start;
  }
  double RunMinimalAt(std::size_t i) {
    Rng rng(seed_, RngRole::kBench, i);
    const double start = ProcessorSeconds();
    minimal_.Search(positions_[i], simulations_, seed_, rng);
    return ProcessorSeconds() - start;
  }

  // Simulations of one round.
  double simulations() const { return static_cast<double>(positions_.size()) * simulations_; }

  // Both build the same tree, or the race means nothing.
  void CheckEqualTrees() {
    for (std::size_t i = 0; i < positions_.size(); ++i) {
      Rng rng(seed_, RngRole::kBench, i);
      Rng same = rng;
      const SearchResult result =
          RunMcts(mcts_, evaluator_, positions_[i], simulations_, Exploration::kOff, rng);
      minimal_.Search(positions_[i], simulations_, seed_, same);
      TENGEN_CHECK(result.visits == minimal_.RootVisits(), "position ", i,
                   ": the two trees differ, wanted the same visits");
    }
  }

 private:
  const std::vector<GoState>& positions_;
  const int simulations_;
  const std::uint64_t seed_;
  Mcts mcts_;
  MinimalPuct<GoState> minimal_;
  RandomEvaluator evaluator_;
};

BenchRow BenchPuct(const std::vector<GoState>& positions, int simulations, double seconds,
                   std::uint64_t seed) {
  MctsConfig config;
  config.root = RootSelection::kPuct;
  config.reuse_tree = false;
  TreeRace race(positions, config, simulations, seed);
  race.CheckEqualTrees();
  std::vector<double> rates;
  std::vector<double> ratios;
  const double start = ProcessorSeconds();
  while (rates.size() < 3 || ProcessorSeconds() - start < seconds) {
    const TreeRace::Seconds round = race.Round(rates.size() % 2 == 0);
    rates.push_back(race.simulations() / round.mcts);
    ratios.push_back(round.minimal / round.mcts);
  }
  return {StrCat("puct go9 ", simulations, " simulations"), Median(rates), "simulations/s",
          "minimal PUCT tree", Median(ratios)};
}

BenchRow BenchGumbel(const std::vector<GoState>& positions, int simulations, double seconds,
                     std::uint64_t seed) {
  MctsConfig config;
  config.reuse_tree = false;
  TreeRace race(positions, config, simulations, seed);
  std::vector<double> rates;
  const double start = ProcessorSeconds();
  while (rates.size() < 3 || ProcessorSeconds() - start < seconds) {
    double sum = 0.0;
    for (std::size_t i = 0; i < positions.size(); ++i) sum += race.RunMctsAt(i);
    rates.push_back(race.simulations() / sum);
  }
  return {StrCat("gumbel go9 ", simulations, " simulations"), Median(rates), "simulations/s", "",
          0.0};
}

}  // namespace

std::vector<BenchRow> BenchTree(double seconds, std::uint64_t seed) {
  const auto made = MakeGame("go:size=9,komi=7");
  TENGEN_CHECK(made.ok(), made.ok() ? "" : made.error());
  const auto& game = static_cast<const GoGame&>(**made);
  const std::vector<GoState> positions = MakePositions(game, seed);
  return {BenchPuct(positions, 32, seconds * 0.4, seed),
          BenchPuct(positions, 800, seconds * 0.4, seed),
          BenchGumbel(positions, 32, seconds * 0.2, seed)};
}

}  // namespace tengen
