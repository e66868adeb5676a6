#include "experiments/study/study_table.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "envs/core/join.h"
#include "experiments/statistics/rating.h"
#include "experiments/statistics/seed_statistics.h"

namespace tengen {
namespace {

// Networks by variant and seed, as players of a rating list; the anchor is player 0.
class Players {
 public:
  explicit Players(const StudyResults& results) {
    for (const StudyRun& run : results.runs) {
      if (run.points.empty()) continue;
      const int player = static_cast<int>(number_.size()) + 1;
      number_[{run.variant, run.seed}] = player;
      scores_.push_back({player, 0, run.points.back().pairs});
    }
  }

  std::optional<std::size_t> Find(const std::string& variant, int seed) const {
    const auto found = number_.find({variant, seed});
    if (found == number_.end()) return std::nullopt;
    return static_cast<std::size_t>(found->second);
  }

  RatingFit Fit(const Study& study, const StudyResults& results) const {
    std::vector<std::optional<double>> fixed(number_.size() + 1);
    fixed[0] = 0.0;
    std::vector<PairScore> scores = scores_;
    for (const StudyDuel& duel : results.duels) {
      const auto a = Find(duel.variant, duel.seed);
      const auto b = Find(study.variants.front().name, duel.seed);
      if (!a || !b || duel.pairs.pairs() == 0) continue;
      scores.push_back({static_cast<int>(*a), static_cast<int>(*b), duel.pairs});
    }
    return FitRatings(fixed, scores);
  }

 private:
  std::map<std::pair<std::string, int>, int> number_;
  std::vector<PairScore> scores_;
};

std::optional<Interval> MeanOf(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  return MeanInterval(values);
}

using ReachBySeed = std::map<int, double>;

ReachBySeed Reached(const Study& study, const StudyResults& results, const std::string& variant) {
  ReachBySeed reached;
  for (const StudyRun& run : results.runs) {
    if (run.variant != variant) continue;
    const auto used = ComputeToReach(run.points, study.reach);
    if (used) reached[run.seed] = *used;
  }
  return reached;
}

std::optional<Interval> RatioOf(const ReachBySeed& variant, const ReachBySeed& base) {
  std::vector<double> logs;
  for (const auto& [seed, used] : variant) {
    const auto other = base.find(seed);
    if (other != base.end() && used > 0.0 && other->second > 0.0) {
      logs.push_back(std::log(used / other->second));
    }
  }
  const auto mean = MeanOf(logs);
  if (!mean) return std::nullopt;
  return Interval{std::exp(mean->value), std::exp(mean->low), std::exp(mean->high)};
}

std::string Cell(const std::optional<Interval>& interval, int digits) {
  return interval ? IntervalText(*interval, digits) : "-";
}

nlohmann::ordered_json CellJson(const std::optional<Interval>& interval) {
  if (!interval) return nullptr;
  nlohmann::ordered_json json = {{"value", interval->value}};
  if (std::isfinite(interval->low)) json["low"] = interval->low;
  if (std::isfinite(interval->high)) json["high"] = interval->high;
  return json;
}

}  // namespace

std::string IntervalText(const Interval& interval, int digits) {
  char text[96];
  if (!std::isfinite(interval.low) || !std::isfinite(interval.high)) {
    std::snprintf(text, sizeof text, "%.*f (no interval)", digits, interval.value);
  } else {
    std::snprintf(text, sizeof text, "%.*f (%.*f to %.*f)", digits, interval.value, digits,
                  interval.low, digits, interval.high);
  }
  return text;
}

std::optional<double> ComputeToReach(const std::vector<StudyPoint>& points, double reach) {
  const StudyPoint* before = nullptr;
  for (const StudyPoint& point : points) {
    if (point.pairs.pairs() == 0) continue;
    const double score = point.pairs.mean();
    if (score >= reach) {
      if (before == nullptr) return point.used;
      const double share = (reach - before->pairs.mean()) / (score - before->pairs.mean());
      return before->used + share * (point.used - before->used);
    }
    before = &point;
  }
  return std::nullopt;
}

std::vector<StudyRow> StudyRows(const Study& study, const StudyResults& results) {
  const Players players(results);
  const RatingFit fit = players.Fit(study, results);
  const std::string& base = study.variants.front().name;
  const ReachBySeed base_reached = Reached(study, results, base);
  std::vector<StudyRow> rows;
  for (const StudyVariant& variant : study.variants) {
    StudyRow& row = rows.emplace_back();
    row.variant = variant.name;
    std::vector<double> elos;
    std::vector<double> gains;
    for (const StudyRun& run : results.runs) {
      if (run.variant != variant.name) continue;
      row.failed += run.failure.empty() ? 0 : 1;
      const auto player = players.Find(run.variant, run.seed);
      if (!player || !fit.ratings()[*player]) continue;
      ++row.runs;
      elos.push_back(fit.ratings()[*player]->elo);
      const auto other = players.Find(base, run.seed);
      if (variant.name == base || !other) continue;
      if (const auto gain = fit.Difference(*player, *other)) gains.push_back(gain->elo);
    }
    const ReachBySeed reached = Reached(study, results, variant.name);
    row.reached = static_cast<int>(reached.size());
    row.elo = MeanOf(elos);
    row.gain = MeanOf(gains);
    std::vector<double> used;
    for (const auto& [seed, amount] : reached) used.push_back(amount);
    if (row.reached == row.runs) row.to_reach = MeanOf(used);
    if (variant.name != base) row.ratio = RatioOf(reached, base_reached);
  }
  return rows;
}

std::vector<std::string> UntrainedRuns(const Study& study, const StudyResults& results) {
  std::vector<std::string> names;
  for (const StudyRun& run : results.runs) {
    const auto used = ComputeToReach(run.points, study.reach);
    if (used && *used <= 0.0) names.push_back(RunName(run.variant, run.seed));
  }
  return names;
}

std::vector<std::string> StudyNotes(const Study& study, const StudyResults& results) {
  std::vector<std::string> notes = {
      StrCat("Intervals of 95 % over seeds. Elo of the last networks with ", study.match.visits,
             " visits a move, ", study.anchor,
             " = 0, fitted to all matches together; reached means ", 100.0 * study.reach,
             " % of the points against it; the ratio is over runs of the same seed "
             "that both reached it.")};
  for (const StudyRun& run : results.runs) {
    if (!run.failure.empty()) {
      notes.push_back(StrCat("Failed: ", RunName(run.variant, run.seed), ", ", run.failure, "."));
    }
  }
  const std::vector<std::string> untrained = UntrainedRuns(study, results);
  if (!untrained.empty()) {
    notes.push_back(StrCat("Untrained already at ", 100.0 * study.reach, " %, so ",
                           untrained.size() == 1 ? "its pair is" : "their pairs are",
                           " not in a ratio: ", Join(untrained), "."));
  }
  const auto fewest = std::ranges::min_element(results.runs, {}, [&](const StudyRun& run) {
    return run.failure.empty() ? run.points.size() : std::numeric_limits<std::size_t>::max();
  });
  const auto wanted = static_cast<std::size_t>(study.points) + 1;
  if (fewest != results.runs.end() && fewest->points.size() < wanted && fewest->failure.empty()) {
    notes.push_back(StrCat("Curves of few points: ", RunName(fewest->variant, fewest->seed),
                           " stored ", fewest->points.size(), " networks of the ", wanted,
                           " wanted; a smaller checkpoint_s stores more."));
  }
  for (const StudyDuel& duel : results.duels) {
    if (!duel.failure.empty()) {
      notes.push_back(
          StrCat("Failed: duel of ", RunName(duel.variant, duel.seed), ", ", duel.failure, "."));
    }
  }
  if (results.elsewhere > 0) {
    notes.push_back(StrCat("Another runner is making ", results.elsewhere, " more."));
  }
  if (results.left > 0) notes.push_back(StrCat("Not made yet: ", results.left, "."));
  return notes;
}

std::string StudyTable(const Study& study, const std::string& game, const StudyResults& results) {
  std::string text = StrCat("## ", study.name, "\n\n");
  if (!study.about.empty()) text += study.about + "\n\n";
  text += StrCat("`", study.base, "` on ", game, ", ", BudgetText(study), " a run, ", study.seeds,
                 " seeds.\n\n| variant | runs | failed | Elo | over ", study.variants[0].name,
                 " | reached | ", UnitName(study.unit), " to reach | ratio |\n",
                 "|---|---|---|---|---|---|---|---|\n");
  for (const StudyRow& row : StudyRows(study, results)) {
    text += StrCat("| ", row.variant, " | ", row.runs, " | ", row.failed, " | ", Cell(row.elo, 0),
                   " | ", Cell(row.gain, 0), " | ", row.reached, " of ", row.runs, " | ",
                   Cell(row.to_reach, 0), " | ", Cell(row.ratio, 2), " |\n");
  }
  text += "\n";
  for (const std::string& note : StudyNotes(study, results)) text += note + "\n";
  return text;
}

nlohmann::ordered_json StudyTableJson(const Study& study, const std::string& game,
                                      const StudyResults& results) {
  nlohmann::ordered_json json = {{"study", study.name},
                                 {"game", game},
                                 {"anchor", study.anchor},
                                 {"unit", UnitName(study.unit)},
                                 {"elsewhere", results.elsewhere},
                                 {"left", results.left},
                                 {"untrained", UntrainedRuns(study, results)}};
  json["rows"] = nlohmann::ordered_json::array();
  for (const StudyRow& row : StudyRows(study, results)) {
    json["rows"].push_back({{"variant", row.variant},
                            {"runs", row.runs},
                            {"failed", row.failed},
                            {"elo", CellJson(row.elo)},
                            {"gain", CellJson(row.gain)},
                            {"reached", row.reached},
                            {"to_reach", CellJson(row.to_reach)},
                            {"ratio", CellJson(row.ratio)}});
  }
  return json;
}

}  // namespace tengen
