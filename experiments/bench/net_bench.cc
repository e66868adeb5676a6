#include "experiments/bench/net_bench.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <thread>
#include <unistd.h>

#include "envs/registry/game_registry.h"
#include "experiments/bench/measure.h"
#include "experiments/bench/other_program.h"
#include "experiments/bench/raw_forward.h"
#include "experiments/bench/trained_like.h"
#include "nets/atomic_file.h"
#include "nets/intra_op_threads.h"
#include "nets/onnx_export.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

constexpr int kParts = 5;   // of a rate's time
constexpr int kRounds = 5;  // beside others

// All callers together, once.
template <typename Run>
double SumOverCallers(int callers, const Run& run) {
  std::vector<double> rates(static_cast<std::size_t>(callers));
  std::vector<std::thread> threads;
  for (double& rate : rates) threads.emplace_back([&rate, &run] { rate = run(); });
  for (std::thread& thread : threads) thread.join();
  double sum = 0.0;
  for (const double rate : rates) sum += rate;
  return sum;
}

bool HasBfloat16(Device device) { return device.is_cuda() ? CudaHasBfloat16() : CpuHasBfloat16(); }

std::string NameOf(const std::string& game, const NetSize& size, const std::string& rest) {
  return StrCat(game, " ", size.blocks, "x", size.channels, rest);
}

// Forward passes of the network as it is trained.
double PlainRate(const Model& model, BoardShape shape, int batch, double seconds) {
  const at::InferenceMode inference;
  SetIntraOpThreads(1);
  const at::Tensor planes =
      at::rand({batch, shape.rows, shape.columns, model.config().planes}).permute({0, 3, 1, 2});
  const at::Tensor globals = at::rand({batch, model.config().globals});
  const auto begin = std::chrono::steady_clock::now();
  double elapsed = 0.0;
  double evaluations = 0.0;
  do {
    model.Forward(planes, globals);
    evaluations += batch;
    elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  } while (elapsed < seconds);
  return evaluations / elapsed;
}

// A file that is gone at the end.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view bytes)
      : path_(std::filesystem::temp_directory_path() /
              StrCat("tengen-bench-", ::getpid(), ".onnx")) {
    WriteFileAtomically(path_, bytes);
  }
  ~TemporaryFile() {
    std::error_code error;
    std::filesystem::remove(path_, error);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  std::string text() const { return path_.string(); }

 private:
  const std::filesystem::path path_;
};

// Medians of the rounds of one network, by program.
std::map<std::string, double> RatesBeside(const ModelSnapshot& snapshot, BoardShape shape,
                                          int batch, const NetBenchOptions& options,
                                          double seconds) {
  NetEvaluatorOptions evaluator;
  evaluator.precision = Precision::kFloat32;
  const RawForward ours(snapshot, shape, batch, evaluator);
  Model plain(snapshot.config, 1);
  const Status loaded = plain.Load(snapshot.weights);
  TENGEN_CHECK(loaded.ok(), loaded.error());
  plain.Eval();
  const TemporaryFile file(ExportOnnx(snapshot, shape));
  std::map<std::string, std::vector<double>> rates;
  for (int round = 0; round < kRounds; ++round) {
    rates["ours"].push_back(SumOverCallers(options.callers, [&] { return ours.Run(seconds); }));
    rates["modules of the learner"].push_back(
        SumOverCallers(options.callers, [&] { return PlainRate(plain, shape, batch, seconds); }));
    for (const std::string& command : options.compare) {
      const std::string line =
          StrCat(command, " ", file.text(), " --seconds ", seconds, " --threads ", options.callers);
      for (const auto& [name, rate] : NumbersOfProgram(line)) rates[name].push_back(rate);
    }
  }
  std::map<std::string, double> medians;
  for (const auto& [name, values] : rates) medians[name] = Median(values);
  return medians;
}

}  // namespace

std::vector<NetRate> MeasureForward(const ModelSnapshot& snapshot, BoardShape shape,
                                    Precision precision, const NetBenchOptions& options,
                                    double seconds_per_rate) {
  NetEvaluatorOptions evaluator;
  evaluator.device = options.device;
  evaluator.precision = precision;
  const int callers = options.device.is_cuda() ? 1 : options.callers;
  std::vector<NetRate> rates;
  for (const int batch : options.batch_sizes) {
    const RawForward forward(snapshot, shape, batch, evaluator);
    forward.Run(0.0);
    double best = 0.0;
    for (int part = 0; part < kParts; ++part) {
      best = std::max(
          best, SumOverCallers(callers, [&] { return forward.Run(seconds_per_rate / kParts); }));
    }
    rates.push_back({batch, best});
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
  std::vector<Precision> precisions = {Precision::kFloat32};
  if (HasBfloat16(options.device)) precisions.push_back(Precision::kBfloat16);
  const double seconds_per_rate =
      options.seconds / static_cast<double>(options.games.size() * options.sizes.size() *
                                            precisions.size() * options.batch_sizes.size());
  std::vector<BenchRow> rows;
  for (const std::string& id : options.games) {
    const GameSpec spec = MakeGame(id).value()->spec();
    for (const NetSize& size : options.sizes) {
      const ModelSnapshot snapshot =
          TrainedLike(ModelConfigFor(spec, size.channels, size.blocks), /*seed=*/1);
      std::map<int, double> float_rates;  // by batch size, 0 = the best
      for (const Precision precision : precisions) {
        std::vector<NetRate> rates =
            MeasureForward(snapshot, spec.shape, precision, options, seconds_per_rate);
        if (!options.by_batch) rates = {BestRate(rates)};
        for (const NetRate& rate : rates) {
          const bool half = precision == Precision::kBfloat16;
          const int key = options.by_batch ? rate.batch : 0;
          BenchRow row;
          row.name =
              NameOf(id, size, StrCat(half ? " bfloat16" : " float32", " batch ", rate.batch));
          row.value = rate.evaluations_per_second;
          row.unit = "evaluations/s";
          if (half) {
            row.against = "float32";
            row.ratio = row.value / float_rates.at(key);
          } else {
            float_rates[key] = row.value;
          }
          rows.push_back(row);
        }
      }
    }
  }
  return rows;
}

std::vector<BenchRow> BenchNetBeside(const NetBenchOptions& options) {
  const auto networks = static_cast<double>(options.games.size() * options.sizes.size());
  const auto programs = static_cast<double>(2 + 2 * options.compare.size());
  const double seconds = options.seconds / (networks * (kRounds * programs + 1.0));
  std::vector<BenchRow> rows;
  for (const std::string& id : options.games) {
    const GameSpec spec = MakeGame(id).value()->spec();
    for (const NetSize& size : options.sizes) {
      const ModelSnapshot snapshot =
          TrainedLike(ModelConfigFor(spec, size.channels, size.blocks), /*seed=*/1);
      const int batch =
          BestRate(MeasureForward(snapshot, spec.shape, Precision::kFloat32, options,
                                  seconds / static_cast<double>(options.batch_sizes.size())))
              .batch;
      const auto rates = RatesBeside(snapshot, spec.shape, batch, options, seconds);
      const double ours = rates.at("ours");
      for (const auto& [name, rate] : rates) {
        if (name == "ours") continue;
        rows.push_back({NameOf(id, size, StrCat(" float32 batch ", batch)), ours, "evaluations/s",
                        name, ours / rate});
      }
    }
  }
  return rows;
}

}  // namespace tengen
