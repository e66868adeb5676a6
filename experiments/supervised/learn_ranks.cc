#include "experiments/supervised/learn_ranks.h"

#include <algorithm>
#include <utility>

#include "agents/zero/batch_deal.h"
#include "envs/core/check.h"
#include "experiments/config/usage_error.h"
#include "nets/intra_op_threads.h"
#include "nets/safetensors.h"
#include "nets/sha256.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

class RankRows : public DataSource {
 public:
  RankRows(std::shared_ptr<DataSource> source, const RankPlace& place)
      : source_(std::move(source)), place_(place) {}

  Batch Next() override {
    Batch batch = source_->Next();
    for (at::Tensor& tensor : batch) {
      const std::int64_t rows = tensor.size(0);
      if (rows % place_.size != 0 || rows < 2 * place_.size) {
        throw UsageError(StrCat("a batch has ", rows, " rows, wanted ", place_.size,
                                " equal shares of at least 2, one for each rank"));
      }
      const std::int64_t own = rows / place_.size;
      tensor = tensor.narrow(0, place_.rank * own, own);
    }
    return batch;
  }
  NamedTensors State() const override { return source_->State(); }
  Status Load(const NamedTensors& state) override { return source_->Load(state); }

 private:
  const std::shared_ptr<DataSource> source_;
  const RankPlace place_;
};

// SHA-256 of the next batch, which ranks with equal data and state agree on. Leaves the source
// where it stands.
std::string NextBatchDigest(DataSource& source) {
  const NamedTensors state = source.State();
  std::string bytes;
  for (const at::Tensor& tensor : source.Next()) {
    const at::Tensor here = tensor.cpu().contiguous();
    bytes.append(static_cast<const char*>(here.data_ptr()), here.nbytes());
  }
  const Status back = source.Load(state);
  TENGEN_CHECK(back.ok(), back.error());
  return Sha256(bytes);
}

}  // namespace

std::shared_ptr<DataSource> RowsOfRank(std::shared_ptr<DataSource> source, const RankPlace& place) {
  return std::make_shared<RankRows>(std::move(source), place);
}

void LearnLeader::Begin(const LearnTask& task, const Trainer& trainer) {
  GiveOrder(*team_, TeamOrder::kState);
  team_->Broadcast(SerializeSafetensors({trainer.State(), {}}));
  team_->Broadcast(NextBatchDigest(*task.source()));
}

void LearnLeader::Step(double run_share) {
  GiveOrder(*team_, TeamOrder::kStep);
  team_->Broadcast(at::full({1}, run_share, at::kDouble));
}

void LearnLeader::End() { GiveOrder(*team_, TeamOrder::kEnd); }

void FollowLearnRun(const LearnConfig& config, std::shared_ptr<RankTeam> team) {
  SetIntraOpThreads(std::max(1, config.threads));
  const std::unique_ptr<LearnTask> task = MakeLearnTask(config);
  Net net = task->net();
  MoveTo(net, config.device);
  Trainer trainer(net.module, task->loss(), config.trainer,
                  TrainerParts{{}, RowsOfRank(task->source(), team->place()), net.random, team});
  while (true) {
    const TeamOrder order = AwaitOrder(*team);
    if (order == TeamOrder::kEnd) return;
    if (order == TeamOrder::kState) {
      const auto state = ParseSafetensors(team->Broadcast(std::string()));
      const Status loaded = state ? trainer.Load(state->tensors) : Status(Error{state.error()});
      if (!loaded) throw WorldError("the weights that rank 0 sent: " + loaded.error());
      if (team->Broadcast(std::string()) != NextBatchDigest(*task->source())) {
        throw WorldError(StrCat("rank ", team->place().rank, " has other data in ",
                                config.data.source, " than rank 0, wanted the same on all ranks"));
      }
    }
    if (order == TeamOrder::kStep) {
      const at::Tensor share = at::empty({1}, at::kDouble);
      team->Broadcast(share);
      trainer.FollowRun(share.item<double>());
      trainer.Step();
    }
  }
}

}  // namespace tengen
