#include "agents/zero_samples.h"

#include <algorithm>

#include "envs/core/check.h"

namespace tengen {
namespace {

void FillPolicy(const GameSpec& spec, const RecordedPly& ply, Symmetry symmetry,
                std::span<float> policy) {
  std::fill(policy.begin(), policy.end(), 0.0F);
  for (const PolicyEntry& entry : ply.policy) {
    policy[static_cast<std::size_t>(spec.MapAction(symmetry, entry.action))] = entry.probability;
  }
}

// Probabilities of win, draw and loss.
void FillOutcome(float result, float root_value, double root_value_share,
                 std::span<float> outcome) {
  const auto search = static_cast<float>(root_value_share);
  const float value = std::clamp(root_value, -1.0F, 1.0F);
  const float game = 1.0F - search;
  outcome[0] = game * (result > 0.0F ? 1.0F : 0.0F) + search * (1.0F + value) / 2.0F;
  outcome[1] = game * (result == 0.0F ? 1.0F : 0.0F);
  outcome[2] = game * (result < 0.0F ? 1.0F : 0.0F) + search * (1.0F - value) / 2.0F;
}

void FillArea(const BoardShape& shape, const GameRecord& record, Player mover, Symmetry symmetry,
              const ZeroRow& row) {
  const bool counted = !record.owner.empty();
  *row.area_weight = counted ? 1.0F : 0.0F;
  *row.score = mover == Player::kFirst ? record.score_first : -record.score_first;
  std::fill(row.ownership.begin(), row.ownership.end(), 0.0F);
  if (!counted) return;
  for (int point = 0; point < shape.points(); ++point) {
    const Cell owner = record.owner[static_cast<std::size_t>(point)];
    if (owner == Cell::kEmpty) continue;
    row.ownership[static_cast<std::size_t>(symmetry.Map(shape, point))] =
        owner == CellOf(mover) ? 1.0F : -1.0F;
  }
}

}  // namespace

void FillZeroRow(const InputEncoder& encoder, const State& state, const GameRecord& record, int ply,
                 Symmetry symmetry, double root_value_share, const ZeroRow& row) {
  const GameSpec& spec = state.game().spec();
  const RecordedPly& recorded = record.plies[static_cast<std::size_t>(ply)];
  TENGEN_CHECK(recorded.sample, "ply ", ply, " is no training position");
  const Player mover = state.ToMove();
  encoder.Encode(state, symmetry, row.planes, row.globals);
  FillPolicy(spec, recorded, symmetry, row.policy);
  const float result = mover == Player::kFirst ? record.return_first : -record.return_first;
  FillOutcome(result, recorded.root_value, root_value_share, row.outcome);
  FillArea(spec.shape, record, mover, symmetry, row);
}

}  // namespace tengen
