#include "experiments/train/progress_by_size.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "envs/registry/game_registry.h"
#include "experiments/train/metrics_lines.h"

namespace tengen {
namespace {

constexpr const char* kElo = "elo_by_size";

}  // namespace

ProgressBySize::ProgressBySize(std::span<const std::string> game_ids, const ProgressConfig& config,
                               std::uint64_t seed) {
  std::vector<BoardShape> seen;
  for (const std::string& id : game_ids) {
    std::shared_ptr<const Game> game = MakeGame(id).value();
    const BoardShape shape = game->spec().shape;
    if (std::find(seen.begin(), seen.end(), shape) != seen.end()) continue;
    seen.push_back(shape);
    auto matches = std::make_unique<ProgressMatches>(std::move(game), config, seed);
    if (!matches->ready()) continue;
    sizes_.push_back({StrCat(shape.rows, "x", shape.columns), std::move(matches)});
  }
}

void ProgressBySize::SetLastElo(double elo) {
  if (ready()) sizes_.front().matches->SetLastElo(elo);
}

void ProgressBySize::Resume(std::span<const nlohmann::json> metrics) {
  for (const nlohmann::json& line : metrics) {
    const auto by_size = line.find(kElo);
    if (by_size == line.end() || !by_size->is_object()) continue;
    for (Size& size : sizes_) {
      const auto elo = by_size->find(size.name);
      if (elo != by_size->end() && elo->is_number()) size.matches->SetLastElo(elo->get<double>());
    }
  }
}

std::vector<SizePoint> ProgressBySize::Play(const std::shared_ptr<Evaluator>& evaluator,
                                            std::int64_t step, int threads,
                                            const std::atomic<bool>& stop) {
  std::vector<SizePoint> points;
  for (Size& size : sizes_) {
    if (stop.load()) break;
    SizePoint point = {size.name, size.matches->Play(evaluator, step, threads, stop)};
    if (point.point.games > 0) points.push_back(std::move(point));
  }
  return points;
}

nlohmann::json ProgressMetrics(std::span<const SizePoint> points, double seconds) {
  nlohmann::json line = ProgressMetrics(points.front().point, seconds);
  if (points.size() == 1) return line;
  for (const SizePoint& size : points) {
    const nlohmann::json own = ProgressMetrics(size.point, seconds);
    for (const char* key : {"opponent", "games", "points", "elo", "elo_low", "elo_high"}) {
      line[StrCat(key, "_by_size")][size.size] = own.at(key);
    }
  }
  return line;
}

}  // namespace tengen
