#include "experiments/datasets/augment.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

// Every outcome of many draws.
std::set<std::vector<float>> Outcomes(const AugmentConfig& config, const std::vector<int>& shape,
                                      const std::vector<float>& example) {
  Rng rng(1, RngRole::kTest);
  std::set<std::vector<float>> out;
  for (int i = 0; i < 2000; ++i) {
    std::vector<float> changed = example;
    Augment(config, shape, rng, changed);
    out.insert(std::move(changed));
  }
  return out;
}

TEST(Augment, WithoutAnythingToDoChangesNothing) {
  const std::vector<float> picture = {1, 2, 3, 4};
  EXPECT_THAT(Outcomes({}, {1, 2, 2}, picture), ElementsAre(picture));
}

// A row of three pixels in one of one row: shifts of -1, 0, 1 columns, and up or down out of it.
TEST(Augment, ShiftsAllChannelsAlikeAndFillsWithZeros) {
  const auto out = Outcomes({.shift = 1}, {2, 1, 3}, {1, 2, 3, 4, 5, 6});
  const std::set<std::vector<float>> wanted = {
      {1, 2, 3, 4, 5, 6}, {2, 3, 0, 5, 6, 0}, {0, 1, 2, 0, 4, 5}, {0, 0, 0, 0, 0, 0}};
  EXPECT_EQ(out, wanted);
}

TEST(Augment, FlipsLeftAndRight) {
  const auto out = Outcomes({.flip = true}, {1, 2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(out, (std::set<std::vector<float>>{{1, 2, 3, 4}, {2, 1, 4, 3}}));
}

// By a quarter turn either way the corners change places; in between they are mixtures.
TEST(Augment, TurnsAboutTheMiddle) {
  Rng rng(1, RngRole::kTest);
  float most = 0.0F;
  for (int i = 0; i < 500; ++i) {
    std::vector<float> picture = {0, 0, 0, 1, 0, 0, 0, 0, 0};  // left of the middle
    Augment({.rotate_degrees = 90.0}, {1, 3, 3}, rng, picture);
    EXPECT_LE(picture[4], 0.5F);           // the middle stays empty, but for its neighbour
    EXPECT_NEAR(picture[5], 0.0F, 1e-5F);  // never to the other side
    most = std::max({most, picture[1], picture[7]});
  }
  EXPECT_GT(most, 0.9F);
}

TEST(Augment, ScalesAboutTheMiddle) {
  Rng rng(1, RngRole::kTest);
  for (int i = 0; i < 100; ++i) {
    std::vector<float> picture = {0, 0, 0, 0, 1, 0, 0, 0, 0};
    Augment({.scale = 0.4}, {1, 3, 3}, rng, picture);
    EXPECT_THAT(picture[4], FloatNear(1.0F, 1e-6F));
    EXPECT_THAT(picture[3], FloatNear(picture[5], 1e-6F));
  }
}

TEST(Augment, ErasesASquare) {
  for (const auto& picture : Outcomes({.erase = 2}, {1, 3, 3}, std::vector<float>(9, 1.0F))) {
    EXPECT_EQ(std::count(picture.begin(), picture.end(), 0.0F), 4);
  }
  const auto small = Outcomes({.erase = 9}, {1, 2, 2}, {1, 2, 3, 4});
  EXPECT_EQ(small, (std::set<std::vector<float>>{{0, 0, 0, 0}}));
}

TEST(Augment, MovesSoundsByWholeFrames) {
  const auto out = Outcomes({.shift = 1}, {3, 2}, {1, 2, 3, 4, 5, 6});
  const std::set<std::vector<float>> wanted = {
      {1, 2, 3, 4, 5, 6}, {0, 0, 1, 2, 3, 4}, {3, 4, 5, 6, 0, 0}};
  EXPECT_EQ(out, wanted);
  // More frames than there are.
  for (const auto& sound : Outcomes({.shift = 9}, {1, 2}, {1, 2})) {
    EXPECT_TRUE(sound[0] == 0.0F || sound[0] == 1.0F);
  }
}

// A ramp over bands stays one, of another slope, up to the highest band; frames that come from
// behind the end are 0.
TEST(Augment, StretchesSoundsAlongFramesAndBands) {
  std::vector<float> ramp;
  for (int f = 0; f < 4; ++f) {
    for (int b = 0; b < 5; ++b) ramp.push_back(static_cast<float>(b));
  }
  Rng rng(1, RngRole::kTest);
  float low = 9.0F, high = 0.0F;
  bool ends_early = false;
  for (int i = 0; i < 500; ++i) {
    std::vector<float> sound = ramp;
    Augment({.scale = 0.25}, {4, 5}, rng, sound);
    const float slope = sound[1];
    low = std::min(low, slope);
    high = std::max(high, slope);
    for (int b = 0; b < 5; ++b) {
      EXPECT_NEAR(sound[static_cast<std::size_t>(b)], std::min(4.0F, slope * static_cast<float>(b)),
                  1e-5F);
    }
    const float last = sound[3 * 5 + 1];  // of the last frame: as before, or fading to 0
    EXPECT_LE(last, slope + 1e-5F);
    ends_early = ends_early || last < 0.1F * slope;
  }
  EXPECT_NEAR(low, 0.8F, 0.01F);           // 1 / 1.25
  EXPECT_NEAR(high, 1.0F / 0.75F, 0.01F);  // 1 / (1 - 0.25)
  EXPECT_TRUE(ends_early);
}

TEST(Augment, EqualSeedsGiveEqualExamples) {
  const AugmentConfig config = {.shift = 2, .rotate_degrees = 15, .scale = 0.1, .flip = true};
  std::vector<std::vector<float>> twice;
  for (int i = 0; i < 2; ++i) {
    Rng rng(7, RngRole::kTest);
    std::vector<float>& picture = twice.emplace_back();
    for (int k = 0; k < 64; ++k) picture.push_back(static_cast<float>(k));
    Augment(config, {1, 8, 8}, rng, picture);
  }
  EXPECT_EQ(twice[0], twice[1]);
}

TEST(AugmentConfig, IsChecked) {
  EXPECT_TRUE(CheckAugmentConfig({.shift = 2, .rotate_degrees = 10, .scale = 0.1}).ok());
  EXPECT_FALSE(CheckAugmentConfig({.shift = -1}).ok());
  EXPECT_FALSE(CheckAugmentConfig({.rotate_degrees = 181}).ok());
  EXPECT_FALSE(CheckAugmentConfig({.scale = 1.0}).ok());
  EXPECT_FALSE(CheckAugmentConfig({.erase = -1}).ok());
}

}  // namespace
}  // namespace tengen
