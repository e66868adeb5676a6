#include "experiments/players/open_network.h"

#include "experiments/players/network_folder.h"
#include "nets/checkpoint.h"
#include "nets/katago_evaluator.h"
#include "nets/net_evaluator.h"
#include "search/gathering_evaluator.h"

namespace tengen {
namespace {

constexpr int kLargestDeviceBatch = 512;

EvaluationSymmetry SymmetryOf(const AgentSpec& spec) {
  return spec.symmetry == EvaluatedSymmetry::kIdentity ? EvaluationSymmetry::kIdentity
                                                       : EvaluationSymmetry::kRandom;
}

Result<std::shared_ptr<Evaluator>> OpenKataGo(const AgentSpec& spec, const GameSpec& game,
                                              Device device) {
  if (const Status plays = KataGoEncoder().Accepts(game); !plays) {
    return Error{StrCat("agent '", spec.text, "': ", plays.error())};
  }
  const auto network = LoadKataGoNetwork(spec.folder);
  if (!network) return Error{network.error()};
  KataGoEvaluatorOptions options;
  options.device = device;
  options.symmetry = SymmetryOf(spec);
  if (!spec.profile.empty()) {
    if (!network->metadata) {
      return Error{StrCat("agent '", spec.text, "': ", network->name, " takes no profile, met '",
                          spec.profile, "', wanted a network that imitates people")};
    }
    auto profile = KataGoProfile::Parse(spec.profile);
    if (!profile) return Error{profile.error()};
    options.profile = *std::move(profile);
  }
  return std::shared_ptr<Evaluator>(std::make_shared<KataGoEvaluator>(*network, options));
}

Result<std::shared_ptr<Evaluator>> OpenOwn(const AgentSpec& spec, const GameSpec& game,
                                           Device device) {
  const auto folder = NetworkFolder(spec.folder, spec.step);
  if (!folder) return Error{StrCat("agent '", spec.text, "': ", folder.error())};
  const auto network = LoadNetwork(*folder);
  if (!network) return Error{network.error()};
  const Status plays = CheckModelPlays(network->snapshot.config, game);
  if (!plays) return Error{StrCat("agent '", spec.text, "': ", plays.error())};
  NetEvaluatorOptions options;
  options.device = device;
  options.symmetry = SymmetryOf(spec);
  return std::shared_ptr<Evaluator>(std::make_shared<NetEvaluator>(network->snapshot, options));
}

}  // namespace

Result<std::shared_ptr<Evaluator>> OpenNetwork(const AgentSpec& spec, const GameSpec& game,
                                               Device device) {
  TENGEN_CHECK(spec.has_network(), "agent '", spec.text, "' has no network");
  auto evaluator = spec.kind == AgentSpec::Kind::kKataGo ? OpenKataGo(spec, game, device)
                                                         : OpenOwn(spec, game, device);
  if (!evaluator || !spec.gathers) return evaluator;
  const int most = device.is_cuda() ? kLargestDeviceBatch : GatheringEvaluator::kMaxBatch;
  return std::shared_ptr<Evaluator>(
      std::make_shared<GatheringEvaluator>(*std::move(evaluator), most));
}

}  // namespace tengen
