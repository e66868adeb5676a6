#include "agents/rl/transition_buffer.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "nets/tensor_data.h"
#include "nets/tensor_ops.h"

namespace tengen {

// One row a step: observation, action, reward, discount.
void NStepSum::SaveTo(NamedTensors& out) const {
  const std::size_t width =
      steps_.empty() ? 0 : steps_[0].observation.size() + steps_[0].action.size() + 2;
  at::Tensor rows = at::empty(
      {static_cast<std::int64_t>(steps_.size()), static_cast<std::int64_t>(width)}, at::kDouble);
  double* to = DataOf<double>(rows);
  for (const Step& step : steps_) {
    to = std::copy(step.observation.begin(), step.observation.end(), to);
    to = std::copy(step.action.begin(), step.action.end(), to);
    *to++ = step.reward;
    *to++ = step.discount;
  }
  out["steps"] = rows;
}

Status NStepSum::LoadFrom(const NamedTensors& in, int observation_size, int action_size) {
  const auto found = in.find("steps");
  if (found == in.end()) return Error{"there is no tensor steps"};
  const at::Tensor& rows = found->second;
  const std::int64_t width = observation_size + action_size + 2;
  if (rows.scalar_type() != at::kDouble || rows.dim() != 2 ||
      (rows.size(0) > 0 && rows.size(1) != width)) {
    return Error{StrCat("steps has the shape ", rows.sizes(), ", wanted rows of ", width,
                        " numbers of type float64")};
  }
  steps_.clear();
  const double* from = DataOf<double>(rows);
  for (std::int64_t i = 0; i < rows.size(0); ++i, from += width) {
    const double* action = from + observation_size;
    const double* rest = action + action_size;
    steps_.push_back({{from, action}, {action, rest}, rest[0], rest[1]});
  }
  return Ok{};
}

TransitionBuffer::TransitionBuffer(std::int64_t capacity, int observation_size, int action_size,
                                   double alpha)
    : capacity_(capacity), alpha_(alpha) {
  TENGEN_CHECK(capacity >= 1, "a buffer of ", capacity, " transitions, wanted at least 1");
  observations_ = at::zeros({capacity, observation_size});
  next_observations_ = at::zeros({capacity, observation_size});
  actions_ = at::zeros({capacity, action_size});
  rewards_ = at::zeros({capacity});
  discounts_ = at::zeros({capacity});
  while (leaves_ < capacity) leaves_ *= 2;
  if (alpha_ > 0.0) tree_.assign(static_cast<std::size_t>(2 * leaves_), 0.0);
}

void TransitionBuffer::Add(const Transition& t) {
  const auto write = [this](const at::Tensor& to, std::span<const float> values) {
    std::copy(values.begin(), values.end(), DataOf<float>(to) + next_ * to.size(1));
  };
  write(observations_, t.observation);
  write(next_observations_, t.next_observation);
  write(actions_, t.action);
  DataOf<float>(rewards_)[next_] = static_cast<float>(t.reward);
  DataOf<float>(discounts_)[next_] = static_cast<float>(t.discount);
  if (alpha_ > 0.0) SetPriority(next_, max_priority_);
  next_ = (next_ + 1) % capacity_;
  size_ = std::min(size_ + 1, capacity_);
}

TransitionBuffer::Sample TransitionBuffer::Draw(int batch, double beta, Rng& rng) const {
  TENGEN_CHECK(size_ > 0, "a draw from an empty buffer");
  Sample sample;
  for (int i = 0; i < batch; ++i) {
    sample.rows.push_back(alpha_ > 0.0 ? Find(rng.Uniform() * tree_[1])
                                       : rng.Below(static_cast<std::uint32_t>(size_)));
  }
  sample.weights = at::ones({batch});
  if (alpha_ > 0.0) {
    float* weight = DataOf<float>(sample.weights);
    for (const std::int64_t row : sample.rows) {
      const double p = tree_[static_cast<std::size_t>(leaves_ + row)] / tree_[1];
      *weight++ = static_cast<float>(std::pow(static_cast<double>(size_) * p, -beta));
    }
    sample.weights.div_(sample.weights.max());
  }
  const at::Tensor rows = at::from_blob(sample.rows.data(), {batch}, at::kLong);
  sample.observations = observations_.index_select(0, rows);
  sample.actions = actions_.index_select(0, rows);
  sample.rewards = rewards_.index_select(0, rows);
  sample.discounts = discounts_.index_select(0, rows);
  sample.next_observations = next_observations_.index_select(0, rows);
  return sample;
}

void TransitionBuffer::SetErrors(const Sample& sample, const at::Tensor& errors) {
  if (alpha_ == 0.0) return;
  const float* error = DataOf<float>(errors);
  for (const std::int64_t row : sample.rows) {
    const double priority = std::pow(std::abs(static_cast<double>(*error++)) + 1e-6, alpha_);
    max_priority_ = std::max(max_priority_, priority);
    SetPriority(row, priority);
  }
}

void TransitionBuffer::SetPriority(std::int64_t row, double priority) {
  auto node = static_cast<std::size_t>(leaves_ + row);
  tree_[node] = priority;
  for (node /= 2; node >= 1; node /= 2) tree_[node] = tree_[2 * node] + tree_[2 * node + 1];
}

// The leaf at which the running sum of priorities passes `mass`.
std::int64_t TransitionBuffer::Find(double mass) const {
  std::size_t node = 1;
  while (node < static_cast<std::size_t>(leaves_)) {
    node *= 2;
    if (mass < tree_[node] || tree_[node + 1] <= 0.0) continue;
    mass -= tree_[node];
    ++node;
  }
  return static_cast<std::int64_t>(node) - leaves_;
}

void TransitionBuffer::SaveTo(NamedTensors& out) const {
  // Only what is used: a young buffer is small.
  const auto save = [&](const char* name, const at::Tensor& tensor) {
    out[std::string("buffer.") + name] = tensor.narrow(0, 0, size_).clone();
  };
  save("observations", observations_);
  save("next_observations", next_observations_);
  save("actions", actions_);
  save("rewards", rewards_);
  save("discounts", discounts_);
  at::Tensor counters = at::empty({2}, at::kDouble);
  DataOf<double>(counters)[0] = static_cast<double>(next_);
  DataOf<double>(counters)[1] = max_priority_;
  out["buffer.counters"] = counters;
  if (alpha_ == 0.0) return;
  at::Tensor priorities = at::empty({size_}, at::kDouble);
  std::copy_n(tree_.begin() + leaves_, size_, DataOf<double>(priorities));
  out["buffer.priorities"] = priorities;
}

Status TransitionBuffer::LoadFrom(const NamedTensors& in) {
  for (const char* name : {"observations", "next_observations", "actions", "rewards", "discounts",
                           "counters", alpha_ > 0.0 ? "priorities" : "counters"}) {
    if (!in.contains(std::string("buffer.") + name)) {
      return Error{StrCat("there is no tensor buffer.", name)};
    }
  }
  const std::int64_t size = in.at("buffer.rewards").numel();
  const at::Tensor& counters = in.at("buffer.counters");
  if (counters.numel() != 2 || counters.scalar_type() != at::kDouble) {
    return Error{"buffer.counters, wanted two numbers of type float64"};
  }
  const double next = DataOf<double>(counters)[0];
  if (!(next >= 0.0 && next <= static_cast<double>(size))) {
    return Error{StrCat("buffer.counters has ", next, " as the next row, wanted 0 to ", size)};
  }
  // A full ring whose oldest row is not its first one goes on behind its newest: where there is
  // room now, that must come last.
  const std::int64_t oldest = size < capacity_ ? static_cast<std::int64_t>(next) : 0;
  const auto load = [&](const char* name, at::Tensor& tensor) {
    const at::Tensor& saved = in.at(std::string("buffer.") + name);
    if (size > capacity_ || saved.numel() != tensor.narrow(0, 0, size).numel()) return false;
    tensor.narrow(0, 0, size - oldest).copy_(saved.narrow(0, oldest, size - oldest));
    tensor.narrow(0, size - oldest, oldest).copy_(saved.narrow(0, 0, oldest));
    return true;
  };
  if (!load("observations", observations_) || !load("next_observations", next_observations_) ||
      !load("actions", actions_) || !load("rewards", rewards_) || !load("discounts", discounts_)) {
    return Error{StrCat("the buffer's tensors do not fit ", capacity_, " transitions")};
  }
  size_ = size;
  next_ = size < capacity_ ? size : static_cast<std::int64_t>(next) % capacity_;
  max_priority_ = DataOf<double>(counters)[1];
  if (alpha_ == 0.0) return Ok{};
  const at::Tensor& priorities = in.at("buffer.priorities");
  if (priorities.numel() != size || priorities.scalar_type() != at::kDouble) {
    return Error{StrCat("buffer.priorities, wanted ", size, " numbers of type float64")};
  }
  for (std::int64_t row = 0; row < size; ++row) {
    SetPriority(row, DataOf<double>(priorities)[(row + oldest) % size]);
  }
  return Ok{};
}

}  // namespace tengen
