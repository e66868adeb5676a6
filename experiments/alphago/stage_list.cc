#include "experiments/alphago/stage_list.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "envs/core/check.h"
#include "envs/core/game_options.h"
#include "envs/core/join.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr int kVersion = 1;

fs::path File(const fs::path& run) { return run / "stages.json"; }

StageList::Entry ReadEntry(const nlohmann::json& json) {
  StageList::Entry entry;
  entry.budget_s = json.at("budget_s").get<double>();
  entry.seconds = json.at("seconds").get<double>();
  entry.done = json.at("done").get<bool>();
  for (const nlohmann::json& row : json.at("rows")) {
    entry.rows.push_back({row.at("name").get<std::string>(), row.at("value").get<double>(),
                          row.at("unit").get<std::string>()});
  }
  return entry;
}

}  // namespace

const std::vector<PipelineStageText>& PipelineStages() {
  using enum PipelineStage;
  static const std::vector<PipelineStageText> kStages = {
      {kGames, "games", "games to learn from", {}},
      {kRollouts, "rollouts", "rollout policy from games", {kGames}},
      {kRolloutsRl, "rollouts-rl", "rollout policy against earlier selves", {kGames, kRollouts}},
      {kSl, "sl", "policy network from games", {kGames}},
      {kRl, "rl", "policy network against earlier selves", {kGames, kSl}},
      {kValue, "value", "value network from positions of self-play", {kRollouts, kSl, kRl}}};
  return kStages;
}

const PipelineStageText& TextOf(PipelineStage stage) {
  return PipelineStages()[static_cast<std::size_t>(stage)];
}

Result<PipelineStage> PipelineStageByName(const std::string& name) {
  std::vector<std::string> names;
  for (const PipelineStageText& text : PipelineStages()) {
    if (name == text.name) return text.stage;
    names.emplace_back(text.name);
  }
  const std::string nearest = NearestName(name, names);
  return Error{StrCat("no stage '", name, "'",
                      nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
                      " (stages: ", Join(names), ")")};
}

Result<StageList> StageList::Read(const fs::path& run) {
  StageList list;
  std::error_code ignored;
  if (!fs::exists(File(run), ignored)) return list;
  const auto text = ReadWholeFile(File(run));
  if (!text) return Error{text.error()};
  try {
    const nlohmann::json json = nlohmann::json::parse(*text);
    if (json.at("version") != kVersion) {
      return Error{StrCat(File(run).string(), " is of version ", json.at("version").dump(),
                          ", wanted ", kVersion, "; its stages were left as they are")};
    }
    for (const auto& [name, entry] : json.at("stages").items()) {
      const auto stage = PipelineStageByName(name);
      if (!stage) return Error{StrCat(File(run).string(), ": ", stage.error())};
      list.entries_[*stage] = ReadEntry(entry);
    }
  } catch (const nlohmann::json::exception& error) {
    return Error{StrCat(File(run).string(), " is damaged: ", error.what())};
  }
  return list;
}

void StageList::Write(const fs::path& run) const {
  nlohmann::ordered_json stages = nlohmann::ordered_json::object();
  for (const auto& [stage, entry] : entries_) {
    nlohmann::ordered_json rows = nlohmann::ordered_json::array();
    for (const LearnRow& row : entry.rows) {
      rows.push_back({{"name", row.name}, {"value", row.value}, {"unit", row.unit}});
    }
    stages[TextOf(stage).name] = {{"budget_s", entry.budget_s},
                                  {"seconds", entry.seconds},
                                  {"done", entry.done},
                                  {"rows", rows}};
  }
  const nlohmann::ordered_json json = {{"version", kVersion}, {"stages", stages}};
  WriteFileAtomically(File(run), json.dump(2) + "\n");
}

const StageList::Entry* StageList::Find(PipelineStage stage) const {
  const auto found = entries_.find(stage);
  return found == entries_.end() ? nullptr : &found->second;
}

bool StageList::done(PipelineStage stage) const {
  const Entry* entry = Find(stage);
  return entry != nullptr && entry->done;
}

double StageList::spent_s() const {
  double sum = 0.0;
  for (const auto& [stage, entry] : entries_) {
    if (entry.done) sum += entry.seconds;
  }
  return sum;
}

Status StageList::CheckNeeds(PipelineStage stage, const fs::path& run) const {
  const PipelineStageText& text = TextOf(stage);
  const auto missing = std::find_if(text.needs.begin(), text.needs.end(),
                                    [this](PipelineStage needed) { return !done(needed); });
  if (missing == text.needs.end()) return Ok{};
  return Error{StrCat("stage ", text.name, " needs stage ", TextOf(*missing).name,
                      ", which is not done in ", run.string(), "; wanted --stage ",
                      TextOf(*missing).name, " before it, or no --stage")};
}

}  // namespace tengen
