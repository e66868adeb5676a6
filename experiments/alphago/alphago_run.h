#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "envs/go/go_game.h"
#include "experiments/alphago/alphago_config.h"
#include "experiments/alphago/stage_list.h"
#include "experiments/alphago/teacher_games.h"
#include "experiments/runs/run_folder.h"
#include "nets/device.h"

namespace tengen {

// All stages of AlphaGo (Silver et al. 2016) in one run folder, each of them a run folder of its
// own (players/alphago_parts.h says where). A stage that is done is not repeated; one that was
// stopped or killed goes on. Not thread-safe.
class AlphaGoRun {
 public:
  // Throws UsageError (config, folder of another run or version) and WorldError.
  AlphaGoRun(const AlphaGoConfig& config, const std::filesystem::path& folder,
             const std::string& device, int threads);

  // What is to be done, for people, before it starts.
  std::string Outlook() const;
  // Runs `only`, or all stages that are not done, one after the other, until `stop` is set. Tells
  // people on stderr. Throws UsageError: a stage before those that it needs, games that cannot be
  // learnt from, a teacher that cannot play; WorldError.
  void Go(std::optional<PipelineStage> only, const std::atomic<bool>& stop);
  bool done() const;
  // What the stages that are done came to, with the commands that come next.
  std::string Summary() const;

  const StageList& stages() const { return stages_; }

 private:
  void RequireSource();
  bool Run(PipelineStage stage, double seconds, const std::atomic<bool>& stop);
  bool MakeGames(double seconds, const std::atomic<bool>& stop);
  bool LearnRollouts(const std::atomic<bool>& stop);
  bool ReinforceRollouts(double seconds, const std::atomic<bool>& stop);
  bool LearnPolicy(double seconds, const std::atomic<bool>& stop);
  bool ReinforcePolicy(double seconds, const std::atomic<bool>& stop);
  bool LearnValue(double seconds, const std::atomic<bool>& stop);
  double BudgetOf(PipelineStage stage) const;
  std::filesystem::path FolderOf(PipelineStage stage) const;
  std::string Games() const;

  const AlphaGoConfig config_;
  const std::string device_name_;
  const Device device_;
  const int threads_;
  const std::shared_ptr<const GoGame> game_;
  RunFolder folder_;
  StageList stages_;
  std::unique_ptr<TeacherGames> teacher_;  // from before the stage of games until its end
  std::vector<LearnRow> rows_;             // of the stage that runs
};

}  // namespace tengen
