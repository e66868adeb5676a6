#include "experiments/cluster/network_check.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include "envs/registry/game_registry.h"
#include "experiments/runs/run_folder.h"
#include "nets/checkpoint.h"
#include "nets/net_evaluator.h"
#include "search/symmetry_evaluator.h"

namespace tengen {
namespace {

constexpr float kLeastPrior = 1e-6F;  // rounding makes zeros

// What a network says of a position under one of its symmetries.
struct Answer {
  double value = 0.0;
  std::vector<float> prior;  // of the legal actions
};

// Under all of them, by one pass of the network.
std::vector<Answer> AnswersFor(NetEvaluator& evaluator, const State& state) {
  const SymmetryGroup& symmetries = state.game().spec().symmetries;
  std::vector<Action> legal;
  state.LegalActions(legal);
  std::vector<Answer> answers(static_cast<std::size_t>(symmetries.size()));
  std::vector<Evaluation> evaluations(answers.size());
  for (std::size_t i = 0; i < evaluations.size(); ++i) {
    answers[i].prior.resize(legal.size());
    evaluations[i].state = &state;
    evaluations[i].legal = legal;
    evaluations[i].prior = answers[i].prior;
    evaluations[i].random =
        RandomForSymmetry(symmetries, symmetries.Member(static_cast<int>(i))).value();
  }
  evaluator.Evaluate(evaluations);
  for (std::size_t i = 0; i < answers.size(); ++i) answers[i].value = evaluations[i].value;
  return answers;
}

// See NetworkCheck::Errors.
double PolicyError(const std::vector<PolicyEntry>& policy, const std::vector<Action>& legal,
                   const std::vector<float>& prior) {
  double sum = -std::log(static_cast<double>(legal.size()));
  for (const PolicyEntry& entry : policy) {
    const auto at = std::ranges::find(legal, entry.action) - legal.begin();
    if (at == std::ssize(legal)) continue;
    const float p = std::max(prior[static_cast<std::size_t>(at)], kLeastPrior);
    sum -= static_cast<double>(entry.probability) * std::log(static_cast<double>(p));
  }
  return sum;
}

}  // namespace

void NetworkCheck::Publish(const ModelSnapshot& network) {
  std::string hash = WeightsHash(network);
  if (!networks_.empty() && networks_.front().hash == hash) return;
  networks_.push_front({std::move(hash), network, nullptr});
  if (networks_.size() > kNetworks) networks_.pop_back();
}

std::shared_ptr<NetEvaluator> NetworkCheck::Find(const NetUse& use) {
  const auto is_it = [&use](const Network& network) { return network.hash == use.hash; };
  auto found = std::ranges::find_if(networks_, is_it);
  if (found == networks_.end()) {
    found = std::ranges::find_if(old_, is_it);
    if (found == old_.end()) {
      FindCheckpoint(use);
      found = std::ranges::find_if(old_, is_it);
    }
    if (found == old_.end()) return nullptr;
  }
  if (!found->evaluator) {
    found->evaluator = std::make_shared<NetEvaluator>(found->snapshot, NetEvaluatorOptions{});
  }
  return found->evaluator;
}

void NetworkCheck::FindCheckpoint(const NetUse& use) {
  const auto folder = RunFolder::Checkpoint(run_, use.step);
  std::error_code ignored;
  if (run_.empty() || !std::filesystem::is_directory(folder, ignored)) return;
  Result<NetworkFile> file = LoadNetwork(folder);
  if (!file || WeightsHash(file->snapshot) != use.hash) return;
  old_.push_front({use.hash, std::move(file->snapshot), nullptr});
  if (old_.size() > kOldNetworks) old_.pop_back();
}

// Those that may have evaluated the position: as a leaf of an earlier search, by an earlier
// network. None where one of them is not known.
std::vector<std::shared_ptr<NetEvaluator>> NetworkCheck::NetworksAt(const GameRecord& record,
                                                                    int ply) {
  std::vector<std::string> hashes;
  std::vector<std::shared_ptr<NetEvaluator>> networks;
  for (auto use = record.nets.rbegin(); use != record.nets.rend(); ++use) {
    const bool later = use->first_ply > ply;
    if (later || std::ranges::find(hashes, use->hash) != hashes.end()) continue;
    hashes.push_back(use->hash);
    networks.push_back(Find(*use));
    if (!networks.back()) return {};
    if (networks.size() == kNetworks) break;
  }
  return networks;
}

std::optional<NetworkCheck::Errors> NetworkCheck::Compare(const GameRecord& record) {
  std::vector<int> searched;
  for (std::size_t ply = 0; ply < record.plies.size(); ++ply) {
    if (record.plies[ply].visits > 0) searched.push_back(static_cast<int>(ply));
  }
  if (searched.empty() || record.nets.empty()) return std::nullopt;
  const auto game = MakeGame(record.game_id).value();
  if (game->spec().num_players != 2) return std::nullopt;
  const int number = searched[rng_.Below(static_cast<std::uint32_t>(searched.size()))];
  const auto named = NetworksAt(record, number);
  if (named.empty()) return std::nullopt;
  const std::unique_ptr<State> state = ReplayTo(*game, record, number);
  std::vector<Action> legal;
  state->LegalActions(legal);
  const RecordedPly& ply = record.plies[static_cast<std::size_t>(number)];
  constexpr double kFar = 1e9;
  Errors nearest = {kFar, std::nullopt};
  for (const auto& network : named) {
    for (const Answer& answer : AnswersFor(*network, *state)) {
      nearest.value =
          std::min(nearest.value, std::abs(answer.value - static_cast<double>(ply.raw_value)));
      if (ply.policy.empty()) continue;
      nearest.policy =
          std::min(nearest.policy.value_or(kFar), PolicyError(ply.policy, legal, answer.prior));
    }
  }
  return nearest;
}

}  // namespace tengen
