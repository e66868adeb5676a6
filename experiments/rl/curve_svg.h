#pragma once

#include <string>
#include <utility>
#include <vector>

namespace tengen {

// One learner's curve: points of (environment steps, return), ascending.
using Curve = std::vector<std::pair<double, double>>;

// A small picture of curves over a common x axis, thin lines and where there are several their mean
// as a thick one (at the steps that all of them have). REQUIRES: a curve has points.
std::string CurveSvg(const std::string& title, const std::vector<Curve>& curves);

}  // namespace tengen
