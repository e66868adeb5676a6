#include "experiments/rl/rl_run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <numeric>
#include <set>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiments/config/version.h"
#include "experiments/pictures/return_chart.h"
#include "experiments/rl/greedy_evaluation.h"
#include "experiments/train/run_text.h"
#include "experiments/train/self_play_driver.h"
#include "nets/atomic_file.h"
#include "nets/safetensors.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReturnsInMean = 100;  // newest training episodes
// Of the starts while training: the last of all, so that no learner trains on it too.
constexpr std::uint64_t kEvaluationSeed = ~std::uint64_t{0};
constexpr std::uint64_t kFinalSeed = 1000003;  // of the starts that decide

double Mean(std::span<const double> values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double SecondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

struct RlRun::Progress {
  std::uint64_t seed = 0;
  double seconds = 0.0;        // of training
  int evaluations = 0;         // made so far
  std::vector<double> recent;  // returns of the newest training episodes
  // Where evaluations were written before this process began; some may lie ahead of the saved
  // state.
  std::set<std::int64_t> written_steps;

  void AddReturns(const std::vector<double>& returns) {
    recent.insert(recent.end(), returns.begin(), returns.end());
    if (recent.size() > kReturnsInMean) {
      recent.erase(recent.begin(), recent.end() - kReturnsInMean);
    }
  }
};

RlRun::RlRun(const RlConfig& config, const std::filesystem::path& folder)
    : config_(config), folder_(folder, RlConfigToJson(config)) {
  for (const nlohmann::json& line : folder_.ReadMetrics()) {
    if (line.at("kind") != "final") continue;
    results_.push_back({line.at("seed"), line.at("return"), line.at("env_steps"),
                        line.at("updates"), line.at("seconds")});
  }
}

void RlRun::Go(const std::atomic<bool>& stop) {
  UseLearnerThreads(1);
  folder_.AppendMetrics({{"kind", "session"},
                         {"resumed", folder_.resumes()},
                         {"processor", ProcessorName()},
                         {"version", kVersion},
                         {"commit", kCommit},
                         {"config", RlConfigToJson(config_)}});
  for (int i = 0; i < config_.seeds && !stop; ++i) {
    const std::uint64_t seed = config_.seed + static_cast<std::uint64_t>(i);
    const bool done = std::any_of(results_.begin(), results_.end(),
                                  [seed](const RlSeedResult& r) { return r.seed == seed; });
    if (!done) TrainSeed(seed, stop);
  }
  if (stop) return;
  // Also what a process that was killed after its last learner was done had no time for.
  std::filesystem::remove(folder_.path() / "resume.safetensors");
  DrawCurve();
}

void RlRun::TrainSeed(std::uint64_t seed, const std::atomic<bool>& stop) {
  const auto learner = MakeRlLearner(config_, seed);
  Progress progress;
  progress.seed = seed;
  Resume(*learner, progress);
  auto last_save = Clock::now();
  while (learner->env_steps() < config_.steps) {
    if (stop) return Save(*learner, progress);
    const auto begin = Clock::now();
    learner->Iterate();
    progress.seconds += SecondsSince(begin);
    progress.AddReturns(learner->TakeReturns());
    const double share =
        static_cast<double>(learner->env_steps()) / static_cast<double>(config_.steps);
    if (share * config_.evaluations >= progress.evaluations + 1) Evaluate(*learner, progress);
    if (SecondsSince(last_save) >= config_.checkpoint_s) {
      Save(*learner, progress);
      last_save = Clock::now();
    }
  }
  Finish(*learner, progress);
}

void RlRun::Evaluate(const RlLearner& learner, Progress& progress) {
  ++progress.evaluations;
  if (progress.written_steps.count(learner.env_steps()) > 0) return;
  const auto returns =
      EvaluateGreedily(learner, config_.env, config_.evaluation_episodes, kEvaluationSeed);
  nlohmann::json line = {{"kind", "evaluation"},
                         {"seed", progress.seed},
                         {"env_steps", learner.env_steps()},
                         {"updates", learner.updates()},
                         {"seconds", progress.seconds},
                         {"return", Mean(returns)}};
  if (!progress.recent.empty()) line["training_return"] = Mean(progress.recent);
  for (const auto& [name, value] : learner.Metrics()) line[name] = value;
  folder_.AppendMetrics(line);
  std::fprintf(stderr, "seed %llu  %9lld steps  %7.1f s  return %8.2f  training %8.2f\n",
               static_cast<unsigned long long>(progress.seed),
               static_cast<long long>(learner.env_steps()), progress.seconds, Mean(returns),
               progress.recent.empty() ? 0.0 : Mean(progress.recent));
}

void RlRun::Finish(const RlLearner& learner, const Progress& progress) {
  const auto returns = EvaluateGreedily(learner, config_.env, config_.final_episodes, kFinalSeed);
  const RlSeedResult result = {progress.seed, Mean(returns), learner.env_steps(), learner.updates(),
                               progress.seconds};
  std::filesystem::create_directories(folder_.path() / "policies");
  WriteSafetensors(folder_.path() / "policies" / StrCat("seed", progress.seed, ".safetensors"),
                   {learner.Policy(),
                    {{"algorithm", config_.algorithm},
                     {"env", config_.env},
                     {"env_steps", StrCat(learner.env_steps())}}});
  folder_.AppendMetrics({{"kind", "final"},
                         {"seed", result.seed},
                         {"env_steps", result.env_steps},
                         {"updates", result.updates},
                         {"seconds", result.seconds},
                         {"episodes", config_.final_episodes},
                         {"return", result.mean_return},
                         {"returns", returns}});
  results_.push_back(result);
  std::filesystem::remove(folder_.path() / "resume.safetensors");
  DrawCurve();
}

void RlRun::Save(const RlLearner& learner, const Progress& progress) const {
  const nlohmann::json state = {{"seed", progress.seed},
                                {"seconds", progress.seconds},
                                {"evaluations", progress.evaluations},
                                {"recent", progress.recent}};
  WriteSafetensors(folder_.path() / "resume.safetensors",
                   {learner.SaveState(), {{"run", state.dump()}}});
}

void RlRun::Resume(RlLearner& learner, Progress& progress) const {
  for (const nlohmann::json& line : folder_.ReadMetrics()) {
    if (line.at("kind") == "evaluation" && line.at("seed") == progress.seed) {
      progress.written_steps.insert(line.at("env_steps").get<std::int64_t>());
    }
  }
  LoadSaved(learner, progress);
}

void RlRun::LoadSaved(RlLearner& learner, Progress& progress) const {
  const auto path = folder_.path() / "resume.safetensors";
  if (!std::filesystem::exists(path)) return;
  const auto file = ReadSafetensors(path);
  if (!file) throw WorldError(file.error());
  const auto found = file->metadata.find("run");
  const auto state =
      nlohmann::json::parse(found == file->metadata.end() ? "" : found->second, nullptr, false);
  try {
    // A learner that was done already: its state outlived it by a crash.
    if (state.at("seed").get<std::uint64_t>() != progress.seed) return;
    progress.seconds = state.at("seconds");
    progress.evaluations = state.at("evaluations");
    progress.recent = state.at("recent").get<std::vector<double>>();
  } catch (const nlohmann::json::exception&) {
    throw WorldError(StrCat(path,
                            " does not say where its run stood, wanted a state saved by "
                            "this program; remove it to start that seed anew"));
  }
  const Status loaded = learner.LoadState(file->tensors);
  if (!loaded) throw WorldError(StrCat(path, ": ", loaded.error()));
}

void RlRun::DrawCurve() const {
  SeedReturns returns;
  for (const nlohmann::json& line : folder_.ReadMetrics()) {
    if (line.at("kind") != "evaluation") continue;
    returns[line.at("seed").get<std::uint64_t>()][line.at("env_steps").get<double>()] =
        line.at("return").get<double>();
  }
  if (returns.empty()) return;
  Chart chart = ReturnChart(returns, config_.evaluation_episodes);
  chart.title = StrCat(config_.algorithm, " on ", config_.env);
  WriteFileAtomically(folder_.path() / "curve.svg", ChartFile(chart));
}

}  // namespace tengen
