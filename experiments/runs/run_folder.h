#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"

namespace tengen {

// How the config of a run may differ from the one that its folder was made with. Keys are those of
// the whole object.
struct ConfigRules {
  // A stored config as this version of the program reads it: settings that did not exist when it
  // was written have their defaults. Errors: it cannot be read.
  std::function<Result<nlohmann::json>(const nlohmann::json& stored)> complete;
  std::vector<std::string> may_change;  // not compared; the file keeps its first value
  std::vector<std::string> may_grow;    // numbers; the file is written anew when one has grown
};

// Where a run lives:
//
//   config.json       resolved config; resuming with another one is an error, see ConfigRules
//   metrics.jsonl     one JSON object per line, appended
//   log.txt           prose
//   checkpoints/      00000500/ = network after 500 learner steps (model.json, model.safetensors)
//   games/            record shards
//   resume/           newest state of learner and counters (run_state.h), replaced as a whole
//   report.html, tensorboard/   made by `tengen report`
//   ladder.json       of `tengen ladder --json`, where somebody keeps it
//
// One process at a time: the folder is locked while this object lives.
class RunFolder {
 public:
  // Creates the folder, or opens one that holds a run or what a process left of one that failed
  // before its config stood. Throws WorldError (no permission, disk full, another process runs in
  // it) and UsageError (the run in it has another config, or the folder holds something else). A
  // run that has nothing but its config yet may get any other.
  RunFolder(std::filesystem::path path, const nlohmann::json& config,
            const ConfigRules& rules = {});
  ~RunFolder();
  RunFolder(const RunFolder&) = delete;
  RunFolder& operator=(const RunFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  bool resumes() const { return resumes_; }
  std::filesystem::path games() const { return path_ / "games"; }
  std::filesystem::path log() const { return path_ / "log.txt"; }
  std::filesystem::path checkpoint(std::int64_t step) const { return Checkpoint(path_, step); }

  // Appends a line and hands it to the operating system. Throws WorldError when the disk is full.
  void AppendMetrics(const nlohmann::json& line);
  // Makes the appended lines survive a power loss. Throws WorldError.
  void SyncMetrics();
  // The lines written so far; a torn last line (after a crash) is left out.
  std::vector<nlohmann::json> ReadMetrics() const;

  static std::filesystem::path Checkpoint(const std::filesystem::path& run, std::int64_t step);
  // Steps of all checkpoints in a run folder, ascending; LoadNetwork finds each at Checkpoint().
  static std::vector<std::int64_t> Checkpoints(const std::filesystem::path& run);
  // Throws WorldError where a run that has no `state`, the file that it would go on from, has a
  // network that was trained: it would begin anew beside its checkpoints.
  static void RequireNothingTrained(const std::filesystem::path& run,
                                    const std::filesystem::path& state);
  // Whether a process of this machine runs in the folder; empty where the system does not tell.
  // Leaves the lock alone, so that it cannot be in the way of a process that starts.
  static std::optional<bool> InUse(const std::filesystem::path& run);

 private:
  void Open(const nlohmann::json& config, const ConfigRules& rules);

  std::filesystem::path path_;
  bool resumes_ = false;
  int lock_ = -1;     // file descriptor that holds the lock
  int metrics_ = -1;  // file descriptor, append only
};

}  // namespace tengen
