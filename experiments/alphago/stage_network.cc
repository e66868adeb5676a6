#include "experiments/alphago/stage_network.h"

#include "experiments/config/usage_error.h"
#include "experiments/players/agent_spec.h"
#include "experiments/players/network_folder.h"
#include "nets/net_evaluator.h"

namespace tengen {

Result<NetworkFile> LoadStageNetwork(const std::string& text, AlphaGoStage stage) {
  std::filesystem::path path = text;
  std::optional<std::int64_t> step;
  if (text.starts_with("run:") || text.starts_with("net:")) {
    const auto spec = AgentSpec::Parse(text);
    if (!spec) return Error{spec.error()};
    path = spec->folder;
    step = spec->step;
  }
  const std::filesystem::path of_stage = StageFolder(path, stage);
  const bool has_stage = !step && NetworkFolder(of_stage).ok();
  const auto folder = NetworkFolder(has_stage ? of_stage : path, step);
  if (!folder) return Error{folder.error()};
  return LoadNetwork(*folder);
}

std::shared_ptr<Evaluator> OpenStageNetwork(const std::string& text, AlphaGoStage stage,
                                            const GameSpec& game, Device device) {
  const ModelSnapshot snapshot = OrUsageError(LoadStageNetwork(text, stage)).snapshot;
  const Status plays = CheckModelPlays(snapshot.config, game);
  if (!plays) throw UsageError(StrCat("network of ", text, ": ", plays.error()));
  NetEvaluatorOptions options;
  options.device = device;
  options.symmetry = EvaluationSymmetry::kIdentity;
  return std::make_shared<NetEvaluator>(snapshot, options);
}

}  // namespace tengen
