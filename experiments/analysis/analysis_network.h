#pragma once

#include <memory>
#include <string>

#include "envs/core/game.h"
#include "envs/core/result.h"
#include "nets/net_evaluator.h"
#include "search/evaluator.h"
#include "search/mcts.h"

namespace tengen {

// A network that judges positions of Go, opened once for boards of every size. The evaluator is
// thread-safe.
struct AnalysisNetwork {
  std::string name;    // that the file gives itself, or the name of the folder
  std::string file;    // as the user named it
  int version = 0;     // model version of KataGo; 0 for networks of this project
  int leaf_batch = 1;  // the option ",batch=K"
  std::shared_ptr<Evaluator> evaluator;

  // Networks of KataGo are used to positions without history.
  bool hides_history() const { return version > 0; }

  // How analysis searches with it: PUCT without noise, a fresh tree for each position.
  MctsConfig SearchConfig() const;

  // Whether it plays the game of these positions; the error says why not.
  Status Plays(const GameSpec& spec) const;

  // `text`: a network file of KataGo, a run folder or a network folder, with "katago:" or "run:" in
  // front or without, and options as agents have them (",symmetry=fixed", ",batch=8"). Errors: no
  // such file, damaged, not for Go, not a network.
  static Result<AnalysisNetwork> Open(const std::string& text, Device device);
};

}  // namespace tengen
