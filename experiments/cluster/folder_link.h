#pragma once

#include <filesystem>
#include <memory>

#include "experiments/cluster/worker_link.h"

namespace tengen {

// The worker's side of folder_door.h: writes finished games into the run's inbox, a file at most
// every second, and looks for new checkpoints. Self-play is held up while `most_games` games lie in
// the inbox that the learner has not stored. `hello.instance` names the worker's folder.
// Throws WorldError: no run there, no permission.
std::unique_ptr<WorkerLink> MakeFolderLink(const std::filesystem::path& run,
                                           const HelloMessage& hello, std::size_t most_games);

}  // namespace tengen
