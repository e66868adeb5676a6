#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "envs/core/result.h"
#include "experiments/runs/run_snapshot.h"

namespace tengen {

// One learner of a run of `tengen rl`.
struct RlSeedLines {
  std::map<std::int64_t, nlohmann::json> evaluations;  // by environment steps
  nlohmann::json final_line;                           // null while it learns
};

// A row of `tengen ladder --json`.
struct LadderRow {
  std::string agent;
  double elo = 0.0;
  double half_width = 0.0;  // of the 95 % interval
};

// What a run folder tells, of `tengen train` (`zero` is set) or `tengen rl` (`rl` has its seeds). A
// value that owns all of it.
struct RunContents {
  std::filesystem::path folder;
  nlohmann::json config;                 // an object
  std::vector<nlohmann::json> sessions;  // lines of kind "session", oldest first
  std::shared_ptr<const RunSnapshot> zero;
  std::map<std::uint64_t, RlSeedLines> rl;  // by seed
  std::vector<LadderRow> ladder;            // of ladder.json, if somebody left one
  bool running = false;                     // a process writes to it
  // When its first session began, or in older folders when config.json was written, seconds since
  // 1970.
  double started_s = 0.0;

  // The newest value of a session's field, "" where none has it.
  std::string SessionText(const char* field) const;
};

// Reads a run folder that another process may be writing to: neither locks nor changes it, and
// passes over lines that are torn or damaged. Errors: it is no run folder.
Result<RunContents> ReadRun(const std::filesystem::path& folder);

// Fields of lines that anybody may have written: the fallback where one is missing or of another
// type.
std::string TextField(const nlohmann::json& line, const char* name,
                      const std::string& fallback = "");
double NumberField(const nlohmann::json& line, const char* name, double fallback);
// Rounded towards zero; the fallback also beyond what a double holds exactly.
std::int64_t WholeField(const nlohmann::json& line, const char* name, std::int64_t fallback);

}  // namespace tengen
