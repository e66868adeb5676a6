#include "experiments/study/study.h"

#include <algorithm>
#include <set>

#include <nlohmann/json.hpp>

#include "envs/core/game_options.h"
#include "experiments/config/budget.h"
#include "experiments/config/json_fields.h"
#include "experiments/players/agent_spec.h"
#include "nets/atomic_file.h"

namespace tengen {

template <typename V>
void VisitFields(V& visit, StudyVariant& v) {
  visit("name", v.name);
  visit("set", v.set);
  visit("agent", v.agent);
}

template <typename V>
void VisitFields(V& visit, StudyMatch& m) {
  visit("games", m.games);
  visit("visits", m.visits);
  visit("opening_plies", m.opening_plies);
}

template <typename V>
void VisitFields(V& visit, Study& s) {
  visit("about", s.about);
  visit("base", s.base);
  visit("set", s.set);
  visit("seeds", s.seeds);
  visit("unit", s.unit,
        {{"evaluations", StudyUnit::kEvaluations},
         {"steps", StudyUnit::kSteps},
         {"seconds", StudyUnit::kSeconds}});
  visit("budget", s.budget);
  visit("points", s.points);
  visit("anchor", s.anchor);
  visit("game", s.game);
  visit("reach", s.reach);
  visit("match", s.match);
}

namespace {

// What all runs of a study have in common, or has a place of its own in it.
constexpr const char* kFixedKeys[] = {"budget", "seed", "name", "start", "selfplay.games"};
// What belongs to a study as a whole and is looked for in a variant by mistake.
constexpr const char* kSharedKeys[] = {"anchor", "game", "unit", "budget",
                                       "match",  "base", "seeds"};

Status CheckName(const std::string& name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  if (!name.empty() && name.front() != '.' && std::all_of(name.begin(), name.end(), fits)) {
    return Ok{};
  }
  return Error{StrCat("variant name '", name, "', wanted letters, digits, - _ or .")};
}

Status CheckAssignments(const std::vector<std::string>& set) {
  for (const std::string& assignment : set) {
    const auto parsed = ParseAssignment(assignment);
    if (!parsed) return Error{parsed.error()};
    for (const char* key : kFixedKeys) {
      if (assignment.starts_with(StrCat(key, "="))) {
        return Error{StrCat("'", assignment, "': runs with different ", key,
                            " cannot be compared, wanted a setting of how to train")};
      }
    }
  }
  return Ok{};
}

// A path cannot be judged here; only what stands behind the first comma of an agent.
Status CheckAgentOptions(const std::string& options) {
  if (options.empty()) return Ok{};
  for (const int visits : {1, 2}) {
    const auto spec = AgentSpec::Parse(StrCat("run:x,visits=", visits, ",", options));
    if (!spec) return Error{spec.error()};
    if (spec->visits == visits && spec->seconds == 0.0) continue;
    return Error{StrCat("agent '", options,
                        "': variants that search for longer than others cannot "
                        "be compared, wanted visits in the study's match")};
  }
  return Ok{};
}

Status CheckVariants(const Study& study) {
  if (study.variants.size() < 2) {
    return Error{StrCat(study.variants.size(), " variants, wanted at least 2")};
  }
  std::set<std::string> names;
  for (const StudyVariant& variant : study.variants) {
    for (const Status& status : {CheckName(variant.name), CheckAssignments(variant.set),
                                 CheckAgentOptions(variant.agent)}) {
      if (!status) return Error{StrCat("variant '", variant.name, "': ", status.error())};
    }
    if (!names.insert(variant.name).second) {
      return Error{StrCat("two variants are named '", variant.name, "'")};
    }
  }
  return CheckAssignments(study.set);
}

template <typename T>
Status CheckRange(const char* key, T value, T low, T high) {
  if (value >= low && value <= high) return Ok{};
  return Error{StrCat(key, " is ", value, ", wanted ", low, " to ", high)};
}

Status CheckStudy(const Study& study) {
  if (study.base.empty()) return Error{"base is missing, wanted a preset or config file"};
  if (study.anchor.empty()) return Error{"anchor is missing, wanted an agent such as mcts:200"};
  const auto anchor = AgentSpec::Parse(study.anchor);
  if (!anchor) return Error{anchor.error()};
  for (const Status& status :
       {CheckRange("seeds", study.seeds, 1, 1000), CheckRange("budget", study.budget, 1.0, 1e12),
        CheckRange("points", study.points, 1, 100), CheckRange("reach", study.reach, 0.01, 0.99),
        CheckRange("match.games", study.match.games, 2, 100000),
        CheckRange("match.visits", study.match.visits, 0, 1000000),
        CheckRange("match.opening_plies", study.match.opening_plies, 0, 100),
        CheckVariants(study)}) {
    if (!status) return status;
  }
  const auto budget = Budget::Parse(BudgetText(study));
  return budget ? Status(Ok{}) : Error{budget.error()};
}

Status ReadVariants(const nlohmann::json& json, Study& study) {
  if (!json.is_array()) return Error{"variants is missing, wanted an array of objects"};
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string path = StrCat("variants[", i, "]");
    for (const char* key : kSharedKeys) {
      if (json[i].is_object() && json[i].contains(key)) {
        return Error{StrCat(path, ".", key, ": variants with another ", key,
                            " cannot be compared, wanted it in the study itself")};
      }
    }
    StudyVariant variant;
    if (Status read = ConfigFromJson(json[i], variant, path); !read) return read;
    study.variants.push_back(std::move(variant));
  }
  return Ok{};
}

// "variants" is not a field of FieldReader's kinds; a word near to it should be found all the same.
Status CheckNearVariants(const nlohmann::json& json) {
  if (json.contains("variants")) return Ok{};
  for (const auto& [key, value] : json.items()) {
    if (NearestName(key, {"variants"}) == "variants") {
      return Error{StrCat("unknown key '", key, "'; did you mean 'variants'?")};
    }
  }
  return Ok{};
}

}  // namespace

const StudyVariant& TrainerOf(const Study& study, const StudyVariant& variant) {
  return *std::find_if(study.variants.begin(), study.variants.end(),
                       [&variant](const StudyVariant& v) { return v.set == variant.set; });
}

Result<Study> StudyFromJson(const std::string& name, const nlohmann::json& json) {
  if (!json.is_object()) return Error{"not an object, wanted a study"};
  Study study;
  study.name = name;
  if (Status near = CheckNearVariants(json); !near) return Error{near.error()};
  nlohmann::json rest = json;
  rest.erase("variants");
  if (Status read = ConfigFromJson(rest, study); !read) return Error{read.error()};
  const nlohmann::json variants = json.value("variants", nlohmann::json());
  if (Status read = ReadVariants(variants, study); !read) return Error{read.error()};
  if (Status right = CheckStudy(study); !right) return Error{right.error()};
  return study;
}

Result<Study> ReadStudy(const std::filesystem::path& file) {
  const auto text = ReadWholeFile(file);
  if (!text) return Error{StrCat("cannot read the study: ", text.error())};
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) return Error{StrCat(file, " is not JSON, wanted a study")};
  auto study = StudyFromJson(file.stem().string(), json);
  if (!study) return Error{StrCat(file, ": ", study.error())};
  return study;
}

nlohmann::ordered_json StudyToJson(const Study& study) {
  nlohmann::ordered_json json = ConfigToJson(study);
  json["variants"] = nlohmann::ordered_json::array();
  for (const StudyVariant& variant : study.variants) {
    json["variants"].push_back(ConfigToJson(variant));
  }
  return json;
}

const char* UnitName(StudyUnit unit) {
  switch (unit) {
    case StudyUnit::kEvaluations:
      return "evaluations";
    case StudyUnit::kSteps:
      return "steps";
    case StudyUnit::kSeconds:
      return "seconds";
  }
  return "";
}

std::string BudgetText(const Study& study) {
  const auto whole = static_cast<std::int64_t>(study.budget);
  switch (study.unit) {
    case StudyUnit::kEvaluations:
      return StrCat(whole, "evals");
    case StudyUnit::kSteps:
      return StrCat(whole, "steps");
    case StudyUnit::kSeconds:
      return StrCat(whole, "s");
  }
  return "";
}

}  // namespace tengen
