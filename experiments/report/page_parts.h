#pragma once

#include <string>

namespace tengen {

// The files of experiments/report/ that become parts of a page, embedded at build time.
struct EmbeddedPageParts {
  std::string chart_style;   // chart.css
  std::string page_style;    // page.css
  std::string chart_script;  // charts.js
  std::string board_script;  // boards.js
};
const EmbeddedPageParts& PageParts();

}  // namespace tengen
