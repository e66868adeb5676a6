#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "agents/records/game_record.h"
#include "agents/zero/replay_buffer.h"
#include "nets/losses.h"
#include "nets/model.h"
#include "nets/trainer.h"

namespace tengen {

// How the value of two players' games is learnt; of one player's always as a number.
enum class OutcomeLoss {
  kCrossEntropy,  // of win, draw and loss
  kSquaredError,  // (P(win) - P(loss) - result)^2 (Silver et al. 2016, equation 8)
};

struct ZeroLearnerConfig {
  int batch_size = 128;
  // Training samples drawn per new self-play position: the learner's pace.
  double samples_per_position = 4.0;
  // Positions wanted before the first step. Their share of samples is caught up at once.
  std::int64_t first_positions = 1000;
  WindowConfig window;
  // Share of a game's draws that follows what surprised its network, see SurpriseWeights; 0 = none.
  double surprise_share = 0.0;
  // Two players: share of the search's root value in the outcome target; 0 = the game's result.
  double root_value_share = 0.0;
  // One player: plies of rewards in the value target before the search's value stands in.
  int td_plies = 20;
  ZeroLossConfig loss;  // with policy_weight 0 no policy is learnt
  OutcomeLoss outcome_loss = OutcomeLoss::kCrossEntropy;
  TrainerConfig trainer;
  // Batches that BatchNorm statistics are estimated from for each published network.
  int norm_batches = 8;
};

// First thing wrong with it.
Status CheckZeroLearnerConfig(const ZeroLearnerConfig& config);

// Improves a network from self-play records: AlphaZero's update (Silver et al. 2018) with area
// targets (Wu 2019), and with auxiliary targets where the loss has weights for them. Replays
// records to uniformly drawn positions, turns each by a random symmetry, and makes Trainer steps in
// a fixed proportion to new positions, so that what is learned from a row of records does not
// depend on the speed of the machine. With one player the value head learns n-step returns in units
// of their own scale (value_scale.h). Not thread-safe.
class ZeroLearner {
 public:
  // Initial weights, symmetries and draws are functions of `seed`. `precision` is the trunk's; the
  // weights that the optimizer moves are float32 in every case. `start`: the initial weights, if
  // not null; needed for this call only. `team`: ranks that share the work of each update, of which
  // this learner is the first, or one that follows; null: it works alone.
  // REQUIRES: CheckZeroLearnerConfig(config), CheckModelConfig(model), `start` fits the model,
  // model.auxiliary is AuxiliaryHeadsOf(config.loss), config.batch_size is a multiple of the team's
  // size.
  ZeroLearner(const ZeroLearnerConfig& config, const ModelConfig& model, std::uint64_t seed,
              std::string_view device = "cpu", Precision precision = Precision::kFloat32,
              const NamedTensors* start = nullptr, std::shared_ptr<RankTeam> team = nullptr);
  ~ZeroLearner();

  // Takes a finished game. Errors as Check.
  Status Add(GameRecord record);
  // ReplayBuffer::Skip: games of this run that training draws from no more.
  void Skip(std::int64_t games, std::int64_t positions);
  // Whether it can be learnt from. Errors: a game that the model cannot play, what CheckRecord
  // finds.
  Status Check(const GameRecord& record);

  // Steps that the positions added so far allow and that were not made yet. 0 before
  // first_positions.
  std::int64_t StepsDue() const;
  // One update. REQUIRES: buffer().positions() > 0. Throws WorldError when loss or gradient stay
  // not finite (see Trainer::Step).
  StepMetrics Step();
  std::int64_t step() const;
  // Tells how much of the run is done, 0 to 1, where the learning rate follows it (FollowsRun). Not
  // part of the saved state.
  void FollowRun(double share);

  // The network of this step: the averaged weights, with BatchNorm statistics re-estimated from the
  // buffer (an untrained or bufferless learner: the weights as they are). The first call at a step
  // makes it, later ones give it again as it was, whatever came into the buffer since. Draws from a
  // stream of its own that depends on the step alone: publishing more or less often does not change
  // training. The tensors are shared: REQUIRES that nobody writes into them.
  ModelSnapshot Publish();
  // Makes `snapshot`, which was published at this step before the state was saved, the network of
  // this step. Error if it is of another step or model.
  Status RestorePublished(ModelSnapshot snapshot);

  // A rank above 0 of a team: takes rank 0's weights, then makes its updates with it, each of the
  // rows that it deals out, until it ends. Games, draws and published networks are rank 0's alone.
  // Throws WorldError when the team breaks.
  void Follow();
  // Rank 0 of a team: tells those that follow that it is alive, at least once every half hour, and
  // that there is nothing more to do. Nothing without a team. Throws WorldError as Follow.
  void KeepRanks();
  void EndRanks();

  const ReplayBuffer& buffer() const;
  const ModelConfig& model_config() const;

  // Writes learner.safetensors and learner.json (trainer, counters, random stream; not the buffer)
  // into an existing folder. Throws WorldError.
  void SaveState(const std::filesystem::path& folder) const;
  // The rest of the run is bit for bit what it would have been, once all of its records have been
  // added again in writing order; those that came after the saved state make steps due.
  // Errors, with the file: missing, damaged, of another model. REQUIRES: nothing was added yet.
  Status LoadState(const std::filesystem::path& folder);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen
