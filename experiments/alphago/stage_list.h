#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "envs/core/result.h"
#include "experiments/supervised/learn_row.h"

namespace tengen {

// The stages of a run of `tengen train alphago9`, in their order.
enum class PipelineStage { kGames, kRollouts, kRolloutsRl, kSl, kRl, kValue };

struct PipelineStageText {
  PipelineStage stage;
  const char* name;     // that of its folder, but for the first
  const char* summary;  // for people
  std::vector<PipelineStage> needs;
};
const std::vector<PipelineStageText>& PipelineStages();
const PipelineStageText& TextOf(PipelineStage stage);
// Errors: no such stage (the nearest name).
Result<PipelineStage> PipelineStageByName(const std::string& name);

// RUN/stages.json: what each stage may take and what it came to. A stage that stands there as done
// is never run again.
class StageList {
 public:
  struct Entry {
    double budget_s = 0.0;  // decided when it began; 0 = it takes what it takes
    double seconds = 0.0;   // by the clock, over all its sessions
    bool done = false;
    std::vector<LearnRow> rows;
  };

  // An empty list where the file is not there. Errors: it is damaged or of another version.
  static Result<StageList> Read(const std::filesystem::path& run);
  // Throws WorldError.
  void Write(const std::filesystem::path& run) const;

  // Not begun: null.
  const Entry* Find(PipelineStage stage) const;
  bool done(PipelineStage stage) const;
  Entry& At(PipelineStage stage) { return entries_[stage]; }
  double spent_s() const;  // by all stages that are done

  // Errors: the first stage that this one needs and that is not done.
  Status CheckNeeds(PipelineStage stage, const std::filesystem::path& run) const;

 private:
  std::map<PipelineStage, Entry> entries_;
};

}  // namespace tengen
