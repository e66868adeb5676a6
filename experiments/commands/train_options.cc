#include "experiments/commands/train_options.h"

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/alphago/alphago_config.h"
#include "experiments/commands/command_support.h"
#include "experiments/config/json_fields.h"
#include "experiments/train/start_network.h"
#include "nets/atomic_file.h"

namespace tengen {

namespace {

// What the options say, on one of the preset's networks.
TrainConfig ConfigWith(PresetNet net, const TrainOptions& options) {
  TrainConfig config = OrUsageError(LoadTrainConfig(options.preset, net));
  ForEachAssignment(options, [&config](const nlohmann::json& change) {
    return TrainConfigFromJson(change, config);
  });
  if (!options.start.empty()) config.start = options.start;
  if (!config.start.empty()) {
    OrUsageError(TakeStartNetworkSize(RunFolderOf(options, config.name), config));
  }
  TakeRunOptions(options, config);
  if (!options.selfplay_device.empty()) config.selfplay_device = options.selfplay_device;
  return config;
}

nlohmann::json NetOf(const TrainConfig& config) { return TrainConfigToJson(config).at("net"); }

// Null where no run has begun. Settings that are younger than the run have their defaults.
nlohmann::json StoredNet(const std::filesystem::path& run) {
  const auto text = ReadWholeFile(run / "config.json");
  if (!text) return nullptr;
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  TrainConfig stored;
  if (!json.is_object() || !TrainConfigFromJson(json, stored)) return nullptr;
  return NetOf(stored);
}

// A run goes on with the network that it began with, whatever the machine.
TrainConfig ChooseNet(const TrainOptions& options) {
  TrainConfig usual = ConfigWith(PresetNet::kUsual, options);
  TrainConfig float32 = ConfigWith(PresetNet::kFloat32, options);
  const nlohmann::json net = StoredNet(RunFolderOf(options, usual.name));
  if (net == NetOf(usual)) return usual;
  if (net == NetOf(float32)) return float32;
  return PlaysInFloat32(usual) ? float32 : usual;
}

}  // namespace

TrainConfig ResolveTrainConfig(const TrainOptions& options) {
  TrainConfig config = ChooseNet(options);
  OrUsageError(CheckTrainConfig(config));
  DeviceOption(config.device);
  DeviceOption(SelfPlayDeviceName(config));
  return config;
}

std::shared_ptr<TrainOptions> AddTrainOptions(CLI::App& command, bool plays) {
  auto options = std::make_shared<TrainOptions>();
  std::string presets;
  for (const std::string& name : PresetNames()) presets += (presets.empty() ? "" : ", ") + name;
  if (plays) {
    for (const std::string& name : AlphaGoPresets()) presets += ", " + name;
  }
  command.add_option("preset", options->preset, "Preset (" + presets + ") or JSON config file")
      ->required();
  RunOptionTexts texts = {.folder = "runs/PRESET",
                          .budget = "90s, 10m, 2h, 500steps, 200games, 50000evals",
                          .set = "selfplay.full_visits=64",
                          .threads = "",
                          .deterministic = ""};
  if (plays) {
    texts.threads = "Self-play threads (default: processors)";
    texts.deterministic = "One thread; equal seeds give equal records and weights, byte for byte";
  }
  AddRunOptions(command, *options, texts);
  command.add_option("--start", options->start,
                     "Begin with a network, such as run:FOLDER of learn go-policy, not with random "
                     "weights; its size is the run's");
  AddRanksOption(command, options->ranks);
  if (!plays) return options;
  command.add_option("--selfplay-device", options->selfplay_device,
                     "Of self-play, where it is not the learner's (--device)");
  return options;
}

}  // namespace tengen
