#pragma once

#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "experiments/alphago/stage_list.h"
#include "experiments/report/sample_games.h"

namespace tengen {

// What the page of a run of `tengen train alphago9` is made of.
struct AlphaGoReport {
  std::filesystem::path folder;
  nlohmann::json config;  // of config.json
  StageList stages;
  nlohmann::json parts;   // of `tengen combinations`; null: it was not played
  nlohmann::json lambda;  // of `tengen combinations --lambda`; null: it was not played
  SampledGames games;     // of the value network's self-play
};

bool IsAlphaGoRun(const std::filesystem::path& folder);
// With at most `games` sample games. Errors: a damaged file.
Result<AlphaGoReport> ReadAlphaGoRun(const std::filesystem::path& folder, std::size_t games);

// One HTML page that needs nothing else: what each stage came to beside what Silver et al. 2016
// have, the tables of combinations, games to step through, the settings. `written` says when, for
// people.
std::string AlphaGoPage(const AlphaGoReport& report, const std::string& written);

}  // namespace tengen
