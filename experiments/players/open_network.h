#pragma once

#include <memory>
#include <stdexcept>

#include "envs/core/game.h"
#include "envs/core/result.h"
#include "experiments/players/agent_spec.h"
#include "nets/device.h"
#include "search/evaluator.h"

namespace tengen {

// The program at hand has no LibTorch, and what it was asked for needs it. Caught at the process
// edge only, which goes on in the program that has it, from the start: thrown before anything was
// read or printed.
class NeedsNetworks : public std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The evaluator of an agent's network. Thread-safe. Errors: it cannot be read, or plays another
// game. Where LibTorch is not linked (experiments/commands/without_networks.cc) throws
// NeedsNetworks. REQUIRES: spec.has_network().
Result<std::shared_ptr<Evaluator>> OpenNetwork(const AgentSpec& spec, const GameSpec& game,
                                               Device device);

}  // namespace tengen
