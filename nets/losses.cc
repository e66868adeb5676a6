#include "nets/losses.h"

#include "nets/torch_compat.h"

namespace tengen {
namespace {

// -sum_k target_k log softmax(logits)_k per row.
at::Tensor CrossEntropy(const at::Tensor& logits, const at::Tensor& target) {
  return -(target * at::log_softmax(logits, 1)).sum(1);
}

at::Tensor Huber(const at::Tensor& difference) {
  const at::Tensor size = difference.abs();
  return at::where(size <= 1.0, 0.5 * difference * difference, size - 0.5);
}

// Cross-entropy of sigmoid(logits) against p = (target + 1) / 2, of each number:
// -p log s(x) - (1 - p) log(1 - s(x)) = softplus(x) - p x.
at::Tensor BinaryCrossEntropy(const at::Tensor& logits, const at::Tensor& target) {
  return at::softplus(logits) - 0.5 * (target + 1.0) * logits;
}

// A density that is near in points has a small difference of the distribution functions, which the
// cross-entropy does not see.
at::Tensor DistributionLoss(const at::Tensor& logits, const at::Tensor& target) {
  const at::Tensor difference = (target - at::softmax(logits, 1)).cumsum(1);
  return CrossEntropy(logits, target) + difference.square().sum(1);
}

}  // namespace

const std::vector<NamedValue<LossKind>>& LossNames() {
  static const std::vector<NamedValue<LossKind>> kNames = {
      {"squared-error", LossKind::kSquaredError}, {"cross-entropy", LossKind::kCrossEntropy}};
  return kNames;
}

Loss SupervisedLoss(LossKind kind, const at::Tensor& y, const at::Tensor& t,
                    double label_smoothing) {
  const at::Tensor loss =
      kind == LossKind::kSquaredError
          ? at::mse_loss(y, t)
          : at::cross_entropy_loss(y.reshape({-1, y.size(-1)}), t.reshape({-1}), {},
                                   at::Reduction::Mean, /*ignore_index=*/-100, label_smoothing);
  return {loss, {{NameOf(kind, LossNames()), loss}}};
}

at::Tensor SoftPolicy(const at::Tensor& policy) {
  constexpr double kTemperature = 4.0;
  constexpr double kLeast = 1e-30;  // below the sum of every row that is not of zeros
  const at::Tensor flat = policy.pow(1.0 / kTemperature);
  return flat / flat.sum(1, /*keepdim=*/true).clamp_min(kLeast);
}

at::Tensor ScoreProbabilities(const at::Tensor& score, int buckets) {
  const int reach = (buckets - 1) / 2;
  const at::Tensor points = at::arange(-reach, reach + 1, score.options());
  const at::Tensor inside = score.clamp(-reach, reach).unsqueeze(1);
  return (1.0 - (inside - points).abs()).clamp_min(0.0);
}

AuxiliaryHeads AuxiliaryHeadsOf(const ZeroLossConfig& config) {
  AuxiliaryHeads heads;
  heads.soft_policy = config.soft_policy_weight > 0.0;
  heads.short_term = config.short_term_weight > 0.0;
  heads.reply_policy = config.reply_policy_weight > 0.0;
  heads.short_term_score = config.short_term_score_weight > 0.0;
  heads.score_distribution = config.score_distribution_weight > 0.0;
  return heads;
}

Loss ZeroLoss(const ModelOutput& output, const ZeroTargets& targets, const ZeroLossConfig& config,
              float score_scale) {
  const at::Tensor& weight = targets.weight;
  const at::Tensor total_weight = weight.defined() ? weight.sum() : at::Tensor();
  Loss loss;
  const auto add = [&](const char* name, double part_weight, const at::Tensor& per_position) {
    const at::Tensor mean =
        weight.defined() ? (weight * per_position).sum() / total_weight : per_position.mean();
    loss.parts.emplace_back(name, part_weight * mean);
  };

  if (targets.policy.defined()) {
    add("policy", config.policy_weight, CrossEntropy(output.policy_logits, targets.policy));
  }
  if (targets.outcome.defined()) {
    add("value", config.value_weight, CrossEntropy(output.outcome_logits, targets.outcome));
  } else if (targets.value.defined()) {
    add("value", config.value_weight, (output.value - targets.value).square());
  }
  if (targets.soft_policy.defined()) {
    add("soft_policy", config.soft_policy_weight,
        CrossEntropy(output.soft_policy_logits, targets.soft_policy));
  }
  if (targets.short_term.defined()) {
    add("short_term", config.short_term_weight,
        BinaryCrossEntropy(output.short_term_logits, targets.short_term).sum(1));
  }
  if (targets.reply_policy.defined()) {
    add("reply_policy", config.reply_policy_weight,
        CrossEntropy(output.reply_policy_logits, targets.reply_policy));
  }
  if (targets.score.defined()) {
    add("score", config.score_weight, Huber((output.score - targets.score) / score_scale));
  }
  if (targets.short_term_score.defined()) {
    const at::Tensor difference =
        (output.short_term_score - targets.short_term_score) / score_scale;
    add("short_term_score", config.short_term_score_weight, Huber(difference).sum(1));
  }
  if (targets.score_distribution.defined()) {
    add("score_distribution", config.score_distribution_weight,
        DistributionLoss(output.score_distribution_logits, targets.score_distribution));
  }
  if (targets.ownership.defined()) {
    add("ownership", config.ownership_weight,
        BinaryCrossEntropy(output.ownership_logits, targets.ownership).mean(1));
  }

  TENGEN_CHECK(!loss.parts.empty(), "a loss without targets");
  loss.total = loss.parts.front().second;
  for (std::size_t i = 1; i < loss.parts.size(); ++i) {
    loss.total = loss.total + loss.parts[i].second;
  }
  return loss;
}

}  // namespace tengen
