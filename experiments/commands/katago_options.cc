#include "experiments/commands/katago_options.h"

#include <cstdio>

#include <CLI/CLI.hpp>

#include "envs/core/join.h"
#include "experiments/config/usage_error.h"
#include "experiments/players/agent_spec.h"

namespace tengen {

void AddKataGoOptions(CLI::App& command, std::string& model, std::vector<std::string>& configs,
                      std::vector<std::string>& overrides, std::string& human_model) {
  command.add_option("--model", model, "A network file of KataGo; -model FILE too");
  command
      .add_option("--config", configs,
                  "A configuration of KataGo: keys that mean something here are used, the others "
                  "named; of several, later ones count more")
      ->take_all();
  command
      .add_option("--override-config", overrides, "KEY=VALUE,... that count more than the file's")
      ->take_all();
  command.add_option("--human-model", human_model, "Refused: no second network is used");
}

void RefuseHumanModel(const std::string& human_model) {
  if (human_model.empty()) return;
  throw UsageError("-human-model " + human_model +
                   ": no second network beside the model is used here, wanted none");
}

Result<std::optional<EvaluatedSymmetry>> TakeSymmetry(KataGoConfig& config) {
  const auto random = config.TakeFlag("nnRandomize");
  if (!random) return Error{random.error()};
  const auto sampled = config.TakeNumber("rootNumSymmetriesToSample", 1.0, 8.0);
  if (!sampled) return Error{sampled.error()};
  if (*sampled && **sampled > 1.0) return std::optional(EvaluatedSymmetry::kAverage);
  if (!*random) return std::optional<EvaluatedSymmetry>();
  return std::optional(**random ? EvaluatedSymmetry::kRandom : EvaluatedSymmetry::kIdentity);
}

std::string WithProfile(const std::string& agent, KataGoConfig& config) {
  const auto profile = config.Take("humanSLProfile");
  if (!profile || profile->empty()) return agent;
  return agent + ",profile=" + AgentWord(*profile);
}

void NameUnused(const KataGoConfig& config) {
  const std::vector<std::string> unused = config.Unused();
  if (unused.empty()) return;
  std::fprintf(stderr, "settings of KataGo that are not used here: %s\n", Join(unused).c_str());
}

}  // namespace tengen
