#include "experiments/runs/run_watch.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>

#include <nlohmann/json.hpp>

#include "envs/registry/game_registry.h"
#include "experiments/config/budget.h"
#include "experiments/config/train_config.h"
#include "experiments/runs/run_folder.h"
#include "nets/atomic_file.h"

namespace tengen {
namespace {

constexpr auto kInterval = std::chrono::milliseconds(500);
constexpr double kRateStretch_s = 20.0;  // as ChartSpan::kTwentySeconds says; games come in bursts
constexpr double kFreshNews_s = 10.0;    // somebody writes, even if no process is seen

template <typename T>
void Read(const nlohmann::json& line, const char* name, T& value) {
  const auto field = line.find(name);
  if (field == line.end()) return;
  if constexpr (std::is_same_v<T, std::string>) {
    if (field->is_string()) value = field->get<std::string>();
  } else {
    if (field->is_number()) value = field->get<T>();
  }
}

ProgressRow ProgressOf(const nlohmann::json& line) {
  ProgressRow row;
  Read(line, "seconds", row.seconds);
  Read(line, "step", row.step);
  Read(line, "opponent", row.opponent);
  Read(line, "games", row.games);
  Read(line, "episodes", row.games);
  Read(line, "points", row.points);
  Read(line, "elo", row.elo);
  Read(line, "elo_low", row.elo_low);
  Read(line, "elo_high", row.elo_high);
  Read(line, "policy_return", row.policy_return);
  Read(line, "search_return", row.search_return);
  return row;
}

// "Xeon Gold, 2 threads", "cuda, 8 threads".
std::string MachineText(const nlohmann::json& session) {
  std::string device;
  std::string processor;
  int threads = 0;
  Read(session, "device", device);
  Read(session, "processor", processor);
  Read(session, "threads", threads);
  std::string text = device == "cpu" ? processor : device;
  if (threads > 0) text += StrCat(", ", threads, threads == 1 ? " thread" : " threads");
  return text;
}

}  // namespace

RunReader::RunReader(std::filesystem::path folder, const RunReaderOptions& options)
    : options_(options),
      folder_(std::move(folder)),
      metrics_(folder_ / "metrics.jsonl"),
      records_(folder_ / "games") {
  next_.folder = folder_;
  next_.status = next_.progress = std::make_shared<MetricTable>();
}

void RunReader::Forget() {
  const std::filesystem::path folder = folder_;
  next_ = RunSnapshot();
  next_.folder = folder;
  next_.status = next_.progress = std::make_shared<MetricTable>();
  status_ = progress_ = MetricTable();
  began_ = config_read_ = false;
  idle_.clear();
}

void RunReader::Take(const nlohmann::json& line) {
  std::string kind;
  Read(line, "kind", kind);
  Read(line, "seconds", next_.seconds);
  if (kind == "session") {
    began_ = true;
    Read(line, "budget", next_.budget);
    next_.machine = MachineText(line);
  } else if (kind == "stored" || kind == "status") {
    Read(line, "games", next_.games);
    Read(line, "positions", next_.positions);
    Read(line, "step", next_.steps);
    Read(line, "idle", idle_);
    if (kind != "status") return;
    status_.Add(line);
    status_grew_ = true;
  } else if (kind == "progress") {
    progress_.Add(line);
    const ProgressRow row = ProgressOf(line);
    std::erase_if(next_.matches,
                  [&](const ProgressRow& old) { return old.seconds >= row.seconds; });
    next_.matches.push_back(row);
    progress_grew_ = true;
    idle_.clear();
  }
}

// Whether metrics.jsonl can be read.
bool RunReader::ReadMetrics() {
  std::vector<nlohmann::json> lines;
  const JsonTail::News news = metrics_.Read(options_.bytes_at_once, lines);
  if (news == JsonTail::News::kGone) return false;
  if (news == JsonTail::News::kReplaced) Forget();
  next_.loading = metrics_.more();
  for (const nlohmann::json& line : lines) Take(line);
  if (std::exchange(status_grew_, false)) {
    auto table = std::make_shared<MetricTable>(status_);
    table->AddRate("games_per_s", "games", kRateStretch_s);
    table->AddRate("steps_per_s", "step", kRateStretch_s);
    next_.status = std::move(table);
  }
  if (std::exchange(progress_grew_, false)) {
    next_.progress = std::make_shared<MetricTable>(progress_);
  }
  return true;
}

void RunReader::ReadConfig() {
  const auto text = ReadWholeFile(folder_ / "config.json");
  if (!text) {
    next_.config_problem = text.error();
    return;
  }
  config_read_ = true;
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) {
    next_.config_problem = "config.json is not JSON, wanted the config of a run";
    return;
  }
  Read(json, "name", next_.preset);
  // Of a run that learns from examples only what is played is known here.
  const auto selfplay = json.find("selfplay");
  const bool learns = json.contains("task") && selfplay != json.end();
  const nlohmann::json known = learns ? nlohmann::json{{"selfplay", *selfplay}} : json;
  TrainConfig config;
  const Status read = TrainConfigFromJson(known, config);
  const std::vector<std::string> games = GameIds(config.selfplay);
  Result<std::shared_ptr<const Game>> game = Error{"selfplay.games is empty, wanted game ids"};
  if (!read) {
    game = Error{read.error()};
  } else if (!games.empty()) {
    game = MakeGame(games.front());
  }
  next_.config_problem = game ? "" : "config.json: " + game.error();
  if (game) next_.game = *game;
}

void RunReader::ReadGames() {
  for (GameRecord& record : records_.Take(options_.games)) {
    if (!CheckRecord(record)) continue;
    std::shared_ptr<const Game>& game = known_games_[record.game_id];
    if (game == nullptr) game = MakeGame(record.game_id).value();
    next_.newest_games.push_back(
        std::make_shared<const WatchedGame>(WatchedGame{std::move(record), game}));
  }
  auto& games = next_.newest_games;
  if (games.size() > options_.games)
    games.erase(games.begin(), games.end() - static_cast<std::ptrdiff_t>(options_.games));
  // Control tasks have a game for each start.
  if (known_games_.size() > 4 * options_.games) known_games_.clear();
}

RunPhase RunReader::Phase(bool gone) const {
  if (gone) return RunPhase::kGone;
  const std::optional<bool> in_use = RunFolder::InUse(folder_);
  const bool ended = began_ && (next_.budget_used >= 1.0 || idle_ == "saving");
  // Processes of other machines are not seen, but what they write is.
  if (in_use.value_or(false) || (!ended && AgeOf(next_) < kFreshNews_s)) return RunPhase::kRunning;
  return next_.budget_used >= 1.0 ? RunPhase::kFinished : RunPhase::kStopped;
}

// Whether the folder can be read.
bool RunReader::ReadFolder() {
  try {
    if (!std::filesystem::is_directory(folder_)) return false;
    if (!ReadMetrics() && began_) return false;
    if (!config_read_) ReadConfig();
    ReadGames();
    next_.checkpoints = RunFolder::Checkpoints(folder_);
    std::error_code error;
    const auto changed = std::filesystem::last_write_time(folder_ / "metrics.jsonl", error);
    next_.changed.reset();
    if (!error) next_.changed = changed;
    return true;
  } catch (const std::exception&) {
    return false;  // it went away meanwhile, or holds what nothing here expects
  }
}

void RunReader::Summarise(bool gone) {
  const auto budget = Budget::Parse(next_.budget);
  next_.budget_used =
      budget ? budget->Used(next_.seconds, next_.steps, next_.games,
                            static_cast<std::int64_t>(next_.status->Last("evaluations")))
             : 0.0;
  RunFacts facts;
  facts.phase = next_.phase = Phase(gone);
  facts.age_s = AgeOf(next_);
  facts.began = began_;
  facts.has_status = next_.status->rows() > 0;
  facts.idle = idle_;
  facts.budget_used = next_.budget_used;
  facts.budget = budget ? budget->Text() : "";
  next_.sentence = RunSentence(facts);
}

void RunReader::Look() {
  Summarise(/*gone=*/!ReadFolder());
  snapshot_ = std::make_shared<const RunSnapshot>(next_);
}

RunWatch::RunWatch(std::filesystem::path folder)
    : reader_(std::move(folder)), thread_([this] { Loop(); }) {}

RunWatch::~RunWatch() {
  {
    MutexLock lock(mutex_);
    stop_ = true;
    stops_.NotifyAll();
  }
  thread_.join();
}

std::shared_ptr<const RunSnapshot> RunWatch::snapshot() const {
  MutexLock lock(mutex_);
  return snapshot_;
}

void RunWatch::Loop() {
  for (;;) {
    reader_.Look();
    std::shared_ptr<const RunSnapshot> seen = reader_.snapshot();
    const bool more = seen->loading;
    MutexLock lock(mutex_);
    snapshot_ = std::move(seen);
    if (!stop_ && !more) stops_.WaitFor(mutex_, kInterval);
    if (stop_) return;
  }
}

}  // namespace tengen
