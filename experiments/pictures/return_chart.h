#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "experiments/pictures/chart.h"

namespace tengen {

// Mean returns over environment steps, by seed.
using SeedReturns = std::map<std::uint64_t, std::map<double, double>>;

// A curve for each seed, and where there are several their mean as a thick one. `episodes` is how
// many each mean return is of.
Chart ReturnChart(const SeedReturns& returns, std::int64_t episodes);

// Curves of one kind, one a seed: thin ones and their mean behind them where there are several.
std::vector<ChartLine> WithMean(std::vector<ChartLine> lines);

}  // namespace tengen
