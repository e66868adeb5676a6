#include "experiments/cluster/remote_driver.h"

#include <filesystem>
#include <limits>
#include <map>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/zero/drawn_game.h"
#include "agents/zero/self_play.h"
#include "envs/registry/game_registry.h"
#include "experiments/cluster/lease_folder.h"
#include "experiments/cluster/network_check.h"
#include "experiments/runs/run_folder.h"
#include "nets/atomic_file.h"
#include "nets/checkpoint.h"
#include "nets/net_evaluator.h"
#include "nets/tensor_ops.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::uint64_t kSeed = 5;

TrainConfig Config() {
  TrainConfig config = *LoadTrainConfig("tictactoe");
  config.seed = kSeed;
  config.net.channels = 8;
  config.net.blocks = 1;
  config.selfplay.parallel_games = 8;
  config.selfplay.full_visits = 8;
  return config;
}

// A network with opinions: fresh ones find every position even.
ModelSnapshot Network(std::uint64_t seed, std::int64_t step) {
  ModelSnapshot network = Model(*TrainModelConfig(Config()), seed).Snapshot(step);
  network.weights.at("outputs.weight").mul_(30.0);
  return network;
}

// Games that were played with a network, numbered as leased.
std::vector<GameRecord> PlayedWith(const ModelSnapshot& network, std::size_t count) {
  struct Sink : GameSink {
    bool Add(GameRecord record) override {
      games.push_back(std::move(record));
      return true;
    }
    std::vector<GameRecord> games;
  } sink;
  LatestModel source({std::make_shared<NetEvaluator>(network, NetEvaluatorOptions{}), network.step,
                      WeightsHash(network)});
  SelfPlayWorker worker(Config().selfplay, {kSeed, kFirstLeasedGame, 1}, source, sink);
  while (sink.games.size() < count) worker.Step();
  sink.games.resize(count);
  return std::move(sink.games);
}

void SaveCheckpoint(const std::filesystem::path& run, const ModelSnapshot& network) {
  NetworkFile file;
  file.snapshot = network;
  std::filesystem::create_directories(run / "checkpoints");
  SaveNetwork(RunFolder::Checkpoint(run, network.step), file);
}

TEST(NetworkCheck, HonestGamesHaveTheAnswersOfTheirNetwork) {
  const ModelSnapshot network = Network(1, 100);
  NetworkCheck check(kSeed, "");
  check.Publish(network);
  int policies = 0;
  for (const GameRecord& game : PlayedWith(network, 40)) {
    const auto errors = check.Compare(game);
    ASSERT_TRUE(errors);
    EXPECT_LT(errors->value, 1e-3);
    if (!errors->policy) continue;
    ++policies;
    EXPECT_LT(*errors->policy, 0.5 * NetworkCheck::kPolicyBound);
  }
  EXPECT_GT(policies, NetworkCheck::kWanted);
}

TEST(NetworkCheck, OtherWeightsAreFoundOut) {
  const ModelSnapshot named = Network(1, 100);
  NetworkCheck check(kSeed, "");
  check.Publish(named);
  double sum = 0.0;
  for (GameRecord game : PlayedWith(Network(2, 100), 40)) {
    for (NetUse& use : game.nets) use.hash = WeightsHash(named);
    sum += check.Compare(game)->value;
  }
  EXPECT_GT(sum / 40.0, NetworkCheck::kValueBound);
}

TEST(NetworkCheck, NetworksThatItDoesNotKnowTellNothing) {
  NetworkCheck check(kSeed, "");
  check.Publish(Network(1, 100));
  EXPECT_FALSE(check.Compare(PlayedWith(Network(2, 90), 1)[0]));
}

// What a driver does with a door.
struct DoorCalls {
  std::vector<ReceivedGame> incoming;
  std::map<std::uint64_t, std::vector<std::uint64_t>> stored;  // by session
  std::map<std::uint64_t, std::string> refused;
  std::vector<ConnectedWorker> workers;
  DoorCounts counts;
  std::vector<std::int64_t> published;
  std::string ended;
};

class FakeDoor : public WorkerDoor {
 public:
  explicit FakeDoor(DoorCalls& calls) : calls_(calls) {}
  void Publish(const NetworkMessage& network, std::shared_ptr<const std::string>) override {
    calls_.published.push_back(network.step);
  }
  std::vector<ReceivedGame> Take(milliseconds) override {
    return std::exchange(calls_.incoming, {});
  }
  void Stored(std::uint64_t session, std::vector<std::uint64_t> streams) override {
    for (const std::uint64_t stream : streams) calls_.stored[session].push_back(stream);
  }
  void Refuse(std::uint64_t session, const std::string& reason) override {
    calls_.refused[session] = reason;
  }
  void End(const std::string& text) override { calls_.ended = text; }
  std::vector<std::string> TakeNews() override { return {}; }
  void SetStatus(std::string) override {}
  std::vector<ConnectedWorker> workers() override { return calls_.workers; }
  DoorCounts counts() const override { return calls_.counts; }
  std::size_t queued() const override { return 0; }
  std::size_t capacity() const override { return 1; }

 private:
  DoorCalls& calls_;
};

class RemoteDriverTest : public ::testing::Test {
 protected:
  RemoteDriverTest() : network_(Network(1, 100)), source_({nullptr, 100, ""}) {
    LeaseFolder(temp_.path()).Take();
  }

  void Open(const RemoteDriverOptions& options, const StreamSet& stored = {}) {
    driver_ = MakeRemoteDriver({config_, 0, source_, temp_.path(), network_, stored},
                               std::make_unique<FakeDoor>(calls_), options);
  }
  std::vector<GameRecord> Receive(std::uint64_t session, const std::vector<GameRecord>& games,
                                  const std::string& instance = "") {
    const std::string from = instance.empty() ? std::to_string(session) : instance;
    for (const GameRecord& game : games) calls_.incoming.push_back({session, from, place_, game});
    return driver_->Take(milliseconds(0));
  }
  // Games are answered at the next turn of the loop.
  void NextTurn() { driver_->TakeNews(); }

  const TrainConfig config_ = Config();
  ModelSnapshot network_;
  TempFolder temp_;
  LatestModel source_;
  DoorCalls calls_;
  std::unique_ptr<SelfPlayDriver> driver_;
  std::string place_ = "box";
};

TEST_F(RemoteDriverTest, AcknowledgesWhatIsStoredAndNothingBefore) {
  Open({});
  const auto games = PlayedWith(network_, 2);
  EXPECT_THAT(Receive(7, games), SizeIs(2));
  NextTurn();
  EXPECT_THAT(calls_.stored, IsEmpty());
  driver_->Stored(games[1]);
  NextTurn();
  EXPECT_THAT(calls_.stored[7], ElementsAre(games[1].stream));
}

// A learner that catches up takes no games, and must know whose processors are in use.
TEST_F(RemoteDriverTest, KnowsWhoIsThereWithoutTakingGames) {
  calls_.workers.resize(2);
  for (ConnectedWorker& worker : calls_.workers) worker.hello.threads = 3;
  calls_.workers[1].local = true;
  Open({});
  NextTurn();
  EXPECT_EQ(driver_->workers(), 2);
  EXPECT_EQ(driver_->local_threads(), 3);
}

TEST_F(RemoteDriverTest, GivesAGameOnceHoweverOftenItComes) {
  Open({});
  const auto games = PlayedWith(network_, 1);
  EXPECT_THAT(Receive(7, {games[0], games[0]}), SizeIs(1));
  EXPECT_THAT(Receive(8, games), IsEmpty());  // on its way to the disk
  driver_->Stored(games[0]);
  NextTurn();
  EXPECT_THAT(calls_.stored[7], ElementsAre(games[0].stream));
  EXPECT_THAT(calls_.stored[8], ElementsAre(games[0].stream));
  EXPECT_THAT(Receive(9, games), IsEmpty());
  NextTurn();
  EXPECT_THAT(calls_.stored[9], ElementsAre(games[0].stream));
}

TEST_F(RemoteDriverTest, KnowsTheGamesOfEarlierSessions) {
  const auto games = PlayedWith(network_, 1);
  StreamSet stored;
  stored.Add(games[0].stream);
  Open({}, stored);
  EXPECT_THAT(Receive(7, games), IsEmpty());
  NextTurn();
  EXPECT_THAT(calls_.stored[7], ElementsAre(games[0].stream));
}

TEST_F(RemoteDriverTest, ShutsOutWhoSendsGamesOfAnotherSeedOrNumber) {
  Open({});
  auto games = PlayedWith(network_, 2);
  games[0].seed = kSeed + 1;
  games[1].stream = 3;  // of the learner's own process
  EXPECT_THAT(Receive(7, {games[0]}), IsEmpty());
  EXPECT_THAT(calls_.refused[7], HasSubstr("has seed 6, wanted 5"));
  EXPECT_THAT(Receive(8, {games[1]}), IsEmpty());
  EXPECT_THAT(calls_.refused[8], HasSubstr("a number that was leased"));
  games[1].stream = 2 * kLeaseGames;  // nobody was given these
  EXPECT_THAT(Receive(9, {games[1]}), IsEmpty());
  EXPECT_THAT(calls_.refused[9], HasSubstr("a number that was leased"));
}

TEST_F(RemoteDriverTest, ShutsOutWhoseGamesCannotBeLearntFrom) {
  Open({});
  const auto games = PlayedWith(network_, 1);
  Receive(7, games);
  driver_->Refused(games[0], "ply 3 is illegal");
  EXPECT_THAT(calls_.refused[7], HasSubstr("ply 3 is illegal"));
}

TEST_F(RemoteDriverTest, DropsStaleGamesAndAnswersThem) {
  Open({.max_stale_steps = 50, .check_share = 0.0});
  const auto games = PlayedWith(network_, 2);
  EXPECT_THAT(Receive(7, {games[0]}), SizeIs(1));
  driver_->Publish(Network(1, 151));
  EXPECT_THAT(calls_.published, ElementsAre(100, 151));
  EXPECT_THAT(Receive(7, {games[1]}), IsEmpty());
  NextTurn();
  EXPECT_THAT(calls_.stored[7], ElementsAre(games[1].stream));
  EXPECT_THAT(calls_.refused, IsEmpty());
}

TEST_F(RemoteDriverTest, CountsStaleStepsUpToTheLargestNumber) {
  Open({.max_stale_steps = std::numeric_limits<std::int64_t>::max(), .check_share = 0.0});
  const auto games = PlayedWith(network_, 1);
  EXPECT_THAT(Receive(7, games), SizeIs(1));
}

// As a refusal has them that quotes the name of a file.
TEST_F(RemoteDriverTest, WritesItsStatusWithTextsThatAreNoUtf8) {
  calls_.counts.last_refusal = "\xe4lt-1.games: a damaged game";
  Open({});
  NextTurn();
  EXPECT_THAT(*ReadWholeFile(temp_ / "workers.json"), HasSubstr("lt-1.games: a damaged game"));
}

// The network can play it, and its rules are kept.
TEST_F(RemoteDriverTest, ShutsOutWhoSendsGamesThatTheRunDoesNotPlay) {
  TrainConfig config = config_;
  config.selfplay.games = {"go:size=5,komi=6.5", "go:size=5,komi=7.5"};
  driver_ = MakeRemoteDriver({config, 0, source_, temp_.path(), network_, {}},
                             std::make_unique<FakeDoor>(calls_),
                             {.max_stale_steps = 0, .check_share = 0.0});
  GameRecord game;
  game.seed = kSeed;
  game.stream = kFirstLeasedGame;
  game.nets = {{0, 0, network_.step, WeightsHash(network_)}};
  Rng rng(kSeed, RngRole::kSelfPlay, game.stream);
  const int drawn = static_cast<int>(rng.Below(2));
  game.game_id = MakeGame(config.selfplay.games[1 - drawn]).value()->spec().id;
  EXPECT_THAT(Receive(7, {game}), IsEmpty());
  EXPECT_THAT(calls_.refused[7], HasSubstr("it is of " + game.game_id + ", wanted go:size=5"));
  game.game_id = MakeGame("go:size=5,komi=0.5").value()->spec().id;
  EXPECT_THAT(Receive(8, {game}), IsEmpty());
  EXPECT_THAT(calls_.refused[8], HasSubstr("komi=0.5,ko=positional,suicide=none, wanted go"));
  game.game_id = MakeGame(config.selfplay.games[drawn]).value()->spec().id;
  EXPECT_THAT(Receive(9, {game}), SizeIs(1));
}

// Their games begin at starts of their own.
TEST_F(RemoteDriverTest, KnowsTheStartsOfControlTasks) {
  TrainConfig config = config_;
  config.selfplay.games = {"cartpole"};
  driver_ = MakeRemoteDriver({config, 0, source_, temp_.path(), network_, {}},
                             std::make_unique<FakeDoor>(calls_),
                             {.max_stale_steps = 0, .check_share = 0.0});
  const std::vector<std::shared_ptr<const Game>> games = {MakeGame("cartpole").value()};
  GameRecord game;
  game.seed = kSeed;
  game.stream = kFirstLeasedGame + 3;
  game.nets = {{0, 0, network_.step, WeightsHash(network_)}};
  Rng rng(kSeed, RngRole::kSelfPlay, game.stream);
  game.game_id = DrawnGame(games, kSeed, game.stream, rng)->spec().id;
  EXPECT_THAT(Receive(7, {game}), SizeIs(1)) << calls_.refused[7];
  ++game.stream;  // another start is that number's
  EXPECT_THAT(Receive(8, {game}), IsEmpty());
  EXPECT_THAT(calls_.refused[8], HasSubstr("wanted cartpole"));
}

TEST_F(RemoteDriverTest, ShutsOutWhoseGamesNoSearchHasPlayed) {
  Open({.max_stale_steps = 0, .check_share = 0.0});
  auto games = PlayedWith(network_, 2);
  for (RecordedPly& ply : games[0].plies) ply.visits = 0;
  games[0].nets.clear();
  EXPECT_THAT(Receive(7, {games[0]}), IsEmpty());
  EXPECT_THAT(calls_.refused[7], HasSubstr("is a training position without a search"));
  games[1].end = GameEnd::kAdjudicated;
  EXPECT_THAT(Receive(8, {games[1]}), IsEmpty());
  EXPECT_THAT(calls_.refused[8], HasSubstr("its result was given"));
}

// A record may hold very many; each unknown one would be looked for on disk.
TEST_F(RemoteDriverTest, LooksOnceForNetworksThatNobodyKnows) {
  Open({.max_stale_steps = 0, .check_share = 1.0});
  SaveCheckpoint(temp_.path(), Network(3, 130));
  GameRecord game = PlayedWith(network_, 1)[0];
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 20000; ++i) {
    std::string hash = std::to_string(i);
    game.nets.push_back({0, i + 1, 130, hash + std::string(64 - hash.size(), 'f')});
  }
  EXPECT_THAT(Receive(7, {game}), IsEmpty());
  game = PlayedWith(network_, 1)[0];
  for (int i = 0; i < 20000; ++i) game.nets.push_back({0, i + 1, 100, game.nets[0].hash});
  EXPECT_THAT(Receive(8, {game}), SizeIs(1));  // of the same network, evaluated with once
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

// Games that it lost with a liar's, which came first under their numbers.
TEST_F(RemoteDriverTest, WhoSendsAGameThatALiarSentBeforeIsNotTheLiar) {
  Open({.max_stale_steps = 0, .check_share = 0.0});
  const auto games = PlayedWith(network_, 1);
  EXPECT_THAT(Receive(7, games), SizeIs(1));
  EXPECT_THAT(Receive(8, games), IsEmpty());
  driver_->Refused(games[0], "ply 3 is illegal");
  EXPECT_TRUE(calls_.refused.contains(7));
  EXPECT_FALSE(calls_.refused.contains(8));
  EXPECT_THAT(Receive(7, games), IsEmpty());  // nothing more of it, and no second refusal
  EXPECT_THAT(Receive(8, games), SizeIs(1));
}

// A folder in the way stands for a full disk: games of a network that is in no list would be
// unknown to the next learner.
TEST_F(RemoteDriverTest, TellsNobodyOfANetworkThatItCannotWriteDown) {
  Open({});
  EXPECT_THAT(calls_.published, ElementsAre(100));
  const auto list = temp_ / "networks.jsonl";
  std::filesystem::rename(list, temp_ / "aside");
  std::filesystem::create_directory(list);
  driver_->Publish(Network(1, 200));
  driver_->Publish(Network(1, 300));
  EXPECT_THAT(calls_.published, ElementsAre(100));
  EXPECT_THAT(driver_->TakeNews(), ElementsAre(HasSubstr("hear of no new network until")));
  std::filesystem::remove(list);
  std::filesystem::rename(temp_ / "aside", list);
  std::this_thread::sleep_for(milliseconds(510));
  NextTurn();
  EXPECT_THAT(calls_.published, ElementsAre(100, 300));
}

TEST_F(RemoteDriverTest, ShutsOutWhoNamesNetworksThatTheRunNeverHad) {
  Open({.max_stale_steps = 0, .check_share = 0.0});
  auto games = PlayedWith(network_, 4);
  driver_->Publish(Network(1, 200));
  games[0].nets[0].hash = "";
  EXPECT_THAT(Receive(7, {games[0]}), IsEmpty());
  EXPECT_THAT(calls_.refused[7], HasSubstr("without its hash"));
  games[1].nets = {{0, 0, 150, WeightsHash(Network(2, 150))}};
  EXPECT_THAT(Receive(8, {games[1]}), IsEmpty());
  NextTurn();  // no lie that gains anything: an earlier learner may have had it
  EXPECT_FALSE(calls_.refused.contains(8));
  EXPECT_THAT(calls_.stored[8], ElementsAre(games[1].stream));
  games[2].nets[0].step = 90;
  EXPECT_THAT(Receive(9, {games[2]}), IsEmpty());
  EXPECT_THAT(calls_.refused[9], HasSubstr("as that of step 90, wanted"));
  games[3].nets.clear();
  EXPECT_THAT(Receive(10, {games[3]}), IsEmpty());
  EXPECT_THAT(calls_.refused[10], HasSubstr("it names no network"));
}

// Workers that see the run's folder play with networks that are in checkpoints alone.
TEST_F(RemoteDriverTest, TakesAndChecksGamesOfNetworksFromCheckpoints) {
  Open({.max_stale_steps = 0, .check_share = 1.0});
  const ModelSnapshot other = Network(3, 130);
  driver_->BeforeCheckpoint(other);
  EXPECT_THAT(calls_.published, ElementsAre(100));
  EXPECT_THAT(Receive(7, PlayedWith(other, 20)), SizeIs(20));
  EXPECT_FALSE(calls_.refused.contains(7));
  auto lies = PlayedWith(network_, 60);
  for (GameRecord& game : lies) {
    game.stream += 1000;
    for (NetUse& use : game.nets) use = {use.first_ply, use.first_batch, 130, WeightsHash(other)};
  }
  place_ = "another box";
  Receive(8, lies);
  EXPECT_THAT(calls_.refused[8], HasSubstr("differ by"));
}

// A run may go on with `train` for a while, and workers of a shared folder see what it saves.
TEST_F(RemoteDriverTest, TakesGamesOfCheckpointsThatNoLearnerMade) {
  Open({.max_stale_steps = 0, .check_share = 0.0});
  SaveCheckpoint(temp_.path(), Network(3, 130));
  EXPECT_THAT(Receive(7, PlayedWith(Network(3, 130), 2)), SizeIs(2)) << calls_.refused[7];
}

TEST(NetworkCheck, ComparesWithOldNetworksFromTheirCheckpoints) {
  TempFolder temp;
  const ModelSnapshot old = Network(1, 100);
  SaveCheckpoint(temp.path(), old);
  NetworkCheck check(kSeed, temp.path());
  check.Publish(Network(2, 200));
  const auto errors = check.Compare(PlayedWith(old, 1)[0]);
  ASSERT_TRUE(errors);
  EXPECT_LT(errors->value, 1e-3);
}

// A liar may call itself otherwise for every game; its machine, name and device stay.
TEST_F(RemoteDriverTest, ShutsOutALiarHoweverOftenItIsBornAnew) {
  Open({.max_stale_steps = 0, .check_share = 1.0});
  std::uint64_t session = 20;
  for (GameRecord& game : PlayedWith(Network(2, 100), 40)) {
    for (NetUse& use : game.nets) use.hash = WeightsHash(network_);
    ++session;
    Receive(session, {game}, "liar-" + std::to_string(session));
  }
  EXPECT_THAT(calls_.refused, Not(IsEmpty()));
}

// A budget may be in evaluations.
TEST_F(RemoteDriverTest, CountsWhatWorkersDidForThisLearner) {
  calls_.workers.resize(2);
  ConnectedWorker& lived_on = calls_.workers[0];
  lived_on.hello.instance = "lived on";
  lived_on.status.stats.evaluations = 1'000'000;  // for the learner that was killed
  ConnectedWorker& fresh = calls_.workers[1];
  fresh.hello.instance = "fresh";
  fresh.fresh = true;
  fresh.status.stats.evaluations = 30;
  Open({});
  NextTurn();
  EXPECT_EQ(driver_->stats().evaluations, 0);  // neither has said anything
  const auto look = [&] {
    std::this_thread::sleep_for(milliseconds(510));
    NextTurn();
    return driver_->stats().evaluations;
  };
  lived_on.heard = fresh.heard = true;
  EXPECT_EQ(look(), 30);
  lived_on.status.stats.evaluations += 500;
  fresh.status.stats.evaluations += 7;
  EXPECT_EQ(look(), 537);
  fresh.status.stats.evaluations = kMostCounted;  // no machine does that in a second
  EXPECT_EQ(look(), 537);
  fresh.status.stats.evaluations = 0;
  EXPECT_EQ(look(), 537);
}

TEST_F(RemoteDriverTest, ShutsOutWhoPlaysWithOtherWeightsAndNobodyElse) {
  Open({.max_stale_steps = 0, .check_share = 1.0});
  EXPECT_THAT(Receive(7, PlayedWith(network_, 40)), SizeIs(40));
  auto lies = PlayedWith(Network(2, 100), 40);
  for (GameRecord& game : lies) {
    game.stream += 1000;
    for (NetUse& use : game.nets) use.hash = WeightsHash(network_);
  }
  place_ = "another box";
  Receive(8, lies);
  EXPECT_FALSE(calls_.refused.contains(7));
  EXPECT_THAT(calls_.refused[8], HasSubstr("differ by"));
}

// Too few games in each session to tell anything.
TEST_F(RemoteDriverTest, ShutsOutALiarHoweverOftenItConnects) {
  Open({.max_stale_steps = 0, .check_share = 1.0});
  std::uint64_t session = 20;
  for (GameRecord& game : PlayedWith(Network(2, 100), 40)) {
    for (NetUse& use : game.nets) use.hash = WeightsHash(network_);
    Receive(++session, {game}, "liar");
  }
  EXPECT_THAT(calls_.refused, Not(IsEmpty()));
  calls_.refused.clear();
  place_ = "another box";
  Receive(++session, {PlayedWith(network_, 41).back()}, "honest");
  EXPECT_THAT(calls_.refused, IsEmpty());
}

// Values of the right network beside policies that no search with it finds: all moves alike, where
// the network is sure of one.
TEST_F(RemoteDriverTest, ShutsOutWhosePoliciesAreMadeUp) {
  network_.weights.at("points.weight").mul_(1000.0);
  Open({.max_stale_steps = 0, .check_share = 1.0});
  EXPECT_THAT(Receive(7, PlayedWith(network_, 40)), SizeIs(40));
  auto lies = PlayedWith(network_, 60);
  for (GameRecord& game : lies) {
    game.stream += 1000;
    const auto tic_tac_toe = MakeGame(game.game_id).value();
    for (std::size_t i = 0; i < game.plies.size(); ++i) {
      std::vector<PolicyEntry>& policy = game.plies[i].policy;
      if (policy.empty()) continue;
      std::vector<Action> legal;
      ReplayTo(*tic_tac_toe, game, static_cast<int>(i))->LegalActions(legal);
      policy.clear();
      for (const Action action : legal) {
        policy.push_back({action, 1.0F / static_cast<float>(legal.size())});
      }
    }
  }
  Receive(8, lies);
  EXPECT_FALSE(calls_.refused.contains(7));
  EXPECT_THAT(calls_.refused[8], HasSubstr("the policies in"));
}

TEST_F(RemoteDriverTest, TellsWorkersThatTheRunIsOver) {
  Open({});
  driver_->Stop(SessionEnd::kRunOver);
  EXPECT_FALSE(calls_.ended.empty());
  EXPECT_TRUE(std::filesystem::exists(temp_.path() / "workers.json"));
}

// Whoever stops a learner may start it again: workers keep their games and wait.
TEST_F(RemoteDriverTest, AStoppedRunEndsNoWorkers) {
  Open({});
  driver_->Stop(SessionEnd::kStopped);
  EXPECT_TRUE(calls_.ended.empty());
  EXPECT_TRUE(std::filesystem::exists(temp_.path() / "workers.json"));
}

}  // namespace
}  // namespace tengen
