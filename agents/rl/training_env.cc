#include "agents/rl/training_env.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "envs/registry/env_registry.h"
#include "nets/tensor_data.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

at::Tensor DoublesToTensor(const std::vector<double>& values) {
  at::Tensor tensor = at::empty({static_cast<std::int64_t>(values.size())}, at::kDouble);
  std::copy(values.begin(), values.end(), DataOf<double>(tensor));
  return tensor;
}

Status ReadDoubles(const NamedTensors& in, const std::string& name, std::vector<double>& out) {
  const auto found = in.find(name);
  if (found == in.end()) return Error{StrCat("there is no tensor ", name)};
  const at::Tensor& tensor = found->second;
  if (tensor.scalar_type() != at::kDouble ||
      tensor.numel() != static_cast<std::int64_t>(out.size())) {
    return Error{
        StrCat(name, " has ", tensor.numel(), " numbers, wanted ", out.size(), " of type float64")};
  }
  const double* values = DataOf<double>(tensor);
  std::copy(values, values + out.size(), out.begin());
  return Ok{};
}

}  // namespace

TrainingEnv::TrainingEnv(std::string_view env_id, int num_envs, std::uint64_t seed)
    : env_(MakeVecEnv(env_id, {.num_envs = num_envs,
                               .seed = seed,
                               .threads = 1,
                               .auto_reset = AutoReset::kSameStep})
               .value()) {
  const auto n = static_cast<std::size_t>(num_envs);
  observations_.resize(n * static_cast<std::size_t>(spec().observation_size()));
  final_observations_.resize(observations_.size());
  rewards_.resize(n);
  terminated_.resize(n);
  truncated_.resize(n);
  returns_.resize(n);
  env_.Reset(observations_);
}

void TrainingEnv::Step(ActionRows& actions) {
  const ActionSpace& space = spec().action;
  for (std::size_t i = 0; i < actions.values.size(); ++i) {
    const std::size_t k = i % space.low.size();
    actions.values[i] = std::clamp(actions.values[i], space.low[k], space.high[k]);
  }
  env_.Step(actions.batch(),
            {observations_, rewards_, terminated_, truncated_, final_observations_});
  for (std::size_t i = 0; i < rewards_.size(); ++i) {
    returns_[i] += static_cast<double>(rewards_[i]);
    if ((terminated_[i] | truncated_[i]) == 0) continue;
    finished_.push_back(returns_[i]);
    returns_[i] = 0.0;
  }
}

std::span<const float> TrainingEnv::next_observation(int env) const {
  const auto row = static_cast<std::size_t>(spec().observation_size());
  const auto& from = ended(env) ? final_observations_ : observations_;
  return std::span(from).subspan(static_cast<std::size_t>(env) * row, row);
}

std::vector<double> TrainingEnv::TakeReturns() { return std::exchange(finished_, {}); }

void TrainingEnv::SaveTo(NamedTensors& out) const {
  const VecEnv::Snapshot snapshot = env_.Save();
  out["env.states"] = DoublesToTensor(snapshot.states);
  out["env.streams"] = StreamsToTensor(snapshot.streams);
  out["env.returns"] = DoublesToTensor(returns_);
}

Status TrainingEnv::LoadFrom(const NamedTensors& in) {
  VecEnv::Snapshot snapshot = env_.Save();  // for its sizes; with same-step reset none is ended
  if (Status read = ReadDoubles(in, "env.states", snapshot.states); !read) return read;
  if (Status read = ReadDoubles(in, "env.returns", returns_); !read) return read;
  auto streams = StreamsFromTensor(in, "env.streams", snapshot.streams.size());
  if (!streams) return Error{streams.error()};
  snapshot.streams = std::move(*streams);
  if (Status loaded = env_.Load(snapshot); !loaded) return loaded;
  env_.Observe(observations_);
  return Ok{};
}

at::Tensor StreamsToTensor(std::span<const Rng::State> streams) {
  at::Tensor tensor = at::empty({static_cast<std::int64_t>(streams.size()), 4}, at::kLong);
  std::int64_t* out = DataOf<std::int64_t>(tensor);
  for (const Rng::State& stream : streams) {
    for (const std::uint64_t word : stream) *out++ = std::bit_cast<std::int64_t>(word);
  }
  return tensor;
}

Result<std::vector<Rng::State>> StreamsFromTensor(const NamedTensors& in, const std::string& name,
                                                  std::size_t count) {
  const auto found = in.find(name);
  if (found == in.end()) return Error{StrCat("there is no tensor ", name)};
  if (found->second.scalar_type() != at::kLong ||
      found->second.numel() != static_cast<std::int64_t>(4 * count)) {
    return Error{StrCat(name, " has ", found->second.numel(), " numbers, wanted ", 4 * count,
                        " of type int64")};
  }
  std::vector<Rng::State> streams(count);
  const std::int64_t* words = DataOf<std::int64_t>(found->second);
  for (Rng::State& stream : streams) {
    for (std::uint64_t& word : stream) word = std::bit_cast<std::uint64_t>(*words++);
  }
  return streams;
}

NamedTensors TensorsBelow(const NamedTensors& in, std::string_view prefix) {
  NamedTensors below;
  for (const auto& [name, tensor] : in) {
    if (name.starts_with(prefix)) below[name.substr(prefix.size())] = tensor;
  }
  return below;
}

}  // namespace tengen
