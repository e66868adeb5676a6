#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "envs/go/go_game.h"
#include "nets/katago_features.h"
#include "nets/katago_file.h"
#include "nets/katago_model.h"
#include "nets/katago_profile.h"
#include "nets/katago_values.h"
#include "nets/net_evaluator.h"
#include "search/evaluator.h"

namespace tengen {

struct KataGoEvaluatorOptions {
  Device device = Device::kCpu;
  KataGoModel::Arithmetic arithmetic = KataGoModel::Arithmetic::kFloat32;
  EvaluationSymmetry symmetry = EvaluationSymmetry::kRandom;
  int threads = 1;  // inside one evaluation on the CPU
  // What a network that imitates people is told; without, it is told nothing (zeros).
  std::optional<KataGoProfile> profile;
};

// Everything that a network says of one position, view of the player to move.
struct KataGoAnswer {
  std::vector<float> policy;     // [P+1] probabilities over legal actions, 0 at illegal ones
  std::vector<float> ownership;  // [P] P(point ends as the mover's) - P(other's)
  KataGoValues values;
};

// Evaluates positions of Go, on boards of any shape, with a network of KataGo. Evaluation::value is
// P(win) - P(loss), score the lead; ownership and details are given where asked for.
//
// Thread-safe. Submit does all of the work on the caller's thread and Wait returns at once. One
// batch holds positions of one board shape. Sets LibTorch's intra-op threads of the calling thread.
class KataGoEvaluator : public Evaluator {
 public:
  // REQUIRES: a profile only for a network that takes one (network.metadata).
  KataGoEvaluator(const KataGoNetwork& network, const KataGoEvaluatorOptions& options);

  // REQUIRES: positions of Go.
  Ticket Submit(std::span<Evaluation> batch) override;
  void Wait(Ticket ticket) override;

  const std::string& name() const { return name_; }  // of the network
  int version() const { return version_; }           // of its format
  bool takes_profile() const { return takes_profile_; }

  // One position with the board turned by `symmetry` (answers are turned back). REQUIRES:
  // !state.IsTerminal(), the symmetry does not transpose a rectangle.
  KataGoAnswer Answer(const GoState& state, Symmetry symmetry) const;

 private:
  struct Answers;

  // What the network is told of the games, [N,192]; undefined without a profile.
  at::Tensor Metadata(std::span<const GoState* const> states) const;

  Answers Forward(std::span<const GoState* const> states,
                  std::span<const Symmetry> symmetries) const;

  const std::string name_;
  const int version_;
  const bool takes_profile_;
  const KataGoScales scales_;
  const KataGoEvaluatorOptions options_;
  const KataGoEncoder encoder_;
  const KataGoModel model_;
};

}  // namespace tengen
