#include "experiments/study/study_runner.h"

#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "experiments/config/usage_error.h"
#include "experiments/study/study_table.h"
#include "tests/support/fake_trainer.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class StudyRunnerTest : public testing::Test {
 protected:
  StudyRunnerTest() : trainer_(temp_) {
    study_.name = "example";
    study_.base = "tictactoe";
    study_.variants = {{"base", {}, ""}, {"new", {"fast=1"}, "lcb=on"}};
    study_.seeds = 2;
    study_.budget = 1000;
    study_.points = 2;
    study_.anchor = "mcts:50";
  }

  StudyRunner Runner() const { return StudyRunner(study_, temp_ / "study", trainer_.program()); }
  StudyResults Go(FailedRuns failed = FailedRuns::kKeep) {
    return Runner().Go(failed, stop_, [this](const std::string& line) { said_ += line + "\n"; });
  }
  std::string Refusal() const {
    try {
      Runner();
    } catch (const UsageError& error) {
      return error.what();
    }
    return "";
  }

  TempFolder temp_;
  FakeTrainer trainer_;
  Study study_;
  std::atomic<bool> stop_{false};
  std::string said_;
};

TEST_F(StudyRunnerTest, MakesEveryRunAndDuelAndFindsThemAgain) {
  const StudyResults results = Go();
  ASSERT_EQ(results.runs.size(), 4U);
  ASSERT_EQ(results.duels.size(), 2U);
  EXPECT_EQ(results.left, 0);
  EXPECT_EQ(results.elsewhere, 0);
  EXPECT_EQ(trainer_.Calls("train"), 4);
  EXPECT_EQ(trainer_.Calls("match"), 4 * 3 + 2);
  for (const StudyRun& run : results.runs) {
    ASSERT_EQ(run.points.size(), 3U) << run.variant;
    EXPECT_EQ(run.points[1].step, 50);
    EXPECT_EQ(run.points[1].used, 500.0);
    EXPECT_EQ(run.points[1].pairs.mean(), run.variant == "new" ? 0.5 : 0.25);
  }
  const std::vector<StudyRow> rows = StudyRows(study_, results);
  EXPECT_NEAR(rows[1].ratio->value, 0.5, 1e-9);

  EXPECT_EQ(Go().runs.size(), 4U);
  EXPECT_EQ(trainer_.Calls("train"), 4) << "nothing is made twice";
  EXPECT_EQ(Runner().game(), "tictactoe");
}

TEST_F(StudyRunnerTest, ASeedThatCrashesIsCountedAndSaid) {
  study_.variants[1].set.emplace_back("crash=2");
  const StudyResults results = Go();
  ASSERT_EQ(results.runs.size(), 4U);
  EXPECT_EQ(results.runs[3].failure, "train: exit code 3");
  EXPECT_EQ(results.duels.size(), 1U) << "that seed has no duel";
  EXPECT_EQ(results.left, 0);
  EXPECT_THAT(said_, HasSubstr("new-2 failed: train: exit code 3; out of luck"));
  EXPECT_THAT(StudyTable(study_, "tictactoe", results), HasSubstr("| new | 1 | 1 | "));

  trainer_.Mend();
  EXPECT_EQ(Go().runs[3].failure, "train: exit code 3") << "kept";
  const StudyResults again = Go(FailedRuns::kMakeAgain);
  EXPECT_EQ(again.runs[3].failure, "");
  EXPECT_EQ(again.duels.size(), 2U);
}

TEST_F(StudyRunnerTest, VariantsThatOnlyPlayOtherwiseShareNetworks) {
  study_.variants = {{"base", {"crash=2"}, ""}, {"lcb", {"crash=2"}, "lcb=on"}};
  const StudyResults results = Go();
  EXPECT_EQ(trainer_.Calls("train"), 2);
  EXPECT_EQ(trainer_.Calls("match"), 3 + 3 + 1);
  ASSERT_EQ(results.runs.size(), 4U);
  EXPECT_EQ(results.runs[2].points.size(), 3U);
  EXPECT_EQ(results.runs[3].failure, "base-2, whose networks it plays with, failed");
  EXPECT_EQ(results.left, 0);
  EXPECT_TRUE(std::filesystem::exists(temp_ / "study/runs/base-1"));
  EXPECT_FALSE(std::filesystem::exists(temp_ / "study/runs/lcb-1"));
}

TEST_F(StudyRunnerTest, RefusesASettingInTheWordsOfTheProgram) {
  study_.variants[1].set = {"unknown=1"};
  EXPECT_EQ(Refusal(), "variant 'new': config unknown, did you mean 'known'?");
  study_.variants[1].set = {"fast=1"};
  EXPECT_EQ(Refusal(), "") << "the corrected study has the folder";
}

TEST_F(StudyRunnerTest, RefusesVariantsThatTrainAnotherGame) {
  study_.variants[1].set = {"game=connect4"};
  EXPECT_THAT(Refusal(), HasSubstr("trains [\"connect4\"], which cannot be compared with"));
}

TEST_F(StudyRunnerTest, RefusesVariantsThatTrainWithAnotherKomi) {
  study_.variants[1].set = {"komi=0.5"};
  EXPECT_THAT(Refusal(), HasSubstr("komi=0.5\"], which cannot be compared with [\"tictactoe\"]"));
}

// As a program does that somebody else tells to end.
TEST_F(StudyRunnerTest, ARunThatEndsBeforeItsBudgetHasFailed) {
  study_.variants[1].set.emplace_back("early=1");
  const StudyResults results = Go();
  ASSERT_EQ(results.runs.size(), 4U);
  EXPECT_EQ(results.runs[2].failure, "train ended after 500 of 1000 evaluations");
  EXPECT_TRUE(results.duels.empty());
  trainer_.Mend();
  EXPECT_EQ(Go(FailedRuns::kMakeAgain).duels.size(), 2U);
}

TEST_F(StudyRunnerTest, AMatchThatEndsEarlyHasFailed) {
  study_.match.games = 60;
  EXPECT_THAT(Go().runs[0].failure, HasSubstr(" ended after 20 of 30 pairs of games"));
}

TEST_F(StudyRunnerTest, CurvesOfFewerPointsThanAskedAreNoted) {
  const StudyResults results = Go();
  EXPECT_THAT(StudyTable(study_, "tictactoe", results), Not(HasSubstr("Curves of few points")));
  study_.points = 4;
  EXPECT_THAT(
      StudyTable(study_, "tictactoe", results),
      HasSubstr("Curves of few points: base-1 stored 3 networks of the 5 wanted; a smaller"));
}

// kill -9 ends a runner, not what it started: that trains on and must not be made a second time
// beside it.
TEST_F(StudyRunnerTest, WhatAKilledRunnerStartedIsLeftToEnd) {
  study_.variants[0].set = {"wait=1"};
  const pid_t killed = ::fork();
  if (killed == 0) {
    Go();
    ::_exit(0);
  }
  const auto file = temp_ / "study/runs/base-1/checkpoints";
  for (int i = 0; i < 500 && !std::filesystem::exists(file); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  ::kill(killed, SIGKILL);
  ::waitpid(killed, nullptr, 0);
  StudyRunner next = Runner();
  stop_ = false;
  std::jthread later([this] {
    while (trainer_.Calls("train") < 2) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    stop_ = true;
  });
  const StudyResults results = next.Go(FailedRuns::kKeep, stop_, [](const std::string&) {});
  later.join();
  EXPECT_EQ(results.elsewhere, 1) << "base-1";
  stop_ = false;
  trainer_.Mend();
  for (int i = 0; i < 500 && Go().left > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(Go().runs.size(), 4U);
  EXPECT_EQ(Go().runs[0].failure, "");
}

TEST_F(StudyRunnerTest, RefusesAFolderOfAnotherStudy) {
  EXPECT_EQ(Refusal(), "");
  study_.match.games = 50;
  EXPECT_THAT(Refusal(), HasSubstr("holds another study: "));
  EXPECT_THAT(Refusal(), HasSubstr("match.games"));
  std::filesystem::remove(temp_ / "study/study.json");
  std::filesystem::create_directory(temp_ / "study/runs/base-1");
  EXPECT_THAT(Refusal(), HasSubstr("holds something else"));
}

TEST_F(StudyRunnerTest, LeavesWhatAnotherRunnerHasClaimed) {
  Runner();
  const std::string file = temp_ / "study/claims/base-1.lock";
  const int claim = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  ASSERT_EQ(::flock(claim, LOCK_EX | LOCK_NB), 0);
  const StudyResults results = Go();
  EXPECT_EQ(results.elsewhere, 1);
  EXPECT_EQ(results.left, 1) << "its duel";
  EXPECT_EQ(results.runs.size(), 3U);
  EXPECT_EQ(results.duels.size(), 1U) << "of seed 2";
  ::close(claim);
  EXPECT_EQ(Go().runs.size(), 4U);
}

TEST_F(StudyRunnerTest, TwoRunnersShareTheWork) {
  study_.seeds = 6;
  StudyRunner one = Runner();
  StudyRunner two = Runner();
  {
    const auto quiet = [](const std::string&) {};
    std::jthread other([&] { two.Go(FailedRuns::kKeep, stop_, quiet); });
    one.Go(FailedRuns::kKeep, stop_, quiet);
  }
  EXPECT_EQ(trainer_.Calls("train"), 12);
  const StudyResults results = Go();
  EXPECT_EQ(results.runs.size(), 12U);
  EXPECT_EQ(results.duels.size(), 6U);
  EXPECT_EQ(trainer_.Calls("train"), 12);
}

// Each finds what the others have made of the folder so far.
TEST_F(StudyRunnerTest, RunnersMayBeginAtTheSameTime) {
  for (int round = 0; round < 10; ++round) {
    const std::filesystem::path folder = temp_ / StrCat("study-", round);
    std::vector<pid_t> others;
    for (int i = 0; i < 6; ++i) {
      others.push_back(::fork());
      if (others.back() != 0) continue;
      int code = 0;
      try {
        StudyRunner(study_, folder, trainer_.program());
      } catch (const std::exception&) {
        code = 1;
      }
      ::_exit(code);
    }
    for (const pid_t other : others) {
      int status = -1;
      ::waitpid(other, &status, 0);
      EXPECT_EQ(status, 0) << "round " << round;
    }
  }
}

TEST_F(StudyRunnerTest, RefusesMatchesThatItsNetworksCannotPlay) {
  study_.game = "connect4";
  EXPECT_EQ(Refusal(), "game of the matches: connect4, wanted what the networks train: tictactoe");
  study_.game = "cartpole";
  EXPECT_THAT(Refusal(), HasSubstr("cartpole is for one player, wanted a game of two"));
  study_.game = "tictactoe";
  EXPECT_EQ(Refusal(), "");
}

TEST_F(StudyRunnerTest, AnAnchorThatIsNotThereShowsBeforeAnyRun) {
  const auto refused = testing::ThrowsMessage<WorldError>(HasSubstr("anchor: agent 'rollouts:"));
  study_.anchor = StrCat("rollouts:", (temp_ / "gone.tengen").string());
  EXPECT_THAT([this] { Go(); }, refused);
  EXPECT_EQ(trainer_.Calls("train"), 0);
  study_.anchor = "mcts:50";
  EXPECT_EQ(Refusal(), "") << "the folder is free for the corrected study";
}

TEST_F(StudyRunnerTest, ResultsAreThoseOfAllRunners) {
  StudyRunner one = Runner();
  const auto quiet = [](const std::string&) {};
  one.Go(FailedRuns::kKeep, std::atomic<bool>{true}, quiet);
  EXPECT_EQ(one.Results().left, 6);
  Go();
  EXPECT_EQ(one.Results().left, 0) << "which another made";
  EXPECT_EQ(one.Results().runs.size(), 4U);
}

TEST_F(StudyRunnerTest, SaysHowAProgramEndedThatSaidNothing) {
  study_.variants[1].set = {"silent=1"};
  EXPECT_THAT([this] { Runner(); },
              testing::ThrowsMessage<WorldError>(
                  HasSubstr("variant 'new': train --print-config ended with signal 9")));
}

TEST_F(StudyRunnerTest, AStopEndsTheRunUnderWayAndTheSameCallGoesOn) {
  study_.variants[1].set.emplace_back("wait=1");
  std::jthread later([this] {
    while (!std::filesystem::exists(temp_ / "study/runs/new-1/checkpoints")) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    stop_ = true;
  });
  const StudyResults stopped = Go();
  later.join();
  EXPECT_EQ(stopped.runs.size(), 1U);
  EXPECT_EQ(stopped.left, 3 + 2) << "with the duels";
  stop_ = false;
  trainer_.Mend();
  const StudyResults results = Go();
  EXPECT_EQ(results.runs.size(), 4U);
  EXPECT_EQ(results.left, 0);
}

TEST_F(StudyRunnerTest, ShowsAProgramThatIsNotThere) {
  EXPECT_THROW(StudyRunner(study_, temp_ / "study", temp_ / "none"), WorldError);
}

TEST(TrainArguments, AreTheStudysThenTheVariants) {
  Study study;
  study.base = "go5";
  study.set = {"threads=1"};
  study.unit = StudyUnit::kEvaluations;
  study.budget = 2000;
  const StudyVariant variant = {"new", {"learner.surprise_share=0.5"}, ""};
  EXPECT_THAT(
      TrainArguments(study, variant, 3, "r/new-3"),
      testing::ElementsAre("train", "go5", "--run-dir", "r/new-3", "--seed", "3", "--budget",
                           "2000evals", "--no-forecast", "--set", "progress.share=0", "--set",
                           "threads=1", "--set", "learner.surprise_share=0.5"));
}

}  // namespace
}  // namespace tengen
