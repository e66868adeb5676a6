#pragma once

#include <cstddef>
#include <string>

#include "experiments/report/sample_games.h"
#include "experiments/runs/run_contents.h"

namespace tengen {

// No page is larger; games are left out until it fits.
inline constexpr std::size_t kMostPageBytes = 2'000'000;

// One HTML page about a run that needs nothing else: styles, scripts, pictures and data are inside,
// and its policy forbids the browser to load anything. `written` says when, for people. What the
// run's files hold is escaped wherever it goes.
std::string ReportPage(const RunContents& run, const SampledGames& games,
                       const std::string& written);

}  // namespace tengen
