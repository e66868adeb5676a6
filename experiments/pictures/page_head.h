#pragma once

#include <string>
#include <string_view>

namespace tengen {

// The beginning of a page that loads nothing from anywhere, up to </head>: title (plain text),
// styles of charts and pages, and `style` behind them.
std::string PageHead(std::string_view title, std::string_view style = {});

}  // namespace tengen
