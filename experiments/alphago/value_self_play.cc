#include "experiments/alphago/value_self_play.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <optional>
#include <set>

#include <nlohmann/json.hpp>

#include "agents/records/record_shard.h"
#include "experiments/alphago/stage_network.h"
#include "experiments/config/game_by_name.h"
#include "experiments/config/usage_error.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

constexpr double kReportInterval_s = 10.0;

double Now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

fs::path ProgressFile(const fs::path& run) { return run / "playing.json"; }

std::shared_ptr<Evaluator> OpenStage(const std::string& from, AlphaGoStage stage,
                                     const GoGame& game, Device device) {
  // Without the stage's folder that of the whole run would be read as a network.
  return OpenStageNetwork(StageFolder(from, stage).string(), stage, game.spec(), device);
}

}  // namespace

Result<ValueSelfPlay::Progress> ValueSelfPlay::Load(const fs::path& run) {
  Progress progress;
  std::error_code ignored;
  if (!fs::exists(ProgressFile(run), ignored)) return progress;
  const auto text = ReadWholeFile(ProgressFile(run));
  if (!text) return Error{text.error()};
  try {
    const nlohmann::json json = nlohmann::json::parse(*text);
    progress.next = json.at("next").get<std::uint64_t>();
    progress.kept = json.at("kept").get<std::int64_t>();
    progress.seconds = json.at("seconds").get<double>();
    progress.done = json.at("done").get<bool>();
  } catch (const nlohmann::json::exception& error) {
    return Error{StrCat(ProgressFile(run).string(), ": ", error.what())};
  }
  return progress;
}

ValueSelfPlay::ValueSelfPlay(const ValueSelfPlayConfig& config, const fs::path& run, Device device,
                             int threads)
    : config_(config), run_(run), threads_(device.is_cuda() ? 1 : threads) {
  game_ = std::dynamic_pointer_cast<const GoGame>(GameOrUsageError(config.game));
  if (game_ == nullptr) throw UsageError(StrCat("game ", config.game, ", wanted go"));
  supervised_ = OpenStage(config.from, AlphaGoStage::kSl, *game_, device);
  reinforced_ = OpenStage(config.from, AlphaGoStage::kRl, *game_, device);
  progress_ = OrWorldError(Load(run));
}

// Numbers of the games that are there from the batch on that comes next: a process that was killed
// while it kept that batch leaves some of them.
std::set<std::uint64_t> ValueSelfPlay::StoredNumbers() const {
  std::set<std::uint64_t> numbers;
  for (const char* folder : {"games", "held_out"}) {
    RecordShardReader reader(ListShards(run_ / folder));
    while (const auto record = reader.Next()) {
      if (record->stream >= progress_.next) numbers.insert(record->stream);
    }
  }
  return numbers;
}

ValueSelfPlay::Progress ValueSelfPlay::Go(double seconds, const std::atomic<bool>& stop) {
  const std::set<std::uint64_t> stored = StoredNumbers();
  const auto every = static_cast<std::uint64_t>(std::lround(1.0 / config_.test_share));
  RecordShardWriter train(run_ / "games");
  RecordShardWriter test(run_ / "held_out");
  double begin = Now();
  double reported_s = begin;
  while (!stop.load() && !progress_.done) {
    GameRange range;
    range.seed = config_.seed;
    range.first = progress_.next;
    range.count = config_.batch_games;
    const std::vector<GameRecord> records = PlayValueGames(
        *game_, {*supervised_, *reinforced_}, range, MostValuePlies(game_->spec().shape), threads_);
    progress_.kept += static_cast<std::int64_t>(records.size());
    for (const GameRecord& record : records) {
      // The same game, if it is there.
      if (stored.contains(record.stream)) continue;
      (record.stream % every == 0 ? test : train).Append(record);
    }
    train.Sync();
    test.Sync();
    progress_.next += static_cast<std::uint64_t>(range.count);
    const double now = Now();
    progress_.seconds += now - begin;
    begin = now;
    progress_.done = progress_.kept >= config_.games || progress_.seconds >= seconds;
    const nlohmann::json json = {{"next", progress_.next},
                                 {"kept", progress_.kept},
                                 {"seconds", progress_.seconds},
                                 {"done", progress_.done}};
    WriteFileAtomically(ProgressFile(run_), json.dump() + "\n");
    if (now - reported_s < kReportInterval_s && !progress_.done) continue;
    reported_s = now;
    std::fprintf(stderr, "%6.0f s  %lld games with a position each of %llu played  %.1f games/s\n",
                 progress_.seconds, static_cast<long long>(progress_.kept),
                 static_cast<unsigned long long>(progress_.next),
                 static_cast<double>(progress_.next) / progress_.seconds);
  }
  return progress_;
}

}  // namespace tengen
