#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/runs/run_folder.h"
#include "nets/checkpoint.h"
#include "nets/katago_file.h"
#include "nets/model_json.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct NetsOptions {
  std::string path;
  bool json = false;
};

// Blocks of each kind, those inside of others counted too.
void CountBlocks(const std::vector<KataGoBlock>& blocks, std::map<std::string, int>& counts) {
  for (const KataGoBlock& block : blocks) {
    const bool pools = block.kind == KataGoBlock::Kind::kPooling;
    const bool nested = block.kind == KataGoBlock::Kind::kNestedBottleneck;
    ++counts[nested ? "nested bottleneck" : pools ? "global pooling" : "ordinary"];
    CountBlocks(block.inner, counts);
  }
}

Json DescribeKataGo(const KataGoNetwork& network) {
  std::map<std::string, int> kinds;
  CountBlocks(network.blocks, kinds);
  Json json;
  json["format"] = "katago";
  json["name"] = network.name;
  json["version"] = network.version;
  json["blocks"] = network.blocks.size();
  json["block_kinds"] = kinds;
  json["channels"] = network.channels;
  json["activation"] = ActivationText(network.trunk_norm.activation);
  json["parameters"] = network.ParameterCount();
  json["encoder"] = "katago/7";
  json["planes"] = network.planes;
  json["globals"] = network.globals;
  return json;
}

// Of all weights, norms' running statistics left out.
std::int64_t CountParameters(const NamedTensors& weights) {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : weights) {
    if (name.find("running_") == std::string::npos && !name.ends_with("num_batches_tracked")) {
      count += tensor.numel();
    }
  }
  return count;
}

Json DescribeOwn(const NetworkFile& network) {
  const ModelConfig& config = network.snapshot.config;
  Json json;
  json["format"] = "tengen";
  json["step"] = network.snapshot.step;
  json["blocks"] = config.blocks;
  json["channels"] = config.channels;
  json["parameters"] = CountParameters(network.snapshot.weights);
  json["encoder"] = config.encoder;
  json["planes"] = config.planes;
  json["globals"] = config.globals;
  json["config"] = ModelConfigToJson(config);
  json["facts"] = network.facts;
  return json;
}

// A network folder, or the newest one of a run folder.
fs::path NetworkFolder(const fs::path& folder) {
  if (fs::exists(folder / "model.json")) return folder;
  const std::vector<std::int64_t> steps = RunFolder::Checkpoints(folder);
  if (steps.empty()) {
    throw WorldError(StrCat("no network in ", folder,
                            ", wanted a folder with model.json, a run folder with checkpoints or a "
                            "network file of KataGo"));
  }
  return RunFolder::Checkpoint(folder, steps.back());
}

Json Describe(const fs::path& path) {
  if (!fs::exists(path)) throw WorldError(StrCat("no file or folder ", path));
  if (fs::is_directory(path)) return DescribeOwn(OrWorldError(LoadNetwork(NetworkFolder(path))));
  return DescribeKataGo(OrWorldError(LoadKataGoNetwork(path)));
}

void PrintTable(const Json& json, const std::string& indent) {
  for (const auto& [key, value] : json.items()) {
    if (value.is_object()) {
      std::printf("%s%s\n", indent.c_str(), key.c_str());
      PrintTable(value, indent + "  ");
    } else {
      const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
      std::printf("%s%-*s %s\n", indent.c_str(), static_cast<int>(20 - indent.size()), key.c_str(),
                  text.c_str());
    }
  }
}

void RunShow(const NetsOptions& options) {
  const Json json = Describe(options.path);
  if (options.json) {
    PrintJsonLine(json);
  } else {
    PrintTable(json, "");
  }
}

}  // namespace

void AddNetsCommand(CLI::App& app) {
  auto options = std::make_shared<NetsOptions>();
  CLI::App* command = app.add_subcommand("nets", "Look into network files");
  command->require_subcommand(1);
  CLI::App* show = command->add_subcommand("show", "Say what a network is made of");
  show->add_option("file", options->path,
                   "Network file of KataGo (.bin.gz, .txt.gz), network folder or run folder")
      ->required();
  show->add_flag("--json", options->json, "One line of JSON on stdout");
  show->callback([options] { RunShow(*options); });
}

}  // namespace tengen
