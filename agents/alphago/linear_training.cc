#include "agents/alphago/linear_training.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string>
#include <unordered_map>

#include "envs/core/check.h"
#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

// Games of the same id share one object.
class GamesById {
 public:
  const Game& Of(const GameRecord& record) {
    auto& game = games_[record.game_id];
    if (game == nullptr) {
      auto made = MakeGame(record.game_id);
      TENGEN_CHECK(made.ok(), made.error());
      game = *std::move(made);
    }
    return *game;
  }

 private:
  std::map<std::string, std::shared_ptr<const Game>> games_;
};

// Calls visit(state, action) for every move on the board.
template <typename Visit>
void VisitMoves(GamesById& games, const GameRecord& record, Visit visit) {
  const std::unique_ptr<State> state = games.Of(record).NewState();
  const auto& go = dynamic_cast<const GoState&>(*state);
  for (const RecordedPly& ply : record.plies) {
    if (ply.action != go.game().pass()) visit(go, ply.action);
    state->Apply(ply.action);
  }
}

std::vector<std::int32_t> Frequent(const std::vector<std::int32_t>& counts, int least) {
  std::vector<std::int32_t> codes;
  for (std::size_t code = 0; code < counts.size(); ++code) {
    if (counts[code] >= least) codes.push_back(static_cast<std::int32_t>(code));
  }
  return codes;
}

// Counts by code as met, to be summed over symmetric versions at the end.
std::vector<std::int32_t> CanonicalCounts(const std::vector<std::int32_t>& counts) {
  std::vector<std::int32_t> sums(counts.size(), 0);
  for (std::size_t code = 0; code < counts.size(); ++code) {
    if (counts[code] > 0) sums[Canonical(static_cast<PatternCode>(code))] += counts[code];
  }
  return sums;
}

std::vector<std::int32_t> FrequentResponses(
    const std::unordered_map<ResponseCode, std::int32_t>& counts, int least) {
  std::map<ResponseCode, std::int32_t> sums;
  for (const auto& [code, count] : counts) sums[CanonicalResponse(code)] += count;
  std::vector<std::int32_t> codes;
  for (const auto& [code, count] : sums) {
    if (count >= least) codes.push_back(static_cast<std::int32_t>(code));
  }
  return codes;
}

std::size_t IndexOfAction(const std::vector<Action>& actions, Action action) {
  const auto found = std::lower_bound(actions.begin(), actions.end(), action);
  TENGEN_CHECK(found != actions.end() && *found == action, "action ", action, " is not legal");
  return static_cast<std::size_t>(found - actions.begin());
}

}  // namespace

LinearWords CountWords(std::span<const GameRecord> games, int least_count) {
  std::vector<std::int32_t> patterns(kPatternCodes, 0);
  std::vector<std::int32_t> near(kPatternCodes, 0);
  std::unordered_map<ResponseCode, std::int32_t> responses;
  std::vector<MoveCodes> codes;
  GamesById by_id;
  for (const GameRecord& record : games) {
    VisitMoves(by_id, record, [&](const GoState& state, Action) {
      FindMoveCodes(state, LinearMoves::kLegal, codes);
      for (const MoveCodes& move : codes) {
        const PatternCode code =
            state.ToMove() == Player::kFirst ? move.pattern : SwapPlayers(move.pattern);
        ++patterns[code];
        if (move.is_near) ++near[code];
        if (move.is_response) ++responses[move.response];
      }
    });
  }
  return {Frequent(CanonicalCounts(patterns), least_count),
          Frequent(CanonicalCounts(near), least_count), FrequentResponses(responses, least_count)};
}

float AddLogGradient(const LinearPolicy& policy, const MoveFeatures& moves, std::size_t played,
                     float scale, std::vector<float>& sum, std::vector<float>& probabilities) {
  TENGEN_DCHECK(played < moves.actions.size(), "move ", played, " of ", moves.actions.size());
  probabilities.resize(moves.actions.size());
  policy.FillProbabilities(moves, probabilities);
  for (std::size_t m = 0; m < probabilities.size(); ++m) {
    const float change = scale * ((m == played ? 1.0F : 0.0F) - probabilities[m]);
    for (const std::int32_t feature : moves.of(m)) sum[static_cast<std::size_t>(feature)] += change;
  }
  return -std::log(std::max(probabilities[played], 1e-30F));
}

void LimitWeights(LinearPolicy& policy) {
  for (float& weight : policy.weights) {
    weight = std::clamp(weight, -LinearPolicy::kMaxWeight, LinearPolicy::kMaxWeight);
  }
}

LinearTrainer::LinearTrainer(std::span<const GameRecord> games, const LinearTrainingConfig& config)
    : games_(games), config_(config) {
  TENGEN_CHECK(!games.empty() && config.epochs > 0 && config.rate > 0.0F, games.size(), " games, ",
               config.epochs, " epochs, rate ", config.rate, "; wanted more than 0");
}

LinearTrainer::Epoch LinearTrainer::Run(LinearPolicy& policy, int epoch) const {
  TENGEN_CHECK(epoch >= 0 && epoch < config_.epochs, "epoch ", epoch, " of ", config_.epochs);
  std::vector<std::size_t> order(games_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  Rng rng(config_.seed, RngRole::kLearner, static_cast<std::uint64_t>(epoch));
  rng.Shuffle(std::span(order));
  GamesById by_id;
  std::vector<MoveCodes> codes;
  MoveFeatures features;
  std::vector<float> probabilities;
  Epoch result;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double done =
        (epoch + static_cast<double>(i) / static_cast<double>(order.size())) / config_.epochs;
    const float rate = config_.rate * static_cast<float>(1.0 - done);
    VisitMoves(by_id, games_[order[i]], [&](const GoState& state, Action action) {
      FindMoveCodes(state, LinearMoves::kLegal, codes);
      FindFeatures(*policy.features, codes, state.ToMove(), features);
      const std::size_t played = IndexOfAction(features.actions, action);
      result.loss += AddLogGradient(policy, features, played, rate, policy.weights, probabilities);
      ++result.positions;
    });
  }
  LimitWeights(policy);
  result.loss /= static_cast<double>(std::max<std::int64_t>(1, result.positions));
  return result;
}

LinearScore ScoreLinearPolicy(const LinearPolicy& policy, std::span<const GameRecord> games) {
  LinearScore score;
  std::int64_t positions = 0;
  GamesById by_id;
  std::vector<MoveCodes> codes;
  MoveFeatures features;
  std::vector<float> probabilities;
  for (const GameRecord& record : games) {
    score.positions.push_back(0);
    score.hits.push_back(0);
    VisitMoves(by_id, record, [&](const GoState& state, Action action) {
      FindMoveCodes(state, LinearMoves::kLegal, codes);
      FindFeatures(*policy.features, codes, state.ToMove(), features);
      probabilities.resize(features.actions.size());
      policy.FillProbabilities(features, probabilities);
      const std::size_t played = IndexOfAction(features.actions, action);
      const auto best = std::max_element(probabilities.begin(), probabilities.end());
      score.hits.back() +=
          features.actions[static_cast<std::size_t>(best - probabilities.begin())] == action;
      ++score.positions.back();
      score.loss -= std::log(std::max(probabilities[played], 1e-30F));
      ++positions;
    });
  }
  score.loss /= static_cast<double>(std::max<std::int64_t>(1, positions));
  return score;
}

}  // namespace tengen
