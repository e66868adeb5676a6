#include "nets/rank_team.h"

#include <atomic>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <ATen/Context.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/nn.h>

#include "envs/core/result.h"
#include "nets/card_team.h"
#include "nets/torch_compat.h"
#include "nets/trainer.h"
#include "tests/support/rank_threads.h"

namespace tengen {
namespace {

namespace nn = torch::nn;
using ::testing::HasSubstr;

#define SKIP_WITHOUT_GLOO() \
  if (!RankTeam::Available()) GTEST_SKIP() << "this LibTorch has no Gloo, or its headers miss"

TEST(RankTeam, SaysWhatIsMissingWithoutGloo) {
  if (RankTeam::Available()) GTEST_SKIP() << "there is Gloo";
  try {
    RankTeam team(RankPlace{});
    FAIL() << "a team without Gloo";
  } catch (const WorldError& error) {
    EXPECT_THAT(error.what(), HasSubstr("libgloo-dev"));
  }
}

TEST(RankTeam, MeansAreOfAllRanks) {
  SKIP_WITHOUT_GLOO();
  RunRanks(3, [](const std::shared_ptr<RankTeam>& team) {
    // 1, 2, 6 and 0, 3, 9: means 3 and 4.
    const std::vector<std::vector<float>> numbers = {{1, 0}, {2, 3}, {6, 9}};
    const at::Tensor vector = at::tensor(numbers[static_cast<std::size_t>(team->place().rank)]);
    team->Mean(vector);
    EXPECT_TRUE(at::allclose(vector, at::tensor({3.0F, 4.0F})));
  });
}

// NCCL refuses two ranks on one card, and a rank without one has no part in it.
TEST(CardTeam, WantsACardOfItsOwnForEachRank) {
  EXPECT_TRUE(CardsDiffer({"a", "b", "c"}));
  EXPECT_TRUE(CardsDiffer({"a"}));
  EXPECT_FALSE(CardsDiffer({"a", "b", "a"}));
  EXPECT_FALSE(CardsDiffer({"a", ""}));
}

TEST(RankTeam, BytesAndRowsComeFromRankZero) {
  SKIP_WITHOUT_GLOO();
  RunRanks(2, [](const std::shared_ptr<RankTeam>& team) {
    const std::string own = team->leads() ? std::string("a\0b", 3) : std::string("else");
    EXPECT_EQ(team->Broadcast(own), std::string("a\0b", 3));
    EXPECT_EQ(team->Broadcast(std::string()), "");
    const at::Tensor row = at::empty({2});
    team->Scatter(team->leads() ? at::tensor({1.0F, 2.0F, 3.0F, 4.0F}).view({2, 2}) : at::Tensor(),
                  row);
    EXPECT_EQ(row[0].item<float>(), team->leads() ? 1.0F : 3.0F);
  });
}

TEST(RankTeam, ARankThatLeavesEndsTheOthersWithASentence) {
  SKIP_WITHOUT_GLOO();
  std::atomic<int> sentences = 0;
  RunRanks(3, [&](const std::shared_ptr<RankTeam>& team) {
    const at::Tensor vector = at::ones({1000});
    team->Mean(vector);
    if (team->place().rank == 2) return;
    try {
      team->Mean(vector);
      ADD_FAILURE() << "a mean without rank 2";
    } catch (const WorldError& error) {
      EXPECT_THAT(error.what(), HasSubstr("lost the others"));
      ++sentences;
    }
  });
  EXPECT_EQ(sentences, 2);
}

TEST(RankTeam, APortInUseIsSaid) {
  SKIP_WITHOUT_GLOO();
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  socklen_t length = sizeof address;
  ASSERT_EQ(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(::listen(descriptor, 1), 0);
  ASSERT_EQ(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length), 0);
  RankPlace place;
  place.size = 2;
  place.port = ntohs(address.sin_port);
  try {
    RankTeam team(place);
    ADD_FAILURE() << "a meeting at a port in use";
  } catch (const WorldError& error) {
    EXPECT_THAT(error.what(), HasSubstr("rank 0 of 2 did not meet the others at 127.0.0.1"));
  }
  ::close(descriptor);
}

// Two dense layers, or with a BatchNorm between them.
struct SmallNetImpl : nn::Module {
  explicit SmallNetImpl(bool with_norm) {
    first = register_module("first", nn::Linear(3, 16));
    if (with_norm) norm = register_module("norm", nn::BatchNorm1d(16));
    second = register_module("second", nn::Linear(16, 1));
  }
  at::Tensor forward(const at::Tensor& x) {
    const at::Tensor y = first(x);
    return second(at::tanh(norm.is_empty() ? y : norm(y)));
  }
  nn::Linear first{nullptr}, second{nullptr};
  nn::BatchNorm1d norm{nullptr};
};
TORCH_MODULE(SmallNet);

SmallNet NetOf(bool with_norm) {
  at::manual_seed(7);
  return SmallNet(with_norm);
}

LossFunction ErrorOf(SmallNet net) {
  return [net](const Batch& batch) mutable {
    const at::Tensor error = (net(batch[0]) - batch[1]).square().mean();
    return Loss{error * 2.0, {{"error", error}, {"same", error}}};
  };
}

// 32 rows, or the half of a rank.
Batch Rows() {
  const at::Tensor x = at::linspace(-2.0, 2.0, 96).sin().view({32, 3});
  return {x, (x.sum(1, true) * 3.0).cos()};
}
Batch HalfOf(const RankTeam& team) {
  Batch half = Rows();
  for (at::Tensor& tensor : half) tensor = tensor.narrow(0, 16 * team.place().rank, 16);
  return half;
}

at::Tensor GradientOf(nn::Module& module) {
  std::vector<at::Tensor> all;
  for (const at::Tensor& parameter : module.parameters()) {
    all.push_back(parameter.grad().reshape({-1}).to(at::kDouble));
  }
  return at::cat(all);
}

double RelativeDifference(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).norm() / b.norm()).item<double>();
}

TrainerConfig Config() {
  TrainerConfig config;
  config.optimizer.lr = 0.01;
  return config;
}

TEST(RankTeam, HalfOfTheRowsEachGivesTheGradientOfAll) {
  SKIP_WITHOUT_GLOO();
  SmallNet alone = NetOf(false);
  Trainer whole(alone.ptr(), ErrorOf(alone), Config());
  std::vector<SmallNet> nets = {NetOf(false), NetOf(false)};
  std::vector<StepMetrics> metrics(2);
  const StepMetrics wanted = whole.Step(Rows());
  RunRanks(2, [&](const std::shared_ptr<RankTeam>& team) {
    const auto rank = static_cast<std::size_t>(team->place().rank);
    TrainerParts parts;
    parts.team = team;
    Trainer trainer(nets[rank].ptr(), ErrorOf(nets[rank]), Config(), parts);
    metrics[rank] = trainer.Step(HalfOf(*team));
  });
  for (std::size_t rank = 0; rank < 2; ++rank) {
    EXPECT_LT(RelativeDifference(GradientOf(*nets[rank]), GradientOf(*alone)), 1e-6);
    EXPECT_NEAR(metrics[rank].loss, wanted.loss, 1e-6 * wanted.loss);
    EXPECT_NEAR(metrics[rank].parts[1].second, wanted.parts[1].second, 1e-6 * wanted.loss);
    EXPECT_NEAR(metrics[rank].grad_norm, wanted.grad_norm, 1e-6 * wanted.grad_norm);
  }
  EXPECT_TRUE(at::equal(GradientOf(*nets[0]), GradientOf(*nets[1])));
}

// Each half by its own statistics: the mean of two gradients that a rank alone would compute. What
// BatchNorm gathers is the mean of both halves' running values, the same on both ranks.
TEST(RankTeam, BatchNormSeesTheRowsOfItsRankAndAveragesWhatItGathers) {
  SKIP_WITHOUT_GLOO();
  std::vector<at::Tensor> gradients;
  at::Tensor mean = at::zeros({16});
  at::Tensor variance = at::zeros({16});
  for (int half = 0; half < 2; ++half) {
    SmallNet net = NetOf(true);
    Batch rows = Rows();
    const Loss loss =
        ErrorOf(net)({rows[0].narrow(0, 16 * half, 16), rows[1].narrow(0, 16 * half, 16)});
    loss.total.backward();
    gradients.push_back(GradientOf(*net));
    mean += net->norm->running_mean / 2;
    variance += net->norm->running_var / 2;
  }
  const at::Tensor wanted = (gradients[0] + gradients[1]) / 2;

  std::vector<SmallNet> nets = {NetOf(true), NetOf(true)};
  std::vector<NamedTensors> states(2);
  RunRanks(2, [&](const std::shared_ptr<RankTeam>& team) {
    const auto rank = static_cast<std::size_t>(team->place().rank);
    TrainerParts parts;
    parts.team = team;
    Trainer trainer(nets[rank].ptr(), ErrorOf(nets[rank]), Config(), parts);
    trainer.Step(HalfOf(*team));
    EXPECT_LT(RelativeDifference(GradientOf(*nets[rank]), wanted), 1e-6);
    EXPECT_TRUE(at::allclose(nets[rank]->norm->running_mean, mean, 1e-5, 1e-7));
    EXPECT_TRUE(at::allclose(nets[rank]->norm->running_var, variance, 1e-5, 1e-7));
    for (int i = 0; i < 20; ++i) trainer.Step(HalfOf(*team));
    states[rank] = trainer.State();
  });
  for (const auto& [name, tensor] : states[0]) {
    EXPECT_TRUE(at::equal(tensor, states[1].at(name))) << name << " differs between the ranks";
  }
}

TEST(RankTeam, AnUpdateThatIsNotFiniteOnOneRankIsSkippedOnAll) {
  SKIP_WITHOUT_GLOO();
  std::vector<SmallNet> nets = {NetOf(true), NetOf(true)};
  RunRanks(2, [&](const std::shared_ptr<RankTeam>& team) {
    const auto rank = static_cast<std::size_t>(team->place().rank);
    TrainerParts parts;
    parts.team = team;
    Trainer trainer(nets[rank].ptr(), ErrorOf(nets[rank]), Config(), parts);
    Batch half = HalfOf(*team);
    if (!team->leads()) half[0] = half[0] / 0.0;
    EXPECT_EQ(trainer.Step(half).skipped, 1);
    EXPECT_EQ(trainer.step(), 0);
    EXPECT_EQ(trainer.Step(HalfOf(*team)).skipped, 0);
  });
}

}  // namespace
}  // namespace tengen
