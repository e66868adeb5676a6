#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experiments/viewer/play/new_game_dialog.h"
#include "experiments/viewer/window/screen.h"

namespace tengen {

// What the window shows first: games to play at once, control tasks, run folders found under
// runs/, and how to train or load a network.
class StartScreen : public Screen {
 public:
  StartScreen();
  void Draw(const Frame& frame) override;
  void Drop(const std::string& file) override { dropped_ = file; }

 private:
  struct Run {
    std::string path;
    std::string text;  // "go5, 12 checkpoints"
  };

  void DrawGames(const Frame& frame, float width);
  void DrawTasks(const Frame& frame, float width);
  void DrawRuns(const Frame& frame, float width);
  void DrawHints(const Frame& frame);

  std::vector<Run> runs_;
  NewGameDialog dialog_;
  std::string dropped_;
};

}  // namespace tengen
