#pragma once

#include <span>

#include "envs/core/rng.h"
#include "experiments/statistics/interval.h"

namespace tengen {

// Total hits over total trials of several groups, with the 95 % percentile bootstrap interval over
// groups (Efron & Tibshirani 1993, chapter 13): as many groups are drawn with replacement, 2000
// times. For trials of one group that are alike, such as the moves of one game: an interval over
// single trials would be too narrow. Without trials [0, 1].
// REQUIRES: hits.size() == trials.size(), 0 <= hits[i] <= trials[i].
Interval GroupBootstrap(std::span<const int> hits, std::span<const int> trials, Rng& rng);

// The same of numbers: the total of `sums` over the total of trials, such as the mean of what each
// trial gave. Without trials [0, 0]. REQUIRES: sums.size() == trials.size(), trials >= 0.
Interval GroupBootstrapMean(std::span<const double> sums, std::span<const int> trials, Rng& rng);

}  // namespace tengen
