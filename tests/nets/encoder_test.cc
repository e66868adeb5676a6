#include "nets/encoder.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/control/control_game.h"
#include "envs/core/rng.h"
#include "envs/registry/game_registry.h"
#include "tests/nets/encoded_position.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(BoardEncoder, ShowsOwnAndOtherStonesFromTheMoversView) {
  const auto game = *MakeGame("connect4");
  const auto state = game->NewState();
  for (const Action column : {3, 3, 0}) state->Apply(column);
  const Encoded encoded = Encode(*state);
  const BoardShape shape = game->spec().shape;
  EXPECT_EQ(encoded.Plane(shape, 0), "1111111 1111111 1111111 1111111 1111111 1111111 ");
  // The second player moves: theirs is the upper stone of the middle column.
  EXPECT_EQ(encoded.Plane(shape, 1), "....... ....... ....... ....... ...1... ....... ");
  EXPECT_EQ(encoded.Plane(shape, 2), "....... ....... ....... ....... ....... 1..1... ");
  EXPECT_THAT(encoded.globals, ElementsAre(0.0F));
}

class EncoderSymmetry : public ::testing::TestWithParam<std::string> {};

TEST_P(EncoderSymmetry, TurnsEveryPlaneWithTheBoard) {
  const auto game = *MakeGame(GetParam());
  const GameSpec& spec = game->spec();
  Rng rng(1, RngRole::kTest);
  const auto state = game->NewState();
  std::vector<Action> legal;
  for (int ply = 0; ply < 8; ++ply) {
    state->LegalActions(legal);
    state->Apply(legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
  }
  const Encoded straight = Encode(*state);
  for (int i = 0; i < spec.symmetries.size(); ++i) {
    const Symmetry symmetry = spec.symmetries.Member(i);
    const Encoded turned = Encode(*state, symmetry);
    EXPECT_EQ(turned.globals, straight.globals);
    for (int point = 0; point < spec.shape.points(); ++point) {
      for (int plane = 0; plane < straight.count; ++plane) {
        const int to = symmetry.Map(spec.shape, point);
        ASSERT_EQ(turned.planes[static_cast<std::size_t>(to * straight.count + plane)],
                  straight.planes[static_cast<std::size_t>(point * straight.count + plane)])
            << "symmetry " << symmetry.index() << " point " << point << " plane " << plane;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Games, EncoderSymmetry,
                         ::testing::Values("go:size=7", "go:size=7,handicap=3,rules=japanese",
                                           "connect4", "othello", "gomoku:rows=3,columns=5,k=3"));

// CartPole: x / 4.8, theta / (24 degrees), speeds as they are. MountainCar: [-1.2, 0.6] to [-1, 1].
TEST(ControlEncoder, BringsBoundsToOne) {
  const auto cartpole_game = *MakeGame("cartpole:start=5");
  const auto cartpole = cartpole_game->NewState();
  std::vector<float> seen(4);
  static_cast<const ControlState&>(*cartpole).Observe(seen);
  const Encoded encoded = Encode(*cartpole);
  EXPECT_FLOAT_EQ(encoded.globals[0], seen[0] / 4.8F);
  EXPECT_FLOAT_EQ(encoded.globals[1], seen[1]);
  EXPECT_FLOAT_EQ(encoded.globals[2], seen[2] / 0.41887903F);
  EXPECT_FLOAT_EQ(encoded.globals[3], seen[3]);
  EXPECT_THAT(encoded.planes, ElementsAre(0.0F));

  const auto car_game = *MakeGame("mountain_car:start=5");
  const auto car = car_game->NewState();
  seen.resize(2);
  static_cast<const ControlState&>(*car).Observe(seen);
  EXPECT_FLOAT_EQ(Encode(*car).globals[0], (seen[0] + 0.3F) / 0.9F);
  EXPECT_FLOAT_EQ(Encode(*car).globals[1], seen[1] / 0.07F);

  const auto encoder = *MakeEncoder("cartpole/1");
  EXPECT_TRUE(encoder->Accepts((*MakeGame("cartpole"))->spec()).ok());
  EXPECT_THAT(encoder->Accepts((*MakeGame("acrobot"))->spec()).error(),
              HasSubstr("wanted cartpole"));
}

TEST(MakeEncoder, NamesTheKnownOnes) {
  EXPECT_THAT(MakeEncoder("go/9").error(),
              HasSubstr("encoder 'go/9', wanted board/1 or go/1 or go/2"));
}

}  // namespace
}  // namespace tengen
