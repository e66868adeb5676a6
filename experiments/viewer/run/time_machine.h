#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "experiments/runs/run_snapshot.h"
#include "experiments/viewer/board/board_view.h"
#include "experiments/viewer/play/play_game.h"
#include "experiments/viewer/play/play_options.h"
#include "experiments/viewer/run/checkpoint_study.h"
#include "experiments/viewer/window/screen.h"

namespace tengen {

// One position through all checkpoints of a run: what each network makes of it, as an overlay on
// the board for the chosen one and as curves over all of them. The position is the start, one of
// the newest games at any move, or made by clicking.
class TimeMachine {
 public:
  explicit TimeMachine(std::filesystem::path run) : run_(std::move(run)) {}

  void Draw(const Frame& frame, const Box& box, const RunSnapshot& snapshot);
  // While it is shown. Left/Right, Home/End: checkpoints; Up/Down: moves; Space: plays through.
  void Keys(const Frame& frame);
  bool busy() const { return view_.busy; }

 private:
  void TakeCheckpoints(const RunSnapshot& snapshot);
  void Choose(std::size_t index);
  void ToggleAutoplay();
  void Advance(const Frame& frame);
  void AskStudy();
  // From the start to the shown position.
  std::vector<Action> Moves() const;
  // A game of a person, who moves next, with the chosen network.
  PlayOptions GameFromHere() const;
  void ShowGame(std::shared_ptr<const WatchedGame> game);
  void StartPosition(std::shared_ptr<const Game> game);
  void NextGame();
  void Clicked(Action action);

  void DrawTimeline(const Frame& frame, const Box& box);
  void DrawPosition(const Frame& frame, const Box& box);
  BoardPicture Picture() const;
  void DrawPanel(const Frame& frame, const Box& box);
  void DrawVerdict(const Frame& frame);
  void DrawSearch(const Frame& frame);
  void DrawPlots(const Frame& frame, const Box& box);
  void DrawControls(const Frame& frame);
  void DrawToggles(const Frame& frame);

  const NetworkView* Chosen() const;  // null while it is not known
  const PositionAnalysis* Found() const;
  std::int64_t step() const { return steps_[chosen_]; }

  const std::filesystem::path run_;
  std::unique_ptr<CheckpointStudy> study_;  // made at the first frame
  StudyView view_;                          // of this frame

  std::vector<std::int64_t> steps_;  // of all checkpoints that were ever seen, ascending
  std::vector<std::int64_t> there_;  // those that are still there
  std::size_t chosen_ = 0;
  bool autoplay_ = false;
  double since_step_s_ = 0.0;

  std::optional<PlayGame> game_;
  std::string source_;  // where the position comes from
  std::vector<std::shared_ptr<const WatchedGame>> games_;
  std::int64_t last_game_ = -1;  // number of the recorded game that was shown last
  std::string error_;

  std::size_t visits_choice_ = 1;
  bool heat_ = true;
  bool ownership_ = false;
  bool line_ = false;
  std::optional<double> pointed_;
  BoardView board_;
};

}  // namespace tengen
