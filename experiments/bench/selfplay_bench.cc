#include "experiments/bench/selfplay_bench.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>

#include <ATen/ATen.h>

#include "agents/zero/self_play.h"
#include "envs/registry/game_registry.h"
#include "experiments/bench/net_bench.h"
#include "nets/encoder.h"
#include "nets/folded_net.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kTurns = 31;  // short ones, so that a busy host meets both sides of a ratio alike
constexpr double kSweepShare = 0.25;  // of the time, to find the best batch size

double Seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Adds up the time that another evaluator takes.
class TimedEvaluator : public Evaluator {
 public:
  explicit TimedEvaluator(std::unique_ptr<Evaluator> inner) : inner_(std::move(inner)) {}

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
  const std::unique_ptr<Evaluator> inner_;
  double seconds_ = 0.0;
};

class DroppingSink : public GameSink {
 public:
  bool Add(GameRecord) override { return true; }
};

// Self-play that can be run for a while, again and again.
class SelfPlayMeter {
 public:
  explicit SelfPlayMeter(const SelfPlayBenchOptions& options)
      : evaluator_(std::make_shared<TimedEvaluator>(std::make_unique<NetEvaluator>(
            Model(options.model, options.seed).Snapshot(), options.evaluator))),
        source_({evaluator_, 0}),
        worker_(options.selfplay, {options.seed, 0, 1}, source_, sink_) {}

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

// Forward passes of one batch that is already encoded, again and again.
class RawMeter {
 public:
  RawMeter(const SelfPlayBenchOptions& options, BoardShape shape, int batch)
      : net_(Model(options.model, options.seed).Snapshot(), at::kCPU, TypeOf(options.evaluator)),
        batch_(batch),
        planes_(at::rand({batch, shape.rows, shape.columns, options.model.planes})
                    .permute({0, 3, 1, 2})),
        globals_(at::rand({batch, options.model.globals})) {}

  // Evaluations per second.
  double Run(double seconds) const {
    const at::InferenceMode inference;
    const auto start = Clock::now();
    double evaluations = 0.0;
    double elapsed = 0.0;
    do {
      net_.Forward(planes_, globals_);
      evaluations += batch_;
      elapsed = Seconds(Clock::now() - start);
    } while (elapsed < seconds);
    return evaluations / elapsed;
  }

 private:
  static at::ScalarType TypeOf(const NetEvaluatorOptions& options) {
    const bool half = options.precision == Precision::kBfloat16 ||
                      (options.precision == Precision::kAuto && CpuHasBfloat16());
    return half ? at::kBFloat16 : at::kFloat;
  }

  const FoldedNet net_;
  const int batch_;
  const at::Tensor planes_;
  const at::Tensor globals_;
};

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
  NetBenchOptions sweep;
  sweep.seconds_per_row =
      kSweepShare * options.seconds / static_cast<double>(sweep.batch_sizes.size());
  const int best_batch =
      BestRate(MeasureForward(options.model, shape, options.evaluator.precision, sweep)).batch;

  const double turn_seconds = (1.0 - kSweepShare) * options.seconds / (2 * kTurns + 2);
  const RawMeter raw_meter(options, shape, best_batch);
  SelfPlayMeter meter(options);
  meter.Run(turn_seconds);  // past the openings, where all games are alike
  std::vector<double> raw, selfplay, inside, selfplay_ratio, inside_ratio, outside_us;
  for (int turn = 0; turn < kTurns; ++turn) {
    const double raw_rate = raw_meter.Run(turn_seconds);
    const SelfPlayMeter::Turn played = meter.Run(turn_seconds);
    raw.push_back(raw_rate);
    selfplay.push_back(played.evaluations / played.seconds);
    inside.push_back(played.evaluations / played.evaluator_seconds);
    selfplay_ratio.push_back(selfplay.back() / raw_rate);
    inside_ratio.push_back(inside.back() / raw_rate);
    outside_us.push_back(1e6 * (played.seconds - played.evaluator_seconds) / played.evaluations);
  }

  const std::string raw_name = StrCat("raw forward, batch ", best_batch);
  const auto games = static_cast<int>(meter.mean_batch() + 0.5);
  return {
      {StrCat("self-play, batch ", games), Median(selfplay), "evaluations/s", raw_name,
       Median(selfplay_ratio)},
      {raw_name, Median(raw), "evaluations/s", "", 0.0},
      {"evaluator in self-play", Median(inside), "evaluations/s", raw_name, Median(inside_ratio)},
      {"outside the evaluator", Median(outside_us), "us/evaluation", "", 0.0},
      {"encoding", EncodingTime_us(options, turn_seconds), "us/position", "", 0.0},
  };
}

}  // namespace tengen
