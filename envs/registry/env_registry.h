#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "envs/core/dynamics_env.h"
#include "envs/core/env.h"
#include "envs/core/env_batch.h"
#include "envs/core/result.h"
#include "envs/core/vec_env.h"

namespace tengen {

// Makes an environment from an id: a name ("cartpole", or the reference's name "CartPole-v1"), or
// "name:limit=1000" with another time limit (0 = none). The time limit is part of it. Unknown
// names, options and values are errors that say what is wanted. Thread-safe.
Result<std::unique_ptr<Env>> MakeEnv(std::string_view id);
// The same environments as a batch for VecEnv. REQUIRES: size >= 1.
Result<std::unique_ptr<EnvBatch>> MakeEnvBatch(std::string_view id, int size);
// Many of them, stepped together. Errors also: num_envs below 1, threads out of range.
Result<VecEnv> MakeVecEnv(std::string_view id, const VecEnvOptions& options);

// One line of `tengen env list` and one instance of the conformance suite.
struct RegisteredEnv {
  std::string summary;  // one sentence
  // The spec without id, with the default time limit.
  EnvSpec (*spec)();
  // An environment without time limit.
  std::unique_ptr<Env> (*make)(EnvSpec spec);
  // A batch with the spec's time limit, or nullptr: then it is made of objects.
  std::unique_ptr<EnvBatch> (*make_batch)(EnvSpec spec, int size);
};

// The row of an environment that is given by its dynamics.
template <Dynamics D>
RegisteredEnv RegisterDynamics(std::string summary) {
  return {std::move(summary), D::Spec,
          [](EnvSpec spec) -> std::unique_ptr<Env> {
            return std::make_unique<DynamicsEnv<D>>(std::move(spec));
          },
          [](EnvSpec spec, int size) -> std::unique_ptr<EnvBatch> {
            return std::make_unique<DynamicsBatch<D>>(std::move(spec), size);
          }};
}

// All environments, in the order of the table in env_registry.cc. To add one, add a row there.
const std::vector<RegisteredEnv>& RegisteredEnvs();

}  // namespace tengen
