#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "envs/core/rng.h"
#include "search/puct.h"

// Gumbel AlphaZero (Danihelka, Guez, Schrittwieser, Silver: "Policy improvement by planning with
// Gumbel", ICLR 2022). Legend as in puct.h, and
//
//   g(a)       Gumbel(0) noise               logits(a) = log P(a)
//   q(a)       Q(a) normalised to [0, 1] as by QRange
//   sigma(q) = (c_visit + max_b N(b)) c_scale q                            (eq. 8)
//
// Deviation: returns are normalised by the range of the whole tree, or the known bounds of
// two-player games, not by the range of the moves of one position.

namespace tengen {

struct GumbelParameters {
  double c_visit = 50.0;
  double c_scale = 1.0;
};

// The moves of one position, all spans equally long.
struct MoveStatistics {
  std::span<const float> priors;
  std::span<const std::int32_t> visits;
  std::span<const float> q;  // Q(a), not normalised; meaningless where visits is 0
};

// Value that stands in for moves without visits (Appendix D, eq. 33), not normalised:
//   v_mix = (v + sum N / sum_{N(b)>0} P(b) * sum_{N(a)>0} P(a) Q(a)) / (1 + sum N)
// with the evaluator's value v. Equals v without visits.
double MixedValue(double raw_value, const MoveStatistics& moves);

// Improved policy (eq. 11): pi' = softmax(logits + sigma(completed q)), where the completed Q of a
// move is Q(a), or v_mix where it has no visits. `policy` is as long as the moves and sums to 1.
void ImprovedPolicy(const GumbelParameters& parameters, const QRange& range, double raw_value,
                    const MoveStatistics& moves, std::span<float> policy);

// Value of playing `policy`: sum_a policy(a) completed Q(a), not normalised. The mean over the
// visits of a sequential halving is no such value: it counts every move that was tried.
double PolicyValue(double raw_value, const MoveStatistics& moves, std::span<const float> policy);

// Selection below the root (eq. 14), deterministic: argmax pi'(a) - N(a) / (1 + sum N), first of
// equals. `scratch` is as long as the moves.
int SelectGumbel(const GumbelParameters& parameters, const QRange& range, double raw_value,
                 const MoveStatistics& moves, std::span<float> scratch);

// One round of sequential halving: the best `considered` moves get `visits_each` simulations.
struct HalvingRound {
  int considered = 0;
  int visits_each = 0;
  bool operator==(const HalvingRound&) const = default;
};

// Replaces `rounds` by those that spend `simulations` on `considered` moves (Karnin et al. 2013 as
// used in the paper's Algorithm 2): with k moves left a round gives each max(1, n / (ceil(log2 m)
// k)) visits, then half of them stay, at least two; what is left at the end goes on with the last
// two. The last round may be cut: walk the rounds and stop at `simulations`.
void HalvingSchedule(int considered, int simulations, std::vector<HalvingRound>& rounds);

// Chooses the root's moves of one search.
//
//   Start: the m moves with the largest g + logits, without replacement.
//   Next/Done, in rounds: each move in turn; between rounds those with the largest
//   g + logits + sigma(q) stay. Best: the largest of the last round.
class GumbelRoot {
 public:
  // m = min(considered, simulations, moves). `noise` holds g(a): DrawGumbel's, or zeros for play
  // without exploration. REQUIRES: priors not empty, as long as noise.
  void Start(std::span<const float> priors, std::span<const float> noise, int considered,
             int simulations);

  // Whether a round is over: the statistics of all its simulations must stand before Next.
  bool AtRoundEnd() const { return in_round_ == round_size_; }

  // Move of the next simulation. At the end of a round halves the moves first, by the statistics.
  int Next(const GumbelParameters& parameters, const QRange& range, double raw_value,
           const MoveStatistics& moves);

  // Takes the last Next back: its simulation was given up.
  void Unget() { --in_round_; }

  // argmax of g + logits + sigma(completed q) over the moves still considered.
  int Best(const GumbelParameters& parameters, const QRange& range, double raw_value,
           const MoveStatistics& moves) const;

 private:
  // Keeps the `count` candidates with the largest scores_, best first, first of equals.
  void KeepBest(int count);
  // scores_ = g + logits + sigma(completed q) of the candidates.
  void Rank(const GumbelParameters& parameters, const QRange& range, double raw_value,
            const MoveStatistics& moves) const;

  std::vector<float> noisy_logits_;    // g + logits
  std::vector<int> candidates_;        // moves still considered
  mutable std::vector<float> scores_;  // scratch, by move
  std::vector<HalvingRound> rounds_;
  std::size_t round_ = 0;  // rounds begun
  int in_round_ = 0;       // simulations begun in this round
  int round_size_ = 0;
};

// Fills `noise` with standard Gumbel numbers.
void DrawGumbel(Rng& rng, std::span<float> noise);

}  // namespace tengen
