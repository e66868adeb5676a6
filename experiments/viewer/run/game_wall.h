#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "experiments/runs/run_snapshot.h"
#include "experiments/viewer/board/board_view.h"
#include "experiments/viewer/window/screen.h"

namespace tengen {

// The newest self-play games side by side, each playing through move by move; one that has ended
// makes room for the newest that was not shown yet. Games of one player are drawn as what they
// control.
class GameWall {
 public:
  void Draw(const Frame& frame, const Box& box, const RunSnapshot& snapshot);

  // Moves a second.
  double speed() const { return speed_; }
  void SetSpeed(double speed) { speed_ = speed; }
  bool paused() const { return paused_; }
  void SetPaused(bool paused) { paused_ = paused; }

 private:
  struct Place {
    std::shared_ptr<const WatchedGame> game;
    std::unique_ptr<State> state;
    double moves = 0.0;  // shown so far; beyond the last one while the end is looked at
    BoardView board;
  };

  void Advance(double seconds, const RunSnapshot& snapshot);
  std::shared_ptr<const WatchedGame> NextGame(const RunSnapshot& snapshot);
  static void ShowPly(Place& place);
  void DrawPlace(const Frame& frame, const Box& box, Place& place);
  static void DrawCaption(const Frame& frame, const Box& box, const Place& place);

  std::vector<std::unique_ptr<Place>> places_;
  std::map<std::uint64_t, std::int64_t> shown_;  // by number of the game: when, counted in games
  std::int64_t shown_games_ = 0;
  double speed_ = 3.0;
  bool paused_ = false;
};

}  // namespace tengen
