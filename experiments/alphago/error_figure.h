#pragma once

#include <string>
#include <vector>

#include "experiments/supervised/learn_row.h"

namespace tengen {

// Whether a row of a value network's stage is one of RolloutErrorRows that stands in the figure.
bool IsErrorFigureRow(const LearnRow& row);

// Figure 2b of Silver et al. 2016 as parts of a page: errors of the value network and of rollouts
// at the same positions, in a table with intervals and over the game in a chart. "" without rows
// for it.
std::string ErrorFigure(const std::vector<LearnRow>& rows);

}  // namespace tengen
