#pragma once

#include <array>
#include <optional>

#include "envs/core/game.h"

namespace tengen {

// Time limits of a GTP game: main time, then Canadian overtime (`stones` moves within
// `overtime_s`); one stone is Japanese byo-yomi. All times in seconds.
struct GtpTimeSettings {
  double main_s = 0.0;
  double overtime_s = 0.0;
  int stones = 0;

  // GTP: overtime with no stones means no limit.
  bool unlimited() const { return overtime_s > 0.0 && stones == 0; }
};

// Both players' clocks. Reads no clock itself: it is told what passed.
class GtpClock {
 public:
  void Set(std::optional<GtpTimeSettings> settings);
  // A new game with the same settings.
  void Restart() { Set(settings_); }

  // The controller's word: seconds left, in main time (stones 0) or for that many stones.
  void SetLeft(Player player, double seconds, int stones);
  // A move took that long.
  void Spend(Player player, double seconds);

  // Seconds for the next move; nothing without limits. `moves_to_come`: own moves that the rest of
  // the game may still take. At least kLeast, and `kLag` is kept for the controller.
  std::optional<double> Budget(Player player, int moves_to_come) const;

  static constexpr double kLag = 0.1;
  static constexpr double kLeast = 0.02;

 private:
  struct Side {
    double main_s = 0.0;
    double overtime_s = 0.0;  // left of this period
    int stones = 0;           // left in this period; 0 in main time
  };
  Side& side(Player player) { return sides_[static_cast<std::size_t>(Index(player))]; }

  std::optional<GtpTimeSettings> settings_;
  std::array<Side, 2> sides_;
};

}  // namespace tengen
