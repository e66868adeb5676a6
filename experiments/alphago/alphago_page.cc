#include "experiments/alphago/alphago_page.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>

#include "experiments/alphago/combination_table.h"
#include "experiments/alphago/error_figure.h"
#include "experiments/config/budget.h"
#include "experiments/pictures/chart.h"
#include "experiments/pictures/embedded_parts.h"
#include "experiments/pictures/markup.h"
#include "experiments/pictures/page_head.h"
#include "experiments/report/page_tables.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kGamesBytes = 1'200'000;

// What Silver et al. 2016 have on 19x19 for a row of a stage.
struct PaperRow {
  PipelineStage stage;
  const char* row;
  const char* paper;
};
constexpr PaperRow kPaper[] = {
    {PipelineStage::kRollouts, "top-1 accuracy", "24.2 %"},
    {PipelineStage::kSl, "top-1 accuracy", "57.0 %; 55.4 % of the network that played"},
    {PipelineStage::kRl, "score against its start", "more than 80 %"},
    {PipelineStage::kValue, "test MSE", "0.234"},
    {PipelineStage::kValue, "training MSE", "0.226"},
    {PipelineStage::kValue, "test MSE - training MSE", "0.008; 0.18 from all positions of records"},
};
// Extended data table 7: Elo.
struct PaperElo {
  const char* name;
  int elo;
};
constexpr PaperElo kPaperElo[] = {{"policy+value+rollouts", 2890},
                                  {"policy+rollouts", 2416},
                                  {"policy+value", 2177},
                                  {"value+rollouts", 2077},
                                  {"value", 1655},
                                  {"policy", 1517},
                                  {"rollouts", 1457}};

Result<nlohmann::json> ReadJson(const fs::path& file) {
  std::error_code ignored;
  if (!fs::exists(file, ignored)) return nlohmann::json();
  const auto text = ReadWholeFile(file);
  if (!text) return Error{text.error()};
  nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return Error{StrCat(file.string(), " is damaged, wanted a JSON object")};
  return json;
}

std::string Section(const char* id, const std::string& title, const std::string& content) {
  return StrCat("<section id=\"", id, "\" aria-labelledby=\"", id, "-title\"><h2 id=\"", id,
                "-title\">", title, "</h2>\n", content, "</section>\n");
}

std::string Sentence(const std::string& text) {
  return StrCat("<p class=\"empty\">", Escaped(text), "</p>\n");
}

std::string NumberText(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return std::abs(value) >= 10'000.0 ? Grouped(value) : std::string(text);
}

// The interval of a row where its "low" and "high" stand beside it.
std::string ValueText(const std::vector<LearnRow>& rows, const LearnRow& row) {
  const auto find = [&rows, &row](const char* end) -> std::optional<double> {
    for (const LearnRow& other : rows) {
      if (other.name == row.name + end) return other.value;
    }
    return std::nullopt;
  };
  std::string text = NumberText(row.value);
  const auto low = find(" low");
  const auto high = find(" high");
  if (low && high) text += StrCat(" (", NumberText(*low), " to ", NumberText(*high), ")");
  return row.unit.empty() ? text : text + " " + row.unit;
}

std::string StageTable(PipelineStage stage, const StageList::Entry& entry) {
  std::string html =
      "<table><thead><tr><th></th><th>here</th><th>Silver et al. 2016, 19x19</th>"
      "</tr></thead><tbody>\n";
  for (const LearnRow& row : entry.rows) {
    if (row.name.ends_with(" low") || row.name.ends_with(" high")) continue;
    if (IsErrorFigureRow(row)) continue;
    std::string paper = "-";
    for (const PaperRow& known : kPaper) {
      if (known.stage == stage && row.name == known.row) paper = known.paper;
    }
    html += StrCat("<tr><td>", Escaped(row.name), "</td><td>", Escaped(ValueText(entry.rows, row)),
                   "</td><td>", Escaped(paper), "</td></tr>\n");
  }
  return html + "</tbody></table>\n";
}

std::string Stages(const AlphaGoReport& report) {
  std::string html;
  for (const PipelineStageText& text : PipelineStages()) {
    const StageList::Entry* entry = report.stages.Find(text.stage);
    const bool done = entry != nullptr && entry->done;
    html += StrCat("<h3 class=\"group\">", Escaped(StrCat(text.name, ": ", text.summary)),
                   done ? StrCat(", ", DurationText(entry->seconds)) : std::string(), "</h3>\n");
    html += done ? StageTable(text.stage, *entry)
                 : Sentence(entry == nullptr ? "Not begun." : "Not finished.");
    if (done && text.stage == PipelineStage::kValue) html += ErrorFigure(entry->rows);
  }
  return html;
}

// Rows of a table of `tengen combinations`; what is not as it writes it is left out.
struct RatedRow {
  std::string name;
  double elo = 0.0;
  double half_width = 0.0;
};
std::vector<RatedRow> RatedRows(const nlohmann::json& table) {
  std::vector<RatedRow> rows;
  if (!table.is_object() || !table.contains("rows") || !table["rows"].is_array()) return rows;
  for (const nlohmann::json& row : table["rows"]) {
    if (!row.is_object() || !row.contains("name") || !row["name"].is_string()) continue;
    if (!row.contains("elo") || !row["elo"].is_number()) continue;
    if (!row.contains("half_width") || !row["half_width"].is_number()) continue;
    rows.push_back({row["name"].get<std::string>(), row["elo"].get<double>(),
                    row["half_width"].get<double>()});
  }
  return rows;
}

std::string PartsTable(const nlohmann::json& table) {
  const std::vector<RatedRow> rows = RatedRows(table);
  if (rows.empty()) {
    return Sentence("Not played yet: tengen combinations RUN plays all combinations.");
  }
  double most = 1.0;
  for (const RatedRow& row : rows) most = std::max(most, row.elo + row.half_width);
  std::string html =
      "<table><thead><tr><th></th><th>Elo here</th><th></th><th>Elo, Silver et al. 2016</th></tr>"
      "</thead><tbody>\n";
  for (const RatedRow& row : rows) {
    std::string paper = "-";
    for (const PaperElo& known : kPaperElo) {
      if (row.name == known.name) paper = std::to_string(known.elo - kPaperElo[6].elo);
    }
    // The interval as a bar over the scale from 0 to the strongest one's upper end.
    const auto at = [most](double elo) { return 200.0 * std::max(0.0, elo) / most; };
    const double low = at(row.elo - row.half_width);
    const double high = at(row.elo + row.half_width);
    html +=
        StrCat("<tr><td>", Escaped(row.name), "</td><td>", std::lround(row.elo), " +- ",
               std::lround(row.half_width),
               "</td><td><svg width=\"210\" height=\"14\" role=\"img\" aria-label=\"",
               std::lround(row.elo), "\"><rect x=\"0\" y=\"4\" width=\"", NumberText(at(row.elo)),
               "\" height=\"6\" fill=\"currentColor\" opacity=\"0.35\"/><rect x=\"",
               NumberText(low), "\" y=\"6\" width=\"", NumberText(std::max(1.0, high - low)),
               "\" height=\"2\" fill=\"currentColor\"/></svg></td><td>", paper, "</td></tr>\n");
  }
  return html +
         "</tbody></table>\n<p class=\"note\">Both columns count from rollouts alone = 0; "
         "lines are intervals of 95 %.</p>\n";
}

std::string LambdaChart(const nlohmann::json& table) {
  Chart chart;
  chart.title = "Rollouts' share in a leaf's value";
  chart.x_title = "lambda";
  chart.y_title = "Elo";
  chart.x_axis = ChartAxis::kNumbers;
  chart.x_end = 1.0;
  chart.note = "Elo over lambda 0, the value network alone, with intervals of 95 %.";
  ChartLine line;
  line.label = "policy+value+rollouts";
  std::vector<RatedRow> rows = RatedRows(table);
  std::reverse(rows.begin(), rows.end());  // by lambda
  for (const RatedRow& row : rows) {
    if (!row.name.starts_with("lambda ")) continue;
    line.x.push_back(std::strtod(row.name.c_str() + 7, nullptr));
    line.y.push_back(row.elo);
    line.low.push_back(row.elo - row.half_width);
    line.high.push_back(row.elo + row.half_width);
  }
  chart.lines.push_back(std::move(line));
  if (!HasPoints(chart)) return Sentence("Not played yet: tengen combinations RUN --lambda.");
  return ChartFigure(chart, FigureSize::kWide);
}

std::string Games(const SampledGames& games) {
  const nlohmann::ordered_json boards = BoardsJson(games.games, kGamesBytes);
  if (games.games.empty() || boards.at("games").empty()) {
    return Section("games", "Sample games", Sentence("No game of self-play was finished yet."));
  }
  const std::string note =
      "<p class=\"note\">Self-play of the value network's stage: the supervised policy up to a "
      "random move, the policy after REINFORCE behind it.</p>\n";
  return StrCat(Section("games", "Sample games", note + BoardViewer()),
                "<script type=\"application/json\" id=\"game-data\">", ScriptJson(boards),
                "</script>\n");
}

}  // namespace

bool IsAlphaGoRun(const fs::path& folder) {
  const auto json = ReadJson(folder / "config.json");
  return json.ok() && json->is_object() && json->value("task", nlohmann::json()) == "alphago";
}

Result<AlphaGoReport> ReadAlphaGoRun(const fs::path& folder, std::size_t games) {
  AlphaGoReport report;
  report.folder = folder;
  const std::pair<fs::path, nlohmann::json*> files[] = {{folder / "config.json", &report.config},
                                                        {PartsFile(folder), &report.parts},
                                                        {LambdaFile(folder), &report.lambda}};
  for (const auto& [file, json] : files) {
    auto read = ReadJson(file);
    if (!read) return Error{read.error()};
    *json = *std::move(read);
  }
  auto stages = StageList::Read(folder);
  if (!stages) return Error{stages.error()};
  report.stages = *std::move(stages);
  report.games = SampleGames(folder / "value" / "games", games);
  return report;
}

std::string AlphaGoPage(const AlphaGoReport& report, const std::string& written) {
  const auto replace = nlohmann::json::error_handler_t::replace;
  const std::string name = report.folder.filename().string();
  return StrCat(
      PageHead(name + " - AlphaGo's stages"), "<body>\n<header><h1>", Escaped(name),
      "</h1>\n<p>The stages of AlphaGo (Silver et al. 2016).</p></header>\n<main>\n",
      Section("stages", "Stages", Stages(report)),
      Section("parts", "Parts together and alone", PartsTable(report.parts)),
      Section("lambda", "Value network and rollouts", LambdaChart(report.lambda)),
      Games(report.games),
      Section(
          "config", "Settings",
          StrCat("<details><summary>config.json, every setting of the run</summary><pre><code>",
                 Escaped(report.config.dump(2, ' ', false, replace)), "</code></pre></details>\n")),
      "</main>\n<footer><p>",
      Escaped(StrCat("Written ", written, " by tengen report from ", report.folder.string())),
      "</p></footer>\n<script>\n", PageParts().chart_script, PageParts().board_script,
      "</script>\n</body>\n</html>\n");
}

}  // namespace tengen
