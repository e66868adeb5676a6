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

// The values of a position under all of its symmetries, by one pass of the network.
std::vector<double> ValuesOf(NetEvaluator& evaluator, const State& state) {
  const SymmetryGroup& symmetries = state.game().spec().symmetries;
  std::vector<Action> legal;
  state.LegalActions(legal);
  std::vector<float> priors(legal.size() * static_cast<std::size_t>(symmetries.size()));
  std::vector<Evaluation> evaluations(static_cast<std::size_t>(symmetries.size()));
  for (std::size_t i = 0; i < evaluations.size(); ++i) {
    evaluations[i].state = &state;
    evaluations[i].legal = legal;
    evaluations[i].prior = std::span(priors).subspan(i * legal.size(), legal.size());
    evaluations[i].random =
        RandomForSymmetry(symmetries, symmetries.Member(static_cast<int>(i))).value();
  }
  evaluator.Evaluate(evaluations);
  std::vector<double> values;
  for (const Evaluation& evaluation : evaluations) values.push_back(evaluation.value);
  return values;
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
  double nearest = 1e9;
  for (Network* network : named) {
    for (const double value : ValuesOf(*network->evaluator, *state)) {
      nearest = std::min(nearest, std::abs(value - recorded));
    }
  }
  return nearest;
}

}  // namespace tengen
