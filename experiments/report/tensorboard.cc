#include "experiments/report/tensorboard.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>
#include <span>
#include <system_error>

#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

// TensorBoard takes a file for an event file by this word in its name.
constexpr const char* kFileName = "events.out.tfevents.0.tengen";

// The nearest finite one.
float Float(double value) {
  constexpr double kMost = std::numeric_limits<float>::max();
  return static_cast<float>(std::clamp(value, -kMost, kMost));
}

void AddTable(const MetricTable& table, const std::string& group, double begin_s,
              std::vector<ScalarEvent>& events) {
  const std::span<const double> steps = table.Column("step");
  if (steps.empty()) return;
  for (const std::string& name : table.Names("")) {
    if (name == "step") continue;
    const std::size_t dot = name.find('.');
    const std::string tag = dot == std::string::npos
                                ? group + "/" + name
                                : name.substr(0, dot) + "/" + name.substr(dot + 1);
    const std::span<const double> values = table.Column(name);
    for (std::size_t i = 0; i < table.rows(); ++i) {
      if (!std::isfinite(values[i]) || !(std::fabs(steps[i]) <= 0x1.0p53)) continue;
      events.push_back({begin_s + table.seconds()[i], static_cast<std::int64_t>(steps[i]), tag,
                        Float(values[i])});
    }
  }
}

void AddLine(const nlohmann::json& line, const std::string& group, double begin_s,
             std::vector<ScalarEvent>& events) {
  const double seconds = NumberField(line, "seconds", 0.0);
  const auto step = WholeField(line, "env_steps", 0);
  for (const auto& [name, value] : line.items()) {
    if (!value.is_number() || name == "seed" || name == "env_steps") continue;
    events.push_back({begin_s + seconds, step, group + "/" + name, Float(value.get<double>())});
  }
}

std::vector<ScalarEvent> SeedScalars(const RlSeedLines& lines, double begin_s) {
  std::vector<ScalarEvent> events;
  for (const auto& [step, line] : lines.evaluations) AddLine(line, "evaluation", begin_s, events);
  if (lines.final_line.is_object()) AddLine(lines.final_line, "final", begin_s, events);
  return events;
}

// As WriteFileAtomically, but through a name in another folder: TensorBoard watches this one, and
// would take the unfinished file for one more.
void WriteUnseen(const fs::path& path, const fs::path& beside, std::string_view bytes) {
  WriteFileSynced(beside, bytes);
  std::error_code error;
  fs::rename(beside, path, error);
  if (error) throw WorldError(StrCat("cannot rename to ", path.string(), ": ", error.message()));
  SyncFolder(path.parent_path());
}

}  // namespace

std::map<std::string, std::vector<ScalarEvent>> ScalarsOf(const RunContents& run) {
  std::map<std::string, std::vector<ScalarEvent>> scalars;
  if (run.zero == nullptr) {
    for (const auto& [seed, lines] : run.rl) {
      scalars[StrCat("seed", seed)] = SeedScalars(lines, run.started_s);
    }
    return scalars;
  }
  std::vector<ScalarEvent>& events = scalars[""];
  AddTable(*run.zero->status, "status", run.started_s, events);
  AddTable(*run.zero->progress, "progress", run.started_s, events);
  std::stable_sort(events.begin(), events.end(), [](const ScalarEvent& a, const ScalarEvent& b) {
    return a.wall_time_s < b.wall_time_s;
  });
  return scalars;
}

fs::path WriteTensorBoard(const RunContents& run) {
  const fs::path folder = run.folder / "tensorboard";
  for (const auto& [name, events] : ScalarsOf(run)) {
    const fs::path inside = name.empty() ? folder : folder / name;
    std::error_code error;
    fs::create_directories(inside, error);
    if (error) throw WorldError(StrCat("cannot create ", inside.string(), ": ", error.message()));
    WriteUnseen(inside / kFileName, run.folder / "tensorboard.tmp",
                EventFileBytes(run.started_s, events));
  }
  return folder;
}

}  // namespace tengen
