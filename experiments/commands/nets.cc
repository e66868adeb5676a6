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
#include "nets/atomic_file.h"
#include "nets/checkpoint.h"
#include "nets/katago_file.h"
#include "nets/model_json.h"
#include "nets/onnx_export.h"
#include "nets/onnx_sample.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct NetsOptions {
  std::string path;
  bool json = false;
};

struct ExportOptions {
  std::string path;
  std::string onnx;
  std::string sample;
  std::string game;
};

// Blocks of each kind, those inside of others counted too.
void CountBlocks(const std::vector<KataGoBlock>& blocks, std::map<std::string, int>& counts) {
  for (const KataGoBlock& block : blocks) {
    ++counts[std::string(KindText(block.kind))];
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
  json["activation"] = ActivationText(network.trunk_activation());
  json["parameters"] = network.ParameterCount();
  json["encoder"] = "katago/7";
  json["planes"] = network.planes;
  json["globals"] = network.globals;
  json["takes_profile"] = network.metadata.has_value();
  return json;
}

// Of all weights that play: norms' running statistics and auxiliary heads left out.
std::int64_t CountParameters(const NamedTensors& weights) {
  std::int64_t count = 0;
  for (const auto& [name, tensor] : weights) {
    if (name.find("running_") == std::string::npos && !name.ends_with("num_batches_tracked") &&
        !name.starts_with("auxiliary.")) {
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

void RunExport(const ExportOptions& options) {
  const auto file = OrWorldError(LoadNetwork(OrWorldError(NetworkFolder(options.path))));
  const auto game = GameOrUsageError(options.game);
  OrUsageError(CheckModelPlays(file.snapshot.config, game->spec()));
  if (file.snapshot.config.trunk == Trunk::kAttention) {
    throw UsageError(StrCat("the network of ", options.path,
                            " has an attention trunk, wanted a residual or a bottleneck one: ONNX "
                            "files are written of those alone"));
  }
  WriteFileAtomically(options.onnx, ExportOnnx(file.snapshot, game->spec().shape));
  if (!options.sample.empty()) WriteSafetensors(options.sample, OnnxSample(file.snapshot, *game));
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

  auto export_options = std::make_shared<ExportOptions>();
  CLI::App* write = command->add_subcommand("export", "Write a network for other programs");
  write->add_option("folder", export_options->path, "Network folder or run folder")->required();
  write
      ->add_option("--onnx", export_options->onnx,
                   "ONNX file: BatchNorm folded, inputs planes and globals, float32")
      ->required();
  write
      ->add_option("--game", export_options->game,
                   "Game id or preset, for the size of the board in the file")
      ->required();
  write->add_option("--sample", export_options->sample,
                    "And a safetensors file of 32 positions: what goes in, what comes out here");
  write->callback([export_options] { RunExport(*export_options); });
}

}  // namespace tengen
