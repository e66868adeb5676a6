#include "experiments/bench/net_bench.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include "envs/registry/game_registry.h"
#include "nets/folded_net.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kParts = 5;

double Seconds(Clock::duration duration) { return std::chrono::duration<double>(duration).count(); }

// Forward passes per second of one caller, the best part of `seconds`.
double CallerRate(const FoldedNet& net, const ModelConfig& config, BoardShape shape, int batch,
                  double seconds) {
  const at::InferenceMode inference;
  at::set_num_threads(1);
  const at::Tensor planes =
      at::rand({batch, shape.rows, shape.columns, config.planes}).permute({0, 3, 1, 2});
  const at::Tensor globals = at::rand({batch, config.globals});
  for (int i = 0; i < 3; ++i) net.Forward(planes, globals);
  double best = 0.0;
  for (int part = 0; part < kParts; ++part) {
    const Clock::time_point start = Clock::now();
    int passes = 0;
    double elapsed = 0.0;
    do {
      net.Forward(planes, globals);
      ++passes;
      elapsed = Seconds(Clock::now() - start);
    } while (elapsed < seconds / kParts);
    best = std::max(best, passes / elapsed);
  }
  return best;
}

double Rate(const FoldedNet& net, const ModelConfig& config, BoardShape shape, int batch,
            const NetBenchOptions& options) {
  std::vector<double> rates(static_cast<std::size_t>(options.callers));
  std::vector<std::thread> threads;
  for (double& rate : rates) {
    threads.emplace_back(
        [&] { rate = batch * CallerRate(net, config, shape, batch, options.seconds_per_row); });
  }
  for (std::thread& thread : threads) thread.join();
  double sum = 0.0;
  for (const double rate : rates) sum += rate;
  return sum;
}

}  // namespace

std::vector<NetRate> MeasureForward(const ModelConfig& config, BoardShape shape,
                                    Precision precision, const NetBenchOptions& options) {
  const Model model(config, /*seed=*/1);
  const bool half =
      precision == Precision::kBfloat16 || (precision == Precision::kAuto && CpuHasBfloat16());
  const FoldedNet net(model.Snapshot(), at::kCPU, half ? at::kBFloat16 : at::kFloat);
  std::vector<NetRate> rates;
  for (const int batch : options.batch_sizes) {
    rates.push_back({batch, Rate(net, config, shape, batch, options)});
  }
  return rates;
}

NetRate BestRate(const std::vector<NetRate>& rates) {
  TENGEN_CHECK(!rates.empty(), "no batch sizes to measure");
  return *std::max_element(rates.begin(), rates.end(), [](const NetRate& a, const NetRate& b) {
    return a.evaluations_per_second < b.evaluations_per_second;
  });
}

std::vector<BenchRow> BenchNet(const NetBenchOptions& options) {
  std::vector<BenchRow> rows;
  for (const char* id : {"go:size=5", "go:size=7", "go:size=9"}) {
    const GameSpec spec = (*MakeGame(id))->spec();
    for (const auto& [blocks, channels] : {std::pair(4, 32), std::pair(4, 64), std::pair(6, 64)}) {
      const ModelConfig config = ModelConfigFor(spec, channels, blocks);
      double float_rate = 0.0;
      for (const Precision precision : {Precision::kFloat32, Precision::kBfloat16}) {
        const bool half = precision == Precision::kBfloat16;
        if (half && !CpuHasBfloat16()) continue;
        const NetRate best = BestRate(MeasureForward(config, spec.shape, precision, options));
        const double rate = best.evaluations_per_second;
        BenchRow row;
        row.name = StrCat(id, " ", blocks, "x", channels, half ? " bfloat16" : " float32",
                          " batch ", best.batch);
        row.value = rate;
        row.unit = "evaluations/s";
        if (half) {
          row.against = "float32";
          row.ratio = rate / float_rate;
        } else {
          float_rate = rate;
        }
        rows.push_back(row);
      }
    }
  }
  return rows;
}

}  // namespace tengen
