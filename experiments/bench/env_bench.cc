#include "experiments/bench/env_bench.h"

#include <array>
#include <cmath>
#include <map>
#include <utility>

#include "envs/core/rng.h"
#include "envs/core/vec_env.h"
#include "envs/registry/env_registry.h"
#include "experiments/bench/measure.h"
#include "experiments/bench/other_program.h"

namespace tengen {
namespace {

constexpr int kRounds = 5;
constexpr int kEnvs = 1024;
constexpr int kActionRows = 32;  // random actions made beforehand, used over and over

// Random valid actions for kActionRows steps of kEnvs environments.
struct RandomActions {
  std::vector<std::int32_t> indices;
  std::vector<float> values;

  RandomActions(const ActionSpace& space, Rng& rng) {
    const std::size_t count = std::size_t{kActionRows} * kEnvs;
    if (space.discrete()) {
      for (std::size_t i = 0; i < count; ++i) {
        indices.push_back(
            static_cast<std::int32_t>(rng.Below(static_cast<std::uint32_t>(space.num_actions))));
      }
      return;
    }
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t k = 0; k < space.low.size(); ++k) {
        values.push_back(space.low[k] +
                         (space.high[k] - space.low[k]) * static_cast<float>(rng.Uniform()));
      }
    }
  }

  ActionBatch Row(std::size_t row) const {
    if (!indices.empty()) return std::span(indices).subspan(row * kEnvs, kEnvs);
    const std::size_t size = values.size() / kActionRows;
    return std::span(values).subspan(row * size, size);
  }
};

double VecStepsPerSecond(const std::string& id, double seconds, std::uint64_t seed) {
  auto env = MakeVecEnv(id, {.num_envs = kEnvs, .seed = seed}).value();
  Rng rng(seed, RngRole::kBench);
  const RandomActions actions(env.spec().action, rng);
  std::vector<float> observations(std::size_t{kEnvs} *
                                  static_cast<std::size_t>(env.spec().observation_size()));
  std::vector<float> rewards(kEnvs);
  std::vector<std::uint8_t> terminated(kEnvs), truncated(kEnvs);
  const StepBatch out = {observations, rewards, terminated, truncated, {}};
  env.Reset(observations);
  return PerSecond(seconds, [&] {
    for (std::size_t row = 0; row < kActionRows; ++row) env.Step(actions.Row(row), out);
    return std::int64_t{kActionRows} * kEnvs;
  });
}

// CartPole as one writes it for oneself: an array of states, a loop, nothing else.
struct BareCartPole {
  double x, x_dot, theta, theta_dot;
  int steps;

  void Reset(Rng& rng) {
    x = 0.1 * rng.Uniform() - 0.05;
    x_dot = 0.1 * rng.Uniform() - 0.05;
    theta = 0.1 * rng.Uniform() - 0.05;
    theta_dot = 0.1 * rng.Uniform() - 0.05;
    steps = 0;
  }

  bool Step(int action) {
    const double force = action == 1 ? 10.0 : -10.0;
    const double cosine = std::cos(theta);
    const double sine = std::sin(theta);
    const double temp = (force + 0.05 * theta_dot * theta_dot * sine) / 1.1;
    const double theta_acc =
        (9.8 * sine - cosine * temp) / (0.5 * (4.0 / 3.0 - 0.1 * cosine * cosine / 1.1));
    const double x_acc = temp - 0.05 * theta_acc * cosine / 1.1;
    x += 0.02 * x_dot;
    x_dot += 0.02 * x_acc;
    theta += 0.02 * theta_dot;
    theta_dot += 0.02 * theta_acc;
    return std::abs(x) > 2.4 || std::abs(theta) > 0.20943951023931953 || ++steps == 500;
  }
};

double BareStepsPerSecond(double seconds, std::uint64_t seed) {
  Rng rng(seed, RngRole::kBench, 1);
  const RandomActions actions({.kind = ActionKind::kDiscrete, .num_actions = 2}, rng);
  std::vector<BareCartPole> states(kEnvs);
  for (BareCartPole& state : states) state.Reset(rng);
  return PerSecond(seconds, [&] {
    for (std::size_t row = 0; row < kActionRows; ++row) {
      const auto indices = actions.Row(row).indices();
      for (std::size_t i = 0; i < kEnvs; ++i) {
        if (states[i].Step(indices[i])) states[i].Reset(rng);
      }
    }
    return std::int64_t{kActionRows} * kEnvs;
  });
}

}  // namespace

std::vector<BenchRow> BenchEnv(const EnvBenchOptions& options) {
  const std::size_t parts = RegisteredEnvs().size() + 1;
  const double slice = options.seconds / static_cast<double>(kRounds * parts);
  std::vector<double> bare;
  std::map<std::string, std::vector<double>> ours, others;
  for (int round = 0; round < kRounds; ++round) {
    bare.push_back(BareStepsPerSecond(slice, options.seed));
    for (const RegisteredEnv& row : RegisteredEnvs()) {
      const std::string name = row.spec().name;
      ours[name].push_back(VecStepsPerSecond(name, slice, options.seed));
    }
    for (const std::string& command : options.compare_commands) {
      for (const auto& [name, speed] : NumbersOfProgram(command)) others[name].push_back(speed);
    }
  }
  const double cartpole = Median(ours.at("cartpole"));
  std::vector<BenchRow> rows = {
      {"cartpole, VecEnv of 1024", cartpole, "steps/s", "a bare loop", cartpole / Median(bare)},
      {"cartpole, a bare loop", Median(bare), "steps/s", "", 0.0}};
  for (const auto& [name, speeds] : others) {
    rows.push_back(
        {"cartpole, VecEnv of 1024", cartpole, "steps/s", name, cartpole / Median(speeds)});
    rows.push_back({"cartpole, " + name, Median(speeds), "steps/s", "", 0.0});
  }
  for (const RegisteredEnv& row : RegisteredEnvs()) {
    const std::string name = row.spec().name;
    if (name == "cartpole") continue;
    rows.push_back({name + ", VecEnv of 1024", Median(ours.at(name)), "steps/s", "", 0.0});
  }
  return rows;
}

}  // namespace tengen
