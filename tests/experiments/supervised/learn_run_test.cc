#include "experiments/supervised/learn_run.h"

#include <cmath>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "experiments/datasets/generated.h"
#include "experiments/supervised/learn_folds.h"
#include "experiments/supervised/learn_ranks.h"
#include "experiments/supervised/prediction.h"
#include "nets/atomic_file.h"
#include "nets/safetensors.h"
#include "nets/tensor_ops.h"
#include "tests/support/rank_threads.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

const std::atomic<bool> kGoOn{false};
const std::atomic<bool> kStop{true};

LearnConfig Small(const std::string& task, const std::string& preset, std::int64_t steps) {
  LearnConfig config = LearnPreset(task, preset).value();
  config.deterministic = true;
  config.steps = steps;
  config.evaluate_steps = 5;
  // Few examples: what is said of a model at the end takes longer than 20 steps.
  if (task != "linear") config.data.count = 300;
  config.cnn.widths = {4, 8};
  config.cnn.hidden = 16;
  config.rnn.hidden = 16;
  config.attention.width = 16;
  // Of a run that is made longer the learning rate must not move.
  if (FollowsRun(config.trainer.optimizer)) config.trainer.optimizer.total_steps = 20;
  return config;
}

double Row(const std::vector<LearnRow>& rows, const std::string& name) {
  for (const LearnRow& row : rows) {
    if (row.name == name) return row.value;
  }
  ADD_FAILURE() << "no row " << name;
  return std::nan("");
}

std::string Weights(const std::filesystem::path& run) {
  return ReadWholeFile(run / "model" / "model.safetensors").value();
}

TEST(LearnRun, TheLineIsThatOfLeastSquares) {
  TempFolder temp;
  LearnRun run(LearnPreset("linear", "line").value(), temp / "run");
  run.Go(kGoOn);
  const auto& rows = run.rows();
  EXPECT_NEAR(Row(rows, "weight"), Row(rows, "least squares weight"), 1e-3);
  EXPECT_NEAR(Row(rows, "bias"), Row(rows, "least squares bias"), 1e-3);
  // y = 3 x + 2 + noise of mean 0.5 and deviation 1 / sqrt(12).
  EXPECT_NEAR(Row(rows, "weight"), 3.0, 0.1);
  EXPECT_NEAR(Row(rows, "bias"), 2.5, 0.05);
  EXPECT_NEAR(Row(rows, "test loss"), 1.0 / 12.0, 0.02);
}

// What is small of each task: dropout, BatchNorm, augmentation and texts among them.
struct SmallTask {
  const char* task;
  const char* preset;
};

class LearnRunResume : public ::testing::TestWithParam<SmallTask> {};

TEST_P(LearnRunResume, AStoppedRunEndsWithTheSameBytes) {
  TempFolder temp;
  LearnConfig longer = Small(GetParam().task, GetParam().preset, 20);
  if (longer.data.source == "grammar") {
    longer.data.source = (temp / "text.txt").string();
    std::ofstream(longer.data.source) << GrammarText(2000, 1);
  }
  {
    LearnRun whole(longer, temp / "whole");
    whole.Go(kGoOn);
    ASSERT_FALSE(whole.rows().empty());
  }
  LearnConfig shorter = longer;
  shorter.steps = 7;
  {
    LearnRun first(shorter, temp / "parts");
    first.Go(kGoOn);
  }
  {
    LearnRun stopped(longer, temp / "parts");
    stopped.Go(kStop);
    EXPECT_TRUE(stopped.rows().empty());
  }
  std::vector<LearnRow> rows;
  {
    LearnRun second(longer, temp / "parts");
    second.Go(kGoOn);
    rows = second.rows();
  }
  EXPECT_EQ(Weights(temp / "parts"), Weights(temp / "whole"));
  LearnRun again(longer, temp / "parts");  // is done, and says the same
  again.Go(kGoOn);
  ASSERT_EQ(again.rows().size(), rows.size());
  EXPECT_EQ(again.rows().front().value, rows.front().value);
}

INSTANTIATE_TEST_SUITE_P(, LearnRunResume,
                         ::testing::Values(SmallTask{"linear", "line"}, SmallTask{"mlp", "spirals"},
                                           SmallTask{"cnn", "glyphs"}, SmallTask{"rnn", "spoken"},
                                           SmallTask{"rnn", "grammar"},
                                           SmallTask{"attention", "grammar"}),
                         [](const auto& task) {
                           return std::string(task.param.task) + "_" + task.param.preset;
                         });

TEST(LearnRun, TheLearningRateEndsWithTheBudget) {
  TempFolder temp;
  LearnConfig config = Small("mlp", "spirals", 1000000);
  config.trainer.optimizer.kind = OptimizerKind::kSgd;
  config.trainer.optimizer.schedule = Schedule::kLinear;
  config.trainer.optimizer.final_fraction = 0.0;
  config.evaluate_steps = 1000000;
  config.budget = "10steps";
  LearnRun(config, temp / "ten").Go(kGoOn);
  config.trainer.optimizer.total_steps = 10;
  LearnRun(config, temp / "told").Go(kGoOn);
  EXPECT_EQ(Weights(temp / "ten"), Weights(temp / "told"));
  config.trainer.optimizer.total_steps = 1000000;
  LearnRun(config, temp / "longer").Go(kGoOn);
  EXPECT_NE(Weights(temp / "ten"), Weights(temp / "longer"));
}

// Earlier versions wrote the number of steps where a curve ended with the run.
TEST(LearnRun, ARunOfAnEarlierVersionGoesOn) {
  TempFolder temp;
  LearnConfig config = Small("cnn", "glyphs", 3);
  config.trainer.optimizer.total_steps = 3;
  LearnRun(config, temp / "run").Go(kGoOn);
  config.trainer.optimizer.total_steps = 0;
  config.steps = 4;
  {
    LearnRun on(config, temp / "run");
    on.Go(kGoOn);
    EXPECT_FALSE(on.rows().empty());
  }
  config.trainer.optimizer.total_steps = 7;
  EXPECT_THAT([&] { LearnRun(config, temp / "run"); },
              ::testing::ThrowsMessage<UsageError>(HasSubstr("total_steps")));
}

// Two ranks as threads of this process, the second told of `follower`; `follower_says` gets what it
// throws.
std::vector<LearnRow> RunTwoRanks(const LearnConfig& config, const LearnConfig& follower,
                                  const std::filesystem::path& folder, std::string& follower_says) {
  std::vector<LearnRow> rows;
  RunRanks(2, [&](const std::shared_ptr<RankTeam>& team) {
    if (!team->leads()) {
      try {
        return FollowLearnRun(follower, team);
      } catch (const WorldError& error) {
        follower_says = error.what();
        throw;
      }
    }
    LearnRun run(config, folder, team);
    run.Go(kGoOn);
    rows = run.rows();
  });
  return rows;
}

TEST(LearnRanks, TwoWithHalfTheRowsEachLearnAsOneWithAll) {
  if (!RankTeam::Available()) GTEST_SKIP() << "this LibTorch has no Gloo, or its headers miss";
  TempFolder temp;
  std::string says;
  LearnConfig config = Small("mlp", "spirals", 6);
  config.trainer.optimizer.kind = OptimizerKind::kMomentum;
  config.trainer.optimizer.lr = 0.05;
  LearnRun(config, temp / "one").Go(kGoOn);
  config.steps = 4;
  EXPECT_FALSE(RunTwoRanks(config, config, temp / "two", says).empty());
  config.steps = 6;  // goes on, from a state that the second rank has not got
  EXPECT_FALSE(RunTwoRanks(config, config, temp / "two", says).empty());
  const auto one = ReadSafetensors(temp / "one/model/model.safetensors").value();
  const auto two = ReadSafetensors(temp / "two/model/model.safetensors").value();
  for (const auto& [name, tensor] : one.tensors) {
    EXPECT_LT((two.tensors.at(name) - tensor).abs().max().item<float>(), 1e-6F) << name;
  }
}

TEST(LearnRanks, OtherDataIsRefused) {
  if (!RankTeam::Available()) GTEST_SKIP() << "this LibTorch has no Gloo, or its headers miss";
  TempFolder temp;
  const LearnConfig config = Small("cnn", "glyphs", 6);
  LearnConfig other = config;
  other.data.count = 290;
  std::string says;
  EXPECT_THAT([&] { RunTwoRanks(config, other, temp / "run", says); },
              ::testing::Throws<WorldError>());
  EXPECT_THAT(says, HasSubstr("rank 1 has other data in drawn-digits than rank 0"));
}

TEST(LearnRanks, ABatchWithoutEqualSharesIsRefused) {
  const auto rows = std::make_shared<ShuffledSource>(std::vector{at::zeros({6, 2})}, 6, 1);
  RankPlace place;
  place.size = 4;
  EXPECT_THAT([&] { RowsOfRank(rows, place)->Next(); },
              ::testing::ThrowsMessage<UsageError>(HasSubstr("6 rows, wanted 4 equal shares")));
  place.size = 2;
  place.rank = 1;
  EXPECT_EQ(RowsOfRank(rows, place)->Next()[0].size(0), 3);
}

TEST(LearnRun, EarlyStopEndsARunThatGetsNoBetter) {
  TempFolder temp;
  LearnConfig config = Small("mlp", "spirals", 1000);
  config.trainer.optimizer.kind = OptimizerKind::kSgd;
  config.trainer.optimizer.lr = 1e-30;
  config.patience = 2;
  LearnRun run(config, temp / "run");
  run.Go(kGoOn);
  EXPECT_FALSE(run.rows().empty());
  const auto text = ReadWholeFile(temp / "run/metrics.jsonl").value();
  EXPECT_THAT(text, HasSubstr("\"step\":10"));
  EXPECT_THAT(text, ::testing::Not(HasSubstr("\"step\":15")));
}

TEST(LearnRun, FoldsGiveTheMeanAndEachOfThem) {
  TempFolder temp;
  LearnConfig config = Small("mlp", "spirals", 10);
  const auto rows = LearnFolds(config, "2", temp / "folds", kGoOn);
  EXPECT_NEAR(Row(rows, "test accuracy"),
              0.5 * (Row(rows, "test accuracy 1/2") + Row(rows, "test accuracy 2/2")), 1e-12);
  EXPECT_THROW(LearnFolds(config, "1", temp / "one", kGoOn), UsageError);
}

void Write(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file) << text;
}

std::string ErrorOf(const LearnConfig& config, const std::filesystem::path& run) {
  try {
    LearnRun made(config, run);
  } catch (const UsageError& error) {
    EXPECT_FALSE(std::filesystem::exists(run)) << "something was written";
    return error.what();
  }
  return "no error";
}

TEST(LearnRun, BadDataGiveOneSentenceAndNoFolder) {
  TempFolder temp;
  LearnConfig config = LearnPreset("mlp", "table").value();
  config.data.source = (temp / "t.csv").string();
  Write(temp / "t.csv", "a,b,label\n1,2,x\n3,nan,y\n");
  EXPECT_THAT(ErrorOf(config, temp / "run"), HasSubstr("b"));
  Write(temp / "t.csv", "a,b,label\n1,2,x\n3,4,x\n5,6,x\n7,8,y\n");
  EXPECT_THAT(ErrorOf(config, temp / "run"), HasSubstr("y"));
  Write(temp / "t.csv", "a,b,label\n1,2,x\n3,4,x\n5,6,x\n7,8,x\n");
  EXPECT_THAT(ErrorOf(config, temp / "run"), HasSubstr("one class"));
  config.data.label = "labl";
  EXPECT_THAT(ErrorOf(config, temp / "run"), HasSubstr("label"));
  config = LearnPreset("attention", "grammar").value();
  config.data.source = (temp / "one.txt").string();
  Write(temp / "one.txt", "aaaaaaaaaaaaaaaaaaaaaaaa");
  EXPECT_THAT(ErrorOf(config, temp / "run"), HasSubstr("1 different character"));
  Write(temp / "one.txt", "abcabcabcabcabcabcabcabcabcabcabc");
  EXPECT_THAT(ErrorOf(config, temp / "run"), HasSubstr("wanted more than the context, 64"));
}

TEST(Predictor, SaysTheClassesOfATableAndWhatDoesNotFit) {
  TempFolder temp;
  std::string table = "size,colour,label\n";
  for (int i = 0; i < 60; ++i) {
    table += StrCat(i % 2 == 0 ? 1.0 + 0.01 * i : 5.0 + 0.01 * i, ",", i % 3 == 0 ? "red" : "blue",
                    ",", i % 2 == 0 ? "small" : "large", "\n");
  }
  Write(temp / "t.csv", table);
  LearnConfig config = LearnPreset("mlp", "table").value();
  config.steps = 200;
  config.data.source = (temp / "t.csv").string();
  {
    LearnRun run(config, temp / "run");
    run.Go(kGoOn);
    EXPECT_EQ(Row(run.rows(), "test accuracy"), 100.0);
  }
  const auto predictor = Predictor::Open(temp / "run");
  ASSERT_TRUE(predictor.ok()) << predictor.error();
  Write(temp / "new.csv", "size,colour\n1.2,blue\n5.1,red\n");
  const auto predictions = predictor->Predict(temp / "new.csv", {});
  ASSERT_TRUE(predictions.ok()) << predictions.error();
  ASSERT_EQ(predictions->size(), 2U);
  EXPECT_EQ((*predictions)[0].label, "small");
  EXPECT_EQ((*predictions)[1].label, "large");
  double sum = 0.0;
  for (const auto& [label, p] : (*predictions)[0].probabilities) sum += p;
  EXPECT_NEAR(sum, 1.0, 1e-6);
  Write(temp / "other.csv", "size,shape\n1.2,4\n");
  EXPECT_FALSE(predictor->Predict(temp / "other.csv", {}).ok());
  EXPECT_FALSE(predictor->Predict(temp / "none.csv", {}).ok());
  EXPECT_THAT(Predictor::Open(temp.path()).error(), HasSubstr("holds no model"));
}

}  // namespace
}  // namespace tengen
