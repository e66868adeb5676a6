#include "agents/rl/ppo.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <numeric>
#include <utility>

#include <ATen/core/grad_mode.h>

#include "agents/rl/training_env.h"
#include "nets/mlp.h"
#include "nets/optimizer.h"
#include "nets/tensor_data.h"
#include "nets/tensor_ops.h"

namespace tengen {

Status CheckPpoConfig(const PpoConfig& c) {
  const auto error = [](const char* name, auto value, const char* wanted) {
    return Error{StrCat("ppo ", name, " is ", value, ", wanted ", wanted)};
  };
  if (c.num_envs < 1 || c.num_envs > 100000) {
    return error("num_envs", c.num_envs, "1 to 100000");
  }
  if (c.rollout_steps < 1 || c.rollout_steps > 100000) {
    return error("rollout_steps", c.rollout_steps, "1 to 100000");
  }
  if (c.epochs < 1) return error("epochs", c.epochs, "at least 1");
  if (c.minibatches < 1 || std::int64_t{c.num_envs} * c.rollout_steps / c.minibatches < 2) {
    return error("minibatches", c.minibatches, "at least 1, and 2 samples in each");
  }
  if (!(c.gamma >= 0.0 && c.gamma <= 1.0)) return error("gamma", c.gamma, "0 to 1");
  if (!(c.gae_lambda >= 0.0 && c.gae_lambda <= 1.0)) {
    return error("gae_lambda", c.gae_lambda, "0 to 1");
  }
  if (!(c.clip > 0.0 && c.clip <= 1000.0)) {
    return error("clip", c.clip, "more than 0 and at most 1000");
  }
  if (!(c.lr > 0.0 && c.lr <= kMaxLearningRate)) {
    return error("lr", c.lr, "more than 0 and at most 1e30");
  }
  if (!(c.adam_eps > 0.0)) return error("adam_eps", c.adam_eps, "more than 0");
  if (!(c.max_grad_norm >= 0.0)) return error("max_grad_norm", c.max_grad_norm, "at least 0");
  if (c.total_steps < 1) return error("total_steps", c.total_steps, "at least 1");
  for (const int width : c.hidden) {
    if (width < 1) return error("hidden", width, "widths of at least 1");
  }
  return Ok{};
}

void NextValues(std::span<const float> values, std::span<const float> after_values,
                std::span<const std::uint8_t> terminated, std::span<const std::uint8_t> truncated,
                std::span<const float> final_values, std::span<float> next_values) {
  const std::size_t n = after_values.size();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool last = i + n >= values.size();
    next_values[i] = terminated[i] != 0  ? 0.0F
                     : truncated[i] != 0 ? final_values[i]
                     : last              ? after_values[i + n - values.size()]
                                         : values[i + n];
  }
}

void GeneralizedAdvantages(std::span<const float> rewards, std::span<const float> values,
                           std::span<const float> next_values, std::span<const std::uint8_t> ended,
                           int num_envs, double gamma, double lambda, std::span<float> advantages) {
  const auto n = static_cast<std::size_t>(num_envs);
  for (std::size_t i = rewards.size(); i-- > 0;) {
    const double delta = rewards[i] + gamma * next_values[i] - values[i];
    const bool has_next = i + n < rewards.size() && ended[i] == 0;
    advantages[i] =
        static_cast<float>(delta + (has_next ? gamma * lambda * advantages[i + n] : 0.0));
  }
}

at::Tensor NormalizedAdvantages(const at::Tensor& advantages) {
  return (advantages - advantages.mean()) / (advantages.std() + 1e-8);
}

PpoLoss ComputePpoLoss(const PpoBatch& b, const PpoConfig& config) {
  const at::Tensor ratio = (b.log_probs - b.old_log_probs).exp();
  const at::Tensor clipped = ratio.clamp(1.0 - config.clip, 1.0 + config.clip);
  PpoLoss loss;
  loss.policy = -at::minimum(b.advantages * ratio, b.advantages * clipped).mean();
  at::Tensor error = (b.values - b.returns).square();
  if (config.clip_value_loss) {
    const at::Tensor near =
        b.old_values + (b.values - b.old_values).clamp(-config.clip, config.clip);
    error = at::maximum(error, (near - b.returns).square());
  }
  loss.value = 0.5 * error.mean();
  loss.entropy = b.entropies.mean();
  loss.total =
      loss.policy + config.value_weight * loss.value - config.entropy_weight * loss.entropy;
  return loss;
}

namespace {

const double kLogSqrtTwoPi = 0.5 * std::log(2.0 * std::numbers::pi);

MlpConfig NetConfigFor(const PpoConfig& config, int inputs, int outputs, double output_gain) {
  MlpConfig net;
  net.inputs = inputs;
  net.hidden = config.hidden;
  net.outputs = outputs;
  net.init = config.orthogonal_init ? MlpInit::kOrthogonal : MlpInit::kUniform;
  net.output_gain = output_gain;
  return net;
}

OptimizerConfig AdamConfigFor(const PpoConfig& config) {
  OptimizerConfig adam;
  adam.kind = OptimizerKind::kAdam;
  adam.lr = config.lr;
  adam.eps = config.adam_eps;
  adam.weight_decay = 0.0;
  adam.clip_norm = config.max_grad_norm;
  if (config.anneal_lr) {
    const std::int64_t rollout = std::int64_t{config.num_envs} * config.rollout_steps;
    adam.schedule = Schedule::kLinear;
    adam.final_fraction = 0.0;
    adam.total_steps = std::max<std::int64_t>(1, config.total_steps / rollout) * config.epochs *
                       config.minibatches;
  }
  return adam;
}

MlpConfig PolicyNetConfigFor(const PpoConfig& config, const EnvSpec& spec) {
  const ActionSpace& action = spec.action;
  return NetConfigFor(config, spec.observation_size(),
                      action.discrete() ? action.num_actions : action.size(), 0.01);
}
MlpConfig ValueNetConfigFor(const PpoConfig& config, const EnvSpec& spec) {
  return NetConfigFor(config, spec.observation_size(), 1, 1.0);
}

// The standard deviations' logarithms, where actions are continuous.
Status LoadLogStd(const NamedTensors& in, at::Tensor& log_std) {
  const auto found = in.find("policy.log_std");
  if (found == in.end() || found->second.numel() != log_std.numel()) {
    return Error{StrCat("there is no tensor policy.log_std of ", log_std.numel(), " numbers")};
  }
  const at::NoGradGuard no_grad;
  log_std.copy_(found->second);
  return Ok{};
}

class Ppo final : public RlLearner {
 public:
  Ppo(const PpoConfig& config, std::string_view env_id, std::uint64_t seed)
      : config_(config),
        env_(env_id, config.num_envs, seed),
        action_size_(env_.spec().action.size()),
        rng_(seed, RngRole::kLearner),
        init_rng_(seed, RngRole::kNetInit),
        policy_(PolicyNetConfigFor(config, env_.spec()), init_rng_),
        value_(ValueNetConfigFor(config, env_.spec()), init_rng_),
        log_std_(at::zeros({action_size_}).requires_grad_()),
        optimizer_(Parameters(), AdamConfigFor(config)),
        actions_(env_.spec().action, config.num_envs) {
    const auto t = static_cast<std::int64_t>(config.rollout_steps);
    const auto n = static_cast<std::int64_t>(config.num_envs);
    observations_ = at::empty({t, n, env_.spec().observation_size()});
    taken_ = discrete() ? at::empty({t, n, 1}, at::kLong) : at::empty({t, n, action_size_});
    for (at::Tensor* tensor :
         {&log_probs_, &values_, &next_values_, &final_values_, &rewards_, &advantages_}) {
      *tensor = at::zeros({t, n});
    }
    for (auto* flags : {&terminated_, &truncated_, &ended_}) {
      flags->resize(static_cast<std::size_t>(t * n));
    }
  }

  void Iterate() override {
    CollectRollout();
    GeneralizedAdvantages(Span(rewards_), Span(values_), Span(next_values_), ended_,
                          config_.num_envs, config_.gamma, config_.gae_lambda,
                          MutableSpan(advantages_));
    Update();
  }

  std::int64_t env_steps() const override { return env_steps_; }
  std::int64_t updates() const override { return optimizer_.step(); }
  std::vector<double> TakeReturns() override { return env_.TakeReturns(); }
  std::vector<std::pair<std::string, double>> Metrics() const override { return metrics_; }

  void ActGreedily(std::span<const float> observations, ActionRows& out) const override {
    const at::NoGradGuard no_grad;
    const at::Tensor head = policy_.Forward(RowsOf(observations));
    if (discrete()) {
      const at::Tensor best = head.argmax(1);
      const std::int64_t* index = DataOf<std::int64_t>(best);
      for (std::int32_t& action : out.indices) action = static_cast<std::int32_t>(*index++);
      return;
    }
    // The caller's environment may have none who clips.
    const ActionSpace& space = env_.spec().action;
    const float* mean = DataOf<float>(head);
    for (std::size_t i = 0; i < out.values.size(); ++i) {
      const std::size_t k = i % space.low.size();
      out.values[i] = std::clamp(mean[i], space.low[k], space.high[k]);
    }
  }

  NamedTensors Policy() const override {
    NamedTensors out;
    policy_.SaveTo(out, "policy.");
    value_.SaveTo(out, "value.");
    if (!discrete()) out["policy.log_std"] = log_std_.detach().clone();
    return out;
  }

  NamedTensors SaveState() const override {
    NamedTensors out = Policy();
    for (const auto& [name, tensor] : optimizer_.State()) out["adam." + name] = tensor;
    const std::array<Rng::State, 1> stream = {rng_.state()};
    out["stream"] = StreamsToTensor(stream);
    out["env_steps"] = at::full({1}, env_steps_, at::kLong);
    env_.SaveTo(out);
    return out;
  }

  Status LoadState(const NamedTensors& in) override;

 private:
  bool discrete() const { return env_.spec().action.discrete(); }

  // With discrete actions log_std_ is no parameter.
  std::vector<at::Tensor> Parameters() const {
    std::vector<at::Tensor> all = policy_.parameters();
    for (const at::Tensor& parameter : value_.parameters()) all.push_back(parameter);
    if (!discrete()) all.push_back(log_std_);
    return all;
  }

  static std::span<const float> Span(const at::Tensor& tensor) {
    return {DataOf<float>(tensor), static_cast<std::size_t>(tensor.numel())};
  }
  static std::span<float> MutableSpan(const at::Tensor& tensor) {
    return {DataOf<float>(tensor), static_cast<std::size_t>(tensor.numel())};
  }
  // A tensor [n, O] on the caller's memory.
  at::Tensor RowsOf(std::span<const float> observations) const {
    const std::int64_t row = env_.spec().observation_size();
    return at::from_blob(const_cast<float*>(observations.data()),
                         {static_cast<std::int64_t>(observations.size()) / row, row});
  }

  // ---- acting ----

  void CollectRollout() {
    const at::NoGradGuard no_grad;
    for (std::int64_t t = 0; t < config_.rollout_steps; ++t) {
      at::Tensor observations = observations_[t];
      observations.copy_(RowsOf(env_.observations()));
      values_[t].copy_(value_.Forward(observations).squeeze(1));
      Sample(policy_.Forward(observations), t);
      env_.Step(actions_);
      env_steps_ += config_.num_envs;
      std::copy(env_.rewards().begin(), env_.rewards().end(), DataOf<float>(rewards_[t]));
      NoteEnds(t);
    }
    const at::Tensor after = value_.Forward(RowsOf(env_.observations())).contiguous();
    NextValues(Span(values_), Span(after), terminated_, truncated_, Span(final_values_),
               MutableSpan(next_values_));
  }

  std::size_t Index(std::int64_t t, int env) const {
    return static_cast<std::size_t>(t * config_.num_envs + env);
  }

  // Draws the actions of step t from the policy's output, [N, actions] logits or [N, A] means.
  void Sample(const at::Tensor& head, std::int64_t t) {
    const float* row = DataOf<float>(head);
    const std::int64_t width = head.size(1);
    for (int i = 0; i < config_.num_envs; ++i, row += width) {
      float& log_prob = DataOf<float>(log_probs_)[Index(t, i)];
      if (discrete()) {
        const int action = SampleLogits({row, static_cast<std::size_t>(width)}, log_prob);
        actions_.indices[static_cast<std::size_t>(i)] = action;
        DataOf<std::int64_t>(taken_)[Index(t, i)] = action;
      } else {
        log_prob = 0.0F;
        for (std::int64_t k = 0; k < width; ++k) {
          const double log_std = static_cast<double>(DataOf<float>(log_std_)[k]);
          const double noise = rng_.Normal();
          const auto value = static_cast<float>(row[k] + std::exp(log_std) * noise);
          log_prob += static_cast<float>(-0.5 * noise * noise - log_std - kLogSqrtTwoPi);
          const std::size_t at = Index(t, i) * static_cast<std::size_t>(width);
          DataOf<float>(taken_)[at + static_cast<std::size_t>(k)] = value;
          actions_.values[static_cast<std::size_t>(i * width + k)] = value;
        }
      }
    }
  }

  int SampleLogits(std::span<const float> logits, float& log_prob) {
    const float top = *std::max_element(logits.begin(), logits.end());
    probs_.clear();
    double sum = 0.0;
    for (const float logit : logits) {
      probs_.push_back(std::exp(logit - top));
      sum += static_cast<double>(probs_.back());
    }
    const int action = rng_.Categorical(probs_);
    log_prob = logits[static_cast<std::size_t>(action)] - top - static_cast<float>(std::log(sum));
    return action;
  }

  // Flags of step t, and the value of the last observation where an episode was cut off.
  void NoteEnds(std::int64_t t) {
    for (int i = 0; i < config_.num_envs; ++i) {
      const std::size_t at = Index(t, i);
      const bool bootstrap = env_.truncated(i) && config_.bootstrap_truncated;
      truncated_[at] = bootstrap ? 1 : 0;
      terminated_[at] = env_.ended(i) && !bootstrap ? 1 : 0;
      ended_[at] = env_.ended(i) ? 1 : 0;
      if (!bootstrap) continue;
      DataOf<float>(final_values_)[at] =
          value_.Forward(RowsOf(env_.next_observation(i))).item<float>();
    }
  }

  // ---- learning ----

  void Update() {
    const std::int64_t batch = std::int64_t{config_.num_envs} * config_.rollout_steps;
    const at::Tensor observations = observations_.view({batch, -1});
    const at::Tensor taken = taken_.view({batch, -1});
    // One gather for what is one number per sample: log prob, value, advantage, return.
    const at::Tensor advantages = advantages_.view({batch});
    const at::Tensor values = values_.view({batch});
    const at::Tensor columns =
        at::stack({log_probs_.view({batch}), values, advantages, advantages + values}, 1);
    std::vector<std::int64_t> order(static_cast<std::size_t>(batch));
    std::iota(order.begin(), order.end(), 0);
    const std::int64_t size = batch / config_.minibatches;
    LossSums sums;
    for (int epoch = 0; epoch < config_.epochs; ++epoch) {
      rng_.Shuffle(std::span(order));
      for (std::int64_t begin = 0; begin + size <= batch; begin += size) {
        const at::Tensor rows = at::from_blob(order.data() + begin, {size}, at::kLong);
        Step(observations.index_select(0, rows), taken.index_select(0, rows),
             columns.index_select(0, rows), sums);
      }
      if (config_.target_kl > 0.0 && sums.last_kl > config_.target_kl) break;
    }
    const auto mean = [&](double sum) { return sum / std::max(1, sums.count); };
    metrics_ = {{"policy_loss", mean(sums.policy)},  {"value_loss", mean(sums.value)},
                {"entropy", mean(sums.entropy)},     {"approx_kl", sums.last_kl},
                {"grad_norm", mean(sums.grad_norm)}, {"lr", optimizer_.lr()}};
  }

  struct LossSums {
    double policy = 0.0, value = 0.0, entropy = 0.0, grad_norm = 0.0, last_kl = 0.0;
    int count = 0;
  };

  void Step(const at::Tensor& observations, const at::Tensor& taken, const at::Tensor& columns,
            LossSums& sums) {
    PpoBatch batch;
    batch.old_log_probs = columns.select(1, 0);
    batch.old_values = columns.select(1, 1);
    batch.advantages = columns.select(1, 2);
    batch.returns = columns.select(1, 3);
    if (config_.normalize_advantages) batch.advantages = NormalizedAdvantages(batch.advantages);
    Evaluate(observations, taken, batch);
    const PpoLoss loss = ComputePpoLoss(batch, config_);
    optimizer_.ZeroGrad();
    loss.total.backward();
    const double norm = optimizer_.GradNorm();
    CheckGradient("ppo", norm, optimizer_.step());
    optimizer_.Step(norm);
    sums.policy += loss.policy.item<double>();
    sums.value += loss.value.item<double>();
    sums.entropy += loss.entropy.item<double>();
    sums.grad_norm += norm;
    ++sums.count;
    const at::NoGradGuard no_grad;
    const at::Tensor log_ratio = batch.log_probs - batch.old_log_probs;
    // The estimator k3 of Schulman's "Approximating KL Divergence".
    sums.last_kl = (log_ratio.exp() - 1.0 - log_ratio).mean().item<double>();
  }

  // Log probabilities of the actions taken, entropies and values under the current networks.
  void Evaluate(const at::Tensor& observations, const at::Tensor& taken, PpoBatch& batch) const {
    const at::Tensor head = policy_.Forward(observations);
    if (discrete()) {
      const at::Tensor log_probs = at::log_softmax(head, 1);
      batch.log_probs = log_probs.gather(1, taken).squeeze(1);
      batch.entropies = -(log_probs.exp() * log_probs).sum(1);
    } else {
      const at::Tensor scaled = (taken - head) * (-log_std_).exp();
      batch.log_probs = (-0.5 * scaled.square() - log_std_ - kLogSqrtTwoPi).sum(1);
      batch.entropies = (log_std_ + (0.5 + kLogSqrtTwoPi)).sum().expand({observations.size(0)});
    }
    batch.values = value_.Forward(observations).squeeze(1);
  }

  const PpoConfig config_;
  TrainingEnv env_;
  const int action_size_;
  Rng rng_;  // actions and the order of samples
  Rng init_rng_;
  Mlp policy_;
  Mlp value_;
  at::Tensor log_std_;  // [A]
  Optimizer optimizer_;
  ActionRows actions_;
  std::vector<float> probs_;
  std::int64_t env_steps_ = 0;
  std::vector<std::pair<std::string, double>> metrics_;

  // The rollout, [T, N] and more.
  at::Tensor observations_;  // [T, N, O]
  at::Tensor taken_;         // [T, N, 1] int64 or [T, N, A] float32, not clipped
  at::Tensor log_probs_, values_, next_values_, final_values_, rewards_, advantages_;
  std::vector<std::uint8_t> terminated_, truncated_, ended_;
};

Status Ppo::LoadState(const NamedTensors& in) {
  if (Status loaded = policy_.LoadFrom(in, "policy."); !loaded) return loaded;
  if (Status loaded = value_.LoadFrom(in, "value."); !loaded) return loaded;
  if (!discrete()) {
    if (Status loaded = LoadLogStd(in, log_std_); !loaded) return loaded;
  }
  if (Status loaded = optimizer_.Load(TensorsBelow(in, "adam.")); !loaded) return loaded;
  const auto stream = StreamsFromTensor(in, "stream", 1);
  if (!stream) return Error{stream.error()};
  rng_ = Rng(stream->front());
  const auto steps = in.find("env_steps");
  if (steps == in.end()) return Error{"there is no tensor env_steps"};
  env_steps_ = steps->second.item<std::int64_t>();
  return env_.LoadFrom(in);
}

class PpoPolicy final : public RlPolicy {
 public:
  PpoPolicy(const PpoConfig& config, const EnvSpec& spec)
      : action_(spec.action),
        rng_(0, RngRole::kNetInit),
        policy_(PolicyNetConfigFor(config, spec), rng_),
        value_(ValueNetConfigFor(config, spec), rng_),
        log_std_(at::zeros({action_.size()})) {}

  Status Load(const NamedTensors& tensors) {
    if (Status loaded = policy_.LoadFrom(tensors, "policy."); !loaded) return loaded;
    if (Status loaded = value_.LoadFrom(tensors, "value."); !loaded) return loaded;
    return action_.discrete() ? Status(Ok{}) : LoadLogStd(tensors, log_std_);
  }

  PolicyOutput Evaluate(std::span<const float> observation) const override {
    const at::NoGradGuard no_grad;
    const at::Tensor row = RowOf(observation);
    const at::Tensor head = policy_.Forward(row);
    PolicyOutput out;
    out.value = value_.Forward(row).item<float>();
    if (action_.discrete()) {
      out.probabilities = NumbersOf(at::softmax(head, 1));
      out.index = static_cast<std::int32_t>(head.argmax(1).item<std::int64_t>());
      return out;
    }
    const std::vector<float> mean = NumbersOf(head);
    const std::vector<float> deviation = NumbersOf(log_std_.exp());
    for (std::size_t k = 0; k < mean.size(); ++k) {
      out.values.push_back(std::clamp(mean[k], action_.low[k], action_.high[k]));
      out.spread.push_back({mean[k], mean[k] - deviation[k], mean[k] + deviation[k]});
    }
    return out;
  }

 private:
  const ActionSpace action_;
  Rng rng_;
  Mlp policy_;
  Mlp value_;
  at::Tensor log_std_;  // [A]
};

}  // namespace

std::unique_ptr<RlLearner> MakePpo(const PpoConfig& config, std::string_view env_id,
                                   std::uint64_t seed) {
  const Status status = CheckPpoConfig(config);
  TENGEN_CHECK(status.ok(), status.error());
  return std::make_unique<Ppo>(config, env_id, seed);
}

Result<std::unique_ptr<RlPolicy>> LoadPpoPolicy(const PpoConfig& config, const EnvSpec& spec,
                                                const NamedTensors& tensors) {
  auto policy = std::make_unique<PpoPolicy>(config, spec);
  if (Status loaded = policy->Load(tensors); !loaded) return Error{loaded.error()};
  return std::unique_ptr<RlPolicy>(std::move(policy));
}

}  // namespace tengen
