#include "experiments/bench/selfplay_bench.h"

#include <chrono>
#include <memory>
#include <numeric>
#include <string>
#include <thread>
#include <utility>

#include "agents/zero/self_play.h"
#include "envs/registry/game_registry.h"
#include "experiments/bench/measure.h"
#include "experiments/bench/net_bench.h"
#include "experiments/bench/raw_forward.h"
#include "experiments/bench/trained_like.h"
#include "nets/encoder.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTurns = 31;  // short ones, so that a busy host meets both sides of a ratio alike
constexpr double kSweepShare = 0.25;  // of the time, to find the best batch size

double Seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

// Adds up the time that another evaluator takes.
class TimedEvaluator : public Evaluator {
 public:
  explicit TimedEvaluator(std::shared_ptr<Evaluator> inner) : inner_(std::move(inner)) {}

  Ticket Submit(std::span<Evaluation> batch) override {
    const auto start = Clock::now();
    const Ticket ticket = inner_->Submit(batch);
    seconds_ += Seconds(Clock::now() - start);
    return ticket;
  }
  void Wait(Ticket ticket) override {
    const auto start = Clock::now();
    inner_->Wait(ticket);
    seconds_ += Seconds(Clock::now() - start);
  }
  double seconds() const { return seconds_; }

 private:
  const std::shared_ptr<Evaluator> inner_;
  double seconds_ = 0.0;
};

class DroppingSink : public GameSink {
 public:
  bool Add(GameRecord) override { return true; }
};

// One thread's self-play, which can be run for a while, again and again.
class SelfPlayMeter {
 public:
  SelfPlayMeter(const SelfPlayConfig& config, const GameNumbers& numbers,
                std::shared_ptr<Evaluator> evaluator)
      : evaluator_(std::make_shared<TimedEvaluator>(std::move(evaluator))),
        source_({evaluator_, 0}),
        worker_(config, numbers, source_, sink_) {}

  struct Turn {
    double evaluations = 0.0;
    double seconds = 0.0;
    double evaluator_seconds = 0.0;
  };
  Turn Run(double seconds) {
    const std::int64_t evaluations = worker_.stats().evaluations;
    const double evaluator_seconds = evaluator_->seconds();
    const auto start = Clock::now();
    Turn turn;
    do {
      worker_.Step();
      turn.seconds = Seconds(Clock::now() - start);
    } while (turn.seconds < seconds);
    turn.evaluations = static_cast<double>(worker_.stats().evaluations - evaluations);
    turn.evaluator_seconds = evaluator_->seconds() - evaluator_seconds;
    return turn;
  }
  double mean_batch() const { return worker_.stats().mean_batch(); }

 private:
  const std::shared_ptr<TimedEvaluator> evaluator_;
  LatestModel source_;
  DroppingSink sink_;
  SelfPlayWorker worker_;
};

// Self-play on several threads, which run for a while together.
class SelfPlayMeters {
 public:
  explicit SelfPlayMeters(const SelfPlayBenchOptions& options) {
    const auto evaluator =
        std::make_shared<NetEvaluator>(TrainedLike(options.model, options.seed), options.evaluator);
    SelfPlayConfig config = options.selfplay;
    if (options.evaluator.device.is_cuda()) config.halves = 2;
    const auto count = static_cast<std::uint64_t>(options.threads);
    for (std::uint64_t i = 0; i < count; ++i) {
      meters_.push_back(
          std::make_unique<SelfPlayMeter>(config, GameNumbers{options.seed, i, count}, evaluator));
    }
  }

  // Rates of all threads together; the seconds are those of a thread.
  SelfPlayMeter::Turn Run(double seconds) {
    std::vector<SelfPlayMeter::Turn> turns(meters_.size());
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < meters_.size(); ++i) {
      threads.emplace_back([this, &turns, i, seconds] { turns[i] = meters_[i]->Run(seconds); });
    }
    for (std::thread& thread : threads) thread.join();
    SelfPlayMeter::Turn sum;
    const auto share = 1.0 / static_cast<double>(turns.size());
    for (const SelfPlayMeter::Turn& turn : turns) {
      sum.evaluations += turn.evaluations;
      sum.seconds += share * turn.seconds;
      sum.evaluator_seconds += share * turn.evaluator_seconds;
    }
    return sum;
  }
  double mean_batch() const { return meters_.front()->mean_batch(); }

 private:
  std::vector<std::unique_ptr<SelfPlayMeter>> meters_;
};

// Evaluations per second of all threads together.
double RunRaw(const RawForward& raw, int threads, double seconds) {
  std::vector<double> rates(static_cast<std::size_t>(threads));
  std::vector<std::thread> running;
  for (double& rate : rates) {
    running.emplace_back([&raw, &rate, seconds] { rate = raw.Run(seconds); });
  }
  for (std::thread& thread : running) thread.join();
  return std::accumulate(rates.begin(), rates.end(), 0.0);
}

// Microseconds to encode a position from the middle of a random game.
double EncodingTime_us(const SelfPlayBenchOptions& options, double seconds) {
  const auto game = MakeGame(GameIds(options.selfplay).front()).value();
  const auto encoder = MakeEncoder(options.model.encoder).value();
  const BoardShape shape = game->spec().shape;
  const auto state = game->NewState();
  Rng rng(options.seed, RngRole::kBench);
  std::vector<Action> legal;
  for (int i = 0; i < shape.points() / 2 && !state->IsTerminal(); ++i) {
    state->LegalActions(legal);
    const std::unique_ptr<State> before = state->Clone();
    state->Apply(legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
    if (state->IsTerminal()) state->CopyFrom(*before);
  }
  std::vector<float> planes(static_cast<std::size_t>(shape.points() * encoder->planes()));
  std::vector<float> globals(static_cast<std::size_t>(encoder->globals()));
  const auto start = Clock::now();
  std::int64_t positions = 0;
  double elapsed = 0.0;
  do {
    for (int i = 0; i < 100; ++i, ++positions) {
      encoder->Encode(*state, game->spec().symmetries.Pick(rng.Next()), planes, globals);
    }
    elapsed = Seconds(Clock::now() - start);
  } while (elapsed < seconds);
  return 1e6 * elapsed / static_cast<double>(positions);
}

}  // namespace

std::vector<BenchRow> BenchSelfPlay(const SelfPlayBenchOptions& options) {
  const BoardShape shape = MakeGame(GameIds(options.selfplay).front()).value()->spec().shape;
  const ModelSnapshot snapshot = TrainedLike(options.model, options.seed);
  const bool cuda = options.evaluator.device.is_cuda();
  NetBenchOptions sweep;
  sweep.device = options.evaluator.device;
  sweep.callers = options.threads;
  if (cuda) sweep.batch_sizes = {64, 128, 256, 512, 1024};
  const double sweep_seconds =
      kSweepShare * options.seconds / static_cast<double>(sweep.batch_sizes.size());
  const int best_batch =
      BestRate(MeasureForward(snapshot, shape, options.evaluator.precision, sweep, sweep_seconds))
          .batch;

  const double turn_seconds = (1.0 - kSweepShare) * options.seconds / (2 * kTurns + 2);
  const RawForward raw_meter(snapshot, shape, best_batch, options.evaluator);
  SelfPlayMeters meter(options);
  meter.Run(turn_seconds);  // past the openings, where all games are alike
  std::vector<double> raw, selfplay, inside, selfplay_ratio, inside_ratio, outside_us;
  for (int turn = 0; turn < kTurns; ++turn) {
    const double raw_rate = RunRaw(raw_meter, cuda ? 1 : options.threads, turn_seconds);
    const SelfPlayMeter::Turn played = meter.Run(turn_seconds);
    raw.push_back(raw_rate);
    selfplay.push_back(played.evaluations / played.seconds);
    inside.push_back(played.evaluations / played.evaluator_seconds);
    selfplay_ratio.push_back(selfplay.back() / raw_rate);
    inside_ratio.push_back(inside.back() / raw_rate);
    outside_us.push_back(1e6 * options.threads * (played.seconds - played.evaluator_seconds) /
                         played.evaluations);
  }

  const std::string raw_name = StrCat("raw forward, batch ", best_batch);
  const auto games = static_cast<int>(meter.mean_batch() + 0.5);
  return {
      {StrCat("self-play, ", options.threads, options.threads == 1 ? " thread" : " threads",
              ", batch ", games),
       Median(selfplay), "evaluations/s", raw_name, Median(selfplay_ratio)},
      {raw_name, Median(raw), "evaluations/s", "", 0.0},
      {"evaluator in self-play", Median(inside), "evaluations/s", raw_name, Median(inside_ratio)},
      {"outside the evaluator", Median(outside_us), "us/evaluation", "", 0.0},
      {"encoding", EncodingTime_us(options, turn_seconds), "us/position", "", 0.0},
  };
}

}  // namespace tengen
