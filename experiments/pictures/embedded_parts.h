#pragma once

#include <string>

namespace tengen {

// Styles and scripts of pages, embedded at build time: those of charts stand in this folder, those
// of pages in experiments/report/.
struct EmbeddedParts {
  std::string chart_style;   // chart.css
  std::string page_style;    // page.css
  std::string chart_script;  // charts.js
  std::string board_script;  // boards.js
};
const EmbeddedParts& PageParts();

}  // namespace tengen
