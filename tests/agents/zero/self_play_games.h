#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "agents/zero/self_play.h"
#include "search/simple_evaluators.h"

namespace tengen {

class VectorSink : public GameSink {
 public:
  explicit VectorSink(std::size_t capacity = 1U << 30) : capacity_(capacity) {}
  bool Add(GameRecord record) override {
    if (records.size() == capacity_) return false;
    records.push_back(std::move(record));
    return true;
  }
  std::vector<GameRecord> records;

 private:
  const std::size_t capacity_;
};

inline SelfPlayConfig TicTacToe() {
  SelfPlayConfig config;
  config.games = {"tictactoe"};
  config.parallel_games = 4;
  config.full_visits = 12;
  config.fast_visits = 4;
  config.mcts.gumbel_considered = 4;
  config.mcts.max_nodes = 2000;
  config.temperature_plies = 3;
  return config;
}

inline SelfPlayConfig SmallGo() {
  SelfPlayConfig config = TicTacToe();
  config.games = {"go:size=4,komi=0.5", "go:size=4,komi=3.5"};
  config.full_share = 0.5;
  config.opening_share = 0.5;
  return config;
}

inline std::vector<GameRecord> Play(const SelfPlayConfig& config,
                                    std::shared_ptr<Evaluator> evaluator, std::size_t games,
                                    std::uint64_t seed = 1) {
  LatestModel source({std::move(evaluator), 7});
  VectorSink sink;
  SelfPlayWorker worker(config, {seed, 0, 1}, source, sink);
  while (sink.records.size() < games) EXPECT_TRUE(worker.Step());
  return std::move(sink.records);
}

inline std::shared_ptr<Evaluator> Random(std::uint64_t seed) {
  return std::make_shared<RandomEvaluator>(seed, RandomSource::kDraw);
}

}  // namespace tengen
