#include "agents/rl/sac.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <string>
#include <utility>

#include <ATen/core/grad_mode.h>

#include "agents/rl/training_env.h"
#include "agents/rl/transition_buffer.h"
#include "nets/mlp.h"
#include "nets/optimizer.h"
#include "nets/tensor_data.h"
#include "nets/tensor_ops.h"

namespace tengen {

Status CheckSacConfig(const SacConfig& c) {
  const auto error = [](const char* name, auto value, const char* wanted) {
    return Error{StrCat("sac ", name, " is ", value, ", wanted ", wanted)};
  };
  if (!(c.gamma >= 0.0 && c.gamma <= 1.0)) return error("gamma", c.gamma, "0 to 1");
  if (!(c.lr > 0.0 && c.lr <= kMaxLearningRate)) {
    return error("lr", c.lr, "more than 0 and at most 1e30");
  }
  if (!(c.adam_eps > 0.0)) return error("adam_eps", c.adam_eps, "more than 0");
  if (c.buffer_size < 1 || c.buffer_size > 1000000000) {
    return error("buffer_size", c.buffer_size, "1 to 1e9");
  }
  if (c.batch_size < 1 || c.batch_size > 1000000) {
    return error("batch_size", c.batch_size, "1 to 1e6");
  }
  if (c.learning_starts < 1) return error("learning_starts", c.learning_starts, "at least 1");
  if (c.hold_steps < 1) return error("hold_steps", c.hold_steps, "at least 1");
  if (c.train_every < 1) return error("train_every", c.train_every, "at least 1");
  if (c.gradient_steps < 1) return error("gradient_steps", c.gradient_steps, "at least 1");
  if (!(c.target_share > 0.0 && c.target_share <= 1.0)) {
    return error("target_share", c.target_share, "more than 0 and at most 1");
  }
  if (!(c.temperature > 0.0)) return error("temperature", c.temperature, "more than 0");
  for (const int width : c.hidden) {
    if (width < 1) return error("hidden", width, "widths of at least 1");
  }
  return Ok{};
}

at::Tensor SoftTargets(const at::Tensor& rewards, const at::Tensor& discounts,
                       const at::Tensor& next_q1, const at::Tensor& next_q2,
                       const at::Tensor& next_log_prob, double alpha) {
  const at::Tensor soft_value = at::minimum(next_q1, next_q2) - alpha * next_log_prob;
  return (rewards + discounts * soft_value).detach();
}

at::Tensor SoftPolicyLoss(const at::Tensor& log_prob, const at::Tensor& q1, const at::Tensor& q2,
                          double alpha) {
  return (alpha * log_prob - at::minimum(q1, q2)).mean();
}

at::Tensor TemperatureLoss(const at::Tensor& log_alpha, const at::Tensor& log_prob,
                           double target_entropy) {
  return (-log_alpha.exp() * (log_prob.detach() + target_entropy)).mean();
}

SquashedSample SampleSquashed(const at::Tensor& mean, const at::Tensor& log_std,
                              const at::Tensor& noise) {
  static const double kLogSqrtTwoPi = 0.5 * std::log(2.0 * std::numbers::pi);
  const at::Tensor u = mean + log_std.exp() * noise;
  // log N(u) - log(1 - tanh(u)^2), the latter as 2 (log 2 - u - softplus(-2u)): exact for large u.
  const at::Tensor density = -0.5 * noise.square() - log_std - kLogSqrtTwoPi;
  const at::Tensor squash = 2.0 * (std::numbers::ln2 - u - at::softplus(-2.0 * u));
  return {at::tanh(u), (density - squash).sum(1)};
}

namespace {

MlpConfig NetConfigFor(const SacConfig& config, int inputs, int outputs) {
  MlpConfig net;
  net.inputs = inputs;
  net.hidden = config.hidden;
  net.outputs = outputs;
  net.activation = Activation::kRelu;
  net.init = MlpInit::kUniform;
  return net;
}

OptimizerConfig AdamConfigFor(const SacConfig& config) {
  OptimizerConfig adam;
  adam.kind = OptimizerKind::kAdam;
  adam.lr = config.lr;
  adam.eps = config.adam_eps;
  adam.weight_decay = 0.0;
  return adam;
}

std::vector<at::Tensor> Joined(std::vector<at::Tensor> a, const std::vector<at::Tensor>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

// A component of (-1, 1) in the bounds of the action space; i counts components, row by row.
float Stretched(const ActionSpace& space, std::size_t i, float unit) {
  const std::size_t k = i % space.low.size();
  return space.low[k] + 0.5F * (unit + 1.0F) * (space.high[k] - space.low[k]);
}

// What the policy's head holds of the deviations, as their logarithms: brought into [-5, 2] by
// tanh, as in CleanRL.
at::Tensor LogStd(const at::Tensor& raw) { return -5.0 + 3.5 * (at::tanh(raw) + 1.0); }

class Sac final : public RlLearner {
 public:
  Sac(const SacConfig& config, std::string_view env_id, std::uint64_t seed)
      : config_(config),
        env_(env_id, 1, seed),
        inputs_(env_.spec().observation_size()),
        action_size_(env_.spec().action.size()),
        rng_(seed, RngRole::kLearner),
        init_rng_(seed, RngRole::kNetInit),
        policy_(NetConfigFor(config, inputs_, 2 * action_size_), init_rng_),
        q1_(NetConfigFor(config, inputs_ + action_size_, 1), init_rng_),
        q2_(NetConfigFor(config, inputs_ + action_size_, 1), init_rng_),
        target1_(NetConfigFor(config, inputs_ + action_size_, 1), init_rng_),
        target2_(NetConfigFor(config, inputs_ + action_size_, 1), init_rng_),
        log_alpha_(at::full({1}, std::log(config.temperature)).requires_grad_()),
        policy_adam_(policy_.parameters(), AdamConfigFor(config)),
        q_adam_(Joined(q1_.parameters(), q2_.parameters()), AdamConfigFor(config)),
        alpha_adam_({log_alpha_}, AdamConfigFor(config)),
        buffer_(std::min(config.buffer_size, config.total_steps), inputs_, action_size_, 0.0),
        actions_(env_.spec().action, 1),
        unit_action_(static_cast<std::size_t>(action_size_)) {
    target1_.MoveTowards(q1_, 1.0);
    target2_.MoveTowards(q2_, 1.0);
  }

  // train_every environment steps and the updates after them.
  void Iterate() override {
    sums_ = {};
    for (int i = 0; i < config_.train_every; ++i) ActAndRemember();
    if (env_steps_ < config_.learning_starts) return;
    for (int i = 0; i < config_.gradient_steps; ++i) Update();
  }

  std::int64_t env_steps() const override { return env_steps_; }
  std::int64_t updates() const override { return q_adam_.step(); }
  std::vector<double> TakeReturns() override { return env_.TakeReturns(); }

  std::vector<std::pair<std::string, double>> Metrics() const override {
    const double n = std::max(1, sums_.count);
    return {{"q_loss", sums_.q / n},
            {"policy_loss", sums_.policy / n},
            {"entropy", sums_.entropy / n},
            {"alpha", Alpha()}};
  }

  void ActGreedily(std::span<const float> observations, ActionRows& out) const override {
    const at::NoGradGuard no_grad;
    const at::Tensor mean =
        at::tanh(policy_.Forward(RowsOf(observations)).narrow(1, 0, action_size_)).contiguous();
    const float* unit = DataOf<float>(mean);
    const ActionSpace& space = env_.spec().action;
    for (std::size_t i = 0; i < out.values.size(); ++i) {
      out.values[i] = Stretched(space, i, unit[i]);
    }
  }

  NamedTensors Policy() const override {
    NamedTensors out;
    policy_.SaveTo(out, "policy.");
    return out;
  }

  NamedTensors SaveState() const override;
  Status LoadState(const NamedTensors& in) override;

 private:
  double Alpha() const { return std::exp(static_cast<double>(DataOf<float>(log_alpha_)[0])); }
  at::Tensor RowsOf(std::span<const float> observations) const {
    return at::from_blob(const_cast<float*>(observations.data()),
                         {static_cast<std::int64_t>(observations.size()) / inputs_, inputs_});
  }

  // ---- acting ----

  void ActAndRemember() {
    const std::vector<float> observation(env_.observations().begin(), env_.observations().end());
    if (env_steps_ >= config_.learning_starts) {
      const at::NoGradGuard no_grad;
      const at::Tensor actions = SampleActions(RowsOf(observation)).actions.contiguous();
      std::copy_n(DataOf<float>(actions), unit_action_.size(), unit_action_.begin());
    } else if (env_steps_ % config_.hold_steps == 0) {
      for (float& unit : unit_action_) unit = static_cast<float>(2.0 * rng_.Uniform() - 1.0);
    }
    for (std::size_t k = 0; k < unit_action_.size(); ++k) {
      actions_.values[k] = Stretched(env_.spec().action, k, unit_action_[k]);
    }
    env_.Step(actions_);
    ++env_steps_;
    buffer_.Add({observation, unit_action_, static_cast<double>(env_.rewards()[0]),
                 env_.terminated(0) ? 0.0 : config_.gamma, env_.next_observation(0)});
  }

  SquashedSample SampleActions(const at::Tensor& observations) {
    const at::Tensor head = policy_.Forward(observations);
    const at::Tensor mean = head.narrow(1, 0, action_size_);
    const at::Tensor log_std = LogStd(head.narrow(1, action_size_, action_size_));
    at::Tensor noise = at::empty({observations.size(0), action_size_});
    float* out = DataOf<float>(noise);
    for (std::int64_t i = 0; i < noise.numel(); ++i) out[i] = static_cast<float>(rng_.Normal());
    return SampleSquashed(mean, log_std, noise);
  }

  // ---- learning ----

  static at::Tensor Q(const Mlp& net, const at::Tensor& observations, const at::Tensor& actions) {
    return net.Forward(at::cat({observations, actions}, 1)).squeeze(1);
  }

  void Update() {
    const auto sample = buffer_.Draw(config_.batch_size, 1.0, rng_);
    UpdateQ(sample);
    UpdatePolicy(sample);
    target1_.MoveTowards(q1_, config_.target_share);
    target2_.MoveTowards(q2_, config_.target_share);
    ++sums_.count;
  }

  void UpdateQ(const TransitionBuffer::Sample& sample) {
    at::Tensor targets;
    {
      const at::NoGradGuard no_grad;
      const SquashedSample next = SampleActions(sample.next_observations);
      targets = SoftTargets(
          sample.rewards, sample.discounts, Q(target1_, sample.next_observations, next.actions),
          Q(target2_, sample.next_observations, next.actions), next.log_prob, Alpha());
    }
    const at::Tensor loss = at::mse_loss(Q(q1_, sample.observations, sample.actions), targets) +
                            at::mse_loss(Q(q2_, sample.observations, sample.actions), targets);
    Descend(loss, q_adam_);
    sums_.q += loss.item<double>();
  }

  // The Q networks get gradients here too; they are zeroed before their own update.
  void UpdatePolicy(const TransitionBuffer::Sample& sample) {
    const SquashedSample now = SampleActions(sample.observations);
    const at::Tensor loss = SoftPolicyLoss(now.log_prob, Q(q1_, sample.observations, now.actions),
                                           Q(q2_, sample.observations, now.actions), Alpha());
    Descend(loss, policy_adam_);
    sums_.policy += loss.item<double>();
    sums_.entropy -= now.log_prob.mean().item<double>();
    if (!config_.learn_temperature) return;
    const double wanted =
        config_.target_entropy != 0.0 ? config_.target_entropy : -static_cast<double>(action_size_);
    Descend(TemperatureLoss(log_alpha_, now.log_prob, wanted), alpha_adam_);
  }

  static void Descend(const at::Tensor& loss, Optimizer& adam) {
    adam.ZeroGrad();
    loss.backward();
    const double norm = adam.GradNorm();
    CheckGradient("sac", norm, adam.step());
    adam.Step(norm);
  }

  struct Sums {
    double q = 0.0, policy = 0.0, entropy = 0.0;
    int count = 0;
  };

  const SacConfig config_;
  TrainingEnv env_;
  const int inputs_;
  const int action_size_;
  Rng rng_;  // exploration, replay and the noise of updates
  Rng init_rng_;
  Mlp policy_;
  Mlp q1_, q2_, target1_, target2_;
  at::Tensor log_alpha_;  // [1]
  Optimizer policy_adam_, q_adam_, alpha_adam_;
  TransitionBuffer buffer_;
  ActionRows actions_;
  std::vector<float> unit_action_;  // of the last step, in [-1, 1]
  std::int64_t env_steps_ = 0;
  Sums sums_;
};

NamedTensors Sac::SaveState() const {
  NamedTensors out = Policy();
  q1_.SaveTo(out, "q1.");
  q2_.SaveTo(out, "q2.");
  target1_.SaveTo(out, "target1.");
  target2_.SaveTo(out, "target2.");
  out["log_alpha"] = log_alpha_.detach().clone();
  for (const auto& [name, tensor] : policy_adam_.State()) out["policy_adam." + name] = tensor;
  for (const auto& [name, tensor] : q_adam_.State()) out["q_adam." + name] = tensor;
  for (const auto& [name, tensor] : alpha_adam_.State()) out["alpha_adam." + name] = tensor;
  const std::array<Rng::State, 1> stream = {rng_.state()};
  out["stream"] = StreamsToTensor(stream);
  out["env_steps"] = at::full({1}, env_steps_, at::kLong);
  out["held_action"] = at::empty({action_size_});
  std::copy(unit_action_.begin(), unit_action_.end(), out["held_action"].data_ptr<float>());
  env_.SaveTo(out);
  buffer_.SaveTo(out);
  return out;
}

Status Sac::LoadState(const NamedTensors& in) {
  for (const auto& [name, net] :
       std::initializer_list<std::pair<const char*, Mlp*>>{{"policy.", &policy_},
                                                           {"q1.", &q1_},
                                                           {"q2.", &q2_},
                                                           {"target1.", &target1_},
                                                           {"target2.", &target2_}}) {
    if (Status loaded = net->LoadFrom(in, name); !loaded) return loaded;
  }
  for (const auto& [prefix, adam] : std::initializer_list<std::pair<std::string, Optimizer*>>{
           {"policy_adam.", &policy_adam_}, {"q_adam.", &q_adam_}, {"alpha_adam.", &alpha_adam_}}) {
    if (Status loaded = adam->Load(TensorsBelow(in, prefix)); !loaded) return loaded;
  }
  for (const auto& [name, size] : std::initializer_list<std::pair<const char*, int>>{
           {"log_alpha", 1}, {"env_steps", 1}, {"held_action", action_size_}}) {
    const auto found = in.find(name);
    if (found == in.end() || found->second.numel() != size) {
      return Error{StrCat("there is no tensor ", name, " of ", size, " numbers")};
    }
  }
  const at::NoGradGuard no_grad;
  log_alpha_.copy_(in.at("log_alpha"));
  env_steps_ = in.at("env_steps").item<std::int64_t>();
  const at::Tensor held = in.at("held_action").to(at::kFloat);
  std::copy_n(DataOf<float>(held), unit_action_.size(), unit_action_.begin());
  const auto stream = StreamsFromTensor(in, "stream", 1);
  if (!stream) return Error{stream.error()};
  rng_ = Rng(stream->front());
  if (Status loaded = env_.LoadFrom(in); !loaded) return loaded;
  return buffer_.LoadFrom(in);
}

class SacPolicy final : public RlPolicy {
 public:
  SacPolicy(const SacConfig& config, const EnvSpec& spec)
      : action_(spec.action),
        rng_(0, RngRole::kNetInit),
        policy_(NetConfigFor(config, spec.observation_size(), 2 * action_.size()), rng_) {}

  Status Load(const NamedTensors& tensors) { return policy_.LoadFrom(tensors, "policy."); }

  PolicyOutput Evaluate(std::span<const float> observation) const override {
    const at::NoGradGuard no_grad;
    const at::Tensor head = policy_.Forward(RowOf(observation));
    const std::int64_t size = action_.size();
    const at::Tensor mean = head.narrow(1, 0, size);
    const at::Tensor deviation = LogStd(head.narrow(1, size, size)).exp();
    const std::vector<float> middle = NumbersOf(at::tanh(mean));
    const std::vector<float> low = NumbersOf(at::tanh(mean - deviation));
    const std::vector<float> high = NumbersOf(at::tanh(mean + deviation));
    PolicyOutput out;
    for (std::size_t k = 0; k < middle.size(); ++k) {
      out.values.push_back(Stretched(action_, k, middle[k]));
      out.spread.push_back(
          {out.values.back(), Stretched(action_, k, low[k]), Stretched(action_, k, high[k])});
    }
    return out;
  }

 private:
  const ActionSpace action_;
  Rng rng_;
  Mlp policy_;
};

}  // namespace

std::unique_ptr<RlLearner> MakeSac(const SacConfig& config, std::string_view env_id,
                                   std::uint64_t seed) {
  const Status status = CheckSacConfig(config);
  TENGEN_CHECK(status.ok(), status.error());
  return std::make_unique<Sac>(config, env_id, seed);
}

Result<std::unique_ptr<RlPolicy>> LoadSacPolicy(const SacConfig& config, const EnvSpec& spec,
                                                const NamedTensors& tensors) {
  auto policy = std::make_unique<SacPolicy>(config, spec);
  if (Status loaded = policy->Load(tensors); !loaded) return Error{loaded.error()};
  return std::unique_ptr<RlPolicy>(std::move(policy));
}

}  // namespace tengen
