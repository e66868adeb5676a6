#include "search/value_bias.h"

#include <cmath>
#include <iterator>
#include <utility>

#include "envs/core/rng.h"

namespace tengen {
namespace {

constexpr int kReach = 2;  // points around the last move
constexpr std::uint64_t kOffBoard = 3;

// The point that an action plays on; -1 where it plays on none.
int PointOf(const GameSpec& spec, Action action) {
  const bool on_points =
      spec.policy == PolicyLayout::kPoints || spec.policy == PolicyLayout::kPointsAndPass;
  return on_points && 0 <= action && action < spec.shape.points() ? action : -1;
}

}  // namespace

std::uint64_t ValueBiasKey(const State& state, Action last, Action before,
                           std::vector<Cell>& scratch) {
  const GameSpec& spec = state.game().spec();
  const std::uint64_t mover = state.IsTerminal() ? 2 : static_cast<std::uint64_t>(state.ToMove());
  std::uint64_t key = Mix64(Mix64(Mix64(mover) + static_cast<std::uint64_t>(last)) +
                            static_cast<std::uint64_t>(before));
  const int point = PointOf(spec, last);
  if (point < 0) return key;
  const int rows = spec.shape.rows;
  const int columns = spec.shape.columns;
  scratch.resize(static_cast<std::size_t>(spec.shape.points()));
  state.Board(scratch);
  std::uint64_t stones = 0;  // base 4: 25 points in 50 bits
  for (int row = point / columns - kReach; row <= point / columns + kReach; ++row) {
    for (int column = point % columns - kReach; column <= point % columns + kReach; ++column) {
      const bool inside = 0 <= row && row < rows && 0 <= column && column < columns;
      stones = 4 * stones + (inside ? static_cast<std::uint64_t>(
                                          scratch[static_cast<std::size_t>(row * columns + column)])
                                    : kOffBoard);
    }
  }
  key = Mix64(key + stones);
  return key;
}

std::uint32_t ValueBias::Bucket(std::uint64_t key) {
  const auto [it, added] = bucket_of_.try_emplace(key, static_cast<std::uint32_t>(buckets_.size()));
  if (added) buckets_.emplace_back();
  return it->second;
}

double ValueBias::Correction(std::uint32_t bucket) const {
  if (bucket == kNoNode) return 0.0;
  const Sums& sums = buckets_[bucket];
  return sums.weight > 0.0 ? parameters_.factor * sums.weighted_error / sums.weight : 0.0;
}

double ValueBias::Update(Tree& tree, NodeIndex index) {
  NodeExtras& extras = tree.extras(index);
  Node& node = tree.node(index);
  if (extras.bucket == kNoNode || node.visits < 2) return 0.0;
  const double below = node.visits - 1;
  const double raw = static_cast<double>(node.raw_value) + extras.utility;
  const double own = raw - extras.correction;
  const double children = (static_cast<double>(node.mean) * node.visits - own) / below;
  const auto weight = static_cast<float>(std::pow(below, parameters_.exponent));
  const auto weighted_error = static_cast<float>(static_cast<double>(weight) * (raw - children));

  Sums& sums = buckets_[extras.bucket];
  sums.weight += static_cast<double>(weight) - static_cast<double>(extras.weight);
  sums.weighted_error +=
      static_cast<double>(weighted_error) - static_cast<double>(extras.weighted_error);
  extras.weight = weight;
  extras.weighted_error = weighted_error;

  const double correction = Correction(extras.bucket);
  const double change = extras.correction - correction;
  extras.correction = static_cast<float>(correction);
  node.mean += static_cast<float>(change / node.visits);
  return change;
}

void ValueBias::Rebuild(Tree& tree) {
  std::vector<std::uint32_t> renamed(buckets_.size(), kNoNode);
  std::vector<Sums> kept;
  for (NodeIndex i = 0; i < static_cast<NodeIndex>(tree.size()); ++i) {
    NodeExtras& extras = tree.extras(i);
    if (extras.bucket == kNoNode) continue;
    std::uint32_t& bucket = renamed[extras.bucket];
    if (bucket == kNoNode) {
      bucket = static_cast<std::uint32_t>(kept.size());
      kept.emplace_back();
    }
    extras.bucket = bucket;
    kept[bucket].weight += extras.weight;
    kept[bucket].weighted_error += extras.weighted_error;
  }
  buckets_ = std::move(kept);
  for (auto it = bucket_of_.begin(); it != bucket_of_.end();) {
    it->second = renamed[it->second];
    it = it->second == kNoNode ? bucket_of_.erase(it) : std::next(it);
  }
}

void ValueBias::Clear() {
  bucket_of_.clear();
  buckets_.clear();
}

}  // namespace tengen
