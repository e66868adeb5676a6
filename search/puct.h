#pragma once

#include <cstdint>
#include <span>

#include "envs/core/game.h"
#include "envs/core/rng.h"

// The formulas of PUCT search, as pure functions. Legend: at a position s with moves a,
//
//   N(a)  visits of a                      N = 1 + sum of N(a): visits of s, its own evaluation
//   first Q(a)  mean return of a, view of the    q(a) = Q(a) normalised to [0, 1]
//         player to move at s              P(a) prior of a

namespace tengen {

// AlphaZero's exploration (Silver et al. 2018, Methods), where c_factor is 1:
//   c(N) = c_init + c_factor log((1 + N + c_base) / c_base),
//   U(a) = c(N) P(a) sqrt(N) / (1 + N(a)).
// KataGo's cpuctExploration, cpuctExplorationLog and cpuctExplorationBase are 2 c_init, 2 c_factor
// and c_base; it takes 1, 0.45 and 500.
struct PuctParameters {
  double c_init = 1.25;
  double c_factor = 1.0;
  double c_base = 19652.0;
};

// c(N) sqrt(N): what multiplies P(a) / (1 + N(a)).
// Deviation from the paper: N counts the position's own evaluation, so that the first selection
// already follows the priors instead of comparing zeros.
double ExplorationFactor(const PuctParameters& parameters, int parent_visits);

// Maps returns to [0, 1].
//
// One player: by the smallest and the largest Q that the tree has met (MuZero, Schrittwieser et al.
// 2020, Appendix B eq. 5). While those are equal every return maps to 0.
// Two players: the bounds [-1, 1] are known, so q = (Q + 1) / 2 from the start (the KnownBounds of
// MuZero's pseudocode); c_init of 1.25 here is 2.5 in units of [-1, 1].
class QRange {
 public:
  static QRange Known(double low, double high);
  static QRange Empty();

  // Widens the range of one-player games; known bounds stay.
  void Include(double q) {
    if (known_) return;
    if (q < low_) low_ = static_cast<float>(q);
    if (q > high_) high_ = static_cast<float>(q);
  }

  // Normalised q = q * scale() + offset().
  float scale() const { return high_ > low_ ? 1.0F / (high_ - low_) : 0.0F; }
  float offset() const { return high_ > low_ ? -low_ / (high_ - low_) : 0.0F; }
  float Normalise(float q) const { return q * scale() + offset(); }

  // The worst return known: the lower bound, 0 while there is none.
  float low() const { return high_ >= low_ ? low_ : 0.0F; }

 private:
  QRange(bool known, float low, float high) : known_(known), low_(low), high_(high) {}

  bool known_;
  float low_;
  float high_;
};

// First-play urgency: the normalised value of a move that was never tried,
//   q(parent) - reduction * sqrt(sum of the priors of the moves that were).
// The reduction is Leela Zero's; AlphaZero takes 0 for all unvisited moves.
double FirstPlayUrgency(double normalised_parent_q, double reduction, double visited_prior);

// Everything about a position that its moves share.
struct PuctParent {
  float exploration = 0.0F;  // ExplorationFactor
  float first_play = 0.0F;   // FirstPlayUrgency
  float q_scale = 0.5F;      // of QRange
  float q_offset = 0.5F;
};

// argmax over a of q(a) + U(a), first of equals; q(a) is the first-play urgency where N(a) = 0.
// The spans are equally long and not empty.
int SelectPuct(const PuctParent& parent, std::span<const float> priors,
               std::span<const std::int32_t> visits, std::span<const float> q);

// Replaces `noisy` by (1 - fraction) P + fraction Dirichlet(alpha), alpha = total / number of moves
// (AlphaZero scales alpha to the typical number of legal moves; KataGo's total is 10.83, which is
// 0.03 on an empty 19x19 board). Fraction 0 copies and draws nothing.
void MixDirichletNoise(std::span<const float> priors, double total, double fraction, Rng& rng,
                       std::span<float> noisy);

// Fills `alphas` with the parameters of shaped noise (KataGo, docs/KataGoMethods.md, "Shaped
// Dirichlet Noise", which takes a shape of 0.5): with n moves and l(a) = log min(P(a), 0.01),
//
//   alpha(a) = total ((1 - shape) / n + shape max(0, l(a) - mean of l) / sum of those),
//
// so that a share `shape` falls on moves whose priors stand out from most others', however small
// they are. Equal priors: total / n. REQUIRES: 0 <= shape < 1, total > 0, the spans are equally
// long and not empty.
void ShapeDirichlet(std::span<const float> priors, double total, double shape,
                    std::span<float> alphas);

// MixDirichletNoise with noise from Dirichlet(ShapeDirichlet's alphas).
void MixShapedNoise(std::span<const float> priors, double total, double shape, double fraction,
                    Rng& rng, std::span<float> noisy);

// Draws an index with probability visits^(1 / temperature) / sum. Temperature 0: the most visited,
// first of equals. REQUIRES: temperature >= 0, visits >= 0 with a sum above 0.
int ChooseByVisits(std::span<const int> visits, double temperature, Rng& rng);

}  // namespace tengen
