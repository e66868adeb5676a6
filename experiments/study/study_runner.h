#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"
#include "experiments/study/study.h"
#include "experiments/study/study_run.h"

namespace tengen {

// What is known of a study so far.
struct StudyResults {
  std::vector<StudyRun> runs;    // by variant, then seed
  std::vector<StudyDuel> duels;  // the same
  int elsewhere = 0;             // runs and duels that another runner is making
  int left = 0;                  // that nobody makes now: after a stop, or until those are there
};

// What to do with results that are failures.
enum class FailedRuns { kKeep, kMakeAgain };

// Makes what is missing of a study in a folder: runs in turn, seed by seed so that variants stay
// even, then the duels. Every run and duel is claimed by a lock that ends with its process, so that
// runners on machines that share the folder (with locks: NFS from version 4 on) share the work; one
// that finds nothing left to claim ends.
class StudyRunner {
 public:
  // Opens or makes the folder and asks the program about the base and every variant. Throws
  // UsageError (the folder holds another study or something else; a setting that the program
  // refuses, in its words; variants that do not train the same games; a game of the matches that
  // their networks do not play) and WorldError.
  StudyRunner(const Study& study, const std::filesystem::path& folder,
              const std::filesystem::path& program);

  // `say` gets a line of prose for each step. Returns early once `stop` is set. Throws WorldError
  // of an anchor that cannot be opened, before any run.
  StudyResults Go(FailedRuns failed, const std::atomic<bool>& stop,
                  const std::function<void(const std::string&)>& say);

  // What is there now.
  StudyResults Results() const;

  const Study& study() const { return study_; }
  const StudyPlace& place() const { return place_; }
  const std::string& game() const { return place_.game; }

 private:
  struct Job {
    const StudyVariant* variant;
    int seed;
    bool duel;
    std::string name() const;
  };

  bool OpenFolder();
  void RefuseCleanly(const std::function<void()>& check) const;
  void AskProgram();
  void CheckAnchor() const;
  std::vector<Job> Jobs() const;
  std::filesystem::path ResultOf(const Job& job) const;
  // Whether its result is there; one that failed is none with kMakeAgain, once in a session.
  bool Done(const Job& job, FailedRuns failed) const;
  // Whether it can be made: a duel needs both runs, a run with another's networks that one.
  bool Ready(const Job& job) const;
  // Whether it will ever be: there is no duel of a run that failed.
  bool Possible(const Job& job) const;
  Result<StudyRun> RunOf(const StudyVariant& variant, int seed) const;
  nlohmann::ordered_json ResultFor(const Job& job, const std::atomic<bool>& stop) const;
  void Make(const Job& job, const std::atomic<bool>& stop,
            const std::function<void(const std::string&)>& say);

  const Study study_;
  StudyPlace place_;
  bool fresh_ = false;  // the folder had no study before
  // Names of jobs, in this session:
  std::vector<std::string> made_;
  std::set<std::string> busy_;  // that others had claimed
};

}  // namespace tengen
