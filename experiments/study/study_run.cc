#include "experiments/study/study_run.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

#include "experiments/players/agent_spec.h"
#include "experiments/runs/run_folder.h"
#include "experiments/study/run_process.h"

namespace tengen {
namespace {

constexpr double kWholeBudget = 0.9;

// How much compute a run had used when it was at a step.
struct Used {
  double step = 0.0;
  double amount = 0.0;
};

// From the status lines of metrics.jsonl, ascending; (0, 0) first. Lines of sessions that were
// killed and whose steps came again give way to what came later.
std::vector<Used> ReadUse(const std::filesystem::path& run, StudyUnit unit) {
  const char* key = unit == StudyUnit::kEvaluations ? "evaluations"
                    : unit == StudyUnit::kSteps     ? "step"
                                                    : "seconds";
  std::vector<Used> use = {{0.0, 0.0}};
  std::ifstream in(run / "metrics.jsonl");
  for (std::string text; std::getline(in, text);) {
    const nlohmann::json line = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!line.is_object() || line.value("kind", "") != "status") continue;
    if (!line.contains("step") || !line.contains(key)) continue;
    const Used now = {line.at("step").get<double>(), line.at(key).get<double>()};
    while (use.size() > 1 && use.back().step >= now.step) use.pop_back();
    use.push_back(now);
  }
  return use;
}

// On the straight line between the two nearest; of the last one beyond it.
double UsedAt(const std::vector<Used>& use, double step) {
  const auto next = std::lower_bound(use.begin(), use.end(), step,
                                     [](const Used& u, double s) { return u.step < s; });
  if (next == use.end()) return use.back().amount;
  if (next == use.begin() || next->step == step) return next->amount;
  const Used& before = *std::prev(next);
  const double share = (step - before.step) / (next->step - before.step);
  return before.amount + share * (next->amount - before.amount);
}

// The untrained network and those nearest to 1/n, 2/n, ... n/n of the budget, each once.
std::vector<StudyPoint> ChoosePoints(const Study& study, const std::filesystem::path& run) {
  const std::vector<Used> use = ReadUse(run, study.unit);
  std::vector<StudyPoint> all;
  for (const std::int64_t step : RunFolder::Checkpoints(run)) {
    all.push_back({step, UsedAt(use, static_cast<double>(step)), {}});
  }
  std::vector<StudyPoint> chosen;
  for (int i = 0; i <= study.points && !all.empty(); ++i) {
    const double wanted = study.budget * i / study.points;
    // The last point is the run's last network, however much a run overshoots its budget.
    const auto nearest =
        i == study.points
            ? std::prev(all.end())
            : std::min_element(all.begin(), all.end(),
                               [wanted](const StudyPoint& a, const StudyPoint& b) {
                                 return std::abs(a.used - wanted) < std::abs(b.used - wanted);
                               });
    if (chosen.empty() || chosen.back().step < nearest->step) chosen.push_back(*nearest);
  }
  return chosen;
}

std::string AgentOf(const Study& study, const StudyVariant& variant,
                    const std::filesystem::path& run, std::int64_t step) {
  std::string text =
      StrCat("run:", AgentWord(run.string()), "@", step, ",visits=", study.match.visits);
  if (!variant.agent.empty()) text += "," + variant.agent;
  return text;
}

// The last line of a file that is a JSON object with pairs; null if there is none.
nlohmann::json LastObject(const std::filesystem::path& file) {
  std::ifstream in(file);
  nlohmann::json last;
  for (std::string text; std::getline(in, text);) {
    nlohmann::json line = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (line.is_object()) last = std::move(line);
  }
  return last;
}

Result<Pentanomial> PairsOf(const nlohmann::json& json) {
  const nlohmann::json counts = json.is_object() ? json.value("pairs", nlohmann::json()) : json;
  Pentanomial pairs;
  if (!counts.is_array() || counts.size() != pairs.counts.size()) {
    return Error{"no \"pairs\" of five numbers"};
  }
  for (std::size_t i = 0; i < pairs.counts.size(); ++i) {
    if (!counts[i].is_number_unsigned()) return Error{"\"pairs\" are not whole numbers from 0"};
    pairs.counts[i] = counts[i].get<std::int64_t>();
  }
  return pairs;
}

Result<Pentanomial> PlayStudyMatch(const Study& study, const StudyPlace& place,
                                   const std::string& name, const std::string& a,
                                   const std::string& b, int seed, const std::atomic<bool>& stop) {
  const std::filesystem::path out = place.folder / "logs" / (name + ".match.json");
  const std::vector<std::string> command = {place.program.string(),
                                            "match",
                                            a,
                                            b,
                                            "--game",
                                            place.game,
                                            "--games",
                                            std::to_string(study.match.games),
                                            "--opening-plies",
                                            std::to_string(study.match.opening_plies),
                                            "--seed",
                                            std::to_string(seed),
                                            "--json"};
  const ProcessEnd end = RunProcess(command, out, place.log(name), stop);
  if (!end.ok()) return Error{StrCat("match ", a, " against ", b, ": ", end.Text())};
  auto pairs = PairsOf(LastObject(out));
  if (!pairs) return Error{StrCat("match ", a, " against ", b, ": ", pairs.error())};
  // Told to end by somebody else, it ends well with what it has.
  const std::int64_t wanted = (study.match.games + 1) / 2;
  if (pairs->pairs() == wanted) return pairs;
  return Error{StrCat("match ", a, " against ", b, " ended after ", pairs->pairs(), " of ", wanted,
                      " pairs of games")};
}

}  // namespace

std::string RunName(const std::string& variant, int seed) { return StrCat(variant, "-", seed); }

nlohmann::ordered_json StudyRunToJson(const StudyRun& run) {
  nlohmann::ordered_json json = {
      {"variant", run.variant}, {"seed", run.seed}, {"failure", run.failure}};
  json["points"] = nlohmann::ordered_json::array();
  for (const StudyPoint& point : run.points) {
    json["points"].push_back(
        {{"step", point.step}, {"used", point.used}, {"pairs", point.pairs.counts}});
  }
  return json;
}

Result<StudyRun> StudyRunFromJson(const nlohmann::json& json) try {
  StudyRun run;
  run.variant = json.at("variant").get<std::string>();
  run.seed = json.at("seed").get<int>();
  run.failure = json.at("failure").get<std::string>();
  for (const nlohmann::json& point : json.at("points")) {
    auto pairs = PairsOf(point);
    if (!pairs) return Error{pairs.error()};
    run.points.push_back(
        {point.at("step").get<std::int64_t>(), point.at("used").get<double>(), *pairs});
  }
  return run;
} catch (const nlohmann::json::exception&) {
  return Error{"not the result of a run"};
}

nlohmann::ordered_json StudyDuelToJson(const StudyDuel& duel) {
  return {{"variant", duel.variant},
          {"seed", duel.seed},
          {"failure", duel.failure},
          {"pairs", duel.pairs.counts}};
}

Result<StudyDuel> StudyDuelFromJson(const nlohmann::json& json) try {
  StudyDuel duel;
  duel.variant = json.at("variant").get<std::string>();
  duel.seed = json.at("seed").get<int>();
  duel.failure = json.at("failure").get<std::string>();
  auto pairs = PairsOf(json);
  if (!pairs) return Error{pairs.error()};
  duel.pairs = *pairs;
  return duel;
} catch (const nlohmann::json::exception&) {
  return Error{"not the result of a duel"};
}

std::vector<std::string> TrainArguments(const Study& study, const StudyVariant& variant, int seed,
                                        const std::filesystem::path& run) {
  std::vector<std::string> arguments = {"train",      study.base,        "--run-dir",
                                        run.string(), "--seed",          std::to_string(seed),
                                        "--budget",   BudgetText(study), "--no-forecast"};
  // Matches during the run would take their time from it; a study has its own.
  std::vector<std::string> set = {"progress.share=0"};
  set.insert(set.end(), study.set.begin(), study.set.end());
  set.insert(set.end(), variant.set.begin(), variant.set.end());
  for (const std::string& assignment : set) {
    arguments.emplace_back("--set");
    arguments.push_back(assignment);
  }
  return arguments;
}

namespace {

// "" if the run is there now; else why not.
std::string Train(const Study& study, const StudyPlace& place, const StudyVariant& variant,
                  int seed, const std::atomic<bool>& stop) {
  const std::string name = RunName(variant.name, seed);
  std::vector<std::string> command = TrainArguments(study, variant, seed, place.run(name));
  command.insert(command.begin(), place.program.string());
  const ProcessEnd end =
      RunProcess(command, place.folder / "logs" / (name + ".out.txt"), place.log(name), stop);
  return end.ok() ? "" : StrCat("train: ", end.Text());
}

}  // namespace

StudyRun MakeStudyRun(const Study& study, const StudyPlace& place, const StudyVariant& variant,
                      int seed, const std::atomic<bool>& stop) {
  const std::string name = RunName(variant.name, seed);
  StudyRun result = {variant.name, seed, "", {}};
  const StudyVariant& trainer = TrainerOf(study, variant);
  const std::filesystem::path run = place.run(RunName(trainer.name, seed));
  if (trainer.name == variant.name) {
    result.failure = Train(study, place, variant, seed, stop);
    if (stop || !result.failure.empty()) return result;
  }
  std::vector<StudyPoint> points = ChoosePoints(study, run);
  if (points.size() < 2) {
    result.failure = StrCat("train left ", points.size(), " networks, wanted at least 2");
    return result;
  }
  // As a match does. The last network can be older than the end of the budget by a little.
  if (points.back().used < kWholeBudget * study.budget) {
    result.failure = StrCat("train ended after ", std::llround(points.back().used), " of ",
                            std::llround(study.budget), " ", UnitName(study.unit));
    return result;
  }
  for (StudyPoint& point : points) {
    const auto pairs = PlayStudyMatch(study, place, name, AgentOf(study, variant, run, point.step),
                                      study.anchor, seed, stop);
    if (!pairs) {
      result.failure = pairs.error();
      return result;
    }
    point.pairs = *pairs;
  }
  result.points = std::move(points);
  return result;
}

StudyDuel MakeStudyDuel(const Study& study, const StudyPlace& place, const StudyVariant& variant,
                        int seed, const std::atomic<bool>& stop) {
  StudyDuel result = {variant.name, seed, "", {}};
  const StudyVariant& base = study.variants.front();
  std::vector<std::string> agents;
  for (const StudyVariant* player : {&variant, &base}) {
    const std::filesystem::path run = place.run(RunName(TrainerOf(study, *player).name, seed));
    const std::vector<std::int64_t> steps = RunFolder::Checkpoints(run);
    if (steps.empty()) {
      result.failure = StrCat("no networks in ", run);
      return result;
    }
    agents.push_back(AgentOf(study, *player, run, steps.back()));
  }
  const auto pairs = PlayStudyMatch(study, place, RunName(variant.name, seed) + "-duel", agents[0],
                                    agents[1], seed, stop);
  if (pairs) {
    result.pairs = *pairs;
  } else {
    result.failure = pairs.error();
  }
  return result;
}

}  // namespace tengen
