#include "experiments/pictures/chart_catalogue.h"

namespace tengen {
namespace {

constexpr auto kFree = ChartScale::kFree;
constexpr auto kFromZero = ChartScale::kFromZero;
constexpr auto kPercent = ChartScale::kPercent;

constexpr const char* kMeans = "Mean over all games since the newest start of the process.";
constexpr const char* kCounts = "Since the newest start of the process.";

KnownChart Single(const char* title, const char* y_title, const char* column, const char* label,
                  ChartScale scale, const char* note = "") {
  return {title, y_title, {{column, label}}, scale, note};
}

KnownChart WithoutZeros(KnownChart chart) {
  chart.zero_is_none = true;
  return chart;
}

// Two curves.
KnownChart Pair(const char* title, const char* y_title, KnownLine first, KnownLine second,
                ChartScale scale, const char* note = "") {
  return {title, y_title, {first, second}, scale, note};
}

}  // namespace

const std::vector<KnownChartGroup>& StatusCharts() {
  static const std::vector<KnownChartGroup> groups = {
      {"Learning",
       {
           Single("Policy entropy", "nats", "policy_entropy", "search policy", kFree, kMeans),
           WithoutZeros(
               Single("Gradient norm", "L2 norm before clipping", "grad_norm", "mean", kFromZero)),
           WithoutZeros(
               Single("Learning rate", "step size of the optimiser", "lr", "rate", kFromZero)),
           Pair("Learner steps", "steps", {"step", "made"},
                {"network_step", "of the network in self-play"}, kFromZero),
           Single("Learner steps per second", "steps per second", "steps_per_s", "learner",
                  kFromZero),
           Single("Skipped steps", "steps", "skipped_steps", "not finite", kFromZero),
       }},
      {"Self-play",
       {
           Single("Game length", "plies", "mean_plies", "mean", kFromZero, kMeans),
           Pair("Results of self-play", "share of the games",
                {"first_player_win_share", "first player wins"}, {"draw_share", "draws"}, kPercent,
                kMeans),
           Single("Return of self-play", "undiscounted return of the first player", "mean_return",
                  "mean", kFree, kMeans),
           Pair("Resignations", "games", {"resigned_games", "resigned"},
                {"played_on_games", "played on"}, kFromZero, kCounts),
           Single("False resignations", "share of the would-be resignations",
                  "false_resignation_rate", "would not have lost", kPercent),
       }},
      {"Speed and amounts",
       {
           Single("Evaluation speed", "positions per second", "evaluations_per_s", "network",
                  kFromZero),
           Single("Batch fill", "share of the slots of a batch", "batch_fill", "used", kPercent,
                  kMeans),
           Single("Games per second", "games per second", "games_per_s", "self-play", kFromZero),
           Pair("Games", "finished games", {"games", "stored"}, {"queued_games", "waiting"},
                kFromZero),
           Pair("Positions", "training positions", {"positions", "played"},
                {"buffer_positions", "in the window"}, kFromZero),
           Single("Simulator calls", "moves applied", "simulator_calls", "search and play",
                  kFromZero, kCounts),
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

}  // namespace tengen
