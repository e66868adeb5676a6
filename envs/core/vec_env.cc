#include "envs/core/vec_env.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "envs/core/thread_team.h"

namespace tengen {

class VecEnv::Impl {
 public:
  Impl(std::unique_ptr<EnvBatch> batch, const VecEnvOptions& options)
      : batch_(std::move(batch)),
        auto_reset_(options.auto_reset),
        n_(static_cast<std::size_t>(options.num_envs)),
        row_(static_cast<std::size_t>(batch_->spec().observation_size())),
        ended_(n_, 1),
        team_(std::min(options.threads, options.num_envs)) {
    for (std::size_t i = 0; i < n_; ++i) {
      rngs_.emplace_back(options.seed, RngRole::kEnvironment, i);
    }
  }

  const EnvSpec& spec() const { return batch_->spec(); }
  int num_envs() const { return static_cast<int>(n_); }

  void Reset(std::span<float> observations) {
    CheckSize("observations", observations.size(), n_ * row_);
    for (std::size_t i = 0; i < n_; ++i) ResetOne(i, observations);
    std::fill(ended_.begin(), ended_.end(), std::uint8_t{0});
    started_ = true;
  }

  void Reset(std::span<const std::uint8_t> which, std::span<float> observations) {
    CheckSize("observations", observations.size(), n_ * row_);
    CheckSize("which", which.size(), n_);
    for (std::size_t i = 0; i < n_; ++i) {
      if (which[i] == 0) continue;
      ResetOne(i, observations);
      ended_[i] = 0;
    }
    started_ = true;
  }

  void Seed(std::span<const std::uint64_t> seeds) {
    CheckSize("seeds", seeds.size(), n_);
    for (std::size_t i = 0; i < n_; ++i) rngs_[i] = Rng(seeds[i], RngRole::kEnvironment);
  }

  void Seed(std::span<const std::uint8_t> which, std::span<const std::uint64_t> seeds) {
    CheckSize("which", which.size(), n_);
    CheckSize("seeds", seeds.size(), n_);
    for (std::size_t i = 0; i < n_; ++i) {
      if (which[i] != 0) rngs_[i] = Rng(seeds[i], RngRole::kEnvironment);
    }
  }

  void Step(const ActionBatch& actions, const StepBatch& out) {
    TENGEN_CHECK(started_, "Step of a VecEnv before Reset, wanted Reset first");
    if (auto_reset_ == AutoReset::kDisabled) CheckNoneEnded();
    CheckActions(actions);
    CheckSize("observations", out.observations.size(), n_ * row_);
    CheckSize("rewards", out.rewards.size(), n_);
    CheckSize("terminated", out.terminated.size(), n_);
    CheckSize("truncated", out.truncated.size(), n_);
    if (!out.final_observations.empty()) {
      CheckSize("final_observations", out.final_observations.size(), n_ * row_);
    }
    const int parts = team_.size();
    team_.Run([&](int part) {
      const auto cut = [&](int p) {
        return static_cast<int>(n_ * static_cast<std::size_t>(p) / static_cast<std::size_t>(parts));
      };
      StepRange(cut(part), cut(part + 1), actions, out);
    });
  }

  Snapshot Save() const {
    Snapshot snapshot;
    const auto state_size = static_cast<std::size_t>(spec().state_size());
    snapshot.states.resize(n_ * state_size);
    for (std::size_t i = 0; i < n_; ++i) {
      batch_->GetState(static_cast<int>(i),
                       std::span(snapshot.states).subspan(i * state_size, state_size));
      snapshot.streams.push_back(rngs_[i].state());
    }
    snapshot.ended = ended_;
    return snapshot;
  }

  Status Load(const Snapshot& snapshot) {
    const auto state_size = static_cast<std::size_t>(spec().state_size());
    if (snapshot.states.size() != n_ * state_size || snapshot.streams.size() != n_ ||
        snapshot.ended.size() != n_) {
      return Error{StrCat("state of ", snapshot.streams.size(), " environments with ",
                          snapshot.states.size(), " numbers, wanted ", n_, " with ",
                          n_ * state_size)};
    }
    for (std::size_t i = 0; i < n_; ++i) {
      batch_->SetState(static_cast<int>(i),
                       std::span(snapshot.states).subspan(i * state_size, state_size));
      rngs_[i] = Rng(snapshot.streams[i]);
    }
    ended_ = snapshot.ended;
    started_ = true;
    return Ok{};
  }

  void Observe(std::span<float> observations) const {
    CheckSize("observations", observations.size(), n_ * row_);
    for (std::size_t i = 0; i < n_; ++i) {
      batch_->Observe(static_cast<int>(i), observations.subspan(i * row_, row_));
    }
  }

 private:
  static void CheckSize(const char* what, std::size_t met, std::size_t wanted) {
    TENGEN_CHECK(met == wanted, what, " has ", met, " numbers, wanted ", wanted);
  }

  void CheckNoneEnded() const {
    const auto found = std::find_if(ended_.begin(), ended_.end(), [](auto e) { return e != 0; });
    TENGEN_CHECK(found == ended_.end(), spec().name, ", environment ", found - ended_.begin(),
                 ": its episode has ended, wanted Reset first");
  }

  // The loop without branches says whether all is well, the slow one which action is not.
  void CheckActions(const ActionBatch& actions) const {
    const ActionSpace& space = spec().action;
    TENGEN_CHECK(actions.kind() == space.kind, spec().name, ": actions are ",
                 space.discrete() ? "vectors" : "indices", ", wanted for each environment ",
                 space.Text());
    const auto size = static_cast<std::size_t>(space.size());
    bool valid = true;
    if (space.discrete()) {
      CheckSize("actions", actions.indices().size(), n_);
      const auto bound = static_cast<std::uint32_t>(space.num_actions);
      for (const std::int32_t a : actions.indices()) valid &= static_cast<std::uint32_t>(a) < bound;
    } else {
      CheckSize("actions", actions.rows().size(), n_ * size);
      for (const float a : actions.rows()) valid &= std::isfinite(a);
    }
    if (valid) return;
    for (std::size_t i = 0; i < n_; ++i) {
      const Status status =
          CheckAction(space, space.discrete() ? EnvAction(actions.indices()[i])
                                              : EnvAction(actions.rows().subspan(i * size, size)));
      TENGEN_CHECK(status.ok(), spec().name, ", environment ", i, ": ", status.error());
    }
  }

  void ResetOne(std::size_t i, std::span<float> observations) {
    const int env = static_cast<int>(i);
    batch_->Reset(env, rngs_[i]);
    batch_->Observe(env, observations.subspan(i * row_, row_));
  }

  void StepRange(int begin, int end, const ActionBatch& actions, const StepBatch& out) {
    batch_->Step(begin, end, actions, ended_, rngs_, out);
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      if (ended_[i] != 0) {
        ended_[i] = 0;
        ResetOne(i, out.observations);
        out.rewards[i] = 0.0F;
        out.terminated[i] = out.truncated[i] = 0;
      } else if ((out.terminated[i] | out.truncated[i]) != 0) {
        End(i, out);
      }
    }
  }

  void End(std::size_t i, const StepBatch& out) {
    if (auto_reset_ != AutoReset::kSameStep) {
      ended_[i] = 1;
      return;
    }
    if (!out.final_observations.empty()) {
      const auto last = out.observations.subspan(i * row_, row_);
      std::copy(last.begin(), last.end(), out.final_observations.subspan(i * row_, row_).begin());
    }
    ResetOne(i, out.observations);
  }

  const std::unique_ptr<EnvBatch> batch_;
  const AutoReset auto_reset_;
  const std::size_t n_;
  const std::size_t row_;            // numbers per observation
  std::vector<std::uint8_t> ended_;  // 1 = resets at the next step
  std::vector<Rng> rngs_;
  bool started_ = false;
  ThreadTeam team_;
};

VecEnv::VecEnv(std::unique_ptr<EnvBatch> batch, const VecEnvOptions& options)
    : impl_(std::make_unique<Impl>(std::move(batch), options)) {}
VecEnv::VecEnv(VecEnv&&) noexcept = default;
VecEnv& VecEnv::operator=(VecEnv&&) noexcept = default;
VecEnv::~VecEnv() = default;

const EnvSpec& VecEnv::spec() const { return impl_->spec(); }
int VecEnv::num_envs() const { return impl_->num_envs(); }
void VecEnv::Reset(std::span<float> observations) { impl_->Reset(observations); }
void VecEnv::Reset(std::span<const std::uint8_t> which, std::span<float> observations) {
  impl_->Reset(which, observations);
}
void VecEnv::Seed(std::span<const std::uint64_t> seeds) { impl_->Seed(seeds); }
void VecEnv::Seed(std::span<const std::uint8_t> which, std::span<const std::uint64_t> seeds) {
  impl_->Seed(which, seeds);
}
void VecEnv::Step(const ActionBatch& actions, const StepBatch& out) { impl_->Step(actions, out); }
VecEnv::Snapshot VecEnv::Save() const { return impl_->Save(); }
Status VecEnv::Load(const Snapshot& snapshot) { return impl_->Load(snapshot); }
void VecEnv::Observe(std::span<float> observations) const { impl_->Observe(observations); }

}  // namespace tengen
