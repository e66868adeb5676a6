#include "experiments/pictures/chart_catalogue.h"

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

// Two curves.
KnownChart Pair(const char* title, const char* y_title, KnownLine first, KnownLine second,
                ChartScale scale, ChartSpan span = ChartSpan::kUntold) {
  return {title, y_title, {first, second}, scale, span};
}

}  // namespace

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
           Single("Policy entropy", "nats", "policy_entropy", "search policy", kFree, kSinceLine),
           WithoutZeros(Single("Gradient norm", "L2 norm before clipping", "grad_norm", "mean",
                               kFromZero, kSinceLine)),
           WithoutZeros(
               Single("Learning rate", "step size of the optimiser", "lr", "rate", kFromZero)),
           Pair("Learner steps", "steps", {"step", "made"},
                {"network_step", "of the network in self-play"}, kFromZero),
           Single("Learner steps per second", "steps per second", "steps_per_s", "learner",
                  kFromZero, ChartSpan::kTwentySeconds),
           Single("Skipped steps", "steps", "skipped_steps", "not finite", kFromZero),
       }},
      {"Self-play",
       {
           Single("Game length", "plies", "mean_plies", "mean", kFromZero, kSinceLine),
           Pair("Results of self-play", "share of the games",
                {"first_player_win_share", "first player wins"}, {"draw_share", "draws"}, kPercent,
                kSinceLine),
           Single("Return of self-play", "undiscounted return of the first player", "mean_return",
                  "mean", kFree, kSinceLine),
           Pair("Resignations", "games", {"resigned_games", "resigned"},
                {"played_on_games", "played on"}, kFromZero, kSession),
           Single("False resignations", "share of the would-be resignations",
                  "false_resignation_rate", "would not have lost", kPercent, kSession),
       }},
      {"Speed and amounts",
       {
           Single("Evaluation speed", "positions per second", "evaluations_per_s", "network",
                  kFromZero, ChartSpan::kTenSeconds),
           Single("Batch fill", "share of the slots of a batch", "batch_fill", "used", kPercent,
                  kSinceLine),
           Single("Games per second", "games per second", "games_per_s", "self-play", kFromZero,
                  ChartSpan::kTwentySeconds),
           Pair("Games", "finished games", {"games", "stored"}, {"queued_games", "waiting"},
                kFromZero),
           Pair("Positions", "training positions", {"positions", "played"},
                {"buffer_positions", "in the window"}, kFromZero),
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

}  // namespace tengen
