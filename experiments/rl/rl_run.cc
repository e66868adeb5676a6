#include "experiments/rl/rl_run.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <numeric>
#include <set>
#include <span>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiments/config/json_fields.h"
#include "experiments/config/processor.h"
#include "experiments/config/usage_error.h"
#include "experiments/config/version.h"
#include "experiments/pictures/return_chart.h"
#include "experiments/rl/greedy_evaluation.h"
#include "nets/atomic_file.h"
#include "nets/intra_op_threads.h"
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

// More steps and more seeds make a run longer; everything else makes it another one.
ConfigRules StoredConfigRules() {
  ConfigRules rules;
  rules.complete = [](const nlohmann::json& stored) -> Result<nlohmann::json> {
    RlConfig config;
    const Status read = RlConfigFromJson(stored, config);
    if (!read) return Error{read.error()};
    return nlohmann::json(RlConfigToJson(config));
  };
  rules.may_grow = {"steps", "seeds"};
  return rules;
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
    : config_(config), folder_(folder, RlConfigToJson(config), StoredConfigRules()) {
  for (const nlohmann::json& line : folder_.ReadMetrics()) {
    if (line.at("kind") != "final") continue;
    const auto seed = line.at("seed").get<std::uint64_t>();
    ended_[seed] = {seed, line.at("return"), line.at("env_steps"), line.at("updates"),
                    line.at("seconds")};
  }
  TakeResults();
}

void RlRun::TakeResults() {
  results_.clear();
  for (const auto& [seed, result] : ended_) {
    if (result.env_steps >= config_.steps) results_.push_back(result);
  }
}

void RlRun::Go(const std::atomic<bool>& stop) {
  SetIntraOpThreads(1);
  folder_.AppendMetrics({{"kind", "session"},
                         {"resumed", folder_.resumes()},
                         {"processor", ProcessorName()},
                         {"version", kVersion},
                         {"commit", kCommit},
                         {"unix_s", static_cast<std::int64_t>(std::time(nullptr))},
                         {"config", RlConfigToJson(config_)}});
  for (int i = 0; i < config_.seeds && !stop; ++i) {
    const std::uint64_t seed = config_.seed + static_cast<std::uint64_t>(i);
    const bool done = std::any_of(results_.begin(), results_.end(),
                                  [seed](const RlSeedResult& r) { return r.seed == seed; });
    if (!done) TrainSeed(seed, stop);
  }
  if (stop) return;
  // Also what a process that was killed after its last learner was done had no time for.
  RemoveSaved();
  DrawCurve();
}

void RlRun::TrainSeed(std::uint64_t seed, const std::atomic<bool>& stop) {
  const auto learner = MakeRlLearner(config_, seed);
  Progress progress;
  progress.seed = seed;
  Resume(*learner, progress);
  auto last_save = Clock::now();
  while (learner->env_steps() < config_.steps) {
    if (stop) return Save(*learner, progress, folder_.path() / "resume.safetensors");
    const auto begin = Clock::now();
    learner->Iterate();
    progress.seconds += SecondsSince(begin);
    progress.AddReturns(learner->TakeReturns());
    const double share =
        static_cast<double>(learner->env_steps()) / static_cast<double>(config_.steps);
    if (share * config_.evaluations >= progress.evaluations + 1) Evaluate(*learner, progress);
    if (SecondsSince(last_save) >= config_.checkpoint_s) {
      Save(*learner, progress, folder_.path() / "resume.safetensors");
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

// The order matters: what "final" says is there was on the disk before, and the line is there
// before the state goes that could make it again.
void RlRun::Finish(const RlLearner& learner, const Progress& progress) {
  const auto returns = EvaluateGreedily(learner, config_.env, config_.final_episodes, kFinalSeed);
  const RlSeedResult result = {progress.seed, Mean(returns), learner.env_steps(), learner.updates(),
                               progress.seconds};
  MakeFolder("policies");
  MakeFolder("states");
  WriteSafetensors(folder_.path() / "policies" / StrCat("seed", progress.seed, ".safetensors"),
                   {learner.Policy(),
                    {{"algorithm", config_.algorithm},
                     {"env", config_.env},
                     {"env_steps", StrCat(learner.env_steps())}}});
  Save(learner, progress, EndState(progress.seed));
  folder_.AppendMetrics({{"kind", "final"},
                         {"seed", result.seed},
                         {"env_steps", result.env_steps},
                         {"updates", result.updates},
                         {"seconds", result.seconds},
                         {"episodes", config_.final_episodes},
                         {"return", result.mean_return},
                         {"returns", returns}});
  folder_.SyncMetrics();
  ended_[result.seed] = result;
  TakeResults();
  RemoveSaved();
  DrawCurve();
}

std::filesystem::path RlRun::EndState(std::uint64_t seed) const {
  return folder_.path() / "states" / StrCat("seed", seed, ".safetensors");
}

void RlRun::MakeFolder(const char* name) const {
  std::error_code error;
  std::filesystem::create_directories(folder_.path() / name, error);
  if (error)
    throw WorldError(StrCat("cannot create ", folder_.path() / name, ": ", error.message()));
}

void RlRun::RemoveSaved() const {
  std::error_code ignored;  // whatever is left is older than its seed's end, and not read again
  std::filesystem::remove(folder_.path() / "resume.safetensors", ignored);
}

void RlRun::Save(const RlLearner& learner, const Progress& progress,
                 const std::filesystem::path& file) const {
  const nlohmann::json state = {{"seed", progress.seed},
                                {"env_steps", learner.env_steps()},
                                {"seconds", progress.seconds},
                                {"evaluations", progress.evaluations},
                                {"recent", progress.recent}};
  WriteSafetensors(file, {learner.SaveState(), {{"run", state.dump()}}});
}

void RlRun::Resume(RlLearner& learner, Progress& progress) const {
  for (const nlohmann::json& line : folder_.ReadMetrics()) {
    if (line.at("kind") == "evaluation" && line.at("seed") == progress.seed) {
      progress.written_steps.insert(line.at("env_steps").get<std::int64_t>());
    }
  }
  const auto ended = ended_.find(progress.seed);
  const std::int64_t ended_steps = ended == ended_.end() ? 0 : ended->second.env_steps;
  const bool resumed =
      LoadSaved(folder_.path() / "resume.safetensors", ended_steps, learner, progress) ||
      LoadSaved(EndState(progress.seed), ended_steps - 1, learner, progress);
  if (!resumed && ended_steps > 0) {
    throw UsageError(StrCat("seed ", progress.seed, " ended after ", ended_steps, " steps, wanted ",
                            config_.steps, ", and ", EndState(progress.seed),
                            " is not there to go on from; use another --run-dir"));
  }
  // A longer run has its evaluations further apart.
  const double share =
      static_cast<double>(learner.env_steps()) / static_cast<double>(config_.steps);
  progress.evaluations =
      std::min(progress.evaluations, static_cast<int>(share * config_.evaluations));
}

// Whether the file holds the learner of that seed, further than `beyond` steps.
bool RlRun::LoadSaved(const std::filesystem::path& path, std::int64_t beyond, RlLearner& learner,
                      Progress& progress) const {
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) return false;
  const auto file = ReadSafetensors(path);
  if (!file) throw WorldError(file.error());
  const auto found = file->metadata.find("run");
  const auto state =
      nlohmann::json::parse(found == file->metadata.end() ? "" : found->second, nullptr, false);
  try {
    // A learner that was done already: its state outlived it by a crash. Older versions wrote no
    // steps, and had no learners that were done and go on.
    if (state.at("seed").get<std::uint64_t>() != progress.seed) return false;
    if (beyond > 0 && state.value("env_steps", std::int64_t{0}) <= beyond) return false;
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
  return true;
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
