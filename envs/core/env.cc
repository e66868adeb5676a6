#include "envs/core/env.h"

#include <cmath>

namespace tengen {

std::string ActionSpace::Text() const {
  if (discrete()) return StrCat("an index from 0 to ", num_actions - 1);
  std::string text = StrCat(size(), " finite number", size() == 1 ? "" : "s", " (");
  for (std::size_t i = 0; i < low.size(); ++i) {
    text += StrCat(i == 0 ? "" : ", ", low[i], " to ", high[i]);
  }
  return text + ")";
}

Status CheckAction(const ActionSpace& space, const EnvAction& action) {
  if (space.discrete()) {
    if (!action.values().empty()) {
      return Error{StrCat("action is a vector of ", action.values().size(), " numbers, wanted ",
                          space.Text())};
    }
    if (action.index() < 0 || action.index() >= space.num_actions) {
      return Error{StrCat("action is ", action.index(), ", wanted ", space.Text())};
    }
    return Ok{};
  }
  if (action.values().empty()) {
    return Error{StrCat("action is the index ", action.index(), ", wanted ", space.Text())};
  }
  if (static_cast<int>(action.values().size()) != space.size()) {
    return Error{StrCat("action has ", action.values().size(), " numbers, wanted ", space.Text())};
  }
  for (const float value : action.values()) {
    if (!std::isfinite(value)) {
      return Error{StrCat("action holds ", value, ", wanted ", space.Text())};
    }
  }
  return Ok{};
}

void Env::Reset(Rng& rng) {
  DoReset(rng);
  ended_ = false;
}

StepOutcome Env::Step(const EnvAction& action, Rng& rng) {
  TENGEN_CHECK(!ended_, spec().name,
               " was stepped before Reset or after its episode ended, wanted Reset first");
  const Status status = CheckAction(spec().action, action);
  TENGEN_CHECK(status.ok(), spec().name, ": ", status.error());
  const StepOutcome outcome = DoStep(action, rng);
  ended_ = outcome.ended();
  return outcome;
}

Status Env::SetState(std::span<const double> state) {
  if (static_cast<int>(state.size()) != spec().state_size()) {
    return Error{StrCat("state of ", spec().name, " has ", state.size(), " numbers, wanted ",
                        spec().state_size())};
  }
  for (std::size_t i = 0; i < state.size(); ++i) {
    if (!std::isfinite(state[i])) {
      return Error{StrCat("state of ", spec().name, " has ", spec().state_names[i], " = ", state[i],
                          ", wanted a finite number")};
    }
  }
  DoSetState(state);
  ended_ = false;
  return Ok{};
}

}  // namespace tengen
