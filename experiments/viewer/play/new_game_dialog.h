#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "experiments/viewer/play/play_options.h"
#include "experiments/viewer/window/screen.h"

namespace tengen {

// Asks what to play: game, size, rules, komi, handicap, who plays which side and how strongly.
class NewGameDialog {
 public:
  // Opens it with what was played last. Looks for run folders under runs/.
  void Open(const PlayOptions& options);
  // Draws it while it is open; the options once the user starts a game.
  std::optional<PlayOptions> Draw(const Frame& frame);
  bool open() const { return open_; }

 private:
  // One side of the board.
  struct Side {
    int choice = 0;  // index into choices_
    int visits = 0;
    float seconds = 0.0F;  // 0: visits alone decide
    std::string text;      // of the choice that takes any agent
  };

  void ReadGame(const std::string& id);
  void ReadAgent(const std::string& agent, Side& side);
  std::string AgentText(const Side& side) const;
  void DrawGame(const Frame& frame);
  void DrawSide(const Frame& frame, const char* label, Side& side);
  PlayOptions Chosen() const;

  bool open_ = false;
  int game_ = 0;  // index into RegisteredGames
  int size_ = 9;
  int rules_ = 0;  // index into RulesPresetNames
  float komi_ = 7.0F;
  int handicap_ = 0;
  float minutes_ = 0.0F;
  std::vector<std::string> choices_;  // "a person", agents, "another agent ..."
  std::array<Side, 2> sides_;
  PlayOptions last_;
};

}  // namespace tengen
