#include "experiments/train/self_play_driver.h"

#include <cstdio>
#include <optional>
#include <utility>

#include "envs/registry/game_registry.h"
#include "experiments/config/processor.h"
#include "nets/net_evaluator.h"
#include "nets/pipeline_pool.h"
#include "search/caching_evaluator.h"

namespace tengen {
namespace {

// Finished games that may wait for the learner, per thread: enough that a burst of games does not
// hold self-play up, few enough that self-play cannot run away from the learner.
constexpr std::size_t kQueuedGamesPerThread = 64;

class ThreadedDriver : public SelfPlayDriver {
 public:
  ThreadedDriver(const TrainConfig& config, int threads, std::uint64_t first_game,
                 ModelSource& source)
      : capacity_(kQueuedGamesPerThread * static_cast<std::size_t>(threads)),
        thread_count_(threads),
        sink_(capacity_),
        threads_(SelfPlayFor(config), GameNumbers{config.seed, first_game, 1}, threads, source,
                 sink_) {}
  ~ThreadedDriver() override { sink_.queue().Close(); }

  std::vector<GameRecord> Take(std::chrono::milliseconds wait) override {
    if (threads_.failed()) {
      sink_.queue().Close();
      threads_.Join();
    }
    std::vector<GameRecord> games;
    std::optional<GameRecord> game = sink_.queue().PopFor(wait);
    while (game) {
      games.push_back(std::move(*game));
      game = sink_.queue().TryPop();
    }
    return games;
  }

  void Stop(SessionEnd /*end*/) override {
    sink_.queue().Close();
    threads_.RequestStop();
    threads_.Join();
  }

  SelfPlayStats stats() const override { return threads_.stats(); }
  std::size_t queued() const override { return sink_.queue().size(); }
  std::size_t capacity() const override { return capacity_; }
  int local_threads() const override { return thread_count_; }

 private:
  const std::size_t capacity_;
  const int thread_count_;
  mutable QueueSink sink_;
  SelfPlayThreads threads_;
};

class InlineDriver : public SelfPlayDriver, private GameSink {
 public:
  InlineDriver(const TrainConfig& config, std::uint64_t first_game, ModelSource& source)
      : config_(SelfPlayFor(config)),
        worker_(config_, GameNumbers{config.seed, first_game, 1}, source, *this) {}

  std::vector<GameRecord> Take(std::chrono::milliseconds) override {
    while (games_.empty()) worker_.Step();
    return std::exchange(games_, {});
  }
  void Stop(SessionEnd /*end*/) override {}

  SelfPlayStats stats() const override { return worker_.stats(); }
  std::size_t queued() const override { return games_.size(); }
  std::size_t capacity() const override { return games_.size() + 1; }
  int local_threads() const override { return 1; }

 private:
  bool Add(GameRecord record) override {
    games_.push_back(std::move(record));
    return true;
  }

  const SelfPlayConfig config_;
  std::vector<GameRecord> games_;
  SelfPlayWorker worker_;
};

// The one with the most actions: the cache keeps no position with more than its game has.
std::shared_ptr<const Game> LargestGame(const SelfPlayConfig& config) {
  std::shared_ptr<const Game> largest;
  for (const std::string& id : GameIds(config)) {
    std::shared_ptr<const Game> game = MakeGame(id).value();
    if (!largest || game->spec().num_actions > largest->spec().num_actions) {
      largest = std::move(game);
    }
  }
  return largest;
}

// A network and the cache in front of it.
class CachedNetwork : public Evaluator {
 public:
  CachedNetwork(const ModelSnapshot& snapshot, const NetEvaluatorOptions& options,
                const std::shared_ptr<PipelinePool>& memory, const TrainConfig& config)
      : network_(snapshot, options, memory),
        cache_(network_, LargestGame(config.selfplay)->spec(),
               static_cast<std::int64_t>(config.cache_mb) << 20) {}
  Ticket Submit(std::span<Evaluation> batch) override { return cache_.Submit(batch); }
  void Wait(Ticket ticket) override { cache_.Wait(ticket); }
  Precision precision() const { return network_.precision(); }

 private:
  NetEvaluator network_;
  CachingEvaluator cache_;
};

NetEvaluatorOptions EvaluatorOptions(const TrainConfig& config) {
  NetEvaluatorOptions options;
  const auto device = ParseDevice(SelfPlayDeviceName(config));
  TENGEN_CHECK(device.ok(), device.error());
  options.device = *device;
  options.precision = TrainPrecision(config);
  options.say = [](const std::string& text) {
    std::fprintf(stderr, "tengen: self-play: %s\n", text.c_str());
  };
  return options;
}

}  // namespace

SelfPlayConfig SelfPlayFor(const TrainConfig& config) {
  SelfPlayConfig selfplay = config.selfplay;
  if (SelfPlayDeviceName(config) != "cpu") selfplay.halves = 2;
  return selfplay;
}

int SelfPlayThreadCount(const TrainConfig& config) {
  if (config.deterministic) return 1;
  return config.threads > 0 ? config.threads : ProcessorCount();
}

std::unique_ptr<SelfPlayDriver> MakeSelfPlayDriver(const TrainConfig& config,
                                                   std::uint64_t first_game, ModelSource& source) {
  if (config.deterministic) return std::make_unique<InlineDriver>(config, first_game, source);
  return std::make_unique<ThreadedDriver>(config, SelfPlayThreadCount(config), first_game, source);
}

SelfPlayNetwork MakeSelfPlayNetwork(const TrainConfig& config, const ModelSnapshot& snapshot,
                                    const std::shared_ptr<PipelinePool>& memory) {
  const NetEvaluatorOptions options = EvaluatorOptions(config);
  if (config.cache_mb == 0) {
    auto network = std::make_shared<NetEvaluator>(snapshot, options, memory);
    const Precision precision = network->precision();
    return {std::move(network), precision};
  }
  auto network = std::make_shared<CachedNetwork>(snapshot, options, memory, config);
  const Precision precision = network->precision();
  return {std::move(network), precision};
}

std::shared_ptr<PipelinePool> MakeSelfPlayMemory(const TrainConfig& config) {
  return MakePipelinePool(EvaluatorOptions(config));
}

}  // namespace tengen
