#include "experiments/match/opponents.h"

#include <algorithm>
#include <cstdint>
#include <memory>

#include "search/caching_evaluator.h"

namespace tengen {
namespace {

// What both have in their trees at a time, and some more: a new answer can take another's place.
constexpr std::int64_t kKeptPerVisit = 8;

std::int64_t KeptAnswers(const AgentSpec& a, const AgentSpec& b) {
  // Visits count little where time limits the searches.
  constexpr int kMost = 10000;
  return kKeptPerVisit * (std::min(a.visits, kMost) + std::min(b.visits, kMost) + 2);
}

}  // namespace

OpponentsMaker OpponentsOf(const AgentFactory& a, const AgentFactory& b) {
  if (a.evaluator() == nullptr || a.evaluator() != b.evaluator()) {
    return [&] { return Opponents{a.Make(), b.Make(), {}}; };
  }
  return [&] {
    const GameSpec& game = a.game().spec();
    const auto answers = std::make_shared<CachingEvaluator>(
        *a.evaluator(), game, CachingEvaluator::BytesFor(game, KeptAnswers(a.spec(), b.spec())));
    return Opponents{a.MakeWith(answers), b.MakeWith(answers), [answers] { answers->Clear(); }};
  };
}

}  // namespace tengen
