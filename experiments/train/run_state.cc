#include "experiments/train/run_state.h"

#include <nlohmann/json.hpp>

#include "experiments/config/json_fields.h"
#include "experiments/runs/run_folder.h"
#include "nets/atomic_file.h"
#include "nets/folder_swap.h"
#include "nets/write_error.h"

namespace tengen {

template <typename V>
void VisitFields(V& visit, RunState& s) {
  visit("seconds", s.seconds);
  visit("games", s.games);
  visit("positions", s.positions);
  visit("next_game", s.next_game);
  visit("published_step", s.published_step);
  visit("evaluations", s.evaluations);
  visit("evaluation_s", s.evaluation_s);
  visit("last_elo", s.last_elo);
}

namespace {

namespace fs = std::filesystem;

fs::path Folder(const fs::path& run) { return run / "resume"; }

}  // namespace

void SaveRunState(const fs::path& run, const RunState& state, const ZeroLearner& learner) {
  const fs::path fresh = run / "resume.new";
  try {
    fs::remove_all(fresh);
    fs::create_directory(fresh);
    learner.SaveState(fresh);
    WriteFileAtomically(fresh / "run.json", ConfigToJson(state).dump(2) + "\n");
    ReplaceFolder(fresh, Folder(run));
  } catch (const fs::filesystem_error& error) {
    ThrowWriteError(StrCat("cannot save the state of the run in ", fresh), error.code().value());
  }
}

bool HasRunState(const fs::path& run) {
  return fs::exists(StandingFolder(Folder(run)) / "run.json");
}

void RequireStateOfTrained(const fs::path& run) {
  if (HasRunState(run)) return;
  RunFolder::RequireNothingTrained(run, Folder(run) / "run.json");
}

Result<RunState> LoadRunState(const fs::path& run, ZeroLearner& learner) {
  const fs::path folder = StandingFolder(Folder(run));
  const fs::path file = folder / "run.json";
  const auto text = ReadWholeFile(file);
  if (!text) return Error{text.error()};
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  RunState state;
  if (json.is_discarded()) return Error{StrCat(file, " is not JSON, wanted the state of a run")};
  const Status fields = ConfigFromJson(json, state);
  if (!fields) return Error{StrCat(file, ": ", fields.error())};
  const Status loaded = learner.LoadState(folder);
  if (!loaded) return Error{loaded.error()};
  return state;
}

}  // namespace tengen
