#include "search/leaf_mix_evaluator.h"

#include <cmath>
#include <exception>
#include <utility>

#include "envs/core/check.h"
#include "envs/core/rng.h"

namespace tengen {
namespace {

// Gives each evaluation a place for priors that nobody looks at.
void GivePriors(std::span<Evaluation> asked, std::vector<float>& memory) {
  std::size_t total = 0;
  for (const Evaluation& evaluation : asked) total += evaluation.legal.size();
  memory.resize(total);
  std::size_t begin = 0;
  for (Evaluation& evaluation : asked) {
    evaluation.prior = std::span(memory).subspan(begin, evaluation.legal.size());
    begin += evaluation.legal.size();
  }
}

}  // namespace

LeafMixEvaluator::LeafMixEvaluator(LeafMixParts parts, const LeafMixOptions& options)
    : parts_(std::move(parts)), options_(options) {
  TENGEN_CHECK(parts_.prior != nullptr, "no evaluator for priors, wanted one");
  TENGEN_CHECK(options.lambda >= 0.0 && options.lambda <= 1.0, "lambda ", options.lambda,
               ", wanted 0 to 1");
  TENGEN_CHECK(options.prior_exponent > 0.0, "prior exponent ", options.prior_exponent,
               ", wanted above 0");
}

Evaluator::Ticket LeafMixEvaluator::Submit(std::span<Evaluation> batch) {
  if (parts_.rollouts != nullptr) AskRollouts(batch);
  if (parts_.value == nullptr || parts_.value == parts_.prior) {
    parts_.prior->Evaluate(batch);
  } else {
    AskBoth(batch);
  }
  for (std::size_t i = 0; i < batch.size(); ++i) {
    Evaluation& evaluation = batch[i];
    const double v = parts_.value == nullptr ? 0.0 : static_cast<double>(evaluation.value);
    const double z = parts_.rollouts == nullptr ? 0.0 : static_cast<double>(z_[i]);
    const double lambda =
        parts_.rollouts == nullptr ? 0.0 : (parts_.value == nullptr ? 1.0 : options_.lambda);
    evaluation.value = static_cast<float>((1.0 - lambda) * v + lambda * z);
    if (options_.prior_exponent != 1.0) Sharpen(evaluation.prior);
  }
  return 0;
}

void LeafMixEvaluator::AskRollouts(std::span<const Evaluation> batch) {
  asked_.assign(batch.begin(), batch.end());
  for (Evaluation& evaluation : asked_) {
    evaluation.random = Mix64(evaluation.random);
    evaluation.ownership = {};
    evaluation.details = nullptr;
  }
  GivePriors(asked_, priors_);
  parts_.rollouts->Evaluate(asked_);
  z_.clear();
  for (const Evaluation& evaluation : asked_) z_.push_back(evaluation.value);
}

// Both at once, so that who gathers positions has those of both. Whatever fails, nothing stays
// behind at the other.
void LeafMixEvaluator::AskBoth(std::span<Evaluation> batch) {
  asked_.assign(batch.begin(), batch.end());
  GivePriors(asked_, priors_);
  std::exception_ptr error;
  const auto without_throwing = [&error](const auto& call) {
    try {
      call();
    } catch (...) {
      if (!error) error = std::current_exception();
    }
  };
  const Ticket prior = parts_.prior->Submit(batch);
  without_throwing([&] { parts_.value->Evaluate(asked_); });
  without_throwing([&] { parts_.prior->Wait(prior); });
  if (error) std::rethrow_exception(error);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    batch[i].value = asked_[i].value;
    batch[i].score = asked_[i].score;
  }
}

void LeafMixEvaluator::Sharpen(std::span<float> prior) const {
  const auto exponent = static_cast<float>(options_.prior_exponent);
  float sum = 0.0F;
  for (float& p : prior) {
    p = std::pow(p, exponent);
    sum += p;
  }
  for (float& p : prior) p /= sum;
}

}  // namespace tengen
