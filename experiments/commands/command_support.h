#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/game.h"
#include "envs/core/result.h"
#include "experiments/usage_error.h"
#include "nets/net_evaluator.h"

namespace CLI {
class Validator;
}

namespace tengen {

// The value, or the error as a UsageError.
template <typename T>
T OrUsageError(Result<T> result) {
  if (!result) throw UsageError(result.error());
  return std::move(result).value();
}

// The value, or the error as a WorldError: files that should be there, devices, damaged networks.
template <typename T>
T OrWorldError(Result<T> result) {
  if (!result) throw WorldError(result.error());
  return std::move(result).value();
}

// A game by its id or by the name of a preset (its first game).
std::shared_ptr<const Game> GameOrUsageError(const std::string& id_or_preset);

// For options that must be above a bound; whole numbers from 0 are above -1.
CLI::Validator NumberAbove(double bound);

// Writes to stdout at once. Throws WorldError if nobody reads it any more or the disk is full.
void WriteOutput(std::string_view text);

// One JSON object on one line of stdout, as WriteOutput.
void PrintJsonLine(const nlohmann::ordered_json& json);

// True after the first Ctrl-C or SIGTERM (a second Ctrl-C ends the process at once). Installs the
// handlers at the first call.
const std::atomic<bool>& StopRequested();

// `wanted`, or one per processor if that is 0.
int ThreadCount(int wanted);

}  // namespace tengen
