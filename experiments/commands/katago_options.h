#pragma once

#include <optional>
#include <string>
#include <vector>

#include "envs/core/result.h"
#include "experiments/config/katago_config.h"
#include "search/symmetry_evaluator.h"

namespace CLI {
class App;
}

namespace tengen {

// KataGo's options that `analysis` and `gtp` take alike: -model, -config, -override-config,
// -human-model.
void AddKataGoOptions(CLI::App& command, std::string& model, std::vector<std::string>& configs,
                      std::vector<std::string>& overrides, std::string& human_model);

// Throws UsageError if one is asked for.
void RefuseHumanModel(const std::string& human_model);

// By nnRandomize and rootNumSymmetriesToSample; empty where they are missing.
Result<std::optional<EvaluatedSymmetry>> TakeSymmetry(KataGoConfig& config);

// An agent or a network with the profile that humanSLProfile names, where it names one.
std::string WithProfile(const std::string& agent, KataGoConfig& config);

// Names what nobody took, once, on stderr.
void NameUnused(const KataGoConfig& config);

}  // namespace tengen
