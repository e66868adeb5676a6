#include "experiments/players/network_folder.h"

#include <algorithm>
#include <vector>

#include "envs/core/join.h"
#include "experiments/runs/run_folder.h"

namespace tengen {

Result<std::filesystem::path> NetworkFolder(const std::filesystem::path& folder,
                                            std::optional<std::int64_t> step) {
  std::error_code unreadable;
  if (!step && std::filesystem::exists(folder / "model.json", unreadable)) return folder;
  const std::vector<std::int64_t> steps = RunFolder::Checkpoints(folder);
  if (steps.empty()) {
    return Error{StrCat("no network in ", folder, unreadable ? " (" : "",
                        unreadable ? unreadable.message() : "", unreadable ? ")" : "",
                        ", wanted a run folder with checkpoints or a folder with model.json")};
  }
  if (!step) return RunFolder::Checkpoint(folder, steps.back());
  if (std::find(steps.begin(), steps.end(), *step) != steps.end()) {
    return RunFolder::Checkpoint(folder, *step);
  }
  return Error{StrCat("no checkpoint of step ", *step, " (there are: ", Join(steps), ")")};
}

}  // namespace tengen
