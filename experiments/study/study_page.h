#pragma once

#include <string>

#include "experiments/pictures/chart.h"
#include "experiments/study/study.h"
#include "experiments/study/study_runner.h"

namespace tengen {

// Share of points against the anchor over compute: the mean of each variant's runs with its
// interval over seeds, where at least two runs have a point.
Chart StudyChart(const Study& study, const StudyResults& results);

// An HTML page that needs no network: table, curves, what failed, and the study itself.
std::string StudyPage(const Study& study, const std::string& game, const StudyResults& results);

}  // namespace tengen
