#include "experiments/runs/run_snapshot.h"

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cmath>
#include <limits>

#include "envs/core/check.h"
#include "experiments/config/budget.h"

namespace tengen {
namespace {

constexpr double kLateNews_s = 20.0;  // a status line comes every five

std::string Sentence(std::string words) {
  if (words.empty()) return words;
  words[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(words[0])));
  return words + ".";
}

std::string RunningSentence(const RunFacts& facts) {
  if (!facts.began) return "The run is being prepared.";
  if (!facts.has_status) return "The run has begun; its first status comes after some seconds.";
  const std::string since = DurationText(facts.age_s);
  if (facts.idle == "evaluating") {
    return StrCat("The network is being tested", facts.age_s >= 2.0 ? " since " + since : "",
                  "; the learner waits for the result.");
  }
  const std::string sentence = facts.idle.empty()
                                   ? "Self-play and learner are both at work, nobody waits."
                                   : Sentence(facts.idle);
  return facts.age_s < kLateNews_s ? sentence : StrCat(sentence, " No news since ", since, ".");
}

std::string StoppedSentence(const RunFacts& facts) {
  if (!facts.began) return "Nothing was trained in this folder yet.";
  const auto percent = static_cast<int>(std::lround(100.0 * std::min(facts.budget_used, 0.994)));
  return StrCat("Stopped after ", percent, " % of ", facts.budget,
                ": no process runs in this folder; the command that began it goes on from here.");
}

}  // namespace

std::string RunSentence(const RunFacts& facts) {
  switch (facts.phase) {
    case RunPhase::kRunning:
      return RunningSentence(facts);
    case RunPhase::kFinished:
      return StrCat("Finished: the budget of ", facts.budget, " is used up.");
    case RunPhase::kStopped:
      return StoppedSentence(facts);
    case RunPhase::kGone:
      return "The folder is gone; this is what was read before.";
  }
  return "";
}

double AgeOf(const RunSnapshot& snapshot) {
  if (!snapshot.changed) return std::numeric_limits<double>::infinity();
  const auto age = std::filesystem::file_time_type::clock::now() - *snapshot.changed;
  return std::max(0.0, std::chrono::duration<double>(age).count());
}

}  // namespace tengen
