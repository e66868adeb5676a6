#include "experiments/train/machine_speed.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <thread>
#include <tuple>
#include <utility>

#include "agents/zero/self_play.h"
#include "agents/zero/zero_learner.h"
#include "envs/core/check.h"
#include "envs/registry/game_registry.h"
#include "experiments/train/self_play_driver.h"
#include "nets/intra_op_threads.h"
#include "search/simple_evaluators.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kHalf_s = 0.9;  // for each half; with what must be made first about two seconds
constexpr auto kLook = std::chrono::milliseconds(2);  // rounds of self-play take 5 ms and more
constexpr int kUniformGames = 8;                      // enough that the positions of a batch differ

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

// Between the first and the last round that ended in the time, so that starting costs nothing.
double MeasureSelfPlay(const TrainConfig& config, PlayingModel model,
                       const std::atomic<bool>& stop) {
  LatestModel source(std::move(model));
  const auto selfplay = MakeSelfPlayDriver(config, /*first_game=*/0, source);
  std::int64_t first = 0;
  std::int64_t last = 0;
  Clock::time_point first_time = Clock::now();
  Clock::time_point last_time = first_time;
  while (!stop && (first == last || SecondsSince(first_time) < kHalf_s)) {
    selfplay->Take(std::chrono::milliseconds(0));
    const std::int64_t now = selfplay->stats().evaluations;
    if (now != last) last_time = Clock::now();
    if (first == 0) std::tie(first, first_time) = std::pair(now, last_time);
    last = now;
    std::this_thread::sleep_for(kLook);
  }
  selfplay->Stop(SessionEnd::kStopped);
  const double seconds = std::chrono::duration<double>(last_time - first_time).count();
  return seconds > 0.0 ? static_cast<double>(last - first) / seconds : 0.0;
}

// Games between players who know nothing.
std::vector<GameRecord> UniformGames(const TrainConfig& config) {
  class Sink : public GameSink {
   public:
    bool Add(GameRecord record) override {
      games.push_back(std::move(record));
      return games.size() < kUniformGames;
    }
    std::vector<GameRecord> games;
  };
  SelfPlayConfig selfplay = config.selfplay;
  selfplay.parallel_games = kUniformGames;
  selfplay.full_share = 1.0;
  selfplay.full_visits = 2;
  Sink sink;
  LatestModel source({std::make_shared<UniformEvaluator>(), 0});
  SelfPlayWorker worker(selfplay, GameNumbers{config.seed, 0, 1}, source, sink);
  while (worker.Step()) {
  }
  return std::move(sink.games);
}

double TypicalPlies(const std::vector<GameRecord>& games) {
  double plies = 0.0;
  for (const GameRecord& game : games) plies += static_cast<double>(game.plies.size());
  plies /= static_cast<double>(games.size());
  const GameSpec spec = MakeGame(games.front().game_id).value()->spec();
  return spec.num_players == 2 ? std::min(plies, static_cast<double>(spec.shape.points())) : plies;
}

double MeasureLearner(std::vector<GameRecord> games, ZeroLearner& learner, int threads,
                      double seconds, const std::atomic<bool>& stop) {
  for (GameRecord& game : games) {
    const Status added = learner.Add(std::move(game));
    TENGEN_CHECK(added.ok(), added.error());
  }
  SetIntraOpThreads(threads);
  learner.Step();  // the first one makes what all of them use
  const Clock::time_point begin = Clock::now();
  int steps = 0;
  while (!stop && SecondsSince(begin) < seconds) {
    learner.Step();
    ++steps;
  }
  const double rate = steps / SecondsSince(begin);
  SetIntraOpThreads(1);
  return rate;
}

ZeroLearner MakeLearner(const TrainConfig& config) {
  return ZeroLearner(config.learner, *TrainModelConfig(config), config.seed, config.device,
                     TrainPrecision(config));
}

}  // namespace

MachineSpeed MeasureMachine(const TrainConfig& config, const std::atomic<bool>& stop) {
  TENGEN_CHECK(!config.deterministic, "a deterministic run is not measured");
  ZeroLearner learner = MakeLearner(config);
  SelfPlayNetwork network =
      MakeSelfPlayNetwork(config, learner.Publish(), MakeSelfPlayMemory(config));
  MachineSpeed speed;
  speed.precision = network.precision;
  speed.evaluations_per_s = MeasureSelfPlay(config, {std::move(network.evaluator), 0}, stop);
  if (stop) return speed;
  std::vector<GameRecord> games = UniformGames(config);
  speed.plies = TypicalPlies(games);
  speed.steps_per_s = MeasureLearner(std::move(games), learner, /*threads=*/1, kHalf_s, stop);
  return speed;
}

double MeasureLearnerAlone(const TrainConfig& config, int threads, double seconds) {
  ZeroLearner learner = MakeLearner(config);
  const std::atomic<bool> never{false};
  return MeasureLearner(UniformGames(config), learner, threads, seconds, never);
}

std::optional<RunForecast> ForecastRun(const TrainConfig& config, const MachineSpeed& speed,
                                       int processors) {
  if (!(speed.evaluations_per_s > 0.0 && speed.steps_per_s > 0.0 && speed.plies > 0.0)) {
    return std::nullopt;
  }
  const SelfPlayConfig& selfplay = config.selfplay;
  const double full_share = selfplay.full_share;
  const double per_ply =
      full_share * selfplay.full_visits + (1.0 - full_share) * selfplay.fast_visits;
  const double positions = config.learner.batch_size / config.learner.samples_per_position;
  const double seconds = positions * (per_ply / full_share) / speed.evaluations_per_s +
                         1.0 / (speed.steps_per_s * processors);
  const double games_at_once = selfplay.parallel_games * SelfPlayThreadCount(config);
  RunForecast forecast;
  forecast.steps_per_s = (1.0 - config.progress.share) / seconds;
  forecast.positions_per_s = forecast.steps_per_s * positions;
  forecast.games_per_s = forecast.positions_per_s / (full_share * speed.plies);
  forecast.first_games_s = games_at_once * speed.plies * per_ply / speed.evaluations_per_s;
  return forecast;
}

}  // namespace tengen
