#include "experiments/cluster/network_check.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "envs/registry/game_registry.h"
#include "nets/checkpoint.h"
#include "nets/net_evaluator.h"
#include "search/symmetry_evaluator.h"

namespace tengen {
namespace {

// The value of a position under the symmetry that `random` picks.
double ValueOf(NetEvaluator& evaluator, const State& state, std::uint64_t random) {
  std::vector<Action> legal;
  state.LegalActions(legal);
  std::vector<float> prior(legal.size());
  Evaluation evaluation;
  evaluation.state = &state;
  evaluation.legal = legal;
  evaluation.prior = prior;
  evaluation.random = random;
  evaluator.Wait(evaluator.Submit({&evaluation, 1}));
  return evaluation.value;
}

}  // namespace

void NetworkCheck::Publish(const ModelSnapshot& network) {
  networks_.push_front({WeightsHash(network), network, nullptr});
  if (networks_.size() > kNetworks) networks_.pop_back();
}

NetworkCheck::Network* NetworkCheck::Find(const std::string& hash) {
  const auto found = std::find_if(networks_.begin(), networks_.end(),
                                  [&hash](const Network& n) { return n.hash == hash; });
  if (found == networks_.end()) return nullptr;
  if (!found->evaluator) {
    found->evaluator = std::make_shared<NetEvaluator>(found->snapshot, NetEvaluatorOptions{});
  }
  return &*found;
}

double NetworkCheck::ValueError(const GameRecord& record) {
  std::vector<int> searched;
  for (std::size_t ply = 0; ply < record.plies.size(); ++ply) {
    if (record.plies[ply].visits > 0) searched.push_back(static_cast<int>(ply));
  }
  if (searched.empty() || record.nets.empty()) return -1.0;
  // A position may have been evaluated as a leaf of an earlier search, by an earlier network.
  std::vector<Network*> named;
  for (const NetUse& use : record.nets) {
    Network* network = Find(use.hash);
    if (network == nullptr) return -1.0;
    named.push_back(network);
  }
  const auto game = MakeGame(record.game_id).value();
  if (game->spec().num_players != 2) return -1.0;
  const int ply = searched[rng_.Below(static_cast<std::uint32_t>(searched.size()))];
  const std::unique_ptr<State> state = ReplayTo(*game, record, ply);
  const double recorded = record.plies[static_cast<std::size_t>(ply)].raw_value;
  const SymmetryGroup& symmetries = game->spec().symmetries;
  double nearest = 1e9;
  for (Network* network : named) {
    for (int i = 0; i < symmetries.size(); ++i) {
      const std::uint64_t random = RandomForSymmetry(symmetries, symmetries.Member(i)).value();
      const double value = ValueOf(*network->evaluator, *state, random);
      nearest = std::min(nearest, std::abs(value - recorded));
    }
  }
  return nearest;
}

}  // namespace tengen
