#pragma once

#include <cstdint>
#include <span>

#include "search/puct.h"

// What the spread of returns in a tree tells, as pure functions. Legend:
//
//   N  visits            u  mean return over them       s  mean of the squared returns
//   R  half the range of returns (QRange): 1 for two players

namespace tengen {

// Choice of the move to play by the lower confidence bounds of the returns:
//
//   LCB(a) = Q(a) - stdevs * sqrt(V(a) / M(a)),   p = N(a)^-2,
//   V(a) = max(s(a) - Q(a)^2, 0) + R^2 p / (N(a) + p),   M(a) = (N(a) + p)^2 / (N(a) + p^2)
//
// over the moves with at least min_share of the most visits. The last term of V stands for what a
// few returns do not show: the spread could be as large as returns allow; p is the weight of that
// prior and M the size of the sample with it (KataGo, useLcbForSelection and
// getSelfUtilityLCBAndRadius; five standard deviations, 15 % of the visits).
struct LcbParameters {
  double stdevs = 0.0;  // 0 = the most visited move is played
  double min_share = 0.15;
};

// LCB of one move. REQUIRES: visits > 0.
double LowerBound(double stdevs, double radius, std::int32_t visits, double q, double square);

// argmax LCB(a), first of equals. REQUIRES: the spans are equally long, a move has visits, `range`
// is not empty.
std::size_t BestByLowerBound(const LcbParameters& parameters, const QRange& range,
                             std::span<const std::int32_t> visits, std::span<const float> q,
                             std::span<const float> squares);

// Exploration in proportion to how much returns differ below a position (KataGo, cpuctUtilityStdev:
// prior 0.4, weight 2, scale 0.85): c(N) is multiplied by
//
//   1 + scale (sigma / prior - 1),
//   sigma^2 = ((u^2 + prior^2) w + max(s, u^2) N) / (w + N - 1) - u^2,
//
// with returns in units of [-1, 1]: 2 q - 1 of normalised q. It is 1 at N = 1. N counts returns:
// visits under way have none yet.
struct StdevParameters {
  double scale = 0.0;  // 0 = off
  double prior = 0.4;  // standard deviation
  double prior_weight = 2.0;
};

// `mean` and `square` of the returns as they are; `range` brings them to [-1, 1].
double ExplorationScale(const StdevParameters& parameters, const QRange& range,
                        std::int32_t returns, double mean, double square);

}  // namespace tengen
