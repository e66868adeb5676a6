#pragma once

#include <string>

#include "experiments/pictures/chart.h"
#include "experiments/report/sample_games.h"
#include "experiments/runs/run_contents.h"

namespace tengen {

// "26,476"; fractions are rounded.
std::string Grouped(double number);

// Tables of matches, returns or seeds and of the ladder; "" where there is nothing to tell.
std::string StrengthTables(const RunContents& run);

// Returns of self-play as its episodes finished, in stretches: mean, and the middle 80 % as a band.
// REQUIRES: there are any.
Chart EpisodeReturns(const SampledGames& games);
// The sampled episodes.
std::string EpisodeTable(const SampledGames& games);

// The empty board with its buttons, which boards.js fills.
std::string BoardViewer();

}  // namespace tengen
