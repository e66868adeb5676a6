#pragma once

namespace CLI {
class App;
}

namespace tengen {

// Each adds tasks to `tengen learn`.
void AddLearnTasks(CLI::App& learn);        // from linear regression to attention
void AddLearnGoPolicy(CLI::App& learn);     // moves and results of game records
void AddLearnGoReinforce(CLI::App& learn);  // a policy network against earlier selves
void AddLearnGoValue(CLI::App& learn);      // results of positions

// These need no LibTorch.
void AddLearnRolloutPolicy(CLI::App& learn);     // AlphaGo's linear policy
void AddLearnRolloutReinforce(CLI::App& learn);  // the same against earlier selves

}  // namespace tengen
