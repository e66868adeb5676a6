#include "experiments/study/study_runner.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "agents/zero/self_play_game.h"
#include "envs/core/join.h"
#include "envs/registry/game_registry.h"
#include "experiments/config/json_fields.h"
#include "experiments/config/processor.h"
#include "experiments/config/usage_error.h"
#include "experiments/players/agent_spec.h"
#include "experiments/study/claim.h"
#include "experiments/study/run_process.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

nlohmann::json ReadJson(const fs::path& file) {
  const auto text = ReadWholeFile(file);
  if (!text) return nullptr;
  return nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
}

std::string ReadText(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

constexpr const char* kParts[] = {"claims", "runs", "logs", "results"};

// More than the empty parts and the logs of a study that was refused, or of a runner that begins.
bool HoldsSomethingElse(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    if (name == "study.lock" || name == "study.json.tmp") continue;
    const bool part = std::find(std::begin(kParts), std::end(kParts), name) != std::end(kParts);
    if (!part || !entry.is_directory(error)) return true;
    if (name != "logs" && !fs::is_empty(entry.path(), error)) return true;
  }
  return false;
}

// Whether a runner has begun with anything.
bool IsBegun(const fs::path& folder) {
  std::error_code error;
  return std::any_of(std::begin(kParts), std::end(kParts), [&](const std::string& part) {
    return part != "logs" && !fs::is_empty(folder / part, error);
  });
}

std::string LastLine(const std::string& text) {
  const std::size_t end = text.find_last_not_of('\n');
  if (end == std::string::npos) return "";
  const std::size_t begin = text.rfind('\n', end);
  return text.substr(begin == std::string::npos ? 0 : begin + 1,
                     end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

// The ids of the games that a resolved config trains, with their rules and komi.
std::vector<std::string> TrainedGames(const nlohmann::json& config) {
  const nlohmann::json& selfplay = config.at("selfplay");
  SelfPlayConfig games;
  games.games = selfplay.at("games").get<std::vector<std::string>>();
  games.rules = selfplay.value("rules", std::vector<std::string>());
  games.komi = selfplay.value("komi", std::vector<double>());
  return GameIds(games);
}

void CheckMatchGame(const std::string& id, const std::vector<std::string>& trained) {
  const auto game = MakeGame(id);
  if (!game) throw UsageError(StrCat("game of the matches: ", game.error()));
  const GameSpec& spec = (*game)->spec();
  if (spec.num_players != 2) {
    throw UsageError(
        StrCat("game of the matches: ", id, " is for one player, wanted a game of two"));
  }
  for (const std::string& other : trained) {
    if ((*MakeGame(other))->spec().name == spec.name) return;
  }
  throw UsageError(
      StrCat("game of the matches: ", id, ", wanted what the networks train: ", Join(trained)));
}

}  // namespace

std::string StudyRunner::Job::name() const {
  return RunName(variant->name, seed) + (duel ? "-duel" : "");
}

StudyRunner::StudyRunner(const Study& study, const fs::path& folder, const fs::path& program)
    : study_(study), place_{folder, program, study.game} {
  fresh_ = OpenFolder();
  RefuseCleanly([this] { AskProgram(); });
}

// A study that is refused must not hold the folder against its corrected file.
void StudyRunner::RefuseCleanly(const std::function<void()>& check) const {
  try {
    check();
  } catch (...) {
    std::error_code ignored;
    if (fresh_ && !IsBegun(place_.folder)) fs::remove(place_.folder / "study.json", ignored);
    throw;
  }
}

// True where the folder had no study before.
bool StudyRunner::OpenFolder() {
  const fs::path file = place_.folder / "study.json";
  std::error_code error;
  // Where another runner begins at the same time, its study stands before anything else does.
  if (!fs::exists(file) && HoldsSomethingElse(place_.folder) && !fs::exists(file)) {
    throw UsageError(StrCat(place_.folder,
                            " holds something else, wanted an empty folder or one "
                            "with this study"));
  }
  for (const char* part : kParts) {
    fs::create_directories(place_.folder / part, error);
    if (error)
      throw WorldError(StrCat("cannot make ", place_.folder / part, ": ", error.message()));
  }
  const nlohmann::json wanted = StudyToJson(study_);
  const Claim alone(place_.lock(), Claim::IfTaken::kWait);
  if (!fs::exists(file)) {
    WriteFileAtomically(file, StudyToJson(study_).dump(2) + "\n");
    return true;
  }
  const std::string difference = FirstDifference(ReadJson(file), wanted);
  if (difference.empty()) return false;
  throw UsageError(StrCat(place_.folder, " holds another study: ", difference,
                          "; wanted the same one or another --folder"));
}

// The program says what each variant comes to, or what is wrong with it.
void StudyRunner::AskProgram() {
  // Runners that start together write files of their own.
  const std::string mine = StrCat("config-", MachineName(), "-", ::getpid());
  const fs::path out = place_.folder / "logs" / (mine + ".json");
  const fs::path log = place_.folder / "logs" / (mine + ".txt");
  const std::atomic<bool> never{false};
  std::vector<std::string> games;
  for (const StudyVariant& variant : study_.variants) {
    std::vector<std::string> command =
        TrainArguments(study_, variant, 1, place_.run(RunName(variant.name, 1)));
    command.insert(command.begin(), place_.program.string());
    command.emplace_back("--print-config");
    const ProcessEnd end = RunProcess(command, out, log, never);
    if (!end.ok()) {
      std::string said = LastLine(ReadText(log));
      if (said.empty()) {
        throw WorldError(
            StrCat("variant '", variant.name, "': train --print-config ended with ", end.Text()));
      }
      if (said.starts_with("tengen: ")) said.erase(0, 8);
      throw UsageError(StrCat("variant '", variant.name, "': ", said));
    }
    const nlohmann::json config = ReadJson(out);
    if (!config.is_object() || !config.contains("selfplay")) {
      throw WorldError(StrCat(place_.program, " train --print-config gave no config"));
    }
    const std::vector<std::string> trained = TrainedGames(config);
    if (games.empty()) games = trained;
    if (trained != games) {
      throw UsageError(StrCat("variant '", variant.name, "' trains ",
                              nlohmann::json(trained).dump(), ", which cannot be compared with ",
                              nlohmann::json(games).dump()));
    }
  }
  if (place_.game.empty()) place_.game = games.front();
  std::error_code ignored;
  fs::remove(out, ignored);
  fs::remove(log, ignored);
  CheckMatchGame(place_.game, games);
}

// Matches open it only after hours of training.
void StudyRunner::CheckAnchor() const {
  const auto anchor =
      AgentFactory::Open(*AgentSpec::Parse(study_.anchor), *MakeGame(place_.game), Device::kCpu);
  if (!anchor) throw WorldError(StrCat("anchor: ", anchor.error()));
}

std::vector<StudyRunner::Job> StudyRunner::Jobs() const {
  std::vector<Job> jobs;
  for (const bool duel : {false, true}) {
    for (int seed = 1; seed <= study_.seeds; ++seed) {
      for (std::size_t v = duel ? 1 : 0; v < study_.variants.size(); ++v) {
        jobs.push_back({&study_.variants[v], seed, duel});
      }
    }
  }
  return jobs;
}

fs::path StudyRunner::ResultOf(const Job& job) const {
  return place_.folder / "results" / (job.name() + ".json");
}

bool StudyRunner::Done(const Job& job, FailedRuns failed) const {
  const nlohmann::json result = ReadJson(ResultOf(job));
  if (!result.is_object()) return false;
  const bool again = failed == FailedRuns::kMakeAgain && result.value("failure", "") != "" &&
                     std::find(made_.begin(), made_.end(), job.name()) == made_.end();
  return !again;
}

Result<StudyRun> StudyRunner::RunOf(const StudyVariant& variant, int seed) const {
  return StudyRunFromJson(ReadJson(ResultOf({&variant, seed, false})));
}

bool StudyRunner::Ready(const Job& job) const {
  if (!job.duel) {
    const StudyVariant& trainer = TrainerOf(study_, *job.variant);
    return trainer.name == job.variant->name || RunOf(trainer, job.seed).ok();
  }
  return Possible(job) && RunOf(*job.variant, job.seed).ok() &&
         RunOf(study_.variants.front(), job.seed).ok();
}

bool StudyRunner::Possible(const Job& job) const {
  if (!job.duel) return true;
  for (const StudyVariant* variant : {job.variant, &study_.variants.front()}) {
    const auto run = RunOf(*variant, job.seed);
    if (run && !run->failure.empty()) return false;
  }
  return true;
}

nlohmann::ordered_json StudyRunner::ResultFor(const Job& job, const std::atomic<bool>& stop) const {
  if (job.duel) {
    return StudyDuelToJson(MakeStudyDuel(study_, place_, *job.variant, job.seed, stop));
  }
  const StudyVariant& trainer = TrainerOf(study_, *job.variant);
  if (trainer.name != job.variant->name && !RunOf(trainer, job.seed)->failure.empty()) {
    const std::string failure =
        StrCat(RunName(trainer.name, job.seed), ", whose networks it ", "plays with, failed");
    return StudyRunToJson({job.variant->name, job.seed, failure, {}});
  }
  return StudyRunToJson(MakeStudyRun(study_, place_, *job.variant, job.seed, stop));
}

void StudyRunner::Make(const Job& job, const std::atomic<bool>& stop,
                       const std::function<void(const std::string&)>& say) {
  say(StrCat(job.duel ? "duel " : "run ", job.name()));
  const nlohmann::ordered_json result = ResultFor(job, stop);
  if (stop) return;
  made_.push_back(job.name());
  const std::string failure = result.at("failure").get<std::string>();
  if (!failure.empty()) {
    const fs::path log = place_.log(job.name());
    say(StrCat(job.name(), " failed: ", failure, "; ", LastLine(ReadText(log)), " (", log.string(),
               ")"));
  }
  WriteFileAtomically(ResultOf(job), result.dump() + "\n");
}

StudyResults StudyRunner::Go(FailedRuns failed, const std::atomic<bool>& stop,
                             const std::function<void(const std::string&)>& say) {
  if (!stop) RefuseCleanly([this] { CheckAnchor(); });
  busy_.clear();
  for (const Job& job : Jobs()) {
    if (stop) break;
    if (Done(job, failed) || !Ready(job)) continue;
    const Claim claim(place_.folder / "claims" / (job.name() + ".lock"), Claim::IfTaken::kLeave);
    if (!claim.held()) {
      busy_.insert(job.name());
      continue;
    }
    if (!Done(job, failed)) Make(job, stop, say);  // it may have been made meanwhile
  }
  return Results();
}

StudyResults StudyRunner::Results() const {
  StudyResults results;
  for (const bool duel : {false, true}) {
    for (const StudyVariant& variant : study_.variants) {
      for (int seed = 1; seed <= study_.seeds; ++seed) {
        const nlohmann::json json = ReadJson(ResultOf({&variant, seed, duel}));
        if (!json.is_object()) continue;
        if (duel) {
          const auto read = StudyDuelFromJson(json);
          if (read) results.duels.push_back(*read);
        } else {
          const auto read = StudyRunFromJson(json);
          if (read) results.runs.push_back(*read);
        }
      }
    }
  }
  for (const Job& job : Jobs()) {
    if (Done(job, FailedRuns::kKeep) || !Possible(job)) continue;
    (busy_.contains(job.name()) ? results.elsewhere : results.left) += 1;
  }
  return results;
}

}  // namespace tengen
