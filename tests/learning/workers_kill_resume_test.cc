// A learner and two workers that are killed again and again, with a bad network between them or a
// folder that both see: each game that a worker was told is stored is in the shards, none is twice,
// and the run ends by itself. TENGEN_KILL_SECONDS is the run's budget; from 300 on the learner is
// killed every minute and a worker every twenty seconds, below that at twice the rate.

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <signal.h>
#include <string>
#include <sys/inotify.h>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agents/records/record_frame.h"
#include "agents/records/record_shard.h"
#include "experiments/cluster/worker_key.h"
#include "nets/atomic_file.h"
#include "tests/support/bad_proxy.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

int BudgetSeconds() {
  const char* text = std::getenv("TENGEN_KILL_SECONDS");
  return text != nullptr ? std::atoi(text) : 90;
}

// A program that is started again after each kill.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments) : arguments_(std::move(arguments)) {}
  ~Process() {
    if (running()) Kill();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  void Start() {
    code_.reset();
    pid_ = StartTengen(arguments_);
  }
  // False: it had ended by itself before.
  bool Kill() {
    if (!running()) return false;
    ::kill(pid_, SIGKILL);
    Collect(0);
    return code_ == -1;
  }
  void Signal(int signal) { ::kill(pid_, signal); }
  bool running() {
    if (!code_) Collect(WNOHANG);
    return !code_;
  }
  // Of its end: -1 after a signal.
  std::optional<int> code() const { return code_; }

 private:
  void Collect(int options) {
    int status = 0;
    if (::waitpid(pid_, &status, options) != pid_) return;
    code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }
  const std::vector<std::string> arguments_;
  pid_t pid_ = -1;
  std::optional<int> code_ = 0;
};

// Tells which files came into folders and went (inotify(7)), in the order in which it happened.
class FolderWatch {
 public:
  struct Change {
    fs::path file;
    bool gone = false;
  };

  FolderWatch() : descriptor_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    EXPECT_GE(descriptor_, 0);
  }
  ~FolderWatch() { ::close(descriptor_); }
  FolderWatch(const FolderWatch&) = delete;
  FolderWatch& operator=(const FolderWatch&) = delete;

  void Add(const fs::path& folder) {
    const int watch = ::inotify_add_watch(descriptor_, folder.c_str(),
                                          IN_CREATE | IN_MOVED_TO | IN_DELETE | IN_MOVED_FROM);
    ASSERT_GE(watch, 0) << folder;
    folders_[watch] = folder;
  }

  std::vector<Change> Take() {
    std::vector<Change> changes;
    alignas(inotify_event) std::array<char, 1 << 16> bytes;
    while (true) {
      const ssize_t size = ::read(descriptor_, bytes.data(), bytes.size());
      if (size <= 0) return changes;
      for (ssize_t at = 0; at < size;) {
        const auto* event = reinterpret_cast<const inotify_event*>(bytes.data() + at);
        at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
        EXPECT_EQ(event->mask & IN_Q_OVERFLOW, 0U) << "changes were missed";
        if (event->len == 0) continue;
        changes.push_back(
            {folders_[event->wd] / event->name, (event->mask & (IN_DELETE | IN_MOVED_FROM)) != 0});
      }
    }
  }

 private:
  const int descriptor_;
  std::map<int, fs::path> folders_;
};

// The numbers of the games in whole frames, and whether there is nothing else.
struct Frames {
  std::vector<std::uint64_t> streams;
  bool whole = true;
};

Frames ReadFrames(const fs::path& file) {
  Frames frames;
  const Result<std::string> bytes = ReadWholeFile(file);
  if (!bytes || bytes->empty()) return {{}, false};
  for (std::string_view rest = *bytes; !rest.empty();) {
    const RecordFrame frame = ParseRecordFrame(rest);
    frames.whole = frame.state == RecordFrame::State::kWhole;
    if (!frames.whole) break;
    frames.streams.push_back(frame.Read().value().stream);
    rest.remove_prefix(frame.bytes());
  }
  return frames;
}

// Games that metrics.jsonl counted; a torn last line is none.
std::int64_t CountedGames(const fs::path& run) {
  std::int64_t games = 0;
  std::ifstream in(run / "metrics.jsonl");
  for (std::string text; std::getline(in, text);) {
    const auto line = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!line.is_discarded() && line.at("kind") == "stored") games = line.at("games");
  }
  return games;
}

std::uint16_t FreePort() {
  asio::io_context io;
  return asio::ip::tcp::acceptor(io, {asio::ip::address_v4::loopback(), 0}).local_endpoint().port();
}

class WorkersKillResume : public ::testing::Test {
 protected:
  static constexpr int kWorkers = 2;
  static constexpr int kLongRun_s = 300;

  std::vector<std::string> LearnerArguments(const std::vector<std::string>& door) const {
    std::vector<std::string> arguments = {
        "learner", "go5", "--run-dir", run_.string(), "--budget", std::to_string(budget_s_) + "s"};
    std::vector<std::string> settings = {"checkpoint_s=3", "progress.share=0"};
    // So that short lives finish games too.
    if (budget_s_ < kLongRun_s) settings.emplace_back("selfplay.parallel_games=16");
    for (const std::string& setting : settings) {
      arguments.insert(arguments.end(), {"--set", setting});
    }
    arguments.insert(arguments.end(), door.begin(), door.end());
    return arguments;
  }

  void StartLearner(const std::vector<std::string>& door, const fs::path& sign) {
    learner_ = std::make_unique<Process>(LearnerArguments(door));
    learner_->Start();
    const auto limit = Clock::now() + seconds(60);
    while (!fs::exists(sign)) {
      ASSERT_TRUE(learner_->running()) << "the learner ended";
      ASSERT_LT(Clock::now(), limit) << sign << " did not come";
      std::this_thread::sleep_for(milliseconds(20));
    }
  }

  void StartWorker(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "worker");
    arguments.insert(arguments.end(), {"--threads", "1"});
    workers_.push_back(std::make_unique<Process>(std::move(arguments)));
    workers_.back()->Start();
  }

  // Kills and starts again until the learner has ended by itself. `look` is called all the time,
  // `killed` after a worker's death, before it is started again.
  template <typename Look, typename Killed>
  void LiveThrough(Look look, Killed killed) {
    const bool long_run = budget_s_ >= kLongRun_s;
    const auto learner_interval = seconds(long_run ? 60 : 30);
    const auto worker_interval = seconds(long_run ? 20 : 10);
    const auto begin = Clock::now();
    const auto limit = begin + seconds(3 * budget_s_ + 120);
    auto learner_at = begin + learner_interval;
    auto worker_at = begin + worker_interval;
    std::optional<Clock::time_point> heard_of_end;
    while (learner_->running()) {
      ASSERT_LT(Clock::now(), limit) << "the run did not end";
      look();
      if (Clock::now() >= learner_at) {
        learner_at += learner_interval;
        if (!learner_->Kill()) break;
        ++learner_kills_;
        counted_ = std::max(counted_, CountedGames(run_));
        learner_->Start();
      }
      if (Clock::now() >= worker_at) {
        worker_at += worker_interval;
        Process& worker = *workers_[static_cast<std::size_t>(worker_kills_ % kWorkers)];
        if (!worker.Kill()) {  // it has heard that the run is over
          ASSERT_EQ(worker.code(), 0);
          if (!heard_of_end) heard_of_end = Clock::now();
          continue;
        }
        ++worker_kills_;
        killed();
        worker.Start();
      }
      ASSERT_LT(Clock::now(), heard_of_end.value_or(limit) + seconds(30)) << "the run goes on";
      std::this_thread::sleep_for(milliseconds(5));
    }
    wall_s_ = std::chrono::duration<double>(Clock::now() - begin).count();
    EXPECT_EQ(learner_->code(), 0);
    EXPECT_GT(learner_kills_, 0);
    EXPECT_GT(worker_kills_, 0);
  }

  // Those that did not hear of the end are told to end.
  int EndWorkers() {
    const auto limit = Clock::now() + seconds(20);
    int by_themselves = 0;
    for (const auto& worker : workers_) {
      while (worker->running() && Clock::now() < limit) {
        std::this_thread::sleep_for(milliseconds(50));
      }
      by_themselves += worker->running() ? 0 : 1;
      if (worker->running()) worker->Signal(SIGTERM);
      const auto patience = Clock::now() + seconds(30);
      while (worker->running() && Clock::now() < patience) {
        std::this_thread::sleep_for(milliseconds(50));
      }
      EXPECT_EQ(worker->code(), 0);
    }
    return by_themselves;
  }

  // What every run must have kept. `acknowledged`: games that workers heard are stored.
  void CheckShards(const std::set<std::uint64_t>& acknowledged) {
    counted_ = std::max(counted_, CountedGames(run_));
    RecordShardReader reader(ListShards(run_ / "games"));
    std::set<std::uint64_t> numbers;
    std::int64_t found = 0;
    while (const auto record = reader.Next()) {
      ++found;
      numbers.insert(record->stream);
      ASSERT_TRUE(CheckRecord(*record).ok());
    }
    EXPECT_THAT(reader.problems(), ::testing::IsEmpty());
    EXPECT_EQ(static_cast<std::int64_t>(numbers.size()), found) << "a game is there twice";
    EXPECT_GE(found, counted_) << "a counted game is lost";
    int lost = 0;
    for (const std::uint64_t stream : acknowledged) {
      if (numbers.contains(stream)) continue;
      ++lost;
      std::printf("lost: game %llu\n", static_cast<unsigned long long>(stream));
    }
    EXPECT_EQ(lost, 0) << "acknowledged games are lost";
    EXPECT_GT(acknowledged.size(), 0U);
    std::printf(
        "%.0f s, %d kills of the learner, %d of workers: %lld games counted, %lld in the "
        "shards, %zu seen acknowledged\n",
        wall_s_, learner_kills_, worker_kills_, static_cast<long long>(counted_),
        static_cast<long long>(found), acknowledged.size());
  }

  void TellStrength() const {
    const ProgramOutput match = RunTengen(
        "match run:" + run_.string() + ",visits=100 mcts:200 --game go5 --games 20 --json", false);
    ASSERT_EQ(match.code, 0);
    const auto score = nlohmann::json::parse(LastLine(match.text)).at("score");
    std::printf("at 100 visits against 200 rollouts of pure search: %s\n", score.dump().c_str());
  }

  const TempFolder temp_;
  const fs::path run_ = temp_ / "run";
  const int budget_s_ = BudgetSeconds();
  std::unique_ptr<Process> learner_;
  std::vector<std::unique_ptr<Process>> workers_;
  std::int64_t counted_ = 0;
  int learner_kills_ = 0;
  int worker_kills_ = 0;
  double wall_s_ = 0.0;
};

// Every connection is cut after a drawn number of bytes, a few networks' worth at most.
TEST_F(WorkersKillResume, ThroughABadNetwork) {
  const std::uint16_t port = FreePort();
  BadProxy proxy(port, {.least_bytes = 100'000, .most_bytes = 6'000'000}, 5);
  ASSERT_NO_FATAL_FAILURE(
      StartLearner({"--listen", "127.0.0.1:" + std::to_string(port)}, run_ / "worker.key"));
  const WorkerKey key = ReadWorkerKey(run_ / "worker.key").value();
  FolderWatch watch;
  std::vector<fs::path> spools;
  for (int i = 0; i < kWorkers; ++i) {
    const fs::path spool = temp_ / ("spool" + std::to_string(i));
    spools.push_back(spool / key.run);
    fs::create_directories(spools.back());
    watch.Add(spools.back());
    StartWorker({"127.0.0.1:" + std::to_string(proxy.port()), "--key",
                 (run_ / "worker.key").string(), "--spool", spool.string()});
  }
  // A game leaves the spool when the learner has it on disk, or when its file is torn, which is
  // seen while its worker is dead.
  std::set<std::uint64_t> acknowledged;
  std::set<std::uint64_t> torn;
  const auto number = [](const fs::path& file) {
    return std::strtoull(file.stem().c_str(), nullptr, 10);
  };
  const auto look = [&] {
    for (const FolderWatch::Change& change : watch.Take()) {
      const bool is_game = change.file.extension() == ".game";
      if (change.gone && is_game) acknowledged.insert(number(change.file));
    }
  };
  LiveThrough(look, [&] {
    const fs::path& spool = spools[static_cast<std::size_t>((worker_kills_ - 1) % kWorkers)];
    for (const auto& entry : fs::directory_iterator(spool)) {
      const bool is_game = entry.path().extension() == ".game";
      if (is_game && !ReadFrames(entry.path()).whole) torn.insert(number(entry.path()));
    }
  });
  const int by_themselves = EndWorkers();
  look();
  for (const std::uint64_t stream : torn) acknowledged.erase(stream);
  CheckShards(acknowledged);
  EXPECT_GT(proxy.connections(), kWorkers + worker_kills_);
  std::printf("%d connections, %zu torn files in spools, %d of %d workers heard of the end\n",
              proxy.connections(), torn.size(), by_themselves, kWorkers);
  TellStrength();
}

TEST_F(WorkersKillResume, ThroughAFolder) {
  const fs::path inbox = run_ / "inbox";
  ASSERT_NO_FATAL_FAILURE(StartLearner({"--folder-workers"}, inbox));
  FolderWatch watch;
  watch.Add(inbox);
  for (int i = 0; i < kWorkers; ++i) StartWorker({"--folder", run_.string()});
  // A parcel leaves the inbox when all its games are on disk. Some go before they can be read here.
  std::set<std::uint64_t> acknowledged;
  std::map<fs::path, std::vector<std::uint64_t>> parcels;
  std::set<fs::path> watched;
  int taken = 0;
  int unread = 0;
  const auto see = [&](const fs::path& file) {
    if (file.extension() == ".games" && !parcels.contains(file)) {
      parcels[file] = ReadFrames(file).streams;
    }
  };
  const auto look = [&] {
    for (const FolderWatch::Change& change : watch.Take()) {
      if (change.file.parent_path() == inbox) {  // a worker's folder
        if (!watched.insert(change.file).second) continue;
        watch.Add(change.file);
        for (const auto& entry : fs::directory_iterator(change.file)) see(entry.path());
      } else if (!change.gone) {
        see(change.file);
      } else if (change.file.extension() == ".games") {
        const std::vector<std::uint64_t>& streams = parcels[change.file];
        ++taken;
        unread += streams.empty() ? 1 : 0;
        acknowledged.insert(streams.begin(), streams.end());
      }
    }
  };
  LiveThrough(look, [] {});
  EXPECT_EQ(EndWorkers(), kWorkers);
  look();
  CheckShards(acknowledged);
  EXPECT_LT(unread, taken / 2 + 1);
  std::printf("%d parcels, %d of them gone before they were read here\n", taken, unread);
  TellStrength();
}

}  // namespace
}  // namespace tengen
