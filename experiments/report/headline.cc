#include "experiments/report/headline.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "experiments/config/budget.h"
#include "experiments/pictures/markup.h"
#include "experiments/pictures/plot_scale.h"
#include "experiments/report/page_tables.h"
#include "experiments/statistics/seed_statistics.h"

namespace tengen {
namespace {

struct Tile {
  std::string value;
  std::string name;
  std::string detail;  // "" or a few words below
};

using Facts = std::vector<std::pair<std::string, std::string>>;

// Mean of the finite values; 0 without any.
double MeanOf(std::span<const double> values) {
  double sum = 0.0;
  std::size_t count = 0;
  for (const double value : values) {
    if (!std::isfinite(value)) continue;
    sum += value;
    ++count;
  }
  return count == 0 ? 0.0 : sum / static_cast<double>(count);
}

void AddStrengthTile(const RunSnapshot& run, std::vector<Tile>& tiles) {
  if (run.matches.empty()) return;
  const ProgressRow& last = run.matches.back();
  if (last.opponent.empty()) {
    tiles.push_back({ValueText(last.search_return), "return with search",
                     StrCat("policy alone ", ValueText(last.policy_return))});
    return;
  }
  tiles.push_back({StrCat(Grouped(last.elo)), "Elo, random play = 0",
                   StrCat(Grouped(last.elo_low), " to ", Grouped(last.elo_high), " (95 %)")});
}

std::vector<Tile> ZeroTiles(const RunSnapshot& run) {
  std::vector<Tile> tiles;
  AddStrengthTile(run, tiles);
  tiles.push_back({DurationText(run.seconds), "training time",
                   run.budget.empty() ? "" : "budget " + run.budget});
  tiles.push_back({Grouped(static_cast<double>(run.games)), "self-play games", ""});
  tiles.push_back({Grouped(static_cast<double>(run.positions)), "training positions", ""});
  const std::size_t checkpoints = run.checkpoints.size();
  tiles.push_back({Grouped(static_cast<double>(run.steps)), "learner steps",
                   StrCat(checkpoints, checkpoints == 1 ? " checkpoint" : " checkpoints")});
  const std::span<const double> speed = run.status->Column("evaluations_per_s");
  if (!speed.empty()) tiles.push_back({Grouped(MeanOf(speed)), "evaluations a second", "mean"});
  return tiles;
}

std::vector<Tile> RlTiles(const RunContents& run) {
  std::vector<double> returns;
  double seconds = 0.0;
  double steps = 0.0;
  for (const auto& [seed, lines] : run.rl) {
    const bool done = lines.final_line.is_object();
    if (!done && lines.evaluations.empty()) continue;
    const nlohmann::json& last =
        done ? lines.final_line : std::prev(lines.evaluations.end())->second;
    seconds += NumberField(last, "seconds", 0.0);
    steps += NumberField(last, "env_steps", 0.0);
    if (done) returns.push_back(NumberField(last, "return", 0.0));
  }
  std::vector<Tile> tiles;
  if (!returns.empty()) {
    const Interval mean = MeanInterval(returns);
    tiles.push_back({ValueText(mean.value), "final return, mean of seeds",
                     returns.size() > 1 ? StrCat(ValueText(mean.low), " to ", ValueText(mean.high),
                                                 " (95 %, Student's t)")
                                        : ""});
    if (returns.size() > 1) {
      tiles.push_back({ValueText(InterquartileMean(returns)), "interquartile mean", ""});
    }
  }
  const auto wanted = WholeField(run.config, "seeds", 1);
  tiles.push_back({StrCat(returns.size(), " of ", wanted), "seeds done", ""});
  tiles.push_back({Grouped(steps), "environment steps", "all seeds"});
  tiles.push_back({DurationText(seconds), "training time", "all seeds, one after the other"});
  if (seconds > 0.0) tiles.push_back({Grouped(steps / seconds), "steps a second", "mean"});
  return tiles;
}

std::string StateText(const RunContents& run) {
  if (run.zero != nullptr) return run.zero->sentence;
  const auto done = std::count_if(run.rl.begin(), run.rl.end(), [](const auto& seed) {
    return seed.second.final_line.is_object();
  });
  if (static_cast<double>(done) >= NumberField(run.config, "seeds", 1.0)) {
    return "Finished: every seed is trained.";
  }
  return run.running ? "A learner is at work."
                     : "Stopped before every seed was trained; the command that began it goes on "
                       "from here.";
}

const char* StateClass(const RunContents& run) {
  if (run.running) return "running";
  return StateText(run).starts_with("Finished") ? "finished" : "stopped";
}

std::string GameText(const RunContents& run) {
  if (run.zero == nullptr) return TextField(run.config, "env");
  const auto selfplay = run.config.find("selfplay");
  const auto games = selfplay->is_object() ? selfplay->find("games") : selfplay->end();
  std::string text;
  if (selfplay->is_object() && games != selfplay->end() && games->is_array()) {
    std::vector<std::string> seen;
    for (const nlohmann::json& id : *games) {
      if (!id.is_string()) continue;
      const auto name = id.get<std::string>();
      if (std::find(seen.begin(), seen.end(), name) != seen.end()) continue;
      seen.push_back(name);
      text += StrCat(text.empty() ? "" : ", ", name);
    }
  }
  return text;
}

std::string SeedText(const RunContents& run) {
  const auto seed = run.config.find("seed");
  if (seed == run.config.end() || !seed->is_number_integer()) return "";
  const auto first = seed->get<long long>();
  const auto seeds = WholeField(run.config, "seeds", 1);
  return seeds > 1 ? StrCat(first, " to ", first + seeds - 1) : StrCat(first);
}

Facts FactsOf(const RunContents& run, const std::string& written) {
  Facts facts = {{run.zero != nullptr ? "Game" : "Task", GameText(run)}, {"Seed", SeedText(run)}};
  const std::string version = run.SessionText("version");
  const std::string commit = run.SessionText("commit");
  facts.emplace_back("Commit", commit + (version.empty() ? "" : " (version " + version + ")"));
  facts.emplace_back("Processor", run.SessionText("processor"));
  facts.emplace_back("Device", run.SessionText("device"));
  if (!run.sessions.empty()) {
    const double threads = NumberField(run.sessions.back(), "threads", 0.0);
    if (threads > 0.0) facts.emplace_back("Self-play threads", StrCat(threads));
    if (run.sessions.size() > 1) {
      facts.emplace_back("Sessions", StrCat(run.sessions.size(), ", resumed each time"));
    }
  }
  facts.emplace_back("Report", written);
  if (commit.empty()) facts[2].second.clear();
  return facts;
}

// The middle of a Go board, tengen.
constexpr const char* kMark =
    "<svg class=\"mark\" viewBox=\"0 0 36 36\" aria-hidden=\"true\"><path d=\"M6 6H30V30H6Z"
    "M18 6V30M6 18H30\"/><circle cx=\"18\" cy=\"18\" r=\"5\"/></svg>";

}  // namespace

std::string RunTitle(const RunContents& run) {
  if (run.zero == nullptr) {
    return TextField(run.config, "algorithm") + " on " + TextField(run.config, "env");
  }
  return TextField(run.config, "name", run.folder.filename().string());
}

std::string Headline(const RunContents& run, const std::string& written) {
  std::string tiles;
  for (const Tile& tile : run.zero != nullptr ? ZeroTiles(*run.zero) : RlTiles(run)) {
    tiles +=
        StrCat("<div><dt>", Escaped(tile.name), "</dt><dd>", Escaped(tile.value), "</dd>",
               tile.detail.empty() ? "" : "<dd class=\"detail\">" + Escaped(tile.detail) + "</dd>",
               "</div>\n");
  }
  std::string facts;
  for (const auto& [name, value] : FactsOf(run, written)) {
    if (value.empty()) continue;
    facts += StrCat("<div><dt>", Escaped(name), "</dt><dd>", Escaped(value), "</dd></div>\n");
  }
  const std::string problem = run.zero == nullptr ? "" : run.zero->config_problem;
  return StrCat("<header>\n<p class=\"kind\">", kMark,
                run.zero != nullptr ? "Self-play training" : "Learners of a control task",
                "</p>\n<h1>", Escaped(RunTitle(run)), "</h1>\n<p class=\"state ", StateClass(run),
                "\">", Escaped(StateText(run)), "</p>\n",
                problem.empty() ? "" : "<p class=\"empty\">" + Escaped(problem) + "</p>\n",
                "<dl class=\"tiles\">\n", tiles, "</dl>\n<dl class=\"facts\">\n", facts,
                "</dl>\n<nav aria-label=\"Sections\"><a href=\"#strength\">",
                run.zero != nullptr ? "Strength" : "Returns", "</a>",
                run.zero != nullptr ? "<a href=\"#games\">Games</a>" : "",
                "<a href=\"#curves\">Curves</a><a href=\"#commands\">Reproduce</a>"
                "<a href=\"#config\">Settings</a></nav>\n</header>\n");
}

}  // namespace tengen
