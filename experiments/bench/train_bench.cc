#include "experiments/bench/train_bench.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <unistd.h>

#include "envs/registry/game_registry.h"
#include "experiments/bench/measure.h"
#include "experiments/bench/other_program.h"
#include "experiments/train/machine_speed.h"
#include "experiments/train/zero_run.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr int kRounds = 3;

// A folder that is gone at the end.
class TemporaryRun {
 public:
  TemporaryRun() : path_(fs::temp_directory_path() / StrCat("tengen-bench-train-", ::getpid())) {}
  ~TemporaryRun() {
    std::error_code error;
    fs::remove_all(path_, error);
  }
  TemporaryRun(const TemporaryRun&) = delete;
  TemporaryRun& operator=(const TemporaryRun&) = delete;
  const fs::path& path() const { return path_; }

 private:
  const fs::path path_;
};

}  // namespace

std::vector<BenchRow> BenchLearnerBeside(TrainConfig config, double seconds,
                                         const std::vector<std::string>& compare) {
  config.precision = "fp32";
  const BoardShape shape = (*MakeGame(config.selfplay.games.front()))->spec().shape;
  const double turn = seconds / (kRounds * (1.0 + static_cast<double>(compare.size())));
  std::vector<double> ours;
  std::map<std::string, std::vector<double>> others;
  for (int round = 0; round < kRounds; ++round) {
    ours.push_back(MeasureLearnerAlone(config, config.threads, turn));
    for (const std::string& command : compare) {
      const std::string line =
          StrCat(command, " --blocks ", config.net.blocks, " --channels ", config.net.channels,
                 " --rows ", shape.rows, " --columns ", shape.columns, " --batch ",
                 config.learner.batch_size, " --threads ", config.threads, " --seconds ", turn);
      for (const auto& [name, rate] : NumbersOfProgram(line)) others[name].push_back(rate);
    }
  }
  const double rate = Median(ours);
  std::vector<BenchRow> rows;
  for (const auto& [name, rates] : others) {
    rows.push_back({StrCat("learner alone, ", config.threads, " threads, float32"), rate, "steps/s",
                    name, rate / Median(rates)});
  }
  return rows;
}

std::vector<BenchRow> BenchTrain(TrainConfig config, double seconds) {
  config.progress.share = 0.0;
  config.learner.first_positions = config.learner.batch_size;
  config.budget = StrCat(seconds, "s");
  const std::atomic<bool> never{false};
  const MachineSpeed alone = MeasureMachine(config, never);
  const TemporaryRun folder;
  const auto begin = std::chrono::steady_clock::now();
  ZeroRun run(config, folder.path());
  run.Go(never);
  const double elapsed =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const RunCounts counts = run.counts();
  const auto per_second = [elapsed](std::int64_t count) {
    return static_cast<double>(count) / elapsed;
  };
  const double steps = per_second(counts.steps);
  const double evaluations = per_second(counts.evaluations);
  return {{"games of the loop", per_second(counts.games), "games/s", "", 0.0},
          {"training positions of the loop", per_second(counts.positions), "positions/s", "", 0.0},
          {"learner steps of the loop", steps, "steps/s", "the learner alone",
           steps / alone.steps_per_s},
          {"evaluations of the loop", evaluations, "evaluations/s", "self-play alone",
           evaluations / alone.evaluations_per_s},
          {"steps due at the end", static_cast<double>(counts.steps_due), "steps", "", 0.0},
          {"learner alone, one thread", alone.steps_per_s, "steps/s", "", 0.0},
          {"self-play alone", alone.evaluations_per_s, "evaluations/s", "", 0.0}};
}

}  // namespace tengen
