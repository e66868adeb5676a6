#include "experiments/supervised/class_findings.h"

#include <cmath>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "nets/linear_net.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

TEST(ClassScores, ByHand) {
  // softmax of (0, log 3) is 1/4, 3/4.
  const at::Tensor logits =
      at::tensor({0.0, std::log(3.0), 0.0, std::log(3.0)}, at::kDouble).view({2, 2});
  const ClassScores scores = ScoresOf(logits, at::tensor({1, 0}, at::kLong));
  EXPECT_EQ(scores.predicted, (std::vector<int>{1, 1}));
  EXPECT_NEAR(scores.confidence[0], 0.75, 1e-12);
  EXPECT_NEAR(scores.losses[0], -std::log(0.75), 1e-12);
  EXPECT_NEAR(scores.losses[1], -std::log(0.25), 1e-12);
  EXPECT_DOUBLE_EQ(scores.accuracy(), 0.5);
  EXPECT_EQ(Confusion(scores, 2), nlohmann::ordered_json({{0, 1}, {0, 1}}));
}

TEST(MembershipAuc, CountsPairs) {
  EXPECT_DOUBLE_EQ(MembershipAuc({0.1, 0.2}, {0.3, 0.4}), 1.0);
  EXPECT_DOUBLE_EQ(MembershipAuc({0.5}, {0.1, 0.2}), 0.0);
  EXPECT_DOUBLE_EQ(MembershipAuc({1.0, 2.0}, {1.0, 2.0}), 0.5);
  // Pairs (1, 2): yes, (1, 1): half, (3, 2): no, (3, 1): no.
  EXPECT_DOUBLE_EQ(MembershipAuc({1.0, 3.0}, {2.0, 1.0}), 1.5 / 4.0);
}

TEST(Saliency, OfALinearMapIsItsWeights) {
  Net net = MakeLinearNet({4, 2}, 1);
  const auto forward = net.forward;
  net.forward = [forward](const at::Tensor& x) { return forward(x.flatten(1)); };
  Samples samples;
  samples.shape = {1, 2, 2};
  samples.features = {0.5F, -1.0F, 2.0F, 0.0F};
  samples.labels = {1};
  samples.class_names = {"a", "b"};
  const auto all = Saliency(net, samples, samples.shape, "cpu");
  ASSERT_EQ(all.size(), 1U);
  const auto predicted = all[0].at("predicted").get<std::string>() == "a" ? 0 : 1;
  const at::Tensor row = NetWeights(net).at("weight")[predicted].abs();
  for (int i = 0; i < 4; ++i) {
    EXPECT_NEAR(all[0].at("saliency").at("values").at(static_cast<std::size_t>(i)).get<double>(),
                (row[i] / row.max()).item<double>(), 0.006);
  }
}

}  // namespace
}  // namespace tengen
