#include "search/gumbel.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

#include "envs/core/check.h"

namespace tengen {
namespace {

int MaxVisits(std::span<const std::int32_t> visits) {
  return *std::max_element(visits.begin(), visits.end());
}

// c_visit + max N, times c_scale: sigma of a normalised q of 1.
double SigmaScale(const GumbelParameters& parameters, std::span<const std::int32_t> visits) {
  return (parameters.c_visit + MaxVisits(visits)) * parameters.c_scale;
}

}  // namespace

double MixedValue(double raw_value, const MoveStatistics& moves) {
  double sum_visits = 0.0;
  double sum_prior = 0.0;
  double sum_prior_q = 0.0;
  for (std::size_t i = 0; i < moves.visits.size(); ++i) {
    if (moves.visits[i] == 0) continue;
    // A prior of 0 must not remove a visited move, or divide by zero when it is the only one.
    const double prior = std::max<double>(moves.priors[i], std::numeric_limits<float>::min());
    sum_visits += moves.visits[i];
    sum_prior += prior;
    sum_prior_q += prior * moves.q[i];
  }
  if (sum_visits == 0.0) return raw_value;
  return (raw_value + sum_visits * sum_prior_q / sum_prior) / (1.0 + sum_visits);
}

void ImprovedPolicy(const GumbelParameters& parameters, const QRange& range, double raw_value,
                    const MoveStatistics& moves, std::span<float> policy) {
  const double sigma = SigmaScale(parameters, moves.visits);
  const float mixed = range.Normalise(static_cast<float>(MixedValue(raw_value, moves)));
  const auto completed = [&](std::size_t i) {
    return moves.visits[i] > 0 ? range.Normalise(moves.q[i]) : mixed;
  };
  float best = -std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < policy.size(); ++i) {
    if (moves.priors[i] > 0.0F) best = std::max(best, completed(i));
  }

  // softmax(log P + sigma(q)) = P exp(sigma(q) - sigma(best)) / sum. Moves without visits share one
  // exponential.
  const auto weight_of = [&](float q) {
    return static_cast<float>(std::exp(sigma * static_cast<double>(q - best)));
  };
  const float unvisited_weight = weight_of(mixed);
  double sum = 0.0;
  for (std::size_t i = 0; i < policy.size(); ++i) {
    policy[i] = 0.0F;
    if (moves.priors[i] <= 0.0F) continue;  // even where exp overflows
    policy[i] =
        moves.priors[i] * (moves.visits[i] > 0 ? weight_of(completed(i)) : unvisited_weight);
    sum += policy[i];
  }
  // In double: where only moves of denormal priors weigh anything, 1 / sum is beyond float.
  const double scale = 1.0 / sum;
  for (float& p : policy) p = static_cast<float>(static_cast<double>(p) * scale);
}

double PolicyValue(double raw_value, const MoveStatistics& moves, std::span<const float> policy) {
  const double mixed = MixedValue(raw_value, moves);
  double value = 0.0;
  for (std::size_t i = 0; i < policy.size(); ++i) {
    value += static_cast<double>(policy[i]) *
             (moves.visits[i] > 0 ? static_cast<double>(moves.q[i]) : mixed);
  }
  return value;
}

namespace {

// What one look over the moves of a position tells, for SelectGumbel.
struct MoveSums {
  int visits = 0;
  int most_visits = 0;
  double visited_prior = 0.0;
  double visited_prior_q = 0.0;                            // sum of P Q
  float best_q = -std::numeric_limits<float>::infinity();  // among visited moves with a prior
  double unvisited_prior = 0.0;
  float first_prior = -1.0F;  // the largest of the moves without visits
  std::size_t first = 0;      // the first move that has it
};

MoveSums SumMoves(const MoveStatistics& moves) {
  MoveSums sums;
  for (std::size_t i = 0; i < moves.visits.size(); ++i) {
    const float prior = moves.priors[i];
    const std::int32_t visits = moves.visits[i];
    if (visits == 0) {
      sums.unvisited_prior += prior;
      if (prior > sums.first_prior) {
        sums.first_prior = prior;
        sums.first = i;
      }
      continue;
    }
    sums.visits += visits;
    sums.most_visits = std::max(sums.most_visits, visits);
    const double weight = std::max<double>(prior, std::numeric_limits<float>::min());
    sums.visited_prior += weight;
    sums.visited_prior_q += weight * moves.q[i];
    if (prior > 0.0F) sums.best_q = std::max(sums.best_q, moves.q[i]);
  }
  return sums;
}

}  // namespace

// Of the moves without visits only the one with the largest prior can be chosen, and they share one
// exponential: two short loops in place of a whole improved policy, since this is what a search
// does most.
int SelectGumbel(const GumbelParameters& parameters, const QRange& range, double raw_value,
                 const MoveStatistics& moves, std::span<float> scratch) {
  const MoveSums sums = SumMoves(moves);
  const int first = static_cast<int>(sums.first);
  if (sums.visits == 0) return first;
  const double n = sums.visits;
  const double mixed_value =
      (raw_value + n * sums.visited_prior_q / sums.visited_prior) / (1.0 + n);
  const float mixed = range.Normalise(static_cast<float>(mixed_value));
  const double sigma = (parameters.c_visit + sums.most_visits) * parameters.c_scale;
  float best = -std::numeric_limits<float>::infinity();
  if (sums.best_q > best) best = range.Normalise(sums.best_q);
  if (sums.unvisited_prior > 0.0) best = std::max(best, mixed);
  const auto weight_of = [&](float q) { return std::exp(sigma * static_cast<double>(q - best)); };

  const double unvisited_weight = sums.unvisited_prior > 0.0 ? weight_of(mixed) : 0.0;
  double sum = sums.unvisited_prior * unvisited_weight;
  for (std::size_t i = 0; i < scratch.size(); ++i) {
    if (moves.visits[i] == 0) continue;
    scratch[i] = 0.0F;
    if (moves.priors[i] <= 0.0F) continue;  // even where exp overflows
    scratch[i] = moves.priors[i] * static_cast<float>(weight_of(range.Normalise(moves.q[i])));
    sum += static_cast<double>(scratch[i]);
  }

  const double share = 1.0 / (1.0 + n);
  double best_score = -std::numeric_limits<double>::infinity();
  int chosen = first;
  if (sums.first_prior >= 0.0F) {
    best_score = static_cast<double>(sums.first_prior) * unvisited_weight / sum;
  }
  for (std::size_t i = 0; i < scratch.size(); ++i) {
    if (moves.visits[i] == 0) continue;
    const double score = static_cast<double>(scratch[i]) / sum - moves.visits[i] * share;
    const int move = static_cast<int>(i);
    if (score > best_score || (score == best_score && move < chosen)) {
      best_score = score;
      chosen = move;
    }
  }
  return chosen;
}

void HalvingSchedule(int considered, int simulations, std::vector<HalvingRound>& rounds) {
  TENGEN_CHECK(considered > 0, "moves considered ", considered, ", wanted at least 1");
  rounds.clear();
  if (considered == 1) {
    if (simulations > 0) rounds.push_back({1, simulations});
    return;
  }
  // ceil(log2 m)
  const int halvings = static_cast<int>(std::bit_width(static_cast<unsigned>(considered - 1)));
  int left = considered;
  for (std::int64_t spent = 0; spent < simulations; left = std::max(2, left / 2)) {
    const int each = std::max(1, simulations / (halvings * left));
    rounds.push_back({left, each});
    spent += left * each;
  }
}

void GumbelRoot::Start(std::span<const float> priors, std::span<const float> noise, int considered,
                       int simulations) {
  TENGEN_CHECK(!priors.empty() && priors.size() == noise.size(), priors.size(), " priors and ",
               noise.size(), " noises, wanted as many, at least 1");
  noisy_logits_.resize(priors.size());
  for (std::size_t i = 0; i < priors.size(); ++i) {
    // The smallest normal number stands for a prior of 0, so that all moves can be ranked.
    noisy_logits_[i] = noise[i] + std::log(std::max(priors[i], std::numeric_limits<float>::min()));
  }
  const int moves = static_cast<int>(priors.size());
  const int m = std::max(1, std::min({considered, simulations, moves}));
  candidates_.resize(priors.size());
  std::iota(candidates_.begin(), candidates_.end(), 0);
  scores_ = noisy_logits_;
  KeepBest(m);
  HalvingSchedule(m, simulations, rounds_);
  round_ = 0;
  in_round_ = 0;
  round_size_ = 0;
}

int GumbelRoot::Next(const GumbelParameters& parameters, const QRange& range, double raw_value,
                     const MoveStatistics& moves) {
  if (AtRoundEnd()) {
    TENGEN_CHECK(round_ < rounds_.size(), "all simulations of the search are spent");
    const HalvingRound& round = rounds_[round_];
    if (round_ > 0) {
      Rank(parameters, range, raw_value, moves);
      KeepBest(round.considered);
    }
    ++round_;
    in_round_ = 0;
    round_size_ = round.considered * round.visits_each;
  }
  return candidates_[static_cast<std::size_t>(in_round_++) % candidates_.size()];
}

int GumbelRoot::Best(const GumbelParameters& parameters, const QRange& range, double raw_value,
                     const MoveStatistics& moves) const {
  Rank(parameters, range, raw_value, moves);
  return *std::max_element(candidates_.begin(), candidates_.end(), [&](int a, int b) {
    const float score_a = scores_[static_cast<std::size_t>(a)];
    const float score_b = scores_[static_cast<std::size_t>(b)];
    return score_a < score_b || (score_a == score_b && a > b);
  });
}

void GumbelRoot::KeepBest(int count) {
  std::partial_sort(candidates_.begin(), candidates_.begin() + count, candidates_.end(),
                    [&](int a, int b) {
                      const float score_a = scores_[static_cast<std::size_t>(a)];
                      const float score_b = scores_[static_cast<std::size_t>(b)];
                      return score_a > score_b || (score_a == score_b && a < b);
                    });
  candidates_.resize(static_cast<std::size_t>(count));
}

void GumbelRoot::Rank(const GumbelParameters& parameters, const QRange& range, double raw_value,
                      const MoveStatistics& moves) const {
  const double sigma = SigmaScale(parameters, moves.visits);
  const double mixed = MixedValue(raw_value, moves);
  for (const int candidate : candidates_) {
    const auto a = static_cast<std::size_t>(candidate);
    const double q = moves.visits[a] > 0 ? moves.q[a] : mixed;
    scores_[a] =
        noisy_logits_[a] + static_cast<float>(sigma * range.Normalise(static_cast<float>(q)));
  }
}

void DrawGumbel(Rng& rng, std::span<float> noise) {
  for (float& g : noise) g = static_cast<float>(rng.Gumbel());
}

}  // namespace tengen
