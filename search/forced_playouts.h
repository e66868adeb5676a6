#pragma once

#include <cstdint>
#include <span>

// Forced playouts and policy target pruning at a PUCT root (Wu 2019, arXiv:1902.10565, section
// 3.2), as pure functions. Noise on the priors only helps if the moves it points at get visits; but
// then those visits are no advice and must not be learnt. With the noisy prior P, visits N(a) and a
// constant k (2 in the paper), a move that has visits gets at least
//
//   n(a) = sqrt(k P(a) sum of N),
//
// and what it got for that reason alone is taken off the training target again.

namespace tengen {

// n(a).
double ForcedPlayouts(double k, double prior, int visits_of_all);

// The first move with 0 < N(a) < n(a), or -1. REQUIRES: the spans are equally long.
int FindForced(double k, std::span<const float> noisy_priors, std::span<const std::int32_t> visits);

// Fills `policy` with the pruned shares of visits. With PUCT(a, n) = q(a) + exploration P(a) /
// (1 + n) and a* the most visited move (first of equals), each other move loses visits one by one,
// at most n(a) of them, as long as PUCT(a, n) stays below PUCT(a*, N(a*)); one visit that is left
// alone goes too. q: normalised values. REQUIRES: the spans are equally long, a move has visits.
void PrunedPolicy(double k, double exploration, std::span<const float> noisy_priors,
                  std::span<const std::int32_t> visits, std::span<const float> normalised_q,
                  std::span<float> policy);

}  // namespace tengen
