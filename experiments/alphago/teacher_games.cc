#include "experiments/alphago/teacher_games.h"

#include <chrono>
#include <cstdio>

#include "agents/alphago/policy_games.h"
#include "experiments/config/usage_error.h"
#include "experiments/match/match_sgf.h"
#include "experiments/players/agent_spec.h"
#include "experiments/players/open_network.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr int kBatchGames = 64;
constexpr double kReportInterval_s = 10.0;

double Now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

fs::path BatchFile(const fs::path& folder, int batch) {
  char name[24];
  std::snprintf(name, sizeof name, "%06d.sgf", batch);
  return folder / name;
}

std::string Sgf(const GoGame& game, const ReinforceGame& played, int number,
                const std::string& name) {
  MatchGame record;
  record.index = number;
  record.moves = played.moves;
  const auto state = game.NewState();
  for (const Action move : played.moves) state->Apply(move);
  record.result_a = state->Return(Player::kFirst);
  float score = 0.0F;
  if (state->FinalArea({}, &score)) record.score = score;
  return MatchGameSgf(game, record, {name, name});
}

}  // namespace

TeacherGames::TeacherGames(const std::string& teacher, std::shared_ptr<const GoGame> game,
                           Device device, int threads)
    : name_(teacher), game_(std::move(game)), threads_(device.is_cuda() ? 1 : threads) {
  const AgentSpec spec = OrUsageError(AgentSpec::Parse(teacher));
  if (!spec.has_network()) {
    throw UsageError(StrCat("teacher '", teacher,
                            "', wanted a network whose policy can play: net:NAME, run:FOLDER or "
                            "katago:FILE"));
  }
  teacher_ = OrUsageError(OpenNetwork(spec, game_->spec(), device));
}

int TeacherGames::Go(const fs::path& folder, int games, double seconds, std::uint64_t seed,
                     const std::atomic<bool>& stop) {
  fs::create_directories(folder);
  int batch = 0;
  while (fs::exists(BatchFile(folder, batch))) ++batch;
  const double begin = Now();
  double reported_s = begin;
  const int first = batch;
  while (!stop.load() && batch * kBatchGames < games && Now() - begin < seconds) {
    GameRange range;
    range.seed = seed;
    range.first = static_cast<std::uint64_t>(batch) * kBatchGames;
    range.count = kBatchGames;
    std::string text;
    int number = batch * kBatchGames;
    for (const ReinforceGame& played :
         PlayPolicyGames(*game_, *teacher_, *teacher_, range, threads_)) {
      text += Sgf(*game_, played, number++, name_);
    }
    WriteFileAtomically(BatchFile(folder, batch), text);
    ++batch;
    if (Now() - reported_s < kReportInterval_s) continue;
    reported_s = Now();
    std::fprintf(stderr, "%6.0f s  %d games of %s  %.1f games/s\n", reported_s - begin,
                 batch * kBatchGames, name_.c_str(),
                 (batch - first) * kBatchGames / (reported_s - begin));
  }
  return batch * kBatchGames;
}

}  // namespace tengen
