#include "agents/zero/zero_samples.h"

#include <algorithm>

#include "envs/core/check.h"

namespace tengen {
namespace {

// Zeros where the ply is no training position.
void FillPolicy(const GameSpec& spec, const RecordedPly& ply, Symmetry symmetry,
                std::span<float> policy) {
  std::fill(policy.begin(), policy.end(), 0.0F);
  for (const PolicyEntry& entry : ply.policy) {
    policy[static_cast<std::size_t>(spec.MapAction(symmetry, entry.action))] = entry.probability;
  }
}

float ForMover(float of_first, Player mover) {
  return mover == Player::kFirst ? of_first : -of_first;
}

// What `of_ply` says of the searched plies from `ply` on, for each player to move, and `end` of the
// end, for the player to move at `ply`; see ShortTermTarget.
template <typename OfPly>
std::array<float, kShortTermHorizons> ShortTermMeans(const GameRecord& record, int ply, int points,
                                                     float end, const OfPly& of_ply) {
  std::array<float, kShortTermHorizons> means = {};
  for (std::size_t h = 0; h < kShortTermPerPoint.size(); ++h) {
    const double f = 1.0 / (1.0 + kShortTermPerPoint[h] * points);
    auto s = static_cast<double>(end);
    for (int t = static_cast<int>(record.plies.size()) - 1; t >= ply; --t) {
      const RecordedPly& searched = record.plies[static_cast<std::size_t>(t)];
      if (searched.visits == 0) continue;
      const auto value = static_cast<double>(of_ply(searched));
      s = f * ((t - ply) % 2 == 0 ? value : -value) + (1.0 - f) * s;
    }
    means[h] = static_cast<float>(s);
  }
  return means;
}

void FillArea(const BoardShape& shape, const GameRecord& record, Player mover, Symmetry symmetry,
              const ZeroRow& row) {
  const bool counted = !record.owner.empty();
  *row.area_weight = counted ? 1.0F : 0.0F;
  *row.score = ForMover(record.score_first, mover);
  std::fill(row.ownership.begin(), row.ownership.end(), 0.0F);
  if (!counted) return;
  for (int point = 0; point < shape.points(); ++point) {
    const Cell owner = record.owner[static_cast<std::size_t>(point)];
    if (owner == Cell::kEmpty) continue;
    row.ownership[static_cast<std::size_t>(symmetry.Map(shape, point))] =
        owner == CellOf(mover) ? 1.0F : -1.0F;
  }
}

void FillAuxiliary(const GameSpec& spec, const GameRecord& record, int ply, Player mover,
                   Symmetry symmetry, const ZeroRow& row) {
  if (!row.short_term.empty()) {
    const auto values = ShortTermTarget(record, ply, mover, spec.shape.points());
    std::copy(values.begin(), values.end(), row.short_term.begin());
  }
  if (!row.short_term_score.empty()) {
    std::array<float, kShortTermHorizons> scores = {};
    if (!record.owner.empty()) {
      scores = ShortTermScoreTarget(record, ply, mover, spec.shape.points());
    }
    std::copy(scores.begin(), scores.end(), row.short_term_score.begin());
  }
  if (!row.reply_policy.empty()) {
    const auto reply = static_cast<std::size_t>(ply) + 1;
    const RecordedPly none;
    FillPolicy(spec, reply < record.plies.size() ? record.plies[reply] : none, symmetry,
               row.reply_policy);
  }
}

}  // namespace

std::array<float, 3> OutcomeTarget(const GameRecord& record, int ply, Player mover,
                                   double root_value_share) {
  const float result = ForMover(record.return_first, mover);
  const float root_value = record.plies[static_cast<std::size_t>(ply)].root_value;
  const float value = std::clamp(root_value, -1.0F, 1.0F);
  const auto search = static_cast<float>(root_value_share);
  const float game = 1.0F - search;
  return {game * (result > 0.0F ? 1.0F : 0.0F) + search * (1.0F + value) / 2.0F,
          game * (result == 0.0F ? 1.0F : 0.0F),
          game * (result < 0.0F ? 1.0F : 0.0F) + search * (1.0F - value) / 2.0F};
}

std::array<float, kShortTermHorizons> ShortTermTarget(const GameRecord& record, int ply,
                                                      Player mover, int points) {
  return ShortTermMeans(
      record, ply, points, ForMover(record.return_first, mover),
      [](const RecordedPly& searched) { return std::clamp(searched.root_value, -1.0F, 1.0F); });
}

std::array<float, kShortTermHorizons> ShortTermScoreTarget(const GameRecord& record, int ply,
                                                           Player mover, int points) {
  return ShortTermMeans(record, ply, points, ForMover(record.score_first, mover),
                        [](const RecordedPly& searched) { return searched.raw_score; });
}

double ReturnTarget(const State& state, const GameRecord& record, int ply, int td_plies) {
  const double discount = state.game().spec().discount;
  const int last = static_cast<int>(record.plies.size()) - (record.end == GameEnd::kRules ? 0 : 1);
  const int end = std::min(ply + td_plies, last);  // where the sum of rewards ends
  const std::unique_ptr<State> future = state.Clone();
  double sum = 0.0;
  double weight = 1.0;
  for (int i = ply; i < end; ++i) {
    future->Apply(record.plies[static_cast<std::size_t>(i)].action);
    sum += weight * future->Reward();
    weight *= discount;
  }
  if (end == static_cast<int>(record.plies.size())) return sum;
  return sum + weight * static_cast<double>(record.plies[static_cast<std::size_t>(end)].root_value);
}

void FillZeroRow(const InputEncoder& encoder, const State& state, const GameRecord& record, int ply,
                 Symmetry symmetry, const ValueTargetConfig& targets, const ZeroRow& row) {
  const GameSpec& spec = state.game().spec();
  const RecordedPly& recorded = record.plies[static_cast<std::size_t>(ply)];
  TENGEN_CHECK(recorded.sample, "ply ", ply, " is no training position");
  const Player mover = state.ToMove();
  encoder.Encode(state, symmetry, row.planes, row.globals);
  FillPolicy(spec, recorded, symmetry, row.policy);
  if (spec.num_players == 1) {
    std::fill(row.outcome.begin(), row.outcome.end(), 0.0F);
    *row.value = static_cast<float>(ReturnTarget(state, record, ply, targets.td_plies));
  } else {
    const auto outcome = OutcomeTarget(record, ply, mover, targets.root_value_share);
    std::copy(outcome.begin(), outcome.end(), row.outcome.begin());
    *row.value = outcome[0] - outcome[2];
  }
  FillArea(spec.shape, record, mover, symmetry, row);
  FillAuxiliary(spec, record, ply, mover, symmetry, row);
}

}  // namespace tengen
