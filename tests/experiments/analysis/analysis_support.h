#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "envs/go/go_game.h"
#include "experiments/analysis/analysis_network.h"
#include "search/evaluator.h"
#include "search/mcts.h"

namespace tengen {

// What a test says a network would say of positions of Go: Black's value and score by a function,
// ownership that gives Black all points, prior 1/2 on the first legal move. Thread-safe if the
// function is.
class FakeGoEvaluator final : public Evaluator {
 public:
  struct BlackView {
    float value = 0.0F;
    float score = 0.0F;
    // Mean and deviation of the final score in self-play; empty: it has no details.
    std::optional<SelfplayScore> selfplay = {};
  };
  using Judge = std::function<BlackView(const GoState&)>;

  explicit FakeGoEvaluator(Judge judge) : judge_(std::move(judge)) {}

  Ticket Submit(std::span<Evaluation> batch) override {
    for (Evaluation& evaluation : batch) {
      const auto& state = static_cast<const GoState&>(*evaluation.state);
      const float sign = state.ToMove() == Player::kFirst ? 1.0F : -1.0F;
      const BlackView view = judge_(state);
      for (float& prior : evaluation.prior) {
        prior = 0.5F / static_cast<float>(evaluation.prior.size());
      }
      evaluation.prior[0] += 0.5F;
      evaluation.value = sign * view.value;
      evaluation.score = sign * view.score;
      for (float& owner : evaluation.ownership) owner = sign;
      if (evaluation.details == nullptr || !view.selfplay) continue;
      evaluation.details->given = true;
      evaluation.details->score_mean = sign * view.selfplay->mean;
      evaluation.details->score_deviation = view.selfplay->deviation;
    }
    return 0;
  }
  void Wait(Ticket) override {}

 private:
  const Judge judge_;
};

inline AnalysisNetwork FakeNetwork(FakeGoEvaluator::Judge judge) {
  AnalysisNetwork network;
  network.name = "fake";
  network.file = "fake.bin";
  network.evaluator = std::make_shared<FakeGoEvaluator>(std::move(judge));
  return network;
}

}  // namespace tengen
