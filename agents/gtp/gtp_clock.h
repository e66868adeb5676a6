#pragma once

#include <array>
#include <optional>

#include "envs/core/game.h"

namespace tengen {

// Time limits of a GTP game: main time, then overtime. All times in seconds.
struct GtpTimeSettings {
  double main_s = 0.0;
  // Canadian: `stones` moves within `overtime_s`. Japanese byo-yomi: `periods` of `overtime_s`, in
  // each of which one move is free; then stones is 1.
  double overtime_s = 0.0;
  int stones = 0;
  int periods = 0;
  // Fischer: added to the main time after each move, which then is main_limit_s at most.
  double increment_s = 0.0;
  std::optional<double> main_limit_s = std::nullopt;
  std::optional<double> move_limit_s = std::nullopt;  // for any one move

  // GTP: overtime with no stones means no limit.
  bool unlimited() const { return overtime_s > 0.0 && stones == 0; }
  bool has_overtime() const { return overtime_s > 0.0 && stones > 0; }
};

// Both players' clocks. Reads no clock itself: it is told what passed.
class GtpClock {
 public:
  void Set(std::optional<GtpTimeSettings> settings);
  // A new game with the same settings.
  void Restart() { Set(settings_); }

  // The controller's word: seconds left, in main time (stones 0) or for that many stones. Under
  // byo-yomi `stones` are the periods left, the present one too (the protocol of KGS); where the
  // settings have no overtime they mean nothing. Without settings the other player has no limit.
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
    bool limited = false;
    double main_s = 0.0;
    double overtime_s = 0.0;  // left of this period
    int stones = 0;           // left in this period; 0 in main time
    int periods = 0;          // left, this one too
  };
  Side& side(Player player) { return sides_[static_cast<std::size_t>(Index(player))]; }

  std::optional<GtpTimeSettings> settings_;  // empty: no limits, until SetLeft names one
  std::array<Side, 2> sides_;
};

}  // namespace tengen
