#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "envs/core/check.h"
#include "search/evaluator.h"

namespace tengen {

// Answers from a table by State::PositionHash: what a test says a network would say. Positions that
// are not in the table get a uniform prior and value 0. Counts what it is asked. Not thread-safe.
class TableEvaluator final : public Evaluator {
 public:
  struct Answer {
    std::vector<float> prior;
    float value = 0.0F;
    float score = 0.0F;
  };

  TableEvaluator() = default;
  explicit TableEvaluator(std::map<std::uint64_t, Answer> table) : table_(std::move(table)) {}

  Ticket Submit(std::span<Evaluation> batch) override {
    batches_.push_back(static_cast<int>(batch.size()));
    for (Evaluation& evaluation : batch) {
      const auto found = table_.find(evaluation.state->PositionHash());
      const auto size = evaluation.legal.size();
      Answer answer = {std::vector<float>(size, 1.0F / static_cast<float>(size))};
      if (found != table_.end()) answer = found->second;
      TENGEN_CHECK(answer.prior.size() == size, answer.prior.size(), " priors for ", size,
                   " moves");
      std::copy(answer.prior.begin(), answer.prior.end(), evaluation.prior.begin());
      evaluation.value = answer.value;
      evaluation.score = answer.score;
    }
    return batches_.size() - 1;
  }
  void Wait(Ticket ticket) override {
    TENGEN_CHECK(ticket < batches_.size(), "ticket ", ticket, " was never given out");
  }

  // Sizes of all batches so far.
  const std::vector<int>& batches() const { return batches_; }
  int positions() const {
    int sum = 0;
    for (const int size : batches_) sum += size;
    return sum;
  }

 private:
  std::map<std::uint64_t, Answer> table_;
  std::vector<int> batches_;
};

}  // namespace tengen
