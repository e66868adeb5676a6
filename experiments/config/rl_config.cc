#include "experiments/config/rl_config.h"

#include <algorithm>
#include <memory>

#include <nlohmann/json.hpp>

#include "envs/registry/env_registry.h"
#include "experiments/config/json_fields.h"

namespace tengen {

template <typename V>
void VisitFields(V& visit, PpoConfig& c) {
  visit("num_envs", c.num_envs);
  visit("rollout_steps", c.rollout_steps);
  visit("epochs", c.epochs);
  visit("minibatches", c.minibatches);
  visit("gamma", c.gamma);
  visit("gae_lambda", c.gae_lambda);
  visit("clip", c.clip);
  visit("value_weight", c.value_weight);
  visit("entropy_weight", c.entropy_weight);
  visit("lr", c.lr);
  visit("adam_eps", c.adam_eps);
  visit("max_grad_norm", c.max_grad_norm);
  visit("hidden", c.hidden);
  visit("orthogonal_init", c.orthogonal_init);
  visit("anneal_lr", c.anneal_lr);
  visit("normalize_advantages", c.normalize_advantages);
  visit("clip_value_loss", c.clip_value_loss);
  visit("bootstrap_truncated", c.bootstrap_truncated);
  visit("target_kl", c.target_kl);
}

template <typename V>
void VisitFields(V& visit, DqnConfig& c) {
  visit("gamma", c.gamma);
  visit("lr", c.lr);
  visit("anneal_lr", c.anneal_lr);
  visit("adam_eps", c.adam_eps);
  visit("max_grad_norm", c.max_grad_norm);
  visit("hidden", c.hidden);
  visit("buffer_size", c.buffer_size);
  visit("learning_starts", c.learning_starts);
  visit("batch_size", c.batch_size);
  visit("train_every", c.train_every);
  visit("gradient_steps", c.gradient_steps);
  visit("target_every", c.target_every);
  visit("target_share", c.target_share);
  visit("epsilon_start", c.epsilon_start);
  visit("epsilon_end", c.epsilon_end);
  visit("epsilon_share", c.epsilon_share);
  visit("huber", c.huber);
  visit("double_q", c.double_q);
  visit("dueling", c.dueling);
  visit("n_step", c.n_step);
  visit("priority_alpha", c.priority_alpha);
  visit("priority_beta", c.priority_beta);
}

template <typename V>
void VisitFields(V& visit, SacConfig& c) {
  visit("gamma", c.gamma);
  visit("lr", c.lr);
  visit("adam_eps", c.adam_eps);
  visit("hidden", c.hidden);
  visit("buffer_size", c.buffer_size);
  visit("batch_size", c.batch_size);
  visit("learning_starts", c.learning_starts);
  visit("hold_steps", c.hold_steps);
  visit("train_every", c.train_every);
  visit("gradient_steps", c.gradient_steps);
  visit("target_share", c.target_share);
  visit("learn_temperature", c.learn_temperature);
  visit("temperature", c.temperature);
  visit("target_entropy", c.target_entropy);
}

template <typename V>
void VisitFields(V& visit, RlConfig& c) {
  visit("algorithm", c.algorithm);
  visit("env", c.env);
  visit("steps", c.steps);
  visit("seed", c.seed);
  visit("seeds", c.seeds);
  visit("evaluations", c.evaluations);
  visit("evaluation_episodes", c.evaluation_episodes);
  visit("final_episodes", c.final_episodes);
  visit("checkpoint_s", c.checkpoint_s);
  if (c.algorithm == "ppo") visit("ppo", c.ppo);
  if (c.algorithm == "dqn") visit("dqn", c.dqn);
  if (c.algorithm == "sac") visit("sac", c.sac);
}

nlohmann::ordered_json RlConfigToJson(const RlConfig& config) { return ConfigToJson(config); }

Status RlConfigFromJson(const nlohmann::json& json, RlConfig& config) {
  return ConfigFromJson(json, config);
}

std::vector<std::string> RlAlgorithms() { return {"ppo", "dqn", "sac"}; }

namespace {

// hyperparams/ppo.yml of RL Baselines3 Zoo for CartPole-v1, with a clip range that stays.
void UseCartPolePpo(RlConfig& config) {
  config.steps = 200000;
  config.ppo.num_envs = 8;
  config.ppo.rollout_steps = 32;
  config.ppo.minibatches = 1;
  config.ppo.epochs = 20;
  config.ppo.gamma = 0.98;
  config.ppo.gae_lambda = 0.8;
  config.ppo.entropy_weight = 0.0;
  config.ppo.lr = 1e-3;
}

// CleanRL's ppo_continuous_action.py, without its running normalisation.
void UseContinuousPpo(RlConfig& config) {
  config.steps = 1000000;
  config.ppo.num_envs = 1;
  config.ppo.rollout_steps = 2048;
  config.ppo.minibatches = 32;
  config.ppo.epochs = 10;
  config.ppo.lr = 3e-4;
  config.ppo.entropy_weight = 0.0;
}

// CleanRL's network and batch with 2.5 times its updates. What keeps a good policy good: a buffer
// of the whole run, so that falls are not forgotten once they are rare; the squared error, since
// the Huber loss seeks a median of returns, which rare falls do not move; targets that follow
// slowly; a learning rate that falls.
void UseCartPoleDqn(RlConfig& config) {
  config.steps = 200000;
  config.dqn.lr = 1e-3;
  config.dqn.anneal_lr = true;
  config.dqn.buffer_size = 200000;
  config.dqn.learning_starts = 1000;
  config.dqn.train_every = 4;
  config.dqn.target_every = 4;
  config.dqn.target_share = 0.005;
  config.dqn.epsilon_share = 0.2;
  config.dqn.double_q = true;
  config.dqn.n_step = 3;
}

// hyperparams/dqn.yml of RL Baselines3 Zoo for MountainCar-v0, on the losses of Stable Baselines3.
void UseMountainCarDqn(RlConfig& config) {
  config.steps = 120000;
  config.dqn.lr = 4e-3;
  config.dqn.batch_size = 128;
  config.dqn.buffer_size = 10000;
  config.dqn.learning_starts = 1000;
  config.dqn.gamma = 0.98;
  config.dqn.target_every = 600;
  config.dqn.train_every = 16;
  config.dqn.gradient_steps = 8;
  config.dqn.epsilon_share = 0.2;
  config.dqn.epsilon_end = 0.07;
  config.dqn.hidden = {256, 256};
  config.dqn.huber = true;
  config.dqn.max_grad_norm = 10.0;
}

// hyperparams/sac.yml of RL Baselines3 Zoo for Pendulum-v1 (learning rate, length), with networks
// of width 64. The mountain car is found by random actions that are held for half a swing.
void UseSac(RlConfig& config, const std::string& env) {
  config.steps = 20000;
  if (env != "mountain_car_continuous") return;
  config.steps = 50000;
  config.sac.hold_steps = 30;
  config.sac.learning_starts = 10000;
}

}  // namespace

Result<RlConfig> RlPreset(const std::string& algorithm, const std::string& env) {
  const auto algorithms = RlAlgorithms();
  if (std::find(algorithms.begin(), algorithms.end(), algorithm) == algorithms.end()) {
    std::string known;
    for (const std::string& name : algorithms) known += (known.empty() ? "" : ", ") + name;
    return Error{StrCat("unknown algorithm '", algorithm, "' (known: ", known, ")")};
  }
  const auto made = MakeEnv(env);
  if (!made) return Error{made.error()};
  RlConfig config;
  config.algorithm = algorithm;
  config.env = (*made)->spec().id;
  const EnvSpec& spec = (*made)->spec();
  if (algorithm == "dqn" && !spec.action.discrete()) {
    return Error{StrCat("dqn needs discrete actions, and an action of ", spec.name, " is ",
                        spec.action.Text(), "; ppo and sac fit")};
  }
  if (algorithm == "sac" && spec.action.discrete()) {
    return Error{StrCat("sac needs continuous actions, and an action of ", spec.name, " is ",
                        spec.action.Text(), "; ppo and dqn fit")};
  }
  if (algorithm == "sac") UseSac(config, spec.name);
  if (algorithm == "ppo" && spec.name == "cartpole") UseCartPolePpo(config);
  if (algorithm == "ppo" && !spec.action.discrete()) UseContinuousPpo(config);
  if (algorithm == "dqn" && spec.name == "cartpole") UseCartPoleDqn(config);
  if (algorithm == "dqn" && spec.name == "mountain_car") UseMountainCarDqn(config);
  return config;
}

Status CheckRlConfig(const RlConfig& c) {
  const auto preset = RlPreset(c.algorithm, c.env);
  if (!preset) return Error{preset.error()};
  const auto range = [](const char* name, auto value, auto low, auto high) -> Status {
    if (value >= low && value <= high) return Ok{};
    return Error{StrCat("config ", name, " is ", value, ", wanted ", low, " to ", high)};
  };
  for (const Status& status :
       {range("steps", c.steps, std::int64_t{1}, std::int64_t{1} << 40),
        range("seeds", c.seeds, 1, 1000), range("evaluations", c.evaluations, 1, 100000),
        range("evaluation_episodes", c.evaluation_episodes, 1, 100000),
        range("final_episodes", c.final_episodes, 1, 100000),
        range("checkpoint_s", c.checkpoint_s, 1.0, 1e6), CheckPpoConfig(c.ppo),
        CheckDqnConfig(c.dqn), CheckSacConfig(c.sac)}) {
    if (!status) return status;
  }
  if ((*MakeEnv(c.env))->spec().max_episode_steps == 0) {
    return Error{StrCat("config env is ", c.env, ", wanted one with a time limit, for evaluation")};
  }
  return Ok{};
}

std::unique_ptr<RlLearner> MakeRlLearner(const RlConfig& config, std::uint64_t seed) {
  if (config.algorithm == "dqn") {
    DqnConfig dqn = config.dqn;
    dqn.total_steps = config.steps;
    return MakeDqn(dqn, config.env, seed);
  }
  if (config.algorithm == "sac") {
    SacConfig sac = config.sac;
    sac.total_steps = config.steps;
    return MakeSac(sac, config.env, seed);
  }
  PpoConfig ppo = config.ppo;
  ppo.total_steps = config.steps;
  return MakePpo(ppo, config.env, seed);
}

}  // namespace tengen
