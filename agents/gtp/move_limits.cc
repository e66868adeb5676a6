#include "agents/gtp/move_limits.h"

#include <algorithm>
#include <utility>

namespace tengen {

void MoveLimits::Avoid(Player player, std::vector<Action> moves, int until_depth) {
  Add({player, until_depth, /*permitted=*/false, std::move(moves)});
}

void MoveLimits::Allow(Player player, std::vector<Action> moves, int until_depth) {
  Add({player, until_depth, /*permitted=*/true, std::move(moves)});
}

void MoveLimits::Add(Limit limit) {
  std::sort(limit.moves.begin(), limit.moves.end());
  limits_.push_back(std::move(limit));
}

bool MoveLimits::Permits(Player player, int depth, Action move) const {
  return std::all_of(limits_.begin(), limits_.end(), [&](const Limit& limit) {
    if (limit.player != player || depth >= limit.until_depth) return true;
    return std::binary_search(limit.moves.begin(), limit.moves.end(), move) == limit.permitted;
  });
}

bool MoveLimits::HasAvoided(Player player) const {
  return std::any_of(limits_.begin(), limits_.end(), [player](const Limit& limit) {
    return limit.player == player && !limit.permitted;
  });
}

bool MoveLimits::HasAllowed(Player player) const {
  return std::any_of(limits_.begin(), limits_.end(), [player](const Limit& limit) {
    return limit.player == player && limit.permitted;
  });
}

}  // namespace tengen
