#include <algorithm>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>
#include <optional>

#include "envs/registry/env_registry.h"
#include "python/bindings/arrays.h"
#include "python/bindings/bindings.h"

namespace tengen {
namespace {

AutoReset AutoResetOf(const std::string& name) {
  if (name == "NextStep") return AutoReset::kNextStep;
  if (name == "SameStep") return AutoReset::kSameStep;
  if (name == "Disabled") return AutoReset::kDisabled;
  throw nb::value_error(
      StrCat("autoreset mode '", name, "', wanted NextStep, SameStep or Disabled").c_str());
}

VecEnv MakeOrThrow(const std::string& id, const VecEnvOptions& options) {
  auto env = MakeVecEnv(id, options);
  if (!env) throw nb::value_error(env.error().c_str());
  return std::move(*env);
}

// VecEnv with arrays. Wrong use is a ValueError.
class PyVecEnv {
 public:
  PyVecEnv(const std::string& id, int num_envs, const std::string& autoreset, int threads)
      : env_(MakeOrThrow(
            id, {.num_envs = num_envs, .threads = threads, .auto_reset = AutoResetOf(autoreset)})),
        same_step_(AutoResetOf(autoreset) == AutoReset::kSameStep),
        n_(static_cast<std::size_t>(num_envs)),
        row_(static_cast<std::size_t>(spec().observation_size())),
        rewards_(n_) {}

  const EnvSpec& spec() const { return env_.spec(); }

  void Seed(const std::vector<std::uint64_t>& seeds, nb::handle mask) {
    if (seeds.size() != n_) {
      throw nb::value_error(StrCat(seeds.size(), " seeds, wanted ", n_).c_str());
    }
    const InUse use(in_use_, "the environment");
    if (mask.is_none()) {
      env_.Seed(seeds);
    } else {
      const auto array = ArrayOf<bool>(mask, "bool");
      env_.Seed(Which(array), seeds);
    }
  }

  NumpyArray<float> Reset(nb::handle mask) {
    const InUse use(in_use_, "the environment");
    NewArray<float> observations({n_, row_});
    if (mask.is_none()) {
      env_.Reset(observations.span());
      begun_ = true;
    } else {
      const auto array = ArrayOf<bool>(mask, "bool");
      env_.Reset(Which(array), observations.span());
      env_.Observe(observations.span());
    }
    return observations.Release();
  }

  nb::tuple Step(nb::handle actions) {
    const InUse use(in_use_, "the environment");
    if (!begun_) throw nb::value_error("step before reset, wanted reset first");
    if (!spec().action.discrete()) {
      const auto size = static_cast<std::size_t>(spec().action.size());
      const auto array = ArrayOf<float>(actions, "float32");
      return StepWith(ActionBatch(InSpan(array, {n_, size}, "actions")));
    }
    const auto array = ArrayOf<std::int64_t>(actions, "int64");
    const auto wide = InSpan(array, {n_}, "actions");
    indices_.resize(n_);
    for (std::size_t i = 0; i < n_; ++i) {
      indices_[i] = static_cast<std::int32_t>(wide[i]);
      if (indices_[i] == wide[i]) continue;
      throw nb::value_error(StrCat(spec().name, ", environment ", i, ": action is ", wide[i],
                                   ", wanted ", spec().action.Text())
                                .c_str());
    }
    return StepWith(ActionBatch(std::span<const std::int32_t>(indices_)));
  }

 private:
  // The environments that a mask names.
  std::span<const std::uint8_t> Which(const InArray<bool>& mask) const {
    const auto which = InSpan(mask, {n_}, "reset_mask");
    if (!begun_) throw nb::value_error("reset_mask before the first reset, wanted a whole reset");
    return {reinterpret_cast<const std::uint8_t*>(which.data()), n_};
  }

  nb::tuple StepWith(const ActionBatch& actions) {
    NewArray<float> observations({n_, row_});
    NewArray<double> rewards({n_});
    NewArray<std::uint8_t> terminated({n_});
    NewArray<std::uint8_t> truncated({n_});
    if (same_step_) final_.resize(n_ * row_);
    bool ended = false;
    try {
      const nb::gil_scoped_release release;
      env_.Step(actions,
                {observations.span(), rewards_, terminated.span(), truncated.span(), final_});
      for (std::size_t i = 0; i < n_; ++i) rewards.span()[i] = rewards_[i];
      for (std::size_t i = 0; i < n_; ++i) {
        ended |= (terminated.span()[i] | truncated.span()[i]) != 0;
      }
    } catch (const BugError& error) {
      // "file:line: condition: what was met and wanted"; Python needs the last part.
      const std::string text = error.what();
      const std::size_t name = text.find(": " + spec().name);
      throw nb::value_error(name == std::string::npos ? text.c_str() : text.c_str() + name + 2);
    }
    nb::object final_observations = nb::none();
    if (same_step_ && ended) {
      NewArray<float> copy({n_, row_});
      std::copy(final_.begin(), final_.end(), copy.span().begin());
      final_observations = nb::cast(copy.Release());
    }
    return nb::make_tuple(observations.Release(), rewards.Release(), terminated.Release<bool>(),
                          truncated.Release<bool>(), final_observations);
  }

  VecEnv env_;
  const bool same_step_;
  const std::size_t n_;
  const std::size_t row_;
  std::vector<float> rewards_;
  std::vector<float> final_;
  std::vector<std::int32_t> indices_;
  bool begun_ = false;
  bool in_use_ = false;
};

nb::dict SpecOf(const EnvSpec& spec) {
  nb::dict dict;
  dict["name"] = spec.name;
  dict["id"] = spec.id;
  dict["reference"] = spec.reference;
  dict["num_actions"] = spec.action.discrete() ? nb::cast(spec.action.num_actions) : nb::none();
  dict["action_low"] = spec.action.low;
  dict["action_high"] = spec.action.high;
  dict["observation_low"] = spec.observation_low;
  dict["observation_high"] = spec.observation_high;
  dict["max_episode_steps"] = spec.max_episode_steps;
  return dict;
}

}  // namespace

void BindVecEnv(nb::module_& m) {
  m.def(
      "env_specs",
      [] {
        nb::list specs;
        for (const RegisteredEnv& env : RegisteredEnvs()) specs.append(SpecOf(env.spec()));
        return specs;
      },
      "Facts of all control tasks, one dict each.");
  nb::class_<PyVecEnv>(m, "VecEnv",
                       "Control tasks side by side; `tengen.vector_env` makes Gymnasium's of them.")
      .def(nb::init<const std::string&, int, const std::string&, int>(), nb::arg("id"),
           nb::arg("num_envs"), nb::arg("autoreset"), nb::arg("threads"))
      .def_prop_ro("spec", [](const PyVecEnv& e) { return SpecOf(e.spec()); })
      .def("seed", &PyVecEnv::Seed, nb::arg("seeds"), nb::arg("mask") = nb::none(),
           "Environment i draws from the start of the stream of seeds[i] from here on; of all, or "
           "of those with mask[i].")
      .def("reset", &PyVecEnv::Reset, nb::arg("mask") = nb::none(),
           "Observations float32 [N, O] after a reset of all, or of those with mask[i].")
      .def("step", &PyVecEnv::Step, nb::arg("actions"),
           "(observations float32 [N, O], rewards float64 [N], terminated bool [N], truncated "
           "bool [N], final observations float32 [N, O] or None: with SameStep, where an episode "
           "ended, valid in the rows of those that did).");
}

}  // namespace tengen
