#include "experiments/analysis/analysis_network.h"

#include <algorithm>
#include <filesystem>

#include "envs/go/go_game.h"
#include "experiments/players/agent_spec.h"
#include "nets/katago_evaluator.h"

namespace tengen {
namespace {

// "FILE" becomes "katago:FILE", "FOLDER" becomes "run:FOLDER".
std::string WithKind(const std::string& text) {
  for (const char* kind : {"katago:", "run:", "net:"}) {
    if (text.starts_with(kind)) return text;
  }
  const std::filesystem::path path = text.substr(0, text.find_first_of(",@"));
  return (std::filesystem::is_directory(path) ? "run:" : "katago:") + text;
}

}  // namespace

MctsConfig AnalysisNetwork::SearchConfig(std::int64_t simulations) const {
  constexpr std::int64_t kMaxNodes = 2'000'000;
  MctsConfig config;
  config.root = RootSelection::kPuct;
  config.noise_fraction = 0.0;
  config.leaf_batch = leaf_batch > 0
                          ? leaf_batch
                          : static_cast<int>(std::clamp<std::int64_t>(simulations / 16, 1, 8));
  config.max_nodes = static_cast<int>(std::min(simulations + 1, kMaxNodes));
  config.reuse_tree = false;
  return config;
}

Status AnalysisNetwork::Plays(const GameSpec& spec) const {
  if (const auto* own = dynamic_cast<const NetEvaluator*>(evaluator.get())) {
    return CheckModelPlays(own->config(), spec);
  }
  return KataGoEncoder().Accepts(spec);
}

Result<AnalysisNetwork> AnalysisNetwork::Open(const std::string& text, Device device) {
  const auto spec = AgentSpec::Parse(WithKind(text));
  if (!spec) return Error{spec.error()};
  if (!spec->has_network()) {
    return Error{
        StrCat("network '", text, "', wanted katago:FILE, run:FOLDER, net:NAME or a path")};
  }
  const auto factory = AgentFactory::Open(*spec, GoGame::Make({}).value(), device);
  if (!factory) return Error{factory.error()};
  AnalysisNetwork network;
  network.file = spec->folder.string();
  network.name = spec->folder.filename().string();
  if (text.find(",batch=") != std::string::npos) network.leaf_batch = spec->leaf_batch;
  network.evaluator = factory->evaluator();
  if (const auto* katago = dynamic_cast<const KataGoEvaluator*>(network.evaluator.get())) {
    network.name = katago->name();
    network.version = katago->version();
  }
  return network;
}

}  // namespace tengen
