#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "experiments/report/event_file.h"
#include "experiments/runs/run_contents.h"

namespace tengen {

// The numbers of metrics.jsonl as scalars, by the sub-folder that their file belongs in: "" for a
// run of `tengen train`, "seed1", "seed2", ... for the learners of `tengen rl`, which TensorBoard
// then shows as runs of their own. Steps are learner steps, and environment steps in rl. Lines have
// no clock: wall times count training seconds from when config.json was written.
std::map<std::string, std::vector<ScalarEvent>> ScalarsOf(const RunContents& run);

// Writes RUN/tensorboard/ with one event file for each of ScalarsOf(run), replaced as a whole, so
// that writing again shows no point twice. Returns the folder. Throws WorldError.
std::filesystem::path WriteTensorBoard(const RunContents& run);

}  // namespace tengen
