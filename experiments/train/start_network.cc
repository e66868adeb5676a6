#include "experiments/train/start_network.h"

#include <nlohmann/json.hpp>

#include "experiments/config/json_fields.h"
#include "experiments/players/agent_spec.h"
#include "experiments/players/network_folder.h"
#include "experiments/train/run_state.h"
#include "nets/atomic_file.h"
#include "nets/checkpoint.h"
#include "nets/model_json.h"

namespace tengen {

Result<ModelSnapshot> LoadStartNetwork(const std::string& agent) {
  const auto spec = AgentSpec::Parse(agent);
  if (!spec) return Error{spec.error()};
  if (spec->kind != AgentSpec::Kind::kNetwork) {
    return Error{StrCat("'", agent, "' to start from, wanted run:FOLDER or net:NAME")};
  }
  const auto folder = NetworkFolder(spec->folder, spec->step);
  if (!folder) return Error{StrCat("'", agent, "': ", folder.error())};
  auto network = LoadNetwork(*folder);
  if (!network) return Error{network.error()};
  return std::move(network->snapshot);
}

Status TakeStartNetworkSize(const std::filesystem::path& run, TrainConfig& config) {
  if (const auto text = ReadWholeFile(run / "config.json"); text && HasRunState(run)) {
    const nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
    TrainConfig stored;
    if (json.is_object() && TrainConfigFromJson(json, stored) && stored.start == config.start) {
      config.net = stored.net;
      return Ok{};
    }
  }
  const auto network = LoadStartNetwork(config.start);
  if (!network) return Error{network.error()};
  ModelConfig model = network->config;
  TrainConfig changed = config;
  changed.net = {model.trunk,      model.channels,      model.blocks,     model.heads,
                 model.pool_every, model.head_channels, model.head_hidden};
  const auto wanted = TrainModelConfig(changed);
  if (!wanted) return Error{wanted.error()};
  model.auxiliary = wanted->auxiliary;  // a run makes those that it has not
  const std::string difference =
      FirstDifference(ModelConfigToJson(model), ModelConfigToJson(*wanted));
  if (!difference.empty()) {
    return Error{StrCat("the network of '", config.start, "' does not fit the games of ",
                        config.name, ": ", difference)};
  }
  config = std::move(changed);
  return Ok{};
}

}  // namespace tengen
