#include "search/symmetry_evaluator.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "envs/core/check.h"

namespace tengen {
namespace {

// Answers to one position in all symmetries of its game.
class Answers {
 public:
  explicit Answers(const Evaluation& asked) : count_(asked.state->game().spec().symmetries.size()) {
    const SymmetryGroup& group = asked.state->game().spec().symmetries;
    const auto count = static_cast<std::size_t>(count_);
    priors_.resize(count * asked.prior.size());
    // What evaluators without ownership leave alone comes back as it was.
    for (std::size_t i = 0; i < count; ++i) {
      owners_.insert(owners_.end(), asked.ownership.begin(), asked.ownership.end());
    }
    details_.resize(count);
    for (int i = 0; i < count_; ++i) {
      const auto n = static_cast<std::size_t>(i);
      Evaluation& one = evaluations_.emplace_back(asked);
      one.random = RandomForSymmetry(group, group.Member(i)).value();
      one.prior = std::span(priors_).subspan(n * asked.prior.size(), asked.prior.size());
      one.ownership =
          std::span(owners_).subspan(n * asked.ownership.size(), asked.ownership.size());
      one.details = asked.details == nullptr ? nullptr : &details_[n];
    }
  }

  std::span<Evaluation> evaluations() { return evaluations_; }

  void WriteMean(Evaluation& out) const {
    out.value = Mean([](const Evaluation& one) { return one.value; });
    out.score = Mean([](const Evaluation& one) { return one.score; });
    for (std::size_t i = 0; i < out.prior.size(); ++i) {
      out.prior[i] = Mean([i](const Evaluation& one) { return one.prior[i]; });
    }
    for (std::size_t i = 0; i < out.ownership.size(); ++i) {
      out.ownership[i] = Mean([i](const Evaluation& one) { return one.ownership[i]; });
    }
    if (out.details != nullptr) *out.details = MeanDetails();
  }

 private:
  template <typename Number>
  float Mean(Number number) const {
    double sum = 0.0;
    for (const Evaluation& one : evaluations_) sum += number(one);
    return static_cast<float>(sum / count_);
  }

  EvaluationDetails MeanDetails() const {
    EvaluationDetails mean = details_.front();
    if (!mean.given) return mean;
    const auto of = [this](auto number) {
      return Mean([number](const Evaluation& one) { return number(*one.details); });
    };
    using Details = EvaluationDetails;
    mean.no_result = of([](const Details& d) { return d.no_result; });
    mean.score_mean = of([](const Details& d) { return d.score_mean; });
    const double square = of([](const Details& d) {
      return d.score_mean * d.score_mean + d.score_deviation * d.score_deviation;
    });
    mean.score_deviation = static_cast<float>(
        std::sqrt(std::max(0.0, square - static_cast<double>(mean.score_mean) * mean.score_mean)));
    mean.variance_time = of([](const Details& d) { return d.variance_time; });
    mean.value_error = of([](const Details& d) { return d.value_error; });
    mean.score_error = of([](const Details& d) { return d.score_error; });
    return mean;
  }

  const int count_;
  std::vector<float> priors_;
  std::vector<float> owners_;
  std::vector<EvaluationDetails> details_;
  std::vector<Evaluation> evaluations_;
};

}  // namespace

std::optional<std::uint64_t> RandomForSymmetry(const SymmetryGroup& group, Symmetry symmetry) {
  for (std::uint64_t high = 0; high < 64; ++high) {
    const std::uint64_t random = high << 58;
    if (group.Pick(random) == symmetry) return random;
  }
  return std::nullopt;
}

Evaluator::Ticket SymmetryEvaluator::Submit(std::span<Evaluation> batch) {
  if (mode_ == EvaluatedSymmetry::kAverage) {
    for (Evaluation& evaluation : batch) Average(evaluation);
    return 0;
  }
  if (mode_ == EvaluatedSymmetry::kIdentity) {
    for (Evaluation& evaluation : batch) {
      const SymmetryGroup& group = evaluation.state->game().spec().symmetries;
      evaluation.random = RandomForSymmetry(group, Symmetry()).value();
    }
  }
  inner_->Evaluate(batch);
  return 0;
}

void SymmetryEvaluator::Average(Evaluation& evaluation) const {
  Answers answers(evaluation);
  inner_->Evaluate(answers.evaluations());
  answers.WriteMean(evaluation);
}

}  // namespace tengen
