#include "agents/zero/replay_buffer.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>
#include <utility>

#include "envs/registry/game_registry.h"

namespace tengen {

std::int64_t WindowSize(const WindowConfig& config, std::int64_t positions_played) {
  TENGEN_CHECK(config.minimum > 0, "window of ", config.minimum, " positions, wanted at least 1");
  if (positions_played <= config.minimum) return positions_played;
  const double c = static_cast<double>(config.minimum);
  const double a = config.exponent;
  const double b = config.growth;
  const double ratio = static_cast<double>(positions_played) / c;
  return std::llround(c * (1.0 + b * (std::pow(ratio, a) - 1.0) / a));
}

std::vector<float> SurpriseWeights(std::span<const float> surprises, double share) {
  const double sum = std::accumulate(surprises.begin(), surprises.end(), 0.0);
  std::vector<float> weights(surprises.size(), 1.0F);
  if (!(sum > 0.0)) return weights;
  const double scale = share * static_cast<double>(surprises.size()) / sum;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    weights[i] = static_cast<float>(1.0 - share + scale * static_cast<double>(surprises[i]));
  }
  return weights;
}

ReplayBuffer::ReplayBuffer(const WindowConfig& config, double surprise_share)
    : config_(config), surprise_share_(surprise_share) {}

Result<std::shared_ptr<const Game>> ReplayBuffer::FindGame(const std::string& id) {
  const auto known = known_games_.find(id);
  if (known != known_games_.end()) {
    if (auto game = known->second.lock()) return game;
  }
  auto game = MakeGame(id);
  if (!game) return game;
  if (known_games_.size() >= forget_at_) ForgetUnused();
  known_games_[id] = *game;
  return game;
}

// Tasks with a drawn start have a game for each record, and some records never come in. Looking
// whenever the size has doubled costs a constant time for each game.
void ReplayBuffer::ForgetUnused() {
  constexpr std::size_t kFew = 64;
  std::erase_if(known_games_, [](const auto& known) { return known.second.expired(); });
  forget_at_ = 2 * known_games_.size() + kFew;
}

ReplayBuffer::Lane& ReplayBuffer::LaneOf(const GameSpec& spec) {
  for (Lane& lane : lanes_) {
    if (lane.shape == spec.shape && lane.num_actions == spec.num_actions) return lane;
  }
  // Their order must not hang on which shape came first: a resumed run has forgotten that.
  const auto place = std::find_if(lanes_.begin(), lanes_.end(), [&spec](const Lane& lane) {
    return std::tuple(lane.shape.rows, lane.shape.columns, lane.num_actions) >
           std::tuple(spec.shape.rows, spec.shape.columns, spec.num_actions);
  });
  return *lanes_.insert(place, {spec.shape, spec.num_actions, {}, 0, 0});
}

Status ReplayBuffer::Add(std::shared_ptr<const GameRecord> record) {
  auto game = FindGame(record->game_id);
  if (!game) return Error{game.error()};
  ++games_added_;
  Entry entry;
  for (std::size_t i = 0; i < record->plies.size(); ++i) {
    if (record->plies[i].sample) entry.plies.push_back(static_cast<int>(i));
  }
  if (entry.plies.empty()) return Ok{};
  if (surprise_share_ > 0.0) {
    std::vector<float> surprises;
    for (const int ply : entry.plies) {
      surprises.push_back(record->plies[static_cast<std::size_t>(ply)].surprise);
    }
    entry.weights = SurpriseWeights(surprises, surprise_share_);
  }
  const auto count = static_cast<std::int64_t>(entry.plies.size());
  Lane& lane = LaneOf((*game)->spec());
  lane.end += count;
  positions_ += count;
  positions_added_ += count;
  entry.record = std::move(record);
  entry.game = std::move(*game);
  entry.end = lane.end;
  entry.sequence = games_added_;
  lane.entries.push_back(std::move(entry));
  DropOld();
  return Ok{};
}

void ReplayBuffer::Skip(std::int64_t games, std::int64_t positions) {
  TENGEN_CHECK(games_added_ == 0, games_added_, " games were added before others were skipped");
  games_added_ = games;
  positions_added_ = positions;
}

void ReplayBuffer::DropOld() {
  const std::int64_t window = WindowSize(config_, positions_added_);
  while (true) {
    Lane* oldest = nullptr;
    for (Lane& lane : lanes_) {
      if (lane.entries.empty()) continue;
      if (oldest == nullptr || lane.entries.front().sequence < oldest->entries.front().sequence) {
        oldest = &lane;
      }
    }
    const auto count = static_cast<std::int64_t>(oldest->entries.front().plies.size());
    if (positions_ - count < window) return;
    positions_ -= count;
    oldest->dropped += count;
    oldest->entries.pop_front();
  }
}

std::int64_t ReplayBuffer::games() const {
  std::size_t games = 0;
  for (const Lane& lane : lanes_) games += lane.entries.size();
  return static_cast<std::int64_t>(games);
}

std::vector<SampledPosition> ReplayBuffer::Sample(int count, Rng& rng) const {
  TENGEN_CHECK(positions_ > 0, "the buffer is empty");
  std::vector<float> weights;
  for (const Lane& lane : lanes_) weights.push_back(static_cast<float>(lane.end - lane.dropped));
  const Lane& lane = lanes_[static_cast<std::size_t>(rng.Categorical(weights))];
  std::vector<SampledPosition> samples;
  samples.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const std::int64_t position =
        lane.dropped + rng.Below(static_cast<std::uint32_t>(lane.end - lane.dropped));
    const auto it =
        std::upper_bound(lane.entries.begin(), lane.entries.end(), position,
                         [](std::int64_t value, const Entry& entry) { return value < entry.end; });
    const auto behind = static_cast<std::size_t>(it->end - position);  // 1 = its last sample
    const std::size_t drawn = it->weights.empty()
                                  ? it->plies.size() - behind
                                  : static_cast<std::size_t>(rng.Categorical(it->weights));
    samples.push_back({it->record, it->game, it->plies[drawn]});
  }
  return samples;
}

}  // namespace tengen
