#pragma once

namespace CLI {
class App;
}

namespace tengen {

// Each adds one task to `tengen learn`.
void AddLearnGoPolicy(CLI::App& learn);  // moves and results of game records

}  // namespace tengen
