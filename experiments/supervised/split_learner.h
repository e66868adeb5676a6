#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "agents/zero/zero_learner.h"
#include "experiments/config/budget.h"
#include "experiments/config/train_config.h"
#include "experiments/runs/run_folder.h"
#include "experiments/train/loss_means.h"
#include "experiments/train/run_state.h"
#include "experiments/train/run_status.h"

namespace tengen {

// Threads of LibTorch that a config asks for.
int LearnerThreads(const TrainConfig& config);

// What runs of `tengen learn` have in common that teach self-play's network from games which are
// all there: the updates up to a budget, checkpoints, the state to go on from, what people and
// metrics.jsonl are told meanwhile. Not thread-safe.
class SplitLearner {
 public:
  // What a run adds of its own; each may be empty.
  struct Hooks {
    std::function<void()> after_step;
    std::function<void(RunStatus& status)> show;         // what people are told
    std::function<void(nlohmann::json& line)> measured;  // what the metrics are told
  };

  // Goes on from what the folder has (HasRunState), or saves the untrained network as step 0.
  // `other_s` of the run's time went into something else before; the budget counts them. `folder`
  // must outlive this. `team`: as ZeroLearner has it. Throws WorldError: a game that the network
  // cannot learn from, a damaged state.
  SplitLearner(RunFolder& folder, const TrainConfig& config, const ModelConfig& model,
               const std::vector<GameRecord>& games, double other_s = 0.0,
               std::shared_ptr<RankTeam> team = nullptr);

  // Learns until the budget, over all sessions, is used up or `stop` is set, then saves. Throws
  // WorldError.
  void Go(const Budget& budget, const std::atomic<bool>& stop, const Hooks& hooks = {});
  // From within Hooks::after_step: does what holds learning up, and tells people so. It counts as
  // time of the run.
  void Interrupt(const std::string& doing, const std::function<void()>& work);

  // After the last call of Go: lets the ranks that follow end.
  void EndRanks() { learner_.EndRanks(); }

  ModelSnapshot Publish() { return learner_.Publish(); }
  std::int64_t step() const { return learner_.step(); }
  std::int64_t games() const { return state_.games; }          // to learn from
  std::int64_t positions() const { return state_.positions; }  // in them
  double seconds() const;                                      // of the run, other_s included
  double interrupted_s() const { return state_.evaluation_s; }

 private:
  void AddGames(const std::vector<GameRecord>& games);
  void Checkpoint();
  bool CheckpointIsDue() const;
  void Report(bool force);
  RunStatus Status() const;

  RunFolder& folder_;
  const TrainConfig config_;
  const double other_s_;
  ZeroLearner learner_;
  RunState state_;
  StatusPrinter printer_;
  LossMeans losses_;

  // Of a call of Go.
  Budget budget_;
  Hooks hooks_;
  std::string doing_;
  double start_s_ = 0.0;  // 0: not within Go
  double last_metrics_s_ = 0.0;
  double last_checkpoint_s_ = 0.0;
  std::int64_t last_checkpoint_step_ = 0;
};

}  // namespace tengen
