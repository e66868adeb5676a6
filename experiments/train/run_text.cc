#include "experiments/train/run_text.h"

#include <algorithm>
#include <cmath>

#include "experiments/config/budget.h"
#include "experiments/config/shell_word.h"
#include "experiments/config/version.h"
#include "experiments/players/agent_spec.h"
#include "experiments/train/self_play_driver.h"
#include "nets/trunk.h"

namespace tengen {
namespace {

// Rough terms of the memory text.
constexpr double kProgram_mb = 350.0;        // LibTorch and the program, before anything is made
constexpr double kPositionsPerWindow = 4.0;  // windows grow with the run, a few times their minimum
constexpr double kBytesPerPosition = 400.0;  // of a record in the buffer, its policy included
// Weights, gradient, Adam's two moments and the average are 20; the rest is room for the copies
// that self-play and saving make.
constexpr double kBytesPerParameter = 80.0;
constexpr double kWorthTelling_s = 20.0;  // people wonder when no game has come for so long
constexpr double kBytesPerMegabyte = 1e6;

// Parameters of the trunk, which are nearly all of them.
double ApproximateParameters(const NetConfig& net) {
  return KindOf(net.trunk).weights_of_block * net.channels * net.channels * net.blocks;
}

// "go:size=9, rules ko=simple or ko=positional, komi 7 or 6.5", without repetitions.
std::string GamesText(const SelfPlayConfig& config) {
  const auto list = [](const auto& values, const char* between) {
    std::string text;
    for (auto it = values.begin(); it != values.end(); ++it) {
      if (std::find(values.begin(), it, *it) != it) continue;
      text += StrCat(text.empty() ? "" : between, *it);
    }
    return text;
  };
  std::string text = list(config.games, " ");
  if (!config.rules.empty()) text += ", rules " + list(config.rules, " or ");
  if (!config.komi.empty()) text += ", komi " + list(config.komi, " or ");
  return text;
}

double MemoryMegabytes(const TrainConfig& config, const GameSpec& game, int threads) {
  const double trees = static_cast<double>(Mcts::BytesFor(config.selfplay.mcts, game)) *
                       config.selfplay.parallel_games * threads;
  const double buffer =
      static_cast<double>(config.learner.window.minimum) * kPositionsPerWindow * kBytesPerPosition;
  const double network = ApproximateParameters(config.net) * kBytesPerParameter;
  return kProgram_mb + config.cache_mb + (trees + buffer + network) / kBytesPerMegabyte;
}

// "0.8", "31": large networks make less than a step a second.
std::string RateText(double per_s) {
  return per_s < 10.0 ? StrCat(std::round(per_s * 10.0) / 10.0) : CountText(per_s);
}

// What the trunk computes with, and what that means for the speed.
std::string PrecisionText(const TrainConfig& config, Precision used) {
  if (used == Precision::kBfloat16) {
    if (SelfPlayDeviceName(config) != "cpu" || CpuHasBfloat16()) return "bfloat16";
    return "bfloat16, which this processor has to imitate: --set precision=fp32 is some 30 times "
           "faster";
  }
  if (SelfPlayDeviceName(config) != "cpu" || CpuHasBfloat16()) return "float32";
  return "float32; a processor with bfloat16 of its own is several times faster";
}

// Games come in waves as long as the first one; on average half a wave is under way at the end.
std::string WithinTheTime(double seconds, const std::string& text, const RunForecast& forecast,
                          std::int64_t first_positions) {
  const double counted_s = std::max(0.0, seconds - 0.5 * forecast.first_games_s);
  const double positions = forecast.positions_per_s * counted_s;
  if (positions < static_cast<double>(first_positions)) {
    return StrCat("fewer within ", text, " than the ",
                  CountText(static_cast<double>(first_positions)),
                  " positions that the first learner step waits for");
  }
  return StrCat("about ", CountText(forecast.games_per_s * counted_s), " games, ",
                CountText(positions), " positions and ",
                CountText(forecast.steps_per_s * counted_s), " learner steps within ", text);
}

std::string BudgetText(const Budget& budget, const RunForecast& forecast,
                       std::int64_t first_positions) {
  if (budget.unit == Budget::Unit::kSeconds) {
    return WithinTheTime(budget.amount, budget.Text(), forecast, first_positions);
  }
  if (budget.unit == Budget::Unit::kEvaluations) return budget.Text();
  const bool steps = budget.unit == Budget::Unit::kSteps;
  const double per_s = steps ? forecast.steps_per_s : forecast.games_per_s;
  return StrCat(budget.Text(), " in about ",
                DurationText(budget.amount / per_s + 0.5 * forecast.first_games_s));
}

}  // namespace

std::map<std::string, std::string> NetworkFacts(const TrainConfig& config, std::int64_t games,
                                                std::int64_t positions) {
  return {{"run", config.name},
          {"games", GamesText(config.selfplay)},
          {"seed", std::to_string(config.seed)},
          {"selfplay_games", std::to_string(games)},
          {"selfplay_positions", std::to_string(positions)},
          {"tengen", StrCat(kVersion, " ", kCommit)}};
}

std::string RunOutlook(const TrainConfig& config, const Game& game,
                       const std::filesystem::path& folder, bool resumes, std::int64_t step,
                       bool plays_here) {
  const int threads = plays_here ? SelfPlayThreadCount(config) : 0;
  const std::string players =
      plays_here ? StrCat(threads, threads == 1 ? " self-play thread" : " self-play threads",
                          SelfPlayDeviceName(config) == config.device
                              ? ""
                              : StrCat(" (", SelfPlayDeviceName(config), ")"))
                 : "workers elsewhere";
  std::string text = StrCat(
      resumes ? StrCat("Resuming ", config.name, " at step ", step) : "Training " + config.name,
      " in ", folder.string(), "\n  game     ", GamesText(config.selfplay));
  const bool residual = config.net.trunk == Trunk::kResidual;
  text += StrCat("\n  network  ", config.net.blocks, " blocks of ", config.net.channels,
                 " channels", residual ? "" : StrCat(", ", KindOf(config.net.trunk).name),
                 ", about ", CountText(ApproximateParameters(config.net)),
                 " parameters\n  budget   ", Budget::Parse(config.budget)->Text(), " on ", players,
                 " and a learner (", config.device, ")\n  memory   up to about ",
                 CountText(MemoryMegabytes(config, game.spec(), threads)),
                 " MB; disk about 1 MB a minute\n");
  if (!config.expectation.empty()) text += "  known    " + config.expectation + "\n";
  return text + "  Ctrl-C   stops and saves; the same command goes on from there";
}

std::string ForecastText(const TrainConfig& config, const MachineSpeed& speed,
                         const std::string& processor, int processors) {
  std::string text = StrCat("  machine  ", processor, ", ", processors,
                            processors == 1 ? " processor, " : " processors, ",
                            PrecisionText(config, speed.precision), "\n  speed    ",
                            CountText(speed.evaluations_per_s), " evaluations/s in self-play, ",
                            RateText(speed.steps_per_s), " learner steps/s, each alone");
  const auto forecast = ForecastRun(config, speed, processors);
  if (!forecast) return text;
  text += "\n  expect   " +
          BudgetText(*Budget::Parse(config.budget), *forecast, config.learner.first_positions);
  if (forecast->first_games_s < kWorthTelling_s) return text;
  return text + "; the first games end after " + DurationText(forecast->first_games_s);
}

std::string RunSummary(const RunStatus& s, const std::filesystem::path& folder,
                       const GameSpec& game) {
  // Words that can be pasted into a shell.
  const auto agent = [&folder](const char* options) {
    return ShellWord(StrCat("run:", AgentWord(folder.string()), options));
  };
  const std::string head =
      StrCat(s.budget_used >= 1.0 ? "Done: " : "Stopped: ", s.games, " games, ", s.positions,
             " positions and ", s.steps, " learner steps in ", DurationText(s.seconds), ".\n");
  if (game.num_players == 1) {
    return StrCat(head, "  returns of policy and search:  ./tengen episodes ", agent(",visits=0"),
                  " ", agent(",visits=50"), " --game ", ShellWord(game.name),
                  "\n  its untrained self beside it:  ./tengen episodes ", agent("@0,visits=50"),
                  " --game ", ShellWord(game.name));
  }
  return StrCat(head, "  play it against pure search:  ./tengen match ", agent(""),
                " mcts:200 --game ", ShellWord(game.id),
                "\n  against its untrained self:   ./tengen match ", agent(""), " ", agent("@0"),
                " --game ", ShellWord(game.id));
}

}  // namespace tengen
