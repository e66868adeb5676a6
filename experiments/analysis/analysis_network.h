#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "envs/core/game.h"
#include "envs/core/result.h"
#include "experiments/analysis/analysis_position.h"
#include "nets/device.h"
#include "search/evaluator.h"
#include "search/mcts.h"
#include "search/symmetry_evaluator.h"

namespace tengen {

// What a network file of KataGo says at its head, for programs without LibTorch.
struct KataGoHead {
  std::string name;  // that the network gives itself
  int version = 0;   // of its format
};
// Reads no more than the head. Nothing where the file is no such file, or cannot be read.
std::optional<KataGoHead> ReadKataGoHead(const std::filesystem::path& file);

// A network that judges positions of Go, opened once for boards of every size. The evaluator is
// thread-safe.
struct AnalysisNetwork {
  std::string name;            // that the file gives itself, or the name of the folder
  std::string file;            // as the user named it
  int version = 0;             // model version of KataGo; 0 for networks of this project
  bool takes_profile = false;  // it imitates people
  int leaf_batch = 0;          // the option ",batch=K"; 0 = by the visits, see SearchConfig
  MctsConfig search;           // the other options of a search, AgentSpec::Search
  std::shared_ptr<Evaluator> evaluator;
  std::function<Status(const GameSpec&)> plays;  // see Plays; empty: what KataGo's encoder takes
  // Opens it anew to imitate other people, named as KataGo's humanSLProfile; empty where it cannot.
  std::function<Result<AnalysisNetwork>(const std::string& profile)> imitating;

  // How it sees the moves before a root.
  RootHistory History(bool hidden) const {
    if (hidden) return RootHistory::kHidden;
    return version > 0 ? RootHistory::kShownToKataGo : RootHistory::kShown;
  }
  // Networks of KataGo are used to positions without history.
  RootHistory UsualHistory() const { return History(/*hidden=*/version > 0); }

  // How analysis searches with it: PUCT without noise, a fresh tree for each position. Evaluations
  // one by one take several times as long as in a batch, so a tree collects a leaf for each 16 of
  // its simulations, at most eight, where the user gave no number.
  MctsConfig SearchConfig(std::int64_t simulations) const;

  // Whether it plays the game of these positions; the error says why not.
  Status Plays(const GameSpec& spec) const;

  // `text`: a network file of KataGo, a run folder or a network folder, with "katago:" or "run:" in
  // front or without, and quotes and options as agents have them (",symmetry=fixed", ",batch=8").
  // Errors: no such file, damaged, not for Go, not a network. Defined where LibTorch is linked.
  // `symmetry` counts more than the option in the text.
  static Result<AnalysisNetwork> Open(const std::string& text, Device device,
                                      std::optional<EvaluatedSymmetry> symmetry = std::nullopt);
};

}  // namespace tengen
