#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"
#include "experiments/statistics/pentanomial.h"
#include "experiments/study/study.h"

namespace tengen {

// A network of a run and its match against the anchor.
struct StudyPoint {
  std::int64_t step = 0;
  double used = 0.0;  // compute until then, in the study's unit
  Pentanomial pairs;  // in the network's view
};

// What became of one seed of one variant.
struct StudyRun {
  std::string variant;
  int seed = 1;
  std::string failure;             // why there are no points; "" = none
  std::vector<StudyPoint> points;  // by step; the first is the untrained network
};

// A match between the last networks of a variant and of the first variant, of one seed.
struct StudyDuel {
  std::string variant;
  int seed = 1;
  std::string failure;
  Pentanomial pairs;  // in the view of the variant
};

nlohmann::ordered_json StudyRunToJson(const StudyRun& run);
Result<StudyRun> StudyRunFromJson(const nlohmann::json& json);
nlohmann::ordered_json StudyDuelToJson(const StudyDuel& duel);
Result<StudyDuel> StudyDuelFromJson(const nlohmann::json& json);

// "surprise-3": the name of a run, of its folders and files.
std::string RunName(const std::string& variant, int seed);

// Where a study is made:
//
//   study.json    the study; another one is refused
//   study.lock    held while the study or the tables are written
//   claims/       a lock file for each run and duel, held by the runner that makes it
//   runs/         run folders
//   logs/         what the programs said
//   results/      one file for each run and duel that is over
//   table.md table.json study.html
struct StudyPlace {
  std::filesystem::path folder;
  std::filesystem::path program;  // tengen
  std::string game;               // of the matches

  std::filesystem::path lock() const { return folder / "study.lock"; }
  std::filesystem::path run(const std::string& name) const { return folder / "runs" / name; }
  std::filesystem::path log(const std::string& name) const {
    return folder / "logs" / (name + ".txt");
  }
};

// Trains (or goes on with a run that was stopped), unless the networks are another variant's
// (TrainerOf), and measures. Each program is a process of its
// own; one that fails makes a StudyRun with a failure. Throws WorldError where the folder or the
// program is not there. A result that was reached while `stop` was set means nothing.
StudyRun MakeStudyRun(const Study& study, const StudyPlace& place, const StudyVariant& variant,
                      int seed, const std::atomic<bool>& stop);
StudyDuel MakeStudyDuel(const Study& study, const StudyPlace& place, const StudyVariant& variant,
                        int seed, const std::atomic<bool>& stop);

// The words behind the program that train a variant.
std::vector<std::string> TrainArguments(const Study& study, const StudyVariant& variant, int seed,
                                        const std::filesystem::path& run);

}  // namespace tengen
