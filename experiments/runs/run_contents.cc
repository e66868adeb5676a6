#include "experiments/runs/run_contents.h"

#include <cmath>
#include <sys/stat.h>
#include <utility>

#include "experiments/runs/json_tail.h"
#include "experiments/runs/run_folder.h"
#include "experiments/runs/run_watch.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBytesAtOnce = 4U << 20;

Result<nlohmann::json> ReadConfig(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return Error{StrCat(folder.string(), fs::exists(folder, error) ? " is a file" : " is not there",
                        ", wanted the run folder of 'tengen train', 'learn' or 'rl'")};
  }
  const auto text = ReadWholeFile(folder / "config.json");
  if (!text) {
    return Error{StrCat(folder.string(),
                        " holds no config.json, wanted the run folder of "
                        "'tengen train', 'learn' or 'rl'")};
  }
  nlohmann::json config = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  const bool known =
      config.is_object() &&
      (config.contains("selfplay") || (config.contains("algorithm") && config.contains("env")));
  if (known) return config;
  return Error{StrCat((folder / "config.json").string(),
                      config.is_discarded() ? " is not JSON" : " is not the config of a run",
                      ", wanted one that 'tengen train', 'learn' or 'rl' wrote")};
}

void Take(nlohmann::json line, RunContents& run) {
  const std::string kind = TextField(line, "kind");
  if (kind == "session") {
    run.sessions.push_back(std::move(line));
    return;
  }
  const auto seed = line.find("seed");
  if (run.zero != nullptr || seed == line.end() || !seed->is_number_unsigned()) return;
  RlSeedLines& lines = run.rl[seed->get<std::uint64_t>()];
  if (kind == "evaluation") {
    const auto step = WholeField(line, "env_steps", 0);
    lines.evaluations[step] = std::move(line);
  } else if (kind == "final") {
    lines.final_line = std::move(line);
  }
}

void ReadLines(RunContents& run) {
  JsonTail tail(run.folder / "metrics.jsonl");
  std::vector<nlohmann::json> lines;
  do {
    // A file that was replaced meanwhile begins a new life.
    if (tail.Read(kBytesAtOnce, lines) == JsonTail::News::kReplaced) {
      run.sessions.clear();
      run.rl.clear();
    }
    for (nlohmann::json& line : lines) Take(std::move(line), run);
  } while (tail.more());
}

// What `ladder --json > RUN/ladder.json` left behind; empty where that is anything else.
std::vector<LadderRow> ReadLadder(const fs::path& file) {
  std::vector<LadderRow> rows;
  const auto text = ReadWholeFile(file);
  if (!text) return rows;
  const auto json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("rows") || !json.at("rows").is_array()) return rows;
  for (const nlohmann::json& row : json.at("rows")) {
    if (!row.is_object()) continue;
    rows.push_back({TextField(row, "name"), NumberField(row, "elo", 0.0),
                    NumberField(row, "half_width", 0.0)});
  }
  return rows;
}

}  // namespace

std::string TextField(const nlohmann::json& line, const char* name, const std::string& fallback) {
  const auto field = line.find(name);
  return field != line.end() && field->is_string() ? field->get<std::string>() : fallback;
}

double NumberField(const nlohmann::json& line, const char* name, double fallback) {
  const auto field = line.find(name);
  return field != line.end() && field->is_number() ? field->get<double>() : fallback;
}

std::int64_t WholeField(const nlohmann::json& line, const char* name, std::int64_t fallback) {
  const double number = NumberField(line, name, static_cast<double>(fallback));
  return std::fabs(number) <= 0x1.0p53 ? static_cast<std::int64_t>(number) : fallback;
}

std::string RunContents::SessionText(const char* field) const {
  for (auto session = sessions.rbegin(); session != sessions.rend(); ++session) {
    const std::string text = TextField(*session, field);
    if (!text.empty()) return text;
  }
  return "";
}

Result<RunContents> ReadRun(const fs::path& folder) {
  Result<nlohmann::json> config = ReadConfig(folder);
  if (!config) return Error{config.error()};
  RunContents run;
  run.folder = folder;
  run.config = std::move(*config);
  struct stat facts = {};
  if (::stat((folder / "config.json").c_str(), &facts) == 0) {
    run.started_s = static_cast<double>(facts.st_mtim.tv_sec);
  }
  if (run.config.contains("selfplay")) {
    RunReader reader(folder, {.games = 0, .bytes_at_once = kBytesAtOnce});
    do {
      reader.Look();
    } while (reader.snapshot()->loading);
    run.zero = reader.snapshot();
  }
  ReadLines(run);
  if (!run.sessions.empty()) {
    run.started_s = NumberField(run.sessions.front(), "unix_s", run.started_s);
  }
  run.running = run.zero != nullptr ? run.zero->phase == RunPhase::kRunning
                                    : RunFolder::InUse(folder).value_or(false);
  run.ladder = ReadLadder(folder / "ladder.json");
  return run;
}

}  // namespace tengen
