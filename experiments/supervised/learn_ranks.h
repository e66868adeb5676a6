#pragma once

#include <memory>
#include <string>

#include "experiments/supervised/learn_config.h"
#include "experiments/supervised/learn_task.h"
#include "nets/data_source.h"
#include "nets/rank_team.h"
#include "nets/trainer.h"

namespace tengen {

// How several processes train one supervised model (nets/rank_team.h). Each reads the data itself
// and draws the same batches, of which it computes its own rows; rank 0 has the run folder, looks
// at the validation part and says when another update comes.

// This rank's rows of the batches of `source`, which every rank draws alike. Its state is that of
// the source. Next() throws UsageError where a batch has no equal shares for all ranks.
std::shared_ptr<DataSource> RowsOfRank(std::shared_ptr<DataSource> source, const RankPlace& place);

// Rank 0's side. Each call waits for the others, which are in FollowLearnRun.
class LearnLeader {
 public:
  explicit LearnLeader(std::shared_ptr<RankTeam> team) : team_(std::move(team)) {}

  // Before the first update: the state to go on from, and a check that all have the same data.
  void Begin(const LearnTask& task, const Trainer& trainer);
  // Before each update: where the learning rate stands (Trainer::FollowRun).
  void Step(double run_share);
  void End();

 private:
  std::shared_ptr<RankTeam> team_;
};

// A rank above 0: computes its rows of each update until rank 0 has ended. `config` is rank 0's but
// for device and threads. Throws WorldError: other data than rank 0's, the others are lost.
void FollowLearnRun(const LearnConfig& config, std::shared_ptr<RankTeam> team);

}  // namespace tengen
