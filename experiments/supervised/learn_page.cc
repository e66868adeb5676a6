#include "experiments/supervised/learn_page.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <functional>

#include "experiments/pictures/embedded_parts.h"
#include "experiments/pictures/markup.h"
#include "experiments/pictures/page_head.h"
#include "experiments/pictures/png_picture.h"
#include "experiments/runs/run_contents.h"

namespace tengen {
namespace {

using Json = nlohmann::json;

constexpr const char* kStyle =
    ".tiles{display:flex;flex-wrap:wrap;gap:12px}.tiles figure{margin:0;text-align:center}"
    ".tiles img,.plane{image-rendering:pixelated}.tiles figcaption{font-size:12px}"
    "table.confusion td{text-align:right;padding:2px 6px;font-variant-numeric:tabular-nums}"
    "pre.text{white-space:pre-wrap;max-width:80ch}\n";

std::string Number(double value) {
  char text[40];
  std::snprintf(text, sizeof text, "%.5g", value);
  return text;
}

std::string Percent(double share) {
  char text[40];
  std::snprintf(text, sizeof text, "%.2f %%", 100.0 * share);
  return text;
}

std::string Section(const std::string& title, const std::string& content) {
  if (content.empty()) return "";
  return StrCat("<section><h2>", Escaped(title), "</h2>\n", content, "</section>\n");
}

// An <img> of numbers, the smallest black, the largest white.
std::string Heat(const Json& picture, int pixel) {
  const auto values = picture.at("values").get<std::vector<double>>();
  const int rows = picture.at("rows"), columns = picture.at("columns");
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const double range = *high > *low ? *high - *low : 1.0;
  std::vector<std::uint8_t> grey;
  for (const double value : values) {
    grey.push_back(static_cast<std::uint8_t>(std::lround(255.0 * (value - *low) / range)));
  }
  return StrCat("<img alt=\"\" width=\"", columns * pixel, "\" height=\"", rows * pixel,
                "\" src=\"", PngDataUri(rows, columns, 1, grey), "\">");
}

// Large pictures have small pixels.
int PixelOf(const Json& picture) {
  const int side = std::max(picture.at("rows").get<int>(), picture.at("columns").get<int>());
  return std::clamp(96 / side, 1, 12);
}

std::string Tile(const std::string& pictures, const std::string& caption) {
  return StrCat("<figure>", pictures, "<figcaption>", Escaped(caption), "</figcaption></figure>\n");
}

std::string Tiles(const std::string& tiles) {
  return tiles.empty() ? "" : StrCat("<div class=\"tiles\">\n", tiles, "</div>\n");
}

std::string Results(const LearnContents& run) {
  if (run.final_line.is_null()) return "<p class=\"empty\">The run is not done yet.</p>\n";
  std::string rows;
  for (const Json& row : run.final_line.at("rows")) {
    const double value = row.at("value");
    const auto unit = row.at("unit").get<std::string>();
    rows += StrCat("<tr><td>", Escaped(row.at("name").get<std::string>()), "</td><td>",
                   Number(value), "</td><td>", Escaped(unit), "</td></tr>\n");
  }
  return StrCat("<table><thead><tr><th>what</th><th>value</th><th>unit</th></tr></thead>\n<tbody>",
                rows, "</tbody></table>\n");
}

std::string Curves(const LearnContents& run) {
  std::string figures;
  for (const Chart& chart : LearnCharts(run)) figures += ChartFigure(chart, FigureSize::kWide);
  return figures.empty() ? "" : StrCat("<div class=\"charts\">\n", figures, "</div>\n");
}

std::string FittedLine(const Json& line) {
  if (!line.is_object()) return "";
  std::vector<std::array<double, 3>> points;
  for (std::size_t i = 0; i < line.at("x").size(); ++i) {
    points.push_back({line.at("x")[i], line.at("y")[i], line.at("fitted")[i]});
  }
  std::sort(points.begin(), points.end());
  if (points.empty()) return "";
  Chart chart;
  chart.title = "Examples and the fitted line";
  chart.x_title = StrCat("x, from ", Number(points.front()[0]));
  chart.y_title = "y";
  chart.x_axis = ChartAxis::kNumbers;
  ChartLine examples, fitted;
  examples.label = "examples";
  examples.look = LineLook::kPoints;
  fitted.label = "fitted";
  fitted.colour = 1;
  for (const auto& [x, y, f] : points) {
    // Axes begin at 0.
    examples.x.push_back(x - points.front()[0]);
    examples.y.push_back(y);
    fitted.x.push_back(x - points.front()[0]);
    fitted.y.push_back(f);
  }
  chart.lines = {examples, fitted};
  return ChartFigure(chart, FigureSize::kWide);
}

std::string Regions(const Json& regions) {
  if (!regions.is_object()) return "";
  constexpr std::uint8_t kLight[3][3] = {{190, 214, 240}, {250, 214, 180}, {200, 232, 200}};
  constexpr std::uint8_t kDark[3][3] = {{20, 80, 160}, {190, 90, 0}, {20, 120, 40}};
  constexpr int kScale = 8;
  const int side = regions.at("side");
  const double extent = regions.at("extent");
  const int width = side * kScale;
  std::vector<std::uint8_t> pixels;
  for (int row = 0; row < width; ++row) {
    for (int column = 0; column < width; ++column) {
      const std::size_t cell =
          regions.at("cells")[static_cast<std::size_t>(row / kScale * side + column / kScale)];
      pixels.insert(pixels.end(), kLight[cell % 3], kLight[cell % 3] + 3);
    }
  }
  for (const Json& point : regions.at("points")) {
    const int column = static_cast<int>((point[0].get<double>() / extent + 1.0) * 0.5 * width);
    const int row = static_cast<int>((1.0 - point[1].get<double>() / extent) * 0.5 * width);
    const std::size_t label = point[2];
    for (int dr = -1; dr <= 1; ++dr) {
      for (int dc = -1; dc <= 1; ++dc) {
        const int r = std::clamp(row + dr, 0, width - 1), c = std::clamp(column + dc, 0, width - 1);
        std::copy_n(kDark[label % 3], 3, pixels.begin() + 3 * (r * width + c));
      }
    }
  }
  return StrCat(
      "<p class=\"note\">The plane of the two inputs in the colour of the class that the "
      "network gives, with training examples.</p>\n<img class=\"plane\" alt=\"decision "
      "regions\" width=\"",
      width, "\" height=\"", width, "\" src=\"", PngDataUri(width, width, 3, pixels), "\">\n");
}

std::string ConfusionTable(const Json& findings) {
  if (!findings.contains("confusion")) return "";
  const Json& classes = findings.at("classes");
  std::string head = "<th>label</th>", body;
  for (const Json& name : classes) head += "<th>" + Escaped(name.get<std::string>()) + "</th>";
  for (std::size_t i = 0; i < classes.size(); ++i) {
    body += "<tr><th>" + Escaped(classes[i].get<std::string>()) + "</th>";
    for (const Json& count : findings.at("confusion")[i]) {
      body += StrCat("<td>", count.get<int>() == 0 ? "" : StrCat(count.get<int>()), "</td>");
    }
    body += "</tr>\n";
  }
  return StrCat(
      "<p class=\"note\">Test examples by label (row) and predicted class (column)."
      "</p>\n<table class=\"confusion\"><thead><tr>",
      head, "</tr></thead><tbody>", body, "</tbody></table>\n");
}

std::string Mistakes(const Json& mistakes) {
  std::string tiles;
  for (const Json& mistake : mistakes) {
    const std::string caption =
        StrCat(mistake.at("label").get<std::string>(), " taken for ",
               mistake.at("predicted").get<std::string>(), ", ",
               Percent(mistake.at("confidence").get<double>()), " sure",
               mistake.contains("name") ? " (" + TextField(mistake, "name") + ")" : "");
    tiles += Tile(mistake.contains("picture")
                      ? Heat(mistake.at("picture"), PixelOf(mistake.at("picture")))
                      : "",
                  caption);
  }
  return Tiles(tiles);
}

std::string Filters(const Json& filters) {
  std::string tiles;
  for (const Json& filter : filters) tiles += Tile(Heat(filter, PixelOf(filter) * 3 / 4 + 1), "");
  return Tiles(tiles);
}

std::string SaliencyTiles(const Json& all) {
  std::string tiles;
  for (const Json& one : all) {
    const int pixel = PixelOf(one.at("picture"));
    tiles += Tile(Heat(one.at("picture"), pixel) + " " + Heat(one.at("saliency"), pixel),
                  StrCat(one.at("label").get<std::string>(), ", taken for ",
                         one.at("predicted").get<std::string>()));
  }
  if (tiles.empty()) return "";
  return "<p class=\"note\">Beside each input: how strongly each of its numbers moves the answer."
         "</p>\n" +
         Tiles(tiles);
}

std::string Attention(const Json& findings) {
  if (!findings.contains("attention")) return "";
  std::string tiles;
  std::size_t layer = 0;
  for (const Json& heads : findings.at("attention")) {
    ++layer;
    std::size_t head = 0;
    for (const Json& map : heads) {
      tiles += Tile(Heat(map, 3), StrCat("layer ", layer, ", head ", ++head));
    }
  }
  return StrCat(
      "<p class=\"note\">Each row is a character of the text below and shows which "
      "earlier ones it looks at.</p>\n<pre class=\"text\">",
      Escaped(TextField(findings, "attention_text")), "</pre>\n", Tiles(tiles));
}

std::string Samples(const LearnContents& run) {
  std::string out;
  if (run.findings.is_object() && run.findings.contains("samples")) {
    for (const Json& sample : run.findings.at("samples")) {
      out += "<pre class=\"text\">" + Escaped(sample.get<std::string>()) + "</pre>\n";
    }
  }
  for (std::size_t i = 0; i < run.evaluations.size(); i += 1 + run.evaluations.size() / 6) {
    const Json& line = run.evaluations[i];
    if (!line.contains("glance") || !line.at("glance").is_object()) continue;
    if (!line.at("glance").contains("text")) continue;
    out += StrCat("<h3>after ", WholeField(line, "step", 0), " steps</h3><pre class=\"text\">",
                  Escaped(TextField(line.at("glance"), "text")), "</pre>\n");
  }
  return out;
}

std::string Costs(const Json& findings) {
  std::string rows;
  const auto add = [&rows](const char* name, const std::string& value) {
    rows += StrCat("<tr><td>", name, "</td><td>", value, "</td></tr>\n");
  };
  if (findings.contains("cost")) {
    const Json& cost = findings.at("cost");
    add("parameters", Number(cost.at("parameters")));
    if (cost.contains("operations")) {
      add("multiplications and additions of a prediction", Number(cost.at("operations")));
    }
    add("microseconds of a prediction, alone",
        Number(1e6 * cost.at("seconds_per_prediction").get<double>()));
  }
  if (findings.contains("membership")) {
    const Json& leak = findings.at("membership");
    add("accuracy on training examples", Percent(leak.at("train_accuracy")));
    add("accuracy on test examples", Percent(leak.at("test_accuracy")));
    add("leakage: AUC of telling training from test examples by their loss (0.5: none)",
        Number(leak.at("auc")));
  }
  return rows.empty() ? "" : "<table><tbody>" + rows + "</tbody></table>\n";
}

// What runs of their own say of little data and of leakage.
std::string Study(const Json& study) {
  if (!study.is_object() || !study.contains("little_data")) return "";
  Chart chart;
  chart.title = "Test accuracy by share of the training part";
  chart.x_title = "percent of the training part";
  chart.x_axis = ChartAxis::kNumbers;
  chart.percent = true;
  for (const bool augmented : {false, true}) {
    ChartLine line;
    line.label = augmented ? "augmented" : "as it is";
    line.colour = augmented ? 1 : 0;
    for (const Json& row : study.at("little_data")) {
      if (row.at("augmented").get<bool>() != augmented) continue;
      line.x.push_back(100.0 * row.at("share").get<double>());
      line.y.push_back(row.at("test_accuracy"));
    }
    if (!line.x.empty()) chart.lines.push_back(std::move(line));
  }
  std::string out = ChartFigure(chart, FigureSize::kWide);
  for (const Json& row : study.value("leakage", Json::array())) {
    out += StrCat("<p>", row.at("regularised").get<bool>() ? "With" : "Without",
                  " dropout and weight decay: leakage AUC ", Number(row.at("auc")),
                  ", test accuracy ", Percent(row.at("test_accuracy")), ".</p>\n");
  }
  return out;
}

std::string Findings(const LearnContents& run) {
  const Json& findings = run.findings;
  if (!findings.is_object()) return "";
  const auto part = [&findings](const char* name) {
    return findings.contains(name) ? findings.at(name) : Json();
  };
  return StrCat(Section("Fit", FittedLine(part("line"))),
                Section("Decision regions", Regions(part("regions"))),
                Section("Confusion matrix", ConfusionTable(findings)),
                Section("Worst mistakes", Mistakes(part("mistakes"))),
                Section("First filters", Filters(part("filters"))),
                Section("What it looks at", SaliencyTiles(part("saliency"))),
                Section("Attention", Attention(findings)),
                Section("Cost and leakage", Costs(findings)));
}

}  // namespace

std::string LearnPage(const LearnContents& run, const std::string& written) {
  const std::string title =
      StrCat("learn ", TextField(run.config, "task"), " ", TextField(run.config, "preset"));
  std::string about = TextField(run.session, "processor");
  if (run.final_line.is_object()) {
    about += StrCat(", ", WholeField(run.final_line, "step", 0), " steps, ",
                    Number(NumberField(run.final_line, "seconds", 0.0)), " s of training");
  }
  return StrCat(
      PageHead(title + " - run report", kStyle), "<body>\n<header><h1>", Escaped(title), "</h1><p>",
      Escaped(about), "</p></header>\n<main>\n", Section("Results", Results(run)),
      Section("Curves", Curves(run)), Findings(run),
      Section("Little data and leakage", Study(run.study)),
      Section("Samples of text", Samples(run)),
      Section("Settings", StrCat("<details><summary>config.json</summary><pre><code>",
                                 Escaped(run.config.dump(2)), "</code></pre></details>\n")),
      "</main>\n<footer><p>",
      Escaped(StrCat("Written ", written, " by tengen report from ", run.folder.string())),
      "</p></footer>\n<script>\n", PageParts().chart_script, "</script>\n</body>\n</html>\n");
}

}  // namespace tengen
