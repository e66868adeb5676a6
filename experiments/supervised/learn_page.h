#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "envs/core/result.h"
#include "experiments/pictures/chart.h"

namespace tengen {

// What the folder of a run of `tengen learn` tells, while it trains too. A value.
struct LearnContents {
  std::filesystem::path folder;
  nlohmann::json config;
  std::vector<nlohmann::json> evaluations;  // by step
  nlohmann::json session;                   // newest, or null
  nlohmann::json final_line;                // null while it trains
  nlohmann::json findings;                  // null while it trains
  nlohmann::json study;                     // of --study (learn_study.h), or null
};

// Whether a run of that kind is in the folder.
bool IsLearnRun(const std::filesystem::path& folder);
// Errors: it is no such run.
Result<LearnContents> ReadLearnRun(const std::filesystem::path& folder);

// Losses, shares and other measures over the steps; each has points.
std::vector<Chart> LearnCharts(const LearnContents& run);

// One HTML page about the run, as report/report_page.h makes of others: results, curves, confusion
// matrix, worst mistakes, filters, saliency, attention, samples of text, cost, leakage, settings,
// whatever the run has. `written` says when, for people.
std::string LearnPage(const LearnContents& run, const std::string& written);

}  // namespace tengen
