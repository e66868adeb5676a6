#pragma once

#include <cstdint>
#include <span>

#include "experiments/statistics/interval.h"

namespace tengen {

// Mean over runs with the percentile bootstrap's 95 % interval (Efron 1979; 10,000 resamples, the
// same for equal input). One run gives an interval of no width. REQUIRES: values is not empty.
Interval BootstrapMean(std::span<const double> values);

// Mean of what is left when a quarter of the runs is cut from either end, rounded down (Agarwal et
// al. 2021, "Deep Reinforcement Learning at the Edge of the Statistical Precipice"). REQUIRES:
// values is not empty.
double InterquartileMean(std::span<const double> values);

}  // namespace tengen
