#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "experiments/statistics/interval.h"
#include "experiments/study/study.h"
#include "experiments/study/study_runner.h"

namespace tengen {

// What came out for one variant. Intervals of 95 % are over seeds, Student's t of the seeds' values
// (seed_statistics.h); the noise of matches is part of their spread. One seed has none, and shows
// as an interval without bounds.
struct StudyRow {
  std::string variant;
  int runs = 0;    // that were measured
  int failed = 0;  // seeds that have no result because a program failed
  int reached = 0;
  // Elo of the last networks, anchor = 0, from all matches of the study together (FitRatings).
  std::optional<Interval> elo;
  // The same over the first variant's network of the same seed.
  std::optional<Interval> gain;
  // Compute until the share `reach` was first reached, on the straight line between two measured
  // networks; only where every measured run reached it, since the others would be missing.
  std::optional<Interval> to_reach;
  // That over the first variant's of the same seed, geometric mean; below 1 is better. Pairs of
  // which one reached it untrained, with no compute at all, have none (UntrainedRuns).
  std::optional<Interval> ratio;
};

// Compute at which a run first reached `reach`; nothing if it did not.
std::optional<double> ComputeToReach(const std::vector<StudyPoint>& points, double reach);

std::vector<StudyRow> StudyRows(const Study& study, const StudyResults& results);

// Names of the runs that reached it with no compute at all, by variant, then seed.
std::vector<std::string> UntrainedRuns(const Study& study, const StudyResults& results);

// As Markdown, with a sentence on what is missing or failed and how the numbers are meant.
std::string StudyTable(const Study& study, const std::string& game, const StudyResults& results);
nlohmann::ordered_json StudyTableJson(const Study& study, const std::string& game,
                                      const StudyResults& results);

// The sentences below the table.
std::vector<std::string> StudyNotes(const Study& study, const StudyResults& results);

// "1.2 (0.8 to 1.6)" with so many digits; "1.2 (no interval)" without bounds.
std::string IntervalText(const Interval& interval, int digits);

}  // namespace tengen
