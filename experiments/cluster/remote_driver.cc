#include "experiments/cluster/remote_driver.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <thread>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <nlohmann/json.hpp>

#include "agents/zero/drawn_game.h"
#include "envs/core/rng.h"
#include "envs/registry/game_registry.h"
#include "experiments/cluster/lease_folder.h"
#include "experiments/cluster/network_check.h"
#include "experiments/cluster/network_list.h"
#include "experiments/cluster/worker_counts.h"
#include "experiments/cluster/worker_status_json.h"
#include "nets/atomic_file.h"
#include "nets/checkpoint.h"
#include "nets/safetensors.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kLookInterval = std::chrono::milliseconds(500);
constexpr auto kFileInterval = std::chrono::seconds(5);
constexpr auto kEndWait = std::chrono::seconds(2);  // for workers to hear that the run is over

constexpr std::size_t kMostLookedAt = 4096;  // instances and places with checks of their own

std::vector<std::shared_ptr<const Game>> RunsGames(const SelfPlayConfig& config) {
  std::vector<std::shared_ptr<const Game>> games;
  for (const std::string& id : GameIds(config)) games.push_back(MakeGame(id).value());
  return games;
}

class RemoteDriver : public SelfPlayDriver {
 public:
  RemoteDriver(const DriverStart& start, std::unique_ptr<WorkerDoor> door,
               const RemoteDriverOptions& options)
      : seed_(start.config.seed),
        options_(options),
        file_(start.run / "workers.json"),
        door_(std::move(door)),
        stored_(start.stored),
        games_(RunsGames(start.config.selfplay)),
        leases_(start.run),
        networks_(start.run / "networks.jsonl", start.network.step),
        check_(start.config.seed, start.run),
        rng_(start.config.seed, RngRole::kReplay, kDraws) {
    Publish(start.network);
  }

  std::vector<GameRecord> Take(std::chrono::milliseconds wait) override {
    Acknowledge();
    Look();
    std::vector<GameRecord> games;
    for (ReceivedGame& game : door_->Take(wait)) {
      if (Wanted(game)) games.push_back(std::move(game.record));
    }
    return games;
  }

  void Stored(const GameRecord& game) override {
    stored_.Add(game.stream);
    const auto senders = senders_of_.find(game.stream);
    if (senders == senders_of_.end()) return;
    for (const std::uint64_t sender : senders->second) answers_[sender].push_back(game.stream);
    senders_of_.erase(senders);
  }

  // The first sender's game was looked at; the others send theirs again when they connect.
  void Refused(const GameRecord& game, const std::string& why) override {
    const auto senders = senders_of_.find(game.stream);
    if (senders == senders_of_.end()) return;
    Refuse(senders->second.front(), StrCat("its game ", game.stream, ": ", why));
    senders_of_.erase(senders);
  }

  void Publish(const ModelSnapshot& network) override {
    step_ = network.step;
    BeforeCheckpoint(network);
    auto bytes = std::make_shared<std::string>(SerializeSafetensors({network.weights, {}}));
    pending_ = {{WeightsHash(network), network.step, bytes->size()}, std::move(bytes)};
    TellNetwork();
  }

  void BeforeCheckpoint(const ModelSnapshot& network) override {
    networks_.Add(WeightsHash(network), network.step);
    (void)networks_.Write();  // TellNetwork says when it cannot be
    check_.Publish(network);
  }

  void Stop(SessionEnd end) override {
    Acknowledge();
    if (end == SessionEnd::kRunOver) {
      door_->End("the run has used up its budget");
      const auto latest = Clock::now() + kEndWait;
      while (!door_->workers().empty() && Clock::now() < latest) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
      }
    }
    workers_.clear();
    WriteFile();
  }

  std::vector<std::string> TakeNews() override {
    Acknowledge();
    Look();  // also while the learner catches up and takes no games
    std::vector<std::string> news = door_->TakeNews();
    if (!trouble_.empty()) news.push_back(std::exchange(trouble_, ""));
    return news;
  }

  SelfPlayStats stats() const override { return counts_.total(); }
  std::size_t queued() const override { return door_->queued(); }
  std::size_t capacity() const override { return door_->capacity(); }
  int local_threads() const override { return local_threads_; }
  std::optional<int> workers() const override { return static_cast<int>(workers_.size()); }

 private:
  static constexpr std::uint64_t kDraws = 0x64726177;

  // Whether a game is for the run. One that is not is answered here: a worker that keeps it would
  // send it for ever.
  bool Wanted(const ReceivedGame& game) {
    const GameRecord& record = game.record;
    if (refused_.contains(game.session)) return false;  // what was still under way
    if (record.seed != seed_ || record.role != RngRole::kSelfPlay ||
        !leases_.Holds(record.stream)) {
      Refuse(game.session, StrCat("its game ", record.stream, " has seed ", record.seed,
                                  ", wanted ", seed_, " and a number that was leased"));
      return false;
    }
    if (stored_.Contains(record.stream)) {
      ++repeated_;
      answers_[game.session].push_back(record.stream);
      return false;
    }
    const auto senders = senders_of_.find(record.stream);
    if (senders != senders_of_.end()) {  // on its way to the disk
      ++repeated_;
      if (senders->second.back() != game.session) senders->second.push_back(game.session);
      return false;
    }
    if (IsStale(record)) {
      ++stale_;
      answers_[game.session].push_back(record.stream);
      return false;
    }
    const Status of_run = OfThisRun(record);
    if (!of_run) {
      Refuse(game.session, StrCat("its game ", record.stream, ": ", of_run.error()));
      return false;
    }
    if (!KnowsNetworksOf(record)) {
      // No lie that would gain anything: an earlier version of the learner may have had it.
      ++unknown_;
      answers_[game.session].push_back(record.stream);
      return false;
    }
    if (rng_.Uniform() < options_.check_share && !Honest(game)) return false;
    senders_of_[record.stream] = {game.session};
    return true;
  }

  void Refuse(std::uint64_t session, const std::string& reason) {
    refused_.insert(session);
    door_->Refuse(session, reason);
  }

  // A network may be able to play other games than the run's, on other boards, by other rules, and
  // records may hold games that were not played by search.
  Status OfThisRun(const GameRecord& record) const {
    Rng rng(record.seed, record.role, record.stream);
    const auto game = DrawnGame(games_, record.seed, record.stream, rng);
    const std::string& wanted = game->spec().id;
    if (record.game_id != wanted) {
      return Error{
          StrCat("it is of ", record.game_id.substr(0, kLongestName), ", wanted ", wanted)};
    }
    if (record.end == GameEnd::kAdjudicated) {
      return Error{"its result was given, wanted one that the rules or a resignation gave"};
    }
    for (std::size_t i = 0; i < record.plies.size(); ++i) {
      if (!record.plies[i].sample || record.plies[i].visits > 0) continue;
      return Error{StrCat("ply ", i, " is a training position without a search")};
    }
    return networks_.Check(record);
  }

  // Checkpoints of `train`, which knows no workers, are seen by those of a shared folder.
  bool KnowsNetworksOf(const GameRecord& record) {
    for (const NetUse& net : record.nets) {
      if (networks_.Knows(net.hash, net.step)) continue;
      if (!check_.Knows(net)) return false;
      networks_.Add(net.hash, net.step);
    }
    return true;
  }

  bool IsStale(const GameRecord& record) const {
    return options_.max_stale_steps > 0 && !record.nets.empty() &&
           record.nets.back().step < step_ - options_.max_stale_steps;
  }

  // A game that breaks the rules is found out when it is stored; one that cannot be replayed must
  // not be replayed here.
  bool Honest(const ReceivedGame& game) {
    if (!CheckRecord(game.record)) return true;
    const auto errors = check_.Compare(game.record);
    if (!errors) return true;
    for (auto* checks : {&checks_of_instance_, &checks_of_place_}) {
      if (checks->size() > kMostLookedAt) checks->erase(checks->begin());
    }
    return Within(checks_of_instance_[game.instance], *errors, game.session) &&
           Within(checks_of_place_[game.place], *errors, game.session);
  }

  struct Mean {
    void Add(double error) {
      sum += error;
      ++count;
    }
    double sum = 0.0;
    int count = 0;
  };

  struct Checks {
    Mean values;
    Mean policies;
  };

  bool Within(Checks& checks, const NetworkCheck::Errors& errors, std::uint64_t session) {
    checks.values.Add(errors.value);
    if (errors.policy) checks.policies.Add(*errors.policy);
    return Within(checks.values, NetworkCheck::kValueBound, "values", "differ", "", session) &&
           Within(checks.policies, NetworkCheck::kPolicyBound, "policies", "are worse than chance",
                  " nats", session);
  }

  bool Within(const Mean& errors, double bound, const char* what, const char* fault,
              const char* unit, std::uint64_t session) {
    const double mean = errors.sum / errors.count;
    if (errors.count < NetworkCheck::kWanted || mean <= bound) return true;
    Refuse(session,
           StrCat("the ", what, " in ", errors.count, " of its games ", fault, " by ", mean, unit,
                  " on average for the networks that they name, wanted at most ", bound));
    return false;
  }

  void Acknowledge() {
    for (auto& [session, streams] : answers_) door_->Stored(session, std::move(streams));
    answers_.clear();
  }

  void Look() {
    const auto now = Clock::now();
    if (now - last_look_ < kLookInterval) return;
    last_look_ = now;
    TellNetwork();
    workers_ = door_->workers();
    local_threads_ = 0;
    for (const ConnectedWorker& worker : workers_) {
      counts_.Look(worker, now);
      if (worker.local) local_threads_ += static_cast<int>(worker.hello.threads);
    }
    if (now - last_file_ < kFileInterval) return;
    last_file_ = now;
    WriteFile();
  }

  // Only of a network that stands on disk, so that its games are known when this process is killed.
  void TellNetwork() {
    const Status written = networks_.Write();
    if (!written && !troubled_) {
      trouble_ =
          StrCat(written.error(), "; workers hear of no new network until it can be written");
    }
    troubled_ = !written;
    if (!written || !pending_.second) return;
    door_->Publish(pending_.first, std::move(pending_.second));
    pending_ = {};
  }

  void WriteFile() {
    const nlohmann::json json = WorkersToJson(
        workers_, door_->counts(), {step_, repeated_, stale_, door_->queued(), unknown_});
    // Names of files that a refusal quotes may be no UTF-8.
    const auto replace = nlohmann::json::error_handler_t::replace;
    door_->SetStatus(json.dump(-1, ' ', /*ensure_ascii=*/false, replace));
    try {
      WriteFileAtomically(file_, json.dump(2, ' ', /*ensure_ascii=*/false, replace) + "\n");
    } catch (const WorldError&) {  // a full disk; no reason to lose the games that come with it
    }
  }

  const std::uint64_t seed_;
  const RemoteDriverOptions options_;
  const std::filesystem::path file_;
  const std::unique_ptr<WorkerDoor> door_;
  StreamSet stored_;
  // Of games that Take gave: the session whose copy it gave comes first.
  std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> senders_of_;
  std::unordered_set<std::uint64_t> refused_;                    // sessions
  std::map<std::uint64_t, std::vector<std::uint64_t>> answers_;  // session -> streams
  const std::vector<std::shared_ptr<const Game>> games_;
  LeaseFolder leases_;
  NetworkList networks_;
  NetworkCheck check_;
  // By process, however often it connects, and by machine, name and device, under as many instances
  // as a liar may take. A liar that an honest worker has these in common with is found by the
  // first.
  std::map<std::string, Checks> checks_of_instance_;
  std::map<std::string, Checks> checks_of_place_;
  Rng rng_;
  std::int64_t step_ = 0;
  std::uint64_t repeated_ = 0;
  std::uint64_t stale_ = 0;
  std::uint64_t unknown_ = 0;
  std::pair<NetworkMessage, std::shared_ptr<std::string>> pending_;  // workers were not told of it
  std::string trouble_;                                              // to be said
  bool troubled_ = false;

  std::vector<ConnectedWorker> workers_;
  WorkerCounts counts_;
  int local_threads_ = 0;
  Clock::time_point last_look_;
  Clock::time_point last_file_;
};

}  // namespace

std::unique_ptr<SelfPlayDriver> MakeRemoteDriver(const DriverStart& start,
                                                 std::unique_ptr<WorkerDoor> door,
                                                 const RemoteDriverOptions& options) {
  return std::make_unique<RemoteDriver>(start, std::move(door), options);
}

}  // namespace tengen
