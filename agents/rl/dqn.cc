#include "agents/rl/dqn.h"

#include <algorithm>
#include <array>
#include <cmath>
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

Status CheckDqnConfig(const DqnConfig& c) {
  const auto error = [](const char* name, auto value, const char* wanted) {
    return Error{StrCat("dqn ", name, " is ", value, ", wanted ", wanted)};
  };
  if (!(c.gamma >= 0.0 && c.gamma <= 1.0)) return error("gamma", c.gamma, "0 to 1");
  if (!(c.lr > 0.0 && c.lr <= kMaxLearningRate)) {
    return error("lr", c.lr, "more than 0 and at most 1e30");
  }
  if (!(c.adam_eps > 0.0)) return error("adam_eps", c.adam_eps, "more than 0");
  if (c.buffer_size < 1 || c.buffer_size > 1000000000) {
    return error("buffer_size", c.buffer_size, "1 to 1e9");
  }
  if (c.learning_starts < 1) return error("learning_starts", c.learning_starts, "at least 1");
  if (c.batch_size < 1 || c.batch_size > 1000000) {
    return error("batch_size", c.batch_size, "1 to 1e6");
  }
  if (c.train_every < 1) return error("train_every", c.train_every, "at least 1");
  if (c.gradient_steps < 1) return error("gradient_steps", c.gradient_steps, "at least 1");
  if (c.target_every < 1) return error("target_every", c.target_every, "at least 1");
  if (!(c.target_share > 0.0 && c.target_share <= 1.0)) {
    return error("target_share", c.target_share, "more than 0 and at most 1");
  }
  for (const double epsilon : {c.epsilon_start, c.epsilon_end, c.epsilon_share}) {
    if (!(epsilon >= 0.0 && epsilon <= 1.0)) return error("epsilon", epsilon, "0 to 1");
  }
  if (c.n_step < 1) return error("n_step", c.n_step, "at least 1");
  if (!(c.max_grad_norm >= 0.0)) return error("max_grad_norm", c.max_grad_norm, "at least 0");
  if (!(c.priority_alpha >= 0.0)) return error("priority_alpha", c.priority_alpha, "at least 0");
  if (!(c.priority_beta >= 0.0 && c.priority_beta <= 1.0)) {
    return error("priority_beta", c.priority_beta, "0 to 1");
  }
  for (const int width : c.hidden) {
    if (width < 1) return error("hidden", width, "widths of at least 1");
  }
  return Ok{};
}

at::Tensor QTargets(const at::Tensor& rewards, const at::Tensor& discounts,
                    const at::Tensor& next_q_target, const at::Tensor& next_q_online) {
  const at::Tensor next =
      next_q_online.defined()
          ? next_q_target.gather(1, next_q_online.argmax(1, /*keepdim=*/true)).squeeze(1)
          : next_q_target.amax(1);
  return (rewards + discounts * next).detach();
}

at::Tensor QLoss(const at::Tensor& q, const at::Tensor& targets, const at::Tensor& weights,
                 bool huber) {
  const at::Tensor loss =
      huber ? at::smooth_l1_loss(q, targets, at::Reduction::None) : (q - targets).square();
  return (weights * loss).mean();
}

at::Tensor DuelingQ(const at::Tensor& heads) {
  const at::Tensor advantages = heads.narrow(1, 1, heads.size(1) - 1);
  return heads.narrow(1, 0, 1) + advantages - advantages.mean(1, /*keepdim=*/true);
}

double ExplorationEpsilon(const DqnConfig& config, std::int64_t step) {
  const double span = config.epsilon_share * static_cast<double>(config.total_steps);
  const double t = span > 0.0 ? std::min(1.0, static_cast<double>(step) / span) : 1.0;
  return config.epsilon_start + (config.epsilon_end - config.epsilon_start) * t;
}

namespace {

MlpConfig NetConfigFor(const DqnConfig& config, const EnvSpec& spec) {
  MlpConfig net;
  net.inputs = spec.observation_size();
  net.hidden = config.hidden;
  net.outputs = spec.action.num_actions + (config.dueling ? 1 : 0);
  net.activation = Activation::kRelu;
  net.init = MlpInit::kUniform;
  return net;
}

OptimizerConfig AdamConfigFor(const DqnConfig& config) {
  OptimizerConfig adam;
  adam.kind = OptimizerKind::kAdam;
  adam.lr = config.lr;
  adam.eps = config.adam_eps;
  adam.weight_decay = 0.0;
  adam.clip_norm = config.max_grad_norm;
  if (config.anneal_lr) {
    const std::int64_t every = config.train_every;
    const auto rounds_until = [every](std::int64_t step) { return (step + every - 1) / every; };
    const std::int64_t rounds =
        rounds_until(config.total_steps) - rounds_until(config.learning_starts) + 1;
    adam.schedule = Schedule::kLinear;
    adam.final_fraction = 0.0;
    adam.total_steps = std::max<std::int64_t>(1, rounds) * config.gradient_steps;
  }
  return adam;
}

class Dqn final : public RlLearner {
 public:
  Dqn(const DqnConfig& config, std::string_view env_id, std::uint64_t seed)
      : config_(config),
        env_(env_id, 1, seed),
        rng_(seed, RngRole::kLearner),
        init_rng_(seed, RngRole::kNetInit),
        net_(NetConfigFor(config, env_.spec()), init_rng_),
        target_(NetConfigFor(config, env_.spec()), init_rng_),
        optimizer_(net_.parameters(), AdamConfigFor(config)),
        buffer_(config.buffer_size, env_.spec().observation_size(), 1, config.priority_alpha),
        steps_(config.n_step, config.gamma),
        actions_(env_.spec().action, 1) {
    target_.MoveTowards(net_, 1.0);
  }

  // train_every environment steps and the updates after them.
  void Iterate() override {
    loss_sum_ = q_sum_ = 0.0;
    updates_in_round_ = 0;
    for (int i = 0; i < config_.train_every; ++i) {
      ActAndRemember();
      if (env_steps_ % config_.target_every == 0) target_.MoveTowards(net_, config_.target_share);
    }
    if (env_steps_ < config_.learning_starts || buffer_.size() == 0) return;
    for (int i = 0; i < config_.gradient_steps; ++i) Update();
  }

  std::int64_t env_steps() const override { return env_steps_; }
  std::int64_t updates() const override { return optimizer_.step(); }
  std::vector<double> TakeReturns() override { return env_.TakeReturns(); }

  std::vector<std::pair<std::string, double>> Metrics() const override {
    const double n = std::max(1, updates_in_round_);
    return {{"loss", loss_sum_ / n},
            {"q", q_sum_ / n},
            {"epsilon", ExplorationEpsilon(config_, env_steps_)},
            {"lr", optimizer_.lr()}};
  }

  void ActGreedily(std::span<const float> observations, ActionRows& out) const override {
    const at::NoGradGuard no_grad;
    const at::Tensor best = Q(net_, RowsOf(observations)).argmax(1);
    const std::int64_t* index = DataOf<std::int64_t>(best);
    for (std::int32_t& action : out.indices) action = static_cast<std::int32_t>(*index++);
  }

  NamedTensors Policy() const override {
    NamedTensors out;
    net_.SaveTo(out, "q.");
    return out;
  }

  NamedTensors SaveState() const override {
    NamedTensors out = Policy();
    target_.SaveTo(out, "target.");
    for (const auto& [name, tensor] : optimizer_.State()) out["adam." + name] = tensor;
    const std::array<Rng::State, 1> stream = {rng_.state()};
    out["stream"] = StreamsToTensor(stream);
    out["env_steps"] = at::full({1}, env_steps_, at::kLong);
    env_.SaveTo(out);
    steps_.SaveTo(out);
    buffer_.SaveTo(out);
    return out;
  }

  Status LoadState(const NamedTensors& in) override {
    if (Status loaded = net_.LoadFrom(in, "q."); !loaded) return loaded;
    if (Status loaded = target_.LoadFrom(in, "target."); !loaded) return loaded;
    if (Status loaded = optimizer_.Load(TensorsBelow(in, "adam.")); !loaded) return loaded;
    const auto stream = StreamsFromTensor(in, "stream", 1);
    if (!stream) return Error{stream.error()};
    rng_ = Rng(stream->front());
    const auto steps = in.find("env_steps");
    if (steps == in.end()) return Error{"there is no tensor env_steps"};
    env_steps_ = steps->second.item<std::int64_t>();
    if (Status loaded = env_.LoadFrom(in); !loaded) return loaded;
    const Status waiting = steps_.LoadFrom(in, env_.spec().observation_size(), 1);
    if (!waiting) return waiting;
    return buffer_.LoadFrom(in);
  }

 private:
  at::Tensor RowsOf(std::span<const float> observations) const {
    const std::int64_t row = env_.spec().observation_size();
    return at::from_blob(const_cast<float*>(observations.data()),
                         {static_cast<std::int64_t>(observations.size()) / row, row});
  }

  // [N, O] -> [N, actions].
  at::Tensor Q(const Mlp& net, const at::Tensor& observations) const {
    const at::Tensor out = net.Forward(observations);
    return config_.dueling ? DuelingQ(out) : out;
  }

  void ActAndRemember() {
    const std::vector<float> observation(env_.observations().begin(), env_.observations().end());
    if (rng_.Uniform() < ExplorationEpsilon(config_, env_steps_)) {
      const auto count = static_cast<std::uint32_t>(env_.spec().action.num_actions);
      actions_.indices[0] = static_cast<std::int32_t>(rng_.Below(count));
    } else {
      ActGreedily(observation, actions_);
    }
    env_.Step(actions_);
    ++env_steps_;
    const std::array<float, 1> action = {static_cast<float>(actions_.indices[0])};
    steps_.Add(observation, action, static_cast<double>(env_.rewards()[0]),
               env_.next_observation(0), env_.terminated(0), env_.ended(0),
               [this](const Transition& transition) { buffer_.Add(transition); });
  }

  void Update() {
    const double t = static_cast<double>(env_steps_) / static_cast<double>(config_.total_steps);
    const double beta = config_.priority_beta + (1.0 - config_.priority_beta) * std::min(1.0, t);
    const auto sample = buffer_.Draw(config_.batch_size, beta, rng_);
    at::Tensor targets;
    {
      const at::NoGradGuard no_grad;
      const at::Tensor online = config_.double_q ? Q(net_, sample.next_observations) : at::Tensor();
      targets =
          QTargets(sample.rewards, sample.discounts, Q(target_, sample.next_observations), online);
    }
    const at::Tensor q =
        Q(net_, sample.observations).gather(1, sample.actions.to(at::kLong)).squeeze(1);
    const at::Tensor loss = QLoss(q, targets, sample.weights, config_.huber);
    optimizer_.ZeroGrad();
    loss.backward();
    const double norm = optimizer_.GradNorm();
    CheckGradient("dqn", norm, optimizer_.step());
    optimizer_.Step(norm);
    const at::NoGradGuard no_grad;
    buffer_.SetErrors(sample, (q - targets).contiguous());
    loss_sum_ += loss.item<double>();
    q_sum_ += q.mean().item<double>();
    ++updates_in_round_;
  }

  const DqnConfig config_;
  TrainingEnv env_;
  Rng rng_;  // exploration and replay
  Rng init_rng_;
  Mlp net_;
  Mlp target_;
  Optimizer optimizer_;
  TransitionBuffer buffer_;
  NStepSum steps_;
  ActionRows actions_;
  std::int64_t env_steps_ = 0;
  double loss_sum_ = 0.0;
  double q_sum_ = 0.0;
  int updates_in_round_ = 0;
};

class DqnPolicy final : public RlPolicy {
 public:
  DqnPolicy(const DqnConfig& config, const EnvSpec& spec)
      : dueling_(config.dueling),
        rng_(0, RngRole::kNetInit),
        net_(NetConfigFor(config, spec), rng_) {}

  Status Load(const NamedTensors& tensors) { return net_.LoadFrom(tensors, "q."); }

  PolicyOutput Evaluate(std::span<const float> observation) const override {
    const at::NoGradGuard no_grad;
    const at::Tensor out = net_.Forward(RowOf(observation));
    PolicyOutput result;
    result.q = NumbersOf(dueling_ ? DuelingQ(out) : out);
    const auto best = std::max_element(result.q.begin(), result.q.end());
    result.index = static_cast<std::int32_t>(best - result.q.begin());
    result.value = *best;
    return result;
  }

 private:
  const bool dueling_;
  Rng rng_;
  Mlp net_;
};

}  // namespace

std::unique_ptr<RlLearner> MakeDqn(const DqnConfig& config, std::string_view env_id,
                                   std::uint64_t seed) {
  const Status status = CheckDqnConfig(config);
  TENGEN_CHECK(status.ok(), status.error());
  return std::make_unique<Dqn>(config, env_id, seed);
}

Result<std::unique_ptr<RlPolicy>> LoadDqnPolicy(const DqnConfig& config, const EnvSpec& spec,
                                                const NamedTensors& tensors) {
  auto policy = std::make_unique<DqnPolicy>(config, spec);
  if (Status loaded = policy->Load(tensors); !loaded) return Error{loaded.error()};
  return std::unique_ptr<RlPolicy>(std::move(policy));
}

}  // namespace tengen
