#include <filesystem>

#include "envs/go/go_game.h"
#include "experiments/analysis/analysis_network.h"
#include "experiments/players/agent_spec.h"
#include "nets/katago_evaluator.h"
#include "nets/net_evaluator.h"
#include "search/parallel_evaluator.h"

namespace tengen {
namespace {

// "FILE" becomes "katago:FILE", "FOLDER" becomes "run:FOLDER", with the options behind them.
std::string WithKind(const std::string& text) {
  for (const char* kind : {"katago:", "run:", "net:"}) {
    if (text.starts_with(kind)) return text;
  }
  std::error_code ignored;
  for (const char* kind : {"run:", "katago:"}) {
    const auto spec = AgentSpec::Parse(kind + text);
    if (spec && std::filesystem::is_directory(spec->folder, ignored)) return "run:" + text;
  }
  // A path with a comma or an @ in it, as it is.
  if (std::filesystem::exists(text, ignored)) {
    const bool folder = std::filesystem::is_directory(text, ignored);
    return (folder ? "run:" : "katago:") + AgentWord(text);
  }
  return "katago:" + text;
}

Result<AnalysisNetwork> OpenSpec(const AgentSpec& spec, Device device) {
  const auto factory = AgentFactory::Open(spec, GoGame::Make({}).value(), device);
  if (!factory) return Error{factory.error()};
  AnalysisNetwork network;
  network.file = spec.folder.string();
  network.name = spec.folder.filename().string();
  network.search = spec.Search();
  network.search.batches = BatchesFor(spec.threads);  // at most, see SearchConfig
  if (spec.chose_batch) network.leaf_batch = spec.leaf_batch;
  network.evaluator = factory->evaluator();
  std::shared_ptr<Evaluator> inner = network.evaluator;
  if (const auto parallel = std::dynamic_pointer_cast<ParallelEvaluator>(inner)) {
    inner = parallel->inner();
  }
  if (const auto turned = std::dynamic_pointer_cast<SymmetryEvaluator>(inner)) {
    inner = turned->inner();
  }
  if (const auto own = std::dynamic_pointer_cast<NetEvaluator>(inner)) {
    network.plays = [own](const GameSpec& game) { return CheckModelPlays(own->config(), game); };
  }
  if (const auto* katago = dynamic_cast<const KataGoEvaluator*>(inner.get())) {
    network.name = katago->name();
    network.version = katago->version();
    network.takes_profile = katago->takes_profile();
  }
  if (network.takes_profile) {
    network.imitating = [spec, device](const std::string& profile) {
      AgentSpec other = spec;
      other.profile = profile;
      return OpenSpec(other, device);
    };
  }
  return network;
}

}  // namespace

Result<AnalysisNetwork> AnalysisNetwork::Open(const std::string& text, Device device,
                                              std::optional<EvaluatedSymmetry> symmetry) {
  auto spec = AgentSpec::Parse(WithKind(text));
  if (!spec) return Error{spec.error()};
  if (!spec->has_network()) {
    return Error{
        StrCat("network '", text, "', wanted katago:FILE, run:FOLDER, net:NAME or a path")};
  }
  if (symmetry) spec->symmetry = *symmetry;
  return OpenSpec(*spec, device);
}

}  // namespace tengen
