// Games on boards of several sizes at once, and threads that cannot be had.

#include <map>
#include <set>
#include <sys/resource.h>
#include <system_error>
#include <unistd.h>

#include <gtest/gtest.h>

#include "agents/zero/self_play.h"
#include "search/simple_evaluators.h"
#include "tests/agents/zero/self_play_games.h"

namespace tengen {
namespace {

// Answers as RandomEvaluator does, but no sooner than in Wait, and refuses what networks refuse.
class OneShapeEvaluator : public Evaluator {
 public:
  Ticket Submit(std::span<Evaluation> batch) override {
    TENGEN_CHECK(!batch.empty(), "an empty batch");
    const GameSpec& spec = batch.front().state->game().spec();
    for (const Evaluation& evaluation : batch) {
      const GameSpec& other = evaluation.state->game().spec();
      TENGEN_CHECK(other.shape == spec.shape && other.num_actions == spec.num_actions,
                   "one batch with ", spec.id, " and ", other.id);
    }
    shapes.insert({spec.shape.rows, spec.shape.columns});
    batches_.push_back(batch);
    most_open = std::max(most_open, batches_.size() - waited_);
    return batches_.size() - 1;
  }
  void Wait(Ticket ticket) override {
    random_.Evaluate(batches_[ticket]);
    ++waited_;
  }

  std::set<std::pair<int, int>> shapes;
  std::size_t most_open = 0;

 private:
  RandomEvaluator random_{3, RandomSource::kDraw};
  std::vector<std::span<Evaluation>> batches_;
  std::size_t waited_ = 0;
};

class NoSink : public GameSink {
 public:
  bool Add(GameRecord) override { return true; }
};

SelfPlayConfig ThreeShapes() {
  SelfPlayConfig config;
  config.games = {"go:size=4,komi=0.5", "go:size=3,komi=0.5", "go:rows=3,columns=4,komi=0.5"};
  config.parallel_games = 6;
  config.halves = 2;
  config.full_visits = 8;
  config.mcts.gumbel_considered = 4;
  config.mcts.max_nodes = 2000;
  config.mcts.leaf_batch = 2;
  return config;
}

struct Played {
  std::map<std::uint64_t, GameRecord> games;
  SelfPlayStats stats;
};

Played PlayShapes(const SelfPlayConfig& config, std::shared_ptr<Evaluator> evaluator,
                  std::size_t games) {
  LatestModel source({std::move(evaluator), 7});
  VectorSink sink;
  SelfPlayWorker worker(config, {1, 0, 1}, source, sink);
  while (sink.records.size() < games) EXPECT_TRUE(worker.Step());
  Played played;
  played.stats = worker.stats();
  for (GameRecord& record : sink.records) played.games[record.stream] = std::move(record);
  return played;
}

TEST(SelfPlayShapes, EachBatchHasOneShape) {
  const auto evaluator = std::make_shared<OneShapeEvaluator>();
  const Played played = PlayShapes(ThreeShapes(), evaluator, 30);
  EXPECT_EQ(evaluator->shapes.size(), 3U);
  EXPECT_LE(evaluator->most_open, 6U);  // three shapes in each half
  EXPECT_GT(evaluator->most_open, 3U);
  EXPECT_GT(played.stats.batches, 2 * played.stats.rounds);
  EXPECT_EQ(played.stats.batch_slots, played.stats.rounds * 6 * 2);
  EXPECT_LE(played.stats.evaluations, played.stats.batch_slots);
  std::set<std::string> ids;
  for (const auto& [stream, record] : played.games) {
    const Status status = CheckRecord(record);
    EXPECT_TRUE(status.ok()) << status.error();
    ids.insert(record.game_id);
  }
  EXPECT_EQ(ids.size(), 3U);
}

// Every game gets its own answers, in whatever batch they were asked for.
TEST(SelfPlayShapes, GamesAreThoseThatArePlayedAlone) {
  SelfPlayConfig alone = ThreeShapes();
  alone.parallel_games = alone.halves = 1;
  Played one_by_one = PlayShapes(alone, std::make_shared<OneShapeEvaluator>(), 30);
  Played together = PlayShapes(ThreeShapes(), std::make_shared<OneShapeEvaluator>(), 30);
  int compared = 0;
  for (const auto& [stream, record] : together.games) {
    const auto other = one_by_one.games.find(stream);
    if (other == one_by_one.games.end()) continue;
    EXPECT_EQ(record, other->second);
    ++compared;
  }
  EXPECT_GE(compared, 20);
}

// Sanitizers reserve more address space for their own use than is left here.
#if !defined(__SANITIZE_THREAD__) && !defined(__SANITIZE_ADDRESS__)
// In a process of its own, with room for a few stacks more: a thread that cannot be started must
// not leave the constructor waiting for those that run.
[[noreturn]] void StartThreadsWithoutMemory() {
  alarm(60);  // ends the process if it hangs
  std::uint64_t pages = 0;
  std::FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr || std::fscanf(file, "%lu", &pages) != 1) _exit(2);
  const rlim_t used = pages * static_cast<rlim_t>(sysconf(_SC_PAGESIZE));
  const rlimit limit = {used + (rlim_t{400} << 20), RLIM_INFINITY};
  if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(3);
  LatestModel source({std::make_shared<UniformEvaluator>(), 0});
  NoSink sink;
  try {
    SelfPlayConfig config = ThreeShapes();
    config.games = {"tictactoe"};
    SelfPlayThreads threads(config, {1, 0, 1}, 5000, source, sink);
  } catch (const std::system_error&) {
    _exit(0);
  } catch (const std::bad_alloc&) {
    _exit(0);
  }
  _exit(4);
}

TEST(SelfPlayThreadsDeathTest, AThreadThatCannotStartIsAnError) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(StartThreadsWithoutMemory(), testing::ExitedWithCode(0), "");
}
#endif

}  // namespace
}  // namespace tengen
