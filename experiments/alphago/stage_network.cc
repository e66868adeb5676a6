#include "experiments/alphago/stage_network.h"

#include "experiments/players/agent_spec.h"
#include "experiments/players/network_folder.h"

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

}  // namespace tengen
