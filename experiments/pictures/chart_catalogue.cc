#include "experiments/pictures/chart_catalogue.h"

#include <algorithm>

namespace tengen {
namespace {

constexpr auto kFree = ChartScale::kFree;
constexpr auto kFromZero = ChartScale::kFromZero;
constexpr auto kPercent = ChartScale::kPercent;

constexpr auto kSinceLine = ChartSpan::kSinceLine;
constexpr auto kSession = ChartSpan::kSession;

KnownChart Single(const char* title, const char* y_title, const char* column, const char* label,
                  ChartScale scale, ChartSpan span = ChartSpan::kUntold) {
  return {title, y_title, {{column, label}}, scale, span};
}

KnownChart WithoutZeros(KnownChart chart) {
  chart.zero_is_none = true;
  return chart;
}

KnownChart InWindow(int place, KnownChart chart) {
  chart.window_place = place;
  return chart;
}

KnownChart For(ChartGames games, KnownChart chart) {
  chart.games = games;
  return chart;
}

KnownChart LogInWindow(KnownChart chart) {
  chart.window_log = true;
  return chart;
}

// Two curves.
KnownChart Pair(const char* title, const char* y_title, KnownLine first, KnownLine second,
                ChartScale scale, ChartSpan span = ChartSpan::kUntold) {
  return {title, y_title, {first, second}, scale, span};
}

}  // namespace

const KnownChart& EloChart() {
  static const KnownChart chart = InWindow(
      1, For(ChartGames::kTwoPlayers,
             Single("Elo against fixed opponents", "Elo, random play = 0", "elo", "Elo", kFree)));
  return chart;
}

const KnownChart& ReturnChartWhileTraining() {
  static const KnownChart chart =
      InWindow(1, For(ChartGames::kOnePlayer,
                      Pair("Return", "mean undiscounted return", {"search_return", "with search"},
                           {"policy_return", "policy alone"}, kFree)));
  return chart;
}

const KnownChart& LossChart() {
  static const KnownChart chart = LogInWindow(
      InWindow(2, {"Loss", "weighted sum and its parts", {}, ChartScale::kFromZero, kSinceLine}));
  return chart;
}

const char* SpanNote(ChartSpan span) {
  switch (span) {
    case ChartSpan::kUntold:
      return "";
    case ChartSpan::kSinceLine:
      return "Each point: mean since the point before, usually five seconds.";
    case ChartSpan::kTenSeconds:
      return "Each point: mean of the ten seconds before.";
    case ChartSpan::kTwentySeconds:
      return "Each point: mean of the twenty seconds before.";
    case ChartSpan::kSession:
      return "Since the newest start of the process.";
  }
  return "";
}

const std::vector<KnownChartGroup>& StatusCharts() {
  static const std::vector<KnownChartGroup> groups = {
      {"Learning",
       {
           InWindow(4, Single("Policy entropy", "nats", "policy_entropy", "search policy", kFree,
                              kSinceLine)),
           LogInWindow(
               InWindow(13, WithoutZeros(Single("Gradient norm", "L2 norm before clipping",
                                                "grad_norm", "mean", kFromZero, kSinceLine)))),
           WithoutZeros(
               Single("Learning rate", "step size of the optimiser", "lr", "rate", kFromZero)),
           Pair("Learner steps", "steps", {"step", "made"},
                {"network_step", "of the network in self-play"}, kFromZero),
           InWindow(11, Single("Learner steps per second", "steps per second", "steps_per_s",
                               "learner", kFromZero, ChartSpan::kTwentySeconds)),
           Single("Skipped steps", "steps", "skipped_steps", "not finite", kFromZero),
       }},
      {"Self-play",
       {
           InWindow(8, Single("Game length", "plies", "mean_plies", "mean", kFromZero, kSinceLine)),
           InWindow(5, For(ChartGames::kTwoPlayers,
                           Pair("Results of self-play", "share of the games",
                                {"first_player_win_share", "first player wins"},
                                {"draw_share", "draws"}, kPercent, kSinceLine))),
           // With two players the results say it all.
           InWindow(3,
                    For(ChartGames::kOnePlayer, Single("Return of self-play", "undiscounted return",
                                                       "mean_return", "mean", kFree, kSinceLine))),
           Pair("Resignations", "games", {"resigned_games", "resigned"},
                {"played_on_games", "played on"}, kFromZero, kSession),
           Single("False resignations", "share of the would-be resignations",
                  "false_resignation_rate", "would not have lost", kPercent, kSession),
       }},
      {"Speed and amounts",
       {
           InWindow(7, Single("Evaluation speed", "positions per second", "evaluations_per_s",
                              "network", kFromZero, ChartSpan::kTenSeconds)),
           InWindow(9, Single("Batch fill", "share of the slots of a batch", "batch_fill", "used",
                              kPercent, kSinceLine)),
           InWindow(6, Single("Games per second", "games per second", "games_per_s", "self-play",
                              kFromZero, ChartSpan::kTwentySeconds)),
           Single("Games", "finished games", "games", "stored", kFromZero),
           InWindow(12, Single("Waiting games", "finished games that wait for the learner",
                               "queued_games", "waiting", kFromZero)),
           InWindow(10, Pair("Positions", "training positions", {"positions", "played"},
                             {"buffer_positions", "in the window"}, kFromZero)),
           Single("Simulator calls", "moves applied", "simulator_calls", "search and play",
                  kFromZero, kSession),
       }},
  };
  return groups;
}

const std::vector<KnownChartGroup>& EvaluationCharts() {
  static const std::vector<KnownChartGroup> groups = {
      {"Learning",
       {
           Single("Return of training episodes", "mean of the newest 100", "training_return", "",
                  kFree),
           Single("Policy loss", "loss", "policy_loss", "", kFree),
           Single("Value loss", "loss", "value_loss", "", kFree),
           Single("Q loss", "loss", "q_loss", "", kFree),
           Single("Loss", "loss", "loss", "", kFree),
           Single("Mean Q value", "discounted return", "q", "", kFree),
           Single("Entropy", "nats", "entropy", "", kFree),
           Single("Approximate KL divergence", "nats between old and new policy", "approx_kl", "",
                  kFree),
           Single("Exploration", "share of random actions (epsilon)", "epsilon", "", kPercent),
           Single("Temperature", "weight of the entropy (alpha)", "alpha", "", kFree),
       }},
      {"Optimiser and time",
       {
           Single("Gradient norm", "L2 norm before clipping", "grad_norm", "", kFromZero),
           Single("Learning rate", "step size of the optimiser", "lr", "", kFromZero),
           Single("Updates", "gradient steps", "updates", "", kFromZero),
           Single("Training time", "seconds", "seconds", "", kFromZero),
       }},
  };
  return groups;
}

bool IsFor(const KnownChart& chart, int num_players) {
  return chart.games == ChartGames::kAll ||
         (chart.games == ChartGames::kOnePlayer) == (num_players == 1);
}

std::vector<const KnownChart*> WindowCharts(int num_players) {
  std::vector<const KnownChart*> charts;
  const auto add = [&](const KnownChart& chart) {
    if (chart.window_place > 0 && IsFor(chart, num_players)) charts.push_back(&chart);
  };
  add(EloChart());
  add(ReturnChartWhileTraining());
  add(LossChart());
  for (const KnownChartGroup& group : StatusCharts()) {
    for (const KnownChart& chart : group.charts) add(chart);
  }
  std::sort(charts.begin(), charts.end(), [](const KnownChart* a, const KnownChart* b) {
    return a->window_place < b->window_place;
  });
  return charts;
}

}  // namespace tengen
