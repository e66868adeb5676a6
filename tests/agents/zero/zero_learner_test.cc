#include "agents/zero/zero_learner.h"

#include <cmath>
#include <fstream>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agents/records/record_shard.h"
#include "agents/zero/zero_samples.h"
#include "envs/registry/game_registry.h"
#include "nets/encoder.h"
#include "nets/intra_op_threads.h"
#include "nets/net_evaluator.h"
#include "nets/tensor_ops.h"
#include "tests/agents/records/example_records.h"
#include "tests/support/random_record.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

ModelConfig SmallModel(const std::string& game_id) {
  ModelConfig config = ModelConfigFor(MakeGame(game_id).value()->spec(), 8, 1);
  config.head_channels = 8;
  config.head_hidden = 8;
  return config;
}

ZeroLearnerConfig SmallLearner() {
  ZeroLearnerConfig config;
  config.batch_size = 8;
  config.samples_per_position = 4.0;
  config.first_positions = 8;
  config.window.minimum = 100;
  config.norm_batches = 2;
  config.trainer.optimizer.lr = 1e-2;
  config.trainer.ema_decay = 0.5;
  return config;
}

double Part(const StepMetrics& metrics, const std::string& name) {
  for (const auto& [key, value] : metrics.parts) {
    if (key == name) return value;
  }
  return -1.0;
}

bool SameWeights(const ModelSnapshot& a, const ModelSnapshot& b) {
  if (a.weights.size() != b.weights.size()) return false;
  for (const auto& [name, tensor] : a.weights) {
    if (!at::equal(tensor, b.weights.at(name))) return false;
  }
  return true;
}

class ZeroLearnerFolder : public ::testing::Test {
 protected:
  ZeroLearnerFolder() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::temp_directory_path() / StrCat("tengen_", test->name(), "_", getpid());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~ZeroLearnerFolder() override { fs::remove_all(folder_); }
  fs::path folder_;
};

TEST(ZeroLearnerConfigCheck, NamesTheFieldThatIsWrong) {
  EXPECT_TRUE(CheckZeroLearnerConfig(SmallLearner()).ok());
  ZeroLearnerConfig config = SmallLearner();
  config.samples_per_position = 0.0;
  EXPECT_THAT(CheckZeroLearnerConfig(config).error(), HasSubstr("samples_per_position 0"));
  config = SmallLearner();
  config.window.growth = 2.0;
  EXPECT_THAT(CheckZeroLearnerConfig(config).error(), HasSubstr("window.growth 2"));
  config = SmallLearner();
  config.loss.soft_policy_weight = -8.0;
  EXPECT_THAT(CheckZeroLearnerConfig(config).error(),
              HasSubstr("loss.soft_policy_weight -8, wanted 0 or a number above"));
  config = SmallLearner();
  config.trainer.optimizer.lr = -1.0;
  EXPECT_THAT(CheckZeroLearnerConfig(config).error(), HasSubstr("trainer.optimizer"));
}

// 4 samples for each of 4 positions a game, batches of 8: two steps per game, none before the
// second.
TEST(ZeroLearner, StepsFollowThePositions) {
  ZeroLearner learner(SmallLearner(), SmallModel("tictactoe"), 1);
  EXPECT_EQ(learner.StepsDue(), 0);
  ASSERT_TRUE(learner.Add(XWinsTopRow()).ok());
  EXPECT_EQ(learner.StepsDue(), 0);
  ASSERT_TRUE(learner.Add(XWinsTopRow()).ok());
  EXPECT_EQ(learner.StepsDue(), 4);
  learner.Step();
  EXPECT_EQ(learner.StepsDue(), 3);
  ASSERT_TRUE(learner.Add(XWinsTopRow()).ok());
  EXPECT_EQ(learner.StepsDue(), 5);
  EXPECT_EQ(learner.step(), 1);
}

// The targets' own entropies are what stays. Symmetries turn the first position into itself and its
// policy (corner 0.75, centre 0.25) into 0.1875 on each corner: 1.602 nats. The third position has
// 0.898, the others 0: mean 0.625. Uniform policies over the legal moves would have 1.86.
TEST(ZeroLearner, OverfitsOneGame) {
  ZeroLearnerConfig config = SmallLearner();
  config.batch_size = 32;
  ZeroLearner learner(config, SmallModel("tictactoe"), 1);
  ASSERT_TRUE(learner.Add(XWinsTopRow()).ok());
  const double untrained_value = Part(learner.Step(), "value");
  double policy = 0.0;
  double value = 0.0;
  constexpr int kTail = 20;
  for (int i = 0; i < 300; ++i) {
    const StepMetrics metrics = learner.Step();
    ASSERT_FALSE(metrics.skipped);
    if (i < 300 - kTail) continue;
    policy += Part(metrics, "policy") / kTail;
    value += Part(metrics, "value") / kTail;
  }
  EXPECT_GT(untrained_value, 0.5);
  EXPECT_LT(value, 0.05);
  EXPECT_NEAR(policy, 0.625, 0.1);
}

// The score is 3.5 or -3.5 throughout. Owners stay open in the first positions, which symmetries
// turn into themselves.
TEST(ZeroLearner, LearnsScoreAndOwnershipOfCountedGames) {
  ZeroLearnerConfig config = SmallLearner();
  config.batch_size = 32;
  ZeroLearner learner(config, SmallModel("go:size=3"), 1);
  ASSERT_TRUE(learner.Add(BlackWinsSmallGo()).ok());
  const StepMetrics first = learner.Step();
  StepMetrics last;
  for (int i = 0; i < 200; ++i) last = learner.Step();
  EXPECT_GT(Part(first, "score"), 0.0);
  EXPECT_LT(Part(last, "score"), 0.2 * Part(first, "score"));
  EXPECT_LT(Part(last, "ownership"), 0.5 * Part(first, "ownership"));
}

// Every target is 1 + 0.5 * 40 = 21, far from where a network begins: the value head learns it in
// units of its scale and answers in returns.
TEST(ZeroLearner, OnePlayersValueComesInReturns) {
  ZeroLearnerConfig config = SmallLearner();
  config.td_plies = 1;
  ZeroLearner learner(config, SmallModel("cartpole"), 1);
  Rng rng(1, RngRole::kTest);
  for (int start = 0; start < 8; ++start) {
    GameRecord record;
    record.game_id = StrCat("cartpole:start=", start, ",limit=4,discount=0.5");
    for (int i = 0; i < 4; ++i) {
      RecordedPly ply;
      ply.action = static_cast<Action>(rng.Below(2));
      ply.root_value = 40.0F;
      ply.sample = i < 3;
      if (ply.sample) ply.policy = {{0, 0.5F}, {1, 0.5F}};
      record.plies.push_back(ply);
    }
    record.end = GameEnd::kTruncated;
    record.return_first = 4.0F;
    ASSERT_TRUE(learner.Add(record).ok());
  }
  for (int i = 0; i < 40; ++i) learner.Step();
  Model model(learner.model_config(), 1);
  ASSERT_TRUE(model.Load(learner.Publish().weights).ok());
  model.Eval();
  const at::NoGradGuard no_grad;
  const at::Tensor value = model.Forward(at::zeros({3, 1, 1, 1}), 0.01 * at::ones({3, 4})).value;
  EXPECT_NEAR(value[0].item<float>(), 21.0F, 0.2F);
}

TEST(ZeroLearner, LeavesAreaOutOfResignedGames) {
  GameRecord record = BlackWinsSmallGo();
  record.end = GameEnd::kResign;
  record.plies.resize(5);  // White is to move, and loses
  record.owner.clear();
  record.score_first = 0.0F;
  ZeroLearner learner(SmallLearner(), SmallModel("go:size=3"), 1);
  ASSERT_TRUE(learner.Add(record).ok());
  const StepMetrics metrics = learner.Step();
  EXPECT_EQ(Part(metrics, "score"), -1.0);
  EXPECT_EQ(Part(metrics, "ownership"), -1.0);
  EXPECT_GT(Part(metrics, "policy"), 0.0);
  EXPECT_NEAR(metrics.loss, Part(metrics, "policy") + Part(metrics, "value"), 1e-5);
}

// A counted game, then one that was resigned, whose batch has no target for them.
TEST(ZeroLearner, ScoreHeadsLearnFromCountedGames) {
  ZeroLearnerConfig config = SmallLearner();
  config.loss.short_term_score_weight = 0.5;
  config.loss.score_distribution_weight = 0.1;
  ModelConfig small = SmallModel("go:size=3");
  small.auxiliary.short_term_score = true;
  small.auxiliary.score_distribution = true;
  ZeroLearner learner(config, small, 1);
  GameRecord record = BlackWinsSmallGo();
  ASSERT_TRUE(learner.Add(record).ok());
  const StepMetrics first = learner.Step();
  for (int i = 0; i < 400; ++i) learner.Step();
  const StepMetrics last = learner.Step();
  for (const char* part : {"short_term_score", "score_distribution"}) {
    EXPECT_LT(Part(last, part), 0.5 * Part(first, part)) << part;
    EXPECT_GT(Part(last, part), 0.0) << part;
  }

  record.end = GameEnd::kResign;
  record.plies.resize(5);
  record.owner.clear();
  record.score_first = 0.0F;
  ZeroLearner resigned(config, small, 1);
  ASSERT_TRUE(resigned.Add(record).ok());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Part(resigned.Step(), "score_distribution"), -1.0);
  }
}

ZeroLearnerConfig WithAllTargets(ZeroLearnerConfig config) {
  config.loss.soft_policy_weight = 8.0;
  config.loss.short_term_weight = 0.72;
  config.loss.reply_policy_weight = 0.15;
  return config;
}

ModelConfig WithAllHeads(ModelConfig model) {
  model.auxiliary = {true, true, true, false, false};
  return model;
}

// A trained model's answer for a ply of XWinsTopRow.
ModelOutput AskAt(const ModelSnapshot& snapshot, int ply) {
  Model model(snapshot.config, 0);
  EXPECT_TRUE(model.Load(snapshot.weights).ok());
  model.Eval();
  const auto game = MakeGame("tictactoe").value();
  const auto encoder = MakeEncoder(snapshot.config.encoder).value();
  std::vector<float> planes(static_cast<std::size_t>(9 * encoder->planes()));
  std::vector<float> globals(static_cast<std::size_t>(encoder->globals()));
  encoder->Encode(*ReplayTo(*game, XWinsTopRow(), ply), Symmetry(), planes, globals);
  const at::NoGradGuard no_grad;
  return model.Forward(at::tensor(planes).view({1, 3, 3, -1}).permute({0, 3, 1, 2}),
                       at::tensor(globals).unsqueeze(0));
}

// At the start the policy is 3/4 on a corner and 1/4 on the centre, which symmetries leave alone.
// Its fourth roots 0.9306 and 0.7071 give the centre 0.4318 of the soft policy. The reply to ply 2
// is the centre.
TEST(ZeroLearner, AuxiliaryHeadsLearnTheirTargets) {
  ZeroLearnerConfig config = WithAllTargets(SmallLearner());
  config.batch_size = 32;
  ZeroLearner learner(config, WithAllHeads(SmallModel("tictactoe")), 1);
  ASSERT_TRUE(learner.Add(XWinsTopRow()).ok());
  const StepMetrics first = learner.Step();
  for (int i = 0; i < 400; ++i) learner.Step();
  const StepMetrics last = learner.Step();
  for (const char* part : {"soft_policy", "short_term", "reply_policy"}) {
    EXPECT_LT(Part(last, part), Part(first, part)) << part;
  }
  EXPECT_LT(Part(last, "reply_policy"), 0.3 * Part(first, "reply_policy"));

  const ModelSnapshot published = learner.Publish();
  const ModelOutput start = AskAt(published, 0);
  EXPECT_NEAR(start.policy_logits.softmax(1)[0][4].item<double>(), 0.25, 0.1);
  EXPECT_NEAR(start.soft_policy_logits.softmax(1)[0][4].item<double>(), 0.4318, 0.1);
  const ModelOutput later = AskAt(published, 2);
  EXPECT_GT(later.reply_policy_logits.softmax(1)[0][4].item<double>(), 0.8);
  const auto target = ShortTermTarget(XWinsTopRow(), 2, Player::kFirst, 9);
  for (int h = 0; h < kShortTermHorizons; ++h) {
    EXPECT_NEAR(2.0 * later.short_term_logits[0][h].sigmoid().item<double>() - 1.0,
                static_cast<double>(target[static_cast<std::size_t>(h)]), 0.15);
  }
}

TEST_F(ZeroLearnerFolder, AResumedLearnerGoesOnWithAuxiliaryHeads) {
  const ZeroLearnerConfig config = WithAllTargets(SmallLearner());
  const ModelConfig model = WithAllHeads(SmallModel("tictactoe"));
  ZeroLearner whole(config, model, 1);
  ASSERT_TRUE(whole.Add(XWinsTopRow()).ok());
  for (int i = 0; i < 3; ++i) whole.Step();
  whole.SaveState(folder_);
  ZeroLearner resumed(config, model, 1);
  const Status loaded = resumed.LoadState(folder_);
  ASSERT_TRUE(loaded.ok()) << loaded.error();
  ASSERT_TRUE(resumed.Add(XWinsTopRow()).ok());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(whole.Step().loss, resumed.Step().loss);
  EXPECT_TRUE(SameWeights(whole.Publish(), resumed.Publish()));

  ZeroLearner without(SmallLearner(), SmallModel("tictactoe"), 1);
  EXPECT_THAT(without.LoadState(folder_).error(), HasSubstr("its model is"));
}

TEST(ZeroLearner, RefusesGamesThatTheModelCannotPlay) {
  ZeroLearner learner(SmallLearner(), SmallModel("tictactoe"), 1);
  EXPECT_FALSE(learner.Add(BlackWinsSmallGo()).ok());
  GameRecord illegal = XWinsTopRow();
  illegal.plies[1].action = 0;
  EXPECT_THAT(learner.Add(illegal).error(), HasSubstr("ply 1"));
  EXPECT_EQ(learner.buffer().games_added(), 0);
}

TEST(ZeroLearner, SameSeedGivesTheSameWeights) {
  const auto train = [](std::uint64_t seed) {
    ZeroLearner learner(SmallLearner(), SmallModel("tictactoe"), seed);
    EXPECT_TRUE(learner.Add(XWinsTopRow()).ok());
    for (int i = 0; i < 5; ++i) learner.Step();
    return learner.Publish();
  };
  EXPECT_TRUE(SameWeights(train(1), train(1)));
  EXPECT_FALSE(SameWeights(train(1), train(2)));
}

// The rows of a batch are made by all of the learner's threads.
TEST(ZeroLearner, ABatchIsTheSameWithAnyNumberOfThreads) {
  const auto first_loss = [](int threads) {
    SetIntraOpThreads(threads);
    ZeroLearnerConfig config = SmallLearner();
    config.batch_size = 64;
    ZeroLearner learner(config, SmallModel("go:size=5"), 1);
    for (std::uint64_t i = 0; i < 4; ++i) {
      EXPECT_TRUE(learner.Add(RandomRecord("go:size=5", i)).ok());
    }
    const double loss = learner.Step().loss;
    SetIntraOpThreads(1);
    return loss;
  };
  const double alone = first_loss(1);
  EXPECT_NEAR(first_loss(3), alone, 1e-5);
  EXPECT_NEAR(first_loss(8), alone, 1e-5);
}

TEST(ZeroLearner, PublishingDoesNotChangeTraining) {
  ZeroLearner quiet(SmallLearner(), SmallModel("tictactoe"), 1);
  ZeroLearner talkative(SmallLearner(), SmallModel("tictactoe"), 1);
  for (ZeroLearner* learner : {&quiet, &talkative}) {
    ASSERT_TRUE(learner->Add(XWinsTopRow()).ok());
  }
  for (int i = 0; i < 5; ++i) {
    quiet.Step();
    talkative.Step();
    talkative.Publish();
  }
  EXPECT_TRUE(SameWeights(quiet.Publish(), talkative.Publish()));
}

// What self-play plays with, what is rated and what a checkpoint holds: all of it is one network.
TEST(ZeroLearner, AStepNamesOneNetwork) {
  ZeroLearner learner(SmallLearner(), SmallModel("tictactoe"), 1);
  ASSERT_TRUE(learner.Add(XWinsTopRow()).ok());
  learner.Step();
  const ModelSnapshot published = learner.Publish();
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    ASSERT_TRUE(learner.Add(RandomRecord("tictactoe", seed)).ok());
  }
  EXPECT_TRUE(SameWeights(learner.Publish(), published));
  learner.Step();
  EXPECT_FALSE(SameWeights(learner.Publish(), published));
}

TEST_F(ZeroLearnerFolder, AResumedStepNamesTheNetworkThatItNamed) {
  const ModelConfig model = SmallModel("tictactoe");
  ZeroLearner whole(SmallLearner(), model, 1);
  ASSERT_TRUE(whole.Add(XWinsTopRow()).ok());
  whole.Step();
  const ModelSnapshot published = whole.Publish();
  whole.SaveState(folder_);

  ZeroLearner resumed(SmallLearner(), model, 1);
  resumed.Publish();  // of step 0, which the state replaces
  ASSERT_TRUE(resumed.LoadState(folder_).ok());
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    ASSERT_TRUE(resumed.Add(RandomRecord("tictactoe", seed)).ok());
  }
  EXPECT_FALSE(SameWeights(resumed.Publish(), published));
  ASSERT_TRUE(resumed.RestorePublished(published).ok());
  EXPECT_TRUE(SameWeights(resumed.Publish(), published));

  ModelSnapshot later = published;
  later.step = 2;
  EXPECT_THAT(resumed.RestorePublished(later).error(), HasSubstr("of step 2, wanted 1"));
  EXPECT_THAT(resumed.RestorePublished({SmallModel("connect4"), {}, 1}).error(),
              HasSubstr("a network of the model"));
}

TEST(ZeroLearner, PublishedWeightsFitTheModel) {
  ZeroLearner learner(SmallLearner(), SmallModel("tictactoe"), 1);
  const ModelSnapshot untrained = learner.Publish();
  EXPECT_EQ(untrained.step, 0);
  ASSERT_TRUE(learner.Add(XWinsTopRow()).ok());
  learner.Step();
  const ModelSnapshot trained = learner.Publish();
  EXPECT_EQ(trained.step, 1);
  EXPECT_FALSE(SameWeights(untrained, trained));
  Model model(trained.config, 0);
  const Status loaded = model.Load(trained.weights);
  EXPECT_TRUE(loaded.ok()) << loaded.error();
}

TEST_F(ZeroLearnerFolder, AResumedLearnerGoesOnBitForBit) {
  const ZeroLearnerConfig config = SmallLearner();
  const ModelConfig model = SmallModel("tictactoe");
  RecordShardWriter shards(folder_ / "games");
  ZeroLearner whole(config, model, 1);
  const auto add = [&](std::uint64_t stream) {
    GameRecord record = XWinsTopRow();
    record.stream = stream;
    shards.Append(record);
    ASSERT_TRUE(whole.Add(record).ok());
  };
  for (std::uint64_t stream = 0; stream < 60; ++stream) add(stream);  // more than the window
  for (int i = 0; i < 6; ++i) whole.Step();
  whole.SaveState(folder_);
  const std::int64_t due = whole.StepsDue();
  add(60);  // after the checkpoint

  ZeroLearner resumed(config, model, 2);
  const Status loaded = resumed.LoadState(folder_);
  ASSERT_TRUE(loaded.ok()) << loaded.error();
  RecordShardReader reader(ListShards(folder_ / "games"));
  while (auto record = reader.Next()) ASSERT_TRUE(resumed.Add(std::move(*record)).ok());
  EXPECT_EQ(resumed.step(), 6);
  EXPECT_EQ(resumed.StepsDue(), due + 2);
  EXPECT_EQ(resumed.buffer().positions(), whole.buffer().positions());
  for (int i = 0; i < 6; ++i) {
    EXPECT_EQ(whole.Step().loss, resumed.Step().loss);
  }
  const fs::path again = folder_ / "again";
  fs::create_directories(again);
  whole.SaveState(folder_);
  resumed.SaveState(again);
  for (const char* name : {"learner.json", "learner.safetensors"}) {
    std::ifstream a(folder_ / name, std::ios::binary);
    std::ifstream b(again / name, std::ios::binary);
    const std::string bytes_a((std::istreambuf_iterator<char>(a)), {});
    const std::string bytes_b((std::istreambuf_iterator<char>(b)), {});
    EXPECT_FALSE(bytes_a.empty());
    EXPECT_EQ(bytes_a, bytes_b) << name;
  }
}

TEST_F(ZeroLearnerFolder, SaysWhatIsWrongWithASavedState) {
  const ModelConfig model = SmallModel("tictactoe");
  ZeroLearner saved(SmallLearner(), model, 1);
  saved.SaveState(folder_);
  ZeroLearner learner(SmallLearner(), model, 1);
  EXPECT_THAT(learner.LoadState(folder_ / "nowhere").error(), HasSubstr("nowhere"));

  ModelConfig other = model;
  other.channels = 16;
  ZeroLearner wider(SmallLearner(), other, 1);
  EXPECT_THAT(wider.LoadState(folder_).error(), HasSubstr("its model is"));

  const fs::path tensors = folder_ / "learner.safetensors";
  std::fstream file(tensors, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(-5, std::ios::end);
  file.put('\x55');
  file.close();
  EXPECT_THAT(learner.LoadState(folder_).error(), HasSubstr("learner.safetensors: damaged"));
  fs::resize_file(tensors, 100);
  EXPECT_THAT(learner.LoadState(folder_).error(), HasSubstr("truncated"));
}

// Without weights a network says 1/3 to win, draw and loss, so that its value is 0, and the squared
// error of a game that was won or lost is 1; its cross-entropy would be log 3 = 1.0986.
TEST(ZeroLearner, LearnsTheValueAloneByItsSquaredError) {
  ZeroLearnerConfig config = SmallLearner();
  config.loss = {0.0, 1.0, 0.0, 0.0};
  config.outcome_loss = OutcomeLoss::kSquaredError;
  const ModelConfig model = SmallModel("tictactoe");
  NamedTensors zero = Model(model, 1).Snapshot().weights;
  for (auto& [name, tensor] : zero) tensor = at::zeros_like(tensor);
  ZeroLearner untrained(config, model, 1, "cpu", Precision::kFloat32, &zero);
  ASSERT_TRUE(untrained.Add(XWinsTopRow()).ok());
  const StepMetrics first = untrained.Step();
  EXPECT_EQ(first.parts.size(), 1U);
  EXPECT_NEAR(Part(first, "value"), 1.0, 1e-6);
  EXPECT_NEAR(first.loss, 1.0, 1e-6);

  // Plies 0 and 3 are of X, who wins, and of O, who loses.
  ZeroLearner learner(config, model, 1);
  ASSERT_TRUE(learner.Add(XWinsTopRow()).ok());
  StepMetrics last;
  for (int i = 0; i < 300; ++i) last = learner.Step();
  EXPECT_LT(last.loss, 0.05);
  const auto game = MakeGame("tictactoe").value();
  NetEvaluator network(learner.Publish(), {});
  for (const int ply : {0, 3}) {
    const auto state = ReplayTo(*game, XWinsTopRow(), ply);
    std::vector<Action> legal;
    state->LegalActions(legal);
    std::vector<float> prior(legal.size());
    Evaluation evaluation;
    evaluation.state = state.get();
    evaluation.legal = legal;
    evaluation.prior = prior;
    network.Evaluate({&evaluation, 1});
    EXPECT_GT(ply == 0 ? evaluation.value : -evaluation.value, 0.5F) << ply;
  }
}

}  // namespace
}  // namespace tengen
