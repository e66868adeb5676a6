#include "experiments/bench/search_bench.h"

#include <array>
#include <chrono>
#include <string>

#include "experiments/bench/measure.h"
#include "experiments/bench/trained_like.h"
#include "nets/net_evaluator.h"
#include "search/mcts.h"
#include "search/parallel_evaluator.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kVisits = 400;
constexpr int kPlies = 6;
constexpr int kBatch = 8;  // leaves

std::unique_ptr<State> Position(const Game& game, std::uint64_t seed, std::uint64_t index) {
  Rng rng(seed, RngRole::kBench, index);
  std::unique_ptr<State> state = game.NewState();
  std::vector<Action> legal;
  for (int ply = 0; ply < kPlies && !state->IsTerminal(); ++ply) {
    state->LegalActions(legal);
    state->Apply(legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
  }
  return state->IsTerminal() ? game.NewState() : std::move(state);
}

// Visits per second of one search.
double SearchOnce(const State& root, int leaf_batch, int batches, Evaluator& evaluator,
                  std::uint64_t seed) {
  MctsConfig config;
  config.root = RootSelection::kPuct;
  config.noise_fraction = 0.0;
  config.leaf_batch = leaf_batch;
  config.batches = batches;
  config.max_nodes = kVisits + 1;
  Mcts mcts(config);
  Rng rng(seed, RngRole::kBench);
  const Clock::time_point begin = Clock::now();
  RunMcts(mcts, evaluator, root, kVisits, Exploration::kOff, rng);
  return kVisits / std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

std::vector<BenchRow> BenchSearch(const SearchBenchOptions& options) {
  NetEvaluatorOptions net;
  const auto alone = std::make_shared<NetEvaluator>(TrainedLike(options.model, options.seed), net);
  ParallelEvaluator together(alone, options.threads);

  std::array<std::vector<double>, 3> rates;
  const Clock::time_point begin = Clock::now();
  for (std::uint64_t turn = 0;; ++turn) {
    const std::unique_ptr<State> root = Position(*options.game, options.seed, turn);
    const std::array<double, 3> of_turn = {
        SearchOnce(*root, 1, 1, *alone, options.seed),
        SearchOnce(*root, kBatch, 1, *alone, options.seed),
        SearchOnce(*root, kBatch, BatchesFor(options.threads), together, options.seed)};
    if (turn == 0) continue;  // the first one makes what all of them use
    for (std::size_t i = 0; i < rates.size(); ++i) rates[i].push_back(of_turn[i]);
    if (std::chrono::duration<double>(Clock::now() - begin).count() >= options.seconds) break;
  }
  const double batched = Median(rates[1]);
  const double parallel = Median(rates[2]);
  const std::string one_thread = StrCat("1 thread, batch ", kBatch);
  return {
      {"1 thread, batch 1", Median(rates[0]), "visits/s", "", 0.0},
      {one_thread, batched, "visits/s", "", 0.0},
      {StrCat(options.threads, " threads, ", BatchesFor(options.threads), " batches of ", kBatch),
       parallel, "visits/s", one_thread, parallel / batched}};
}

}  // namespace tengen
