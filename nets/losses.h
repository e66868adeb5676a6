#pragma once

#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/model.h"
#include "nets/named_value.h"

namespace tengen {

// What a loss function returns: the scalar to minimise, and its parts for the log (scalars too,
// each already weighted, summing to `total`).
struct Loss {
  at::Tensor total;
  std::vector<std::pair<std::string, at::Tensor>> parts;
};

// What a supervised model learns to make small; mean over all rows.
enum class LossKind {
  kSquaredError,  // mean of (y - t)^2, over rows and outputs
  // -sum_c q_c log softmax(y)_c, with q = (1 - smoothing) onehot(t) + smoothing / classes (label
  // smoothing, Szegedy et al. 2016)
  kCrossEntropy,
};
// "squared-error", "cross-entropy".
const std::vector<NamedValue<LossKind>>& LossNames();

// y [N, outputs] and t [N, outputs] of its type, or for the cross-entropy y [N, classes] and t [N]
// int64 (or y [N, T, classes] and t [N, T]). One part of the loss's name. PyTorch's mse_loss and
// cross_entropy with their default means.
Loss SupervisedLoss(LossKind kind, const at::Tensor& y, const at::Tensor& t,
                    double label_smoothing = 0.0);

// What the soft policy head learns: every target probability p [N,A] becomes
//   p^(1/T) / sum_a p_a^(1/T),   T = 4,
// so that it also tells the moves apart that the search hardly looked at. A row of zeros stays one.
// (KataGo, docs/KataGoMethods.md, "Auxiliary Soft Policy Target".)
at::Tensor SoftPolicy(const at::Tensor& policy);

// Final scores s [N], points, as probabilities of ScoreBuckets [N,buckets]: of the whole numbers
// beside s the nearer has the larger share, 1 - |s - k| each, so that their mean is s. Beyond the
// outermost bucket they count as that one.
at::Tensor ScoreProbabilities(const at::Tensor& score, int buckets);

// Targets for a batch of N positions, from the view of the player to move, float32. Undefined
// tensors leave their loss out.
struct ZeroTargets {
  at::Tensor policy;  // [N,A] probabilities; 0 on illegal actions. A row of zeros: no policy target
  at::Tensor outcome;             // [N,3] probabilities of win, draw, loss (ValueHead::kOutcome)
  at::Tensor value;               // [N] return (ValueHead::kScalar)
  at::Tensor score;               // [N] final score in points
  at::Tensor ownership;           // [N,P] final owner: 1 mover, -1 other, 0 neither
  at::Tensor soft_policy;         // [N,A] as SoftPolicy gives it
  at::Tensor short_term;          // [N,3] values in [-1,1], from far to near
  at::Tensor reply_policy;        // [N,A] as `policy`, of the opponent's reply
  at::Tensor short_term_score;    // [N,3] scores in points, from far to near
  at::Tensor score_distribution;  // [N,B] as ScoreProbabilities gives it
  at::Tensor weight;              // [N] weights of the positions; undefined: 1 each
};

struct ZeroLossConfig {
  double policy_weight = 1.0;
  double value_weight = 1.0;
  double score_weight = 0.1;
  double ownership_weight = 0.5;
  // Of the auxiliary heads; 0 = there is no such head. KataGo takes 8 for the soft policy and 0.72
  // for each short-term value beside 1 for the policy (its value: 0.72); Wu 2019, section 3.4, 0.15
  // for the reply, appendix B 0.02 for the distribution of scores.
  double soft_policy_weight = 0.0;
  double short_term_weight = 0.0;
  double reply_policy_weight = 0.0;
  double short_term_score_weight = 0.0;
  double score_distribution_weight = 0.0;
};

// The auxiliary heads that a network needs to be trained so.
AuxiliaryHeads AuxiliaryHeadsOf(const ZeroLossConfig& config);

// Weighted mean over the batch: sum(w_i l_i) / sum(w_i) for each part l,
//   policy     -sum_a p_a log softmax(logits)_a
//   value      -sum_o p_o log softmax(outcome logits)_o, or (value - target)^2
//   score      Huber((score - target) / score_scale), |d| <= 1: d^2 / 2, else |d| - 1/2
//   ownership  binary cross-entropy of sigmoid(logits) against (target + 1) / 2, mean over points
//   soft_policy, reply_policy   as policy: rows of zeros count as 0 in the mean
//   short_term   as ownership, sum over the three horizons
//   short_term_score     as score, sum over the three horizons
//   score_distribution   -sum_k p_k log q_k + sum_k (sum_{j <= k} p_j - q_j)^2, q = softmax(logits)
//                (Wu 2019, appendix B, "game score pdf" and "cdf", with one weight)
// Parts are named so.
Loss ZeroLoss(const ModelOutput& output, const ZeroTargets& targets, const ZeroLossConfig& config,
              float score_scale);

}  // namespace tengen
