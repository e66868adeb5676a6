#pragma once

#include <string>

#include "experiments/runs/run_contents.h"

namespace tengen {

// What people call the run: its preset, or algorithm and task.
std::string RunTitle(const RunContents& run);

// The <header> of the page: name, state, what was done in how long, on what machine. `written` says
// when the page was made.
std::string Headline(const RunContents& run, const std::string& written);

}  // namespace tengen
