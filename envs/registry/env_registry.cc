#include "envs/registry/env_registry.h"

#include "envs/control/acrobot.h"
#include "envs/control/cartpole.h"
#include "envs/control/mountain_car.h"
#include "envs/control/mountain_car_continuous.h"
#include "envs/control/pendulum.h"
#include "envs/core/env_wrappers.h"
#include "envs/core/thread_team.h"
#include "envs/registry/game_registry.h"

namespace tengen {

const std::vector<RegisteredEnv>& RegisteredEnvs() {
  static const std::vector<RegisteredEnv> envs = {
      RegisterDynamics<CartPole>("keep a pole upright on a cart that is pushed left or right"),
      RegisterDynamics<MountainCar>("swing an underpowered car out of a valley"),
      RegisterDynamics<MountainCarContinuous>("the mountain car with a throttle"),
      RegisterDynamics<Pendulum>("swing a pendulum up and hold it with a weak motor"),
      RegisterDynamics<Acrobot>("swing up two links by the joint between them"),
  };
  return envs;
}

namespace {

// A row of the table with the spec that an id asks for.
struct FoundEnv {
  const RegisteredEnv* row = nullptr;
  EnvSpec spec;  // state and limit of the environment with its time limit
};

Result<FoundEnv> FindEnv(std::string_view id) {
  const std::string_view name = id.substr(0, id.find(':'));
  std::vector<std::string> names;
  for (const RegisteredEnv& row : RegisteredEnvs()) {
    EnvSpec spec = row.spec();
    names.push_back(spec.name);
    if (spec.name != name && spec.reference != name) continue;
    auto options = GameOptions::Parse(id.size() > name.size() ? id.substr(name.size() + 1) : "");
    if (!options) return Error{StrCat("environment '", id, "': ", options.error())};
    const int limit = options->Int("limit", spec.max_episode_steps, 0, 1000000000);
    if (Status status = options->Finish(spec.name); !status) return Error{status.error()};
    spec.id = limit == spec.max_episode_steps ? spec.name : StrCat(spec.name, ":limit=", limit);
    spec.max_episode_steps = limit;
    return FoundEnv{&row, std::move(spec)};
  }
  const std::string nearest = NearestName(name, names);
  std::string known;
  for (const std::string& n : names) known += (known.empty() ? "" : ", ") + n;
  return Error{StrCat("unknown environment '", name, "'",
                      nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
                      " (known: ", known, ")")};
}

std::unique_ptr<Env> MakeFound(const FoundEnv& found) {
  EnvSpec raw = found.spec;
  raw.max_episode_steps = 0;
  auto env = found.row->make(std::move(raw));
  if (found.spec.max_episode_steps == 0) return env;
  return std::make_unique<TimeLimit>(std::move(env), found.spec.max_episode_steps, found.spec.id);
}

}  // namespace

Result<std::unique_ptr<Env>> MakeEnv(std::string_view id) {
  const auto found = FindEnv(id);
  if (!found) return Error{found.error()};
  return MakeFound(*found);
}

Result<std::unique_ptr<EnvBatch>> MakeEnvBatch(std::string_view id, int size) {
  const auto found = FindEnv(id);
  if (!found) return Error{found.error()};
  if (found->row->make_batch == nullptr) {
    return std::unique_ptr<EnvBatch>(
        std::make_unique<ObjectBatch>(size, [&found] { return MakeFound(*found); }));
  }
  EnvSpec spec = found->spec;
  if (spec.max_episode_steps > 0) spec.state_names.emplace_back(kElapsedSteps);
  return found->row->make_batch(std::move(spec), size);
}

Result<VecEnv> MakeVecEnv(std::string_view id, const VecEnvOptions& options) {
  if (options.num_envs < 1) {
    return Error{StrCat("number of environments is ", options.num_envs, ", wanted at least 1")};
  }
  if (options.threads < 1 || options.threads > ThreadTeam::kMost) {
    return Error{
        StrCat("number of threads is ", options.threads, ", wanted 1 to ", ThreadTeam::kMost)};
  }
  auto batch = MakeEnvBatch(id, options.num_envs);
  if (!batch) return Error{batch.error()};
  return VecEnv(std::move(*batch), options);
}

}  // namespace tengen
