#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "envs/core/result.h"

namespace tengen {

// What compute is counted in.
enum class StudyUnit { kEvaluations, kSteps, kSeconds };

// One way to train, or to play with what was trained.
struct StudyVariant {
  std::string name;              // also of its folders: letters, digits, - _ .
  std::vector<std::string> set;  // config values as of `train --set`, "selfplay.full_visits=64"
  std::string agent;             // options of its agent in matches, "lcb=on"
};

// The matches that measure a network.
struct StudyMatch {
  int games = 40;
  int visits = 50;  // of the network's search; 0 = its raw policy
  int opening_plies = 2;
};

// A question about training that is answered by runs: variants of a preset, each trained from
// several seeds with the same compute, measured against one anchor and against the first variant.
// As a JSON file:
//
//   {"about": "Does weighting by surprise pay?", "base": "go5", "set": ["threads=1"],
//    "variants": [{"name": "base"},
//                 {"name": "surprise", "set": ["learner.surprise_share=0.5"]}],
//    "seeds": 5, "unit": "evaluations", "budget": 2000000, "points": 4,
//    "anchor": "mcts:200", "reach": 0.5, "match": {"games": 40, "visits": 50}}
//
// Variants that differ in "agent" alone share the networks of the first of them.
struct Study {
  std::string name;  // of the file
  std::string about;
  std::string base;                    // preset or config file
  std::vector<std::string> set;        // of all variants
  std::vector<StudyVariant> variants;  // the first is what the others are compared with
  int seeds = 5;                       // 1 to this
  StudyUnit unit = StudyUnit::kEvaluations;
  double budget = 0.0;  // of each run, in units
  int points = 4;       // measured along a run, evenly; the untrained network besides
  std::string anchor;   // agent
  std::string game;     // of the matches; "" = the first of the base's
  double reach = 0.5;   // share of points against the anchor that counts as reaching it
  StudyMatch match;
};

// The variant whose networks this one plays with: the first with the same settings of training.
const StudyVariant& TrainerOf(const Study& study, const StudyVariant& variant);

// Errors name the file and what is wrong: not JSON, an unknown key (with the nearest known one), a
// value out of range, variants that cannot be compared.
Result<Study> ReadStudy(const std::filesystem::path& file);
Result<Study> StudyFromJson(const std::string& name, const nlohmann::json& json);
nlohmann::ordered_json StudyToJson(const Study& study);

// "evaluations", "steps", "seconds".
const char* UnitName(StudyUnit unit);
// As `train --budget` wants it: "200000evals", "500steps", "90s".
std::string BudgetText(const Study& study);

}  // namespace tengen
