#include "experiments/report/report_page.h"

#include <algorithm>
#include <utility>

#include "experiments/pictures/chart.h"
#include "experiments/pictures/embedded_parts.h"
#include "experiments/pictures/markup.h"
#include "experiments/pictures/page_head.h"
#include "experiments/report/headline.h"
#include "experiments/report/metric_charts.h"
#include "experiments/report/page_tables.h"
#include "experiments/report/reproduction.h"

namespace tengen {
namespace {

constexpr std::size_t kGamesBytes = 1'200'000;  // of their JSON, at first
constexpr std::size_t kConfigBytes = 200'000;   // shown
constexpr std::size_t kMostCharts = 60;         // metrics may have any number of columns

// What the page is made of, so that it can be put together again with fewer games.
struct Parts {
  std::string head;    // title, styles
  std::string before;  // sections before the games
  std::string after;   // sections behind them
};

std::string Section(const char* id, const std::string& title, const std::string& content) {
  return StrCat("<section id=\"", id, "\" aria-labelledby=\"", id, "-title\"><h2 id=\"", id,
                "-title\">", title, "</h2>\n", content, "</section>\n");
}

std::string Sentence(const std::string& text) {
  return StrCat("<p class=\"empty\">", Escaped(text), "</p>\n");
}

std::string Strength(const RunContents& run, const RunCharts& charts) {
  std::string pictures;
  for (const Chart& chart : charts.strength) {
    pictures += ChartFigure(chart, FigureSize::kWide);
  }
  const std::string tables = StrengthTables(run);
  if (pictures.empty() && tables.empty()) {
    return Sentence(run.zero != nullptr ? "No match against a fixed opponent was played yet."
                                        : "No evaluation was made yet.");
  }
  return StrCat("<div class=\"strength\"><div>", pictures, "</div><div>", tables, "</div></div>\n");
}

std::string Curves(const RunCharts& charts) {
  if (charts.metrics.empty()) return Sentence("metrics.jsonl holds no numbers to draw yet.");
  std::string out;
  std::size_t shown = 0, left_out = 0;
  for (const auto& [title, group] : charts.metrics) {
    std::string figures;
    for (const Chart& chart : group) {
      const bool fits = shown < kMostCharts;
      if (fits) figures += ChartFigure(chart);
      ++(fits ? shown : left_out);
    }
    if (figures.empty()) continue;
    out += StrCat("<h3 class=\"group\">", Escaped(title), "</h3>\n<div class=\"charts\">\n",
                  figures, "</div>\n");
  }
  out += "<p class=\"note\">";
  if (left_out > 0) out += StrCat(left_out, " more numbers have no picture here. ");
  if (!charts.flat_zero.empty()) {
    std::string names;
    for (std::size_t i = 0; i < std::min(charts.flat_zero.size(), kMostCharts); ++i) {
      names += StrCat(i == 0 ? "" : ", ", charts.flat_zero[i]);
    }
    out += StrCat("Zero throughout, and so without a picture: ", Escaped(names), ". ");
  }
  return out + "Long curves are thinned to some hundred points each; their peaks stay.</p>\n";
}

std::string Commands(const RunContents& run) {
  std::string out;
  for (const ReproductionStep& step : Reproduction(run)) {
    out += StrCat("<div class=\"command\"><h3>", Escaped(step.what), "</h3><pre><code>",
                  Escaped(step.command),
                  "</code></pre><button type=\"button\" class=\"copy\">Copy</button></div>\n");
  }
  return out;
}

std::string Config(const RunContents& run) {
  std::string text = run.config.dump(2, ' ', false, nlohmann::json::error_handler_t::replace);
  std::string note;
  if (text.size() > kConfigBytes) {
    note = Sentence(StrCat("The first ", kConfigBytes, " of ", text.size(), " bytes."));
    text.resize(kConfigBytes);
  }
  return StrCat("<details><summary>config.json, every setting of the run</summary>", note,
                "<pre><code>", Escaped(text), "</code></pre></details>\n");
}

// A player of one has returns instead of boards.
std::string EpisodesSection(const SampledGames& games) {
  const Chart chart = EpisodeReturns(games);
  return StrCat("<div class=\"strength\"><div>", ChartFigure(chart, FigureSize::kWide),
                "</div><div>", EpisodeTable(games), "</div></div>\n");
}

std::string GamesNote(const RunContents& run, const SampledGames& games, std::size_t shown) {
  const double played =
      run.zero == nullptr ? 0.0 : static_cast<double>(std::max(run.zero->games, games.read));
  std::string note = StrCat(shown, " of ", Grouped(played),
                            " self-play games, evenly spread over the run, oldest first.");
  if (shown < games.games.size()) note += " More would make this page too large.";
  if (games.damaged > 0) {
    note += StrCat(" ", games.damaged,
                   games.damaged == 1 ? " record or stretch" : " records or stretches",
                   " could not be read: tengen records verify.");
  }
  return StrCat("<p class=\"note\">", Escaped(note), "</p>\n");
}

// The section with at most `bytes` of games, and behind it their data.
std::string GamesSection(const RunContents& run, const SampledGames& games, std::size_t bytes) {
  if (run.zero == nullptr) return "";
  const bool alone = run.zero->game != nullptr && run.zero->game->spec().num_players == 1;
  if (games.games.empty()) {
    return Section("games", "Sample games", Sentence("No game was finished yet."));
  }
  if (alone) return Section("games", "Self-play episodes", EpisodesSection(games));
  const nlohmann::ordered_json boards = BoardsJson(games.games, bytes);
  const std::size_t shown = boards.at("games").size();
  if (shown == 0) {
    return Section("games", "Sample games", Sentence("Its games are too long for this page."));
  }
  return StrCat(Section("games", "Sample games", GamesNote(run, games, shown) + BoardViewer()),
                "<script type=\"application/json\" id=\"game-data\">", ScriptJson(boards),
                "</script>\n");
}

std::string Whole(const Parts& parts, const std::string& games) {
  return StrCat(parts.head, "<body>\n", parts.before, games, parts.after, "</body>\n</html>\n");
}

}  // namespace

std::string ReportPage(const RunContents& run, const SampledGames& games,
                       const std::string& written) {
  const RunCharts charts = ChartsOf(run);
  Parts parts;
  parts.head = PageHead(RunTitle(run) + " - run report");
  parts.before = StrCat(
      Headline(run, written), "<main>\n",
      Section("strength", run.zero != nullptr ? "Strength" : "Returns", Strength(run, charts)));
  parts.after = StrCat(
      Section("curves", "Curves", Curves(charts)), Section("commands", "Reproduce", Commands(run)),
      Section("config", "Settings", Config(run)), "</main>\n<footer><p>",
      Escaped(StrCat("Written ", written, " by tengen report from ", run.folder.string())),
      "</p></footer>\n<script>\n", PageParts().chart_script, PageParts().board_script,
      "</script>\n");
  std::size_t bytes = kGamesBytes;
  std::string page = Whole(parts, GamesSection(run, games, bytes));
  while (page.size() > kMostPageBytes && bytes > 0) {
    bytes /= 2;
    page = Whole(parts, GamesSection(run, games, bytes));
  }
  return page;
}

}  // namespace tengen
