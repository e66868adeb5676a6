#include "agents/alphago/linear_policy.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/plain_tensors.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

std::unique_ptr<GoState> Position(std::vector<std::string> diagram, Player to_move,
                                  std::shared_ptr<const GoGame>& game) {
  GoSetup setup;
  setup.shape = {static_cast<int>(diagram.size()), static_cast<int>(diagram[0].size())};
  setup.diagram = std::move(diagram);
  setup.to_move = to_move;
  game = GoGame::Make(setup).value();
  return std::make_unique<GoState>(static_cast<const GoState&>(*game->NewState()));
}

std::vector<int> FeaturesOf(const GoState& state, Action action) {
  std::vector<MoveCodes> codes;
  FindMoveCodes(state, LinearMoves::kLegal, codes);
  for (const MoveCodes& move : codes) {
    const auto fixed = move.fixed_features();
    if (move.action == action) return {fixed.begin(), fixed.end()};
  }
  return {};
}

TEST(LinearFeature, DistancesAreThoseOfCoulom) {
  // dx + dy + max(dx, dy) - 2.
  EXPECT_EQ(LinearFeature::DistanceFeature(1, 0), 0);
  EXPECT_EQ(LinearFeature::DistanceFeature(-1, 1), 1);
  EXPECT_EQ(LinearFeature::DistanceFeature(0, -2), 2);
  EXPECT_EQ(LinearFeature::DistanceFeature(2, 1), 3);
  EXPECT_EQ(LinearFeature::DistanceFeature(2, 2), 4);
  EXPECT_EQ(LinearFeature::DistanceFeature(8, 8), 15);  // 22, cut off
}

TEST(LinearFeature, PlacesAreNumberedByTheirNearestSides) {
  const BoardShape nine = {9, 9};
  EXPECT_EQ(LinearFeature::PlaceFeature(nine, 0), LinearFeature::kPlace);          // corner
  EXPECT_EQ(LinearFeature::PlaceFeature(nine, 4), LinearFeature::kPlace + 10);     // side
  EXPECT_EQ(LinearFeature::PlaceFeature(nine, 40), LinearFeature::kPlace + 14);    // centre
  EXPECT_EQ(LinearFeature::PlaceFeature(nine, 19), LinearFeature::kPlace + 4);     // C7
  EXPECT_EQ(LinearFeature::PlaceFeature(nine, 8 * 9 + 8), LinearFeature::kPlace);  // corner
}

TEST(LinearFeatures, AnswersToAnAtari) {
  std::shared_ptr<const GoGame> game;
  auto state = Position({".X...", ".OX..", "..O..", ".....", "....."}, Player::kSecond, game);
  state->Apply(2);  // White C5 puts Black's C4 in atari, and is in atari itself
  const auto extend = FeaturesOf(*state, 8);  // D4
  EXPECT_THAT(extend, Contains(LinearFeature::kSaveByExtending));
  EXPECT_THAT(extend, Contains(LinearFeature::kExtend));
  EXPECT_THAT(extend, Contains(LinearFeature::kLast + 1));  // a corner away
  EXPECT_THAT(extend, Not(Contains(LinearFeature::kTakeLast)));
  const auto take = FeaturesOf(*state, 3);  // D5
  EXPECT_THAT(take, Contains(LinearFeature::kSaveByTaking));
  EXPECT_THAT(take, Contains(LinearFeature::kTakeLast));
  EXPECT_THAT(take, Contains(LinearFeature::kTake));  // one stone
  EXPECT_THAT(take, Contains(LinearFeature::kLast + 0));
  const auto elsewhere = FeaturesOf(*state, 24);
  EXPECT_THAT(elsewhere, Not(Contains(LinearFeature::kSaveByExtending)));
  EXPECT_THAT(elsewhere, Not(Contains(LinearFeature::kSaveByTaking)));
}

TEST(LinearFeatures, LeaveOwnEyesOutWhereAskedTo) {
  std::shared_ptr<const GoGame> game;
  const auto state = Position({".X...", "XX...", ".....", ".....", "....."}, Player::kFirst, game);
  std::vector<MoveCodes> codes;
  FindMoveCodes(*state, LinearMoves::kLegal, codes);
  EXPECT_EQ(codes.size(), 22U);
  FindMoveCodes(*state, LinearMoves::kNoOwnEyes, codes);
  EXPECT_EQ(codes.size(), 21U);
  EXPECT_EQ(codes.front().action, 2);
}

TEST(LinearFeatures, PatternsAreSeenFromTheMoversSide) {
  std::shared_ptr<const GoGame> game;
  std::vector<MoveCodes> black;
  std::vector<MoveCodes> white;
  FindMoveCodes(*Position({"XO.", "...", ".X."}, Player::kFirst, game), LinearMoves::kLegal, black);
  FindMoveCodes(*Position({"OX.", "...", ".O."}, Player::kSecond, game), LinearMoves::kLegal,
                white);
  LinearWords words;
  for (const MoveCodes& move : black) {
    words.patterns.push_back(static_cast<std::int32_t>(Canonical(move.pattern)));
  }
  std::sort(words.patterns.begin(), words.patterns.end());
  const LinearFeatures known(words);
  MoveFeatures of_black;
  MoveFeatures of_white;
  FindFeatures(known, black, Player::kFirst, of_black);
  FindFeatures(known, white, Player::kSecond, of_white);
  EXPECT_EQ(of_black.features, of_white.features);
  // Seen from the other side they are others.
  FindFeatures(known, white, Player::kFirst, of_white);
  EXPECT_NE(of_black.features, of_white.features);
}

// Weights log 3 and 0: chances 3/4 and 1/4; and log 3 + log 2 against 0: 6/7.
TEST(LinearPolicy, ChancesFollowTheSumsOfWeights) {
  LinearPolicy policy(std::make_shared<LinearFeatures>(LinearWords{}));
  policy.weights[3] = std::log(3.0F);
  policy.weights[5] = std::log(2.0F);
  MoveFeatures moves;
  moves.actions = {7, 9};
  moves.features = {3, 4};
  moves.begin = {0, 1, 2};
  std::vector<float> chances(2);
  policy.FillProbabilities(moves, chances);
  EXPECT_FLOAT_EQ(chances[0], 0.75F);
  EXPECT_FLOAT_EQ(chances[1], 0.25F);
  moves.features = {4, 3, 5};
  moves.begin = {0, 1, 3};
  policy.FillProbabilities(moves, chances);
  EXPECT_FLOAT_EQ(chances[1], 6.0F / 7.0F);
}

LinearPolicy SmallPolicy() {
  LinearWords words;
  words.patterns = {static_cast<std::int32_t>(Canonical(5)), 70};
  if (words.patterns[0] > words.patterns[1]) std::swap(words.patterns[0], words.patterns[1]);
  words.responses = {static_cast<std::int32_t>(CanonicalResponse(WithPlace(3U << 24, 2)))};
  LinearPolicy policy(std::make_shared<LinearFeatures>(words));
  for (std::size_t i = 0; i < policy.weights.size(); ++i) {
    policy.weights[i] = static_cast<float>(i) / 16.0F - 1.0F;
  }
  return policy;
}

TEST(LinearPolicyFile, ReadsWhatWasWritten) {
  TempFolder temp;
  const LinearPolicy policy = SmallPolicy();
  WriteLinearPolicy(temp / "p.safetensors", policy, {{"epochs_done", "3"}});
  const auto read = ReadLinearPolicy(temp / "p.safetensors");
  ASSERT_TRUE(read.ok()) << read.error();
  EXPECT_EQ(read->policy.weights, policy.weights);
  EXPECT_EQ(read->policy.features->words(), policy.features->words());
  EXPECT_EQ(read->facts.at("epochs_done"), "3");
}

TEST(LinearPolicyFile, SaysWhatIsWrong) {
  TempFolder temp;
  const auto file = temp / "p.safetensors";
  EXPECT_THAT(ReadLinearPolicy(file).error(), HasSubstr("p.safetensors"));
  std::ofstream(file) << "no tensors";
  EXPECT_THAT(ReadLinearPolicy(file).error(), HasSubstr("safetensors file"));
  WriteLinearPolicy(file, SmallPolicy());
  PlainTensorFile tensors = ReadPlainTensors(file).value();
  const PlainTensorFile good = tensors;
  std::get<std::vector<float>>(tensors.tensors.at("weights")).pop_back();
  WritePlainTensors(file, tensors);
  EXPECT_THAT(ReadLinearPolicy(file).error(), HasSubstr("59 weights, wanted 60"));
  tensors = good;
  std::get<std::vector<float>>(tensors.tensors.at("weights"))[0] = NAN;
  WritePlainTensors(file, tensors);
  EXPECT_THAT(ReadLinearPolicy(file).error(), AllOf(HasSubstr("nan"), HasSubstr("-9 to 9")));
  tensors = good;
  tensors.metadata["linear_policy"] = "2";
  WritePlainTensors(file, tensors);
  EXPECT_THAT(ReadLinearPolicy(file).error(), HasSubstr("wanted version 1"));
  tensors = good;
  tensors.tensors["patterns"] = std::vector<std::int32_t>{9, 1 << 20};
  WritePlainTensors(file, tensors);
  EXPECT_THAT(ReadLinearPolicy(file).error(), HasSubstr("1048576"));
}

}  // namespace
}  // namespace tengen
