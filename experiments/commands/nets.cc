#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "experiments/commands/command_support.h"
#include "experiments/commands/commands.h"
#include "experiments/players/network_folder.h"
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

Json Describe(const fs::path& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) {
    throw WorldError(StrCat("cannot read ", path, ": ", error.message(),
                            ", wanted a network folder, a run folder or a network of KataGo"));
  }
  if (!fs::is_directory(status)) return DescribeKataGo(OrWorldError(LoadKataGoNetwork(path)));
  return DescribeOwn(OrWorldError(LoadNetwork(OrWorldError(NetworkFolder(path)))));
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
  CLI::App* command = app.add_subcommand(kNetsText.name, kNetsText.summary);
  command->require_subcommand(1);
  CLI::App* show = command->add_subcommand("show", "Say what a network is made of");
  show->add_option("file", options->path,
                   "Network file of KataGo (.bin.gz, .txt.gz), network folder or run folder")
      ->required();
  show->add_flag("--json", options->json, "One line of JSON on stdout");
  show->callback([options] { RunShow(*options); });
}

}  // namespace tengen
