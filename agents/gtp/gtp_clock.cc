#include "agents/gtp/gtp_clock.h"

#include <algorithm>

namespace tengen {

void GtpClock::Set(std::optional<GtpTimeSettings> settings) {
  settings_ = settings;
  for (Side& side : sides_) {
    side = {};
    if (!settings || settings->unlimited()) continue;
    side.limited = true;
    side.main_s = settings->main_s;
    side.periods = settings->periods;
    if (side.main_s <= 0.0) {
      side.overtime_s = settings->overtime_s;
      side.stones = settings->stones;
    }
  }
}

void GtpClock::SetLeft(Player player, double seconds, int stones) {
  if (settings_ && settings_->unlimited()) return;
  if (settings_ && !settings_->has_overtime()) stones = 0;
  Side& clock = side(player);
  clock.limited = true;
  if (stones == 0 && seconds <= 0.0 && settings_ && settings_->has_overtime()) {
    // Main time is over, and no period has begun.
    clock.main_s = 0.0;
    clock.overtime_s = settings_->overtime_s;
    clock.stones = settings_->stones;
    clock.periods = settings_->periods;
    return;
  }
  clock.main_s = stones == 0 ? seconds : 0.0;
  clock.overtime_s = stones == 0 ? 0.0 : seconds;
  clock.stones = stones;
  if (stones > 0 && settings_ && settings_->periods > 0) {
    clock.periods = stones;
    clock.stones = 1;
  }
}

void GtpClock::Spend(Player player, double seconds) {
  Side& clock = side(player);
  if (!clock.limited) return;
  const GtpTimeSettings settings = settings_.value_or(GtpTimeSettings());
  if (clock.stones == 0) {
    clock.main_s -= seconds;
    if (settings.increment_s > 0.0) {
      clock.main_s = std::max(0.0, clock.main_s) + settings.increment_s;
      clock.main_s = std::min(clock.main_s, settings.main_limit_s.value_or(clock.main_s));
    }
    if (clock.main_s > 0.0) return;
    // Overtime begins with what the main time did not cover.
    clock.overtime_s = settings.overtime_s + clock.main_s;
    clock.main_s = 0.0;
    clock.stones = settings.stones;
    return;
  }
  clock.overtime_s -= seconds;
  if (--clock.stones > 0) return;
  clock.overtime_s = settings.overtime_s;
  clock.stones = settings.stones;
}

std::optional<double> GtpClock::Budget(Player player, int moves_to_come) const {
  const Side& clock = sides_[static_cast<std::size_t>(Index(player))];
  if (!clock.limited) return std::nullopt;
  const GtpTimeSettings settings = settings_.value_or(GtpTimeSettings());
  double budget = 0.0;
  if (clock.stones > 0) {
    // Each move may take a whole period; further periods are kept for bad luck.
    budget = 0.95 * clock.overtime_s / clock.stones - kLag;
  } else {
    // A share of the main time. With overtime it may be spent sooner, and a move may end in the
    // first period, which begins where main time ends.
    double share = clock.main_s / std::max(10, moves_to_come) + 0.9 * settings.increment_s;
    double most = 0.5 * clock.main_s + kLag;
    if (settings.has_overtime()) {
      const double period = settings.overtime_s / settings.stones;
      share = std::max(share, 0.8 * period);
      most = std::max(most, 0.95 * (clock.main_s + period));
    }
    budget = std::min(share, most) - kLag;
  }
  if (settings.move_limit_s) budget = std::min(budget, *settings.move_limit_s - kLag);
  return std::max(kLeast, budget);
}

}  // namespace tengen
