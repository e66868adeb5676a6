#pragma once

#include <array>
#include <cmath>

#include "envs/core/rng.h"
#include "experiments/statistics/interval.h"

namespace tengen {

// How colour-swapped pairs come out, for simulations. A game is won, drawn or lost as in the model
// of BayesElo (Coulom): with the difference d of the players in a parameter of the model's own,
//
//   P(win) = L(d + bias - draw),  P(loss) = L(-d - bias - draw),  L(x) = 1 / (1 + 10^(-x / 400)).
//
// Each opening favours one colour by `bias` or -`bias`, with equal probability; the games of a pair
// share it with opposite signs. `draw` is 0 in games without draws. d is chosen so that the
// expected score is that of the asked difference on the logistic scale.
class PairModel {
 public:
  PairModel(double elo, double draw, double bias) : draw_(draw), bias_(bias) {
    double low = -3000.0, high = 3000.0;
    for (int i = 0; i < 100; ++i) {
      difference_ = 0.5 * (low + high);
      (Mean() < ScoreFromElo(elo) ? low : high) = difference_;
    }
  }

  // Points of a pair, times two.
  int Draw(Rng& rng) const { return DrawGame(bias_, rng) + DrawGame(-bias_, rng); }

  double Mean() const { return 0.5 * (MeanOf(bias_) + MeanOf(-bias_)); }

 private:
  double Win(double bias) const { return ScoreFromElo(difference_ + bias - draw_); }
  double Loss(double bias) const { return ScoreFromElo(-difference_ - bias - draw_); }
  double MeanOf(double bias) const { return 0.5 * (1.0 + Win(bias) - Loss(bias)); }

  int DrawGame(double bias, Rng& rng) const {
    const double u = rng.Uniform();
    if (u < Win(bias)) return 2;
    return u < 1.0 - Loss(bias) ? 1 : 0;
  }

  double difference_ = 0.0;
  const double draw_;
  const double bias_;
};

}  // namespace tengen
