#include "nets/encoder.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/registry.h"
#include "envs/core/rng.h"
#include "envs/go/go_game.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Encoded {
  std::vector<float> planes;
  std::vector<float> globals;
  int count;  // planes per point

  // One plane as a picture: '1' where it is one, '.' where it is zero.
  std::string Plane(const BoardShape& shape, int plane) const {
    std::string text;
    for (int point = 0; point < shape.points(); ++point) {
      const float value = planes[static_cast<std::size_t>(point * count + plane)];
      text += value == 1.0F ? '1' : value == 0.0F ? '.' : '?';
      if ((point + 1) % shape.columns == 0) text += ' ';
    }
    return text;
  }
};

Encoded Encode(const State& state, Symmetry symmetry = Symmetry()) {
  const GameSpec& spec = state.game().spec();
  const auto encoder = *MakeEncoder(DefaultEncoderName(spec));
  Encoded result;
  result.count = encoder->planes();
  result.planes.assign(static_cast<std::size_t>(spec.shape.points() * encoder->planes()), -7.0F);
  result.globals.assign(static_cast<std::size_t>(encoder->globals()), -7.0F);
  encoder->Encode(state, symmetry, result.planes, result.globals);
  return result;
}

std::unique_ptr<State> Play(const Game& game, const std::vector<std::string>& moves) {
  auto state = game.NewState();
  for (const std::string& move : moves) state->Apply(*game.ParseAction(move));
  return state;
}

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

TEST(GoEncoder, ShowsStonesLibertiesAndLastMoves) {
  const auto game = *MakeGame("go:size=3,komi=0.5");
  // Black A3, White B3, Black B2, White C1:   X O .
  //                                           . X .
  //                                           . . O
  const auto state = Play(*game, {"A3", "B3", "B2", "C1"});
  const Encoded encoded = Encode(*state);
  const BoardShape shape = {3, 3};
  EXPECT_EQ(encoded.Plane(shape, 0), "111 111 111 ");
  EXPECT_EQ(encoded.Plane(shape, 1), "1.. .1. ... ");  // Black is to move
  EXPECT_EQ(encoded.Plane(shape, 2), ".1. ... ..1 ");
  EXPECT_EQ(encoded.Plane(shape, 3), "11. ... ... ");  // one liberty each
  EXPECT_EQ(encoded.Plane(shape, 4), "... ... ..1 ");
  EXPECT_EQ(encoded.Plane(shape, 5), "... .1. ... ");
  EXPECT_EQ(encoded.Plane(shape, 8), "... ... ..1 ");  // the last move is White's C1
  EXPECT_EQ(encoded.Plane(shape, 9), "... .1. ... ");
  EXPECT_EQ(encoded.Plane(shape, 10), ".1. ... ... ");
  EXPECT_EQ(encoded.Plane(shape, 11), "1.. ... ... ");
  EXPECT_EQ(encoded.Plane(shape, 12), "... ... ... ");
}

TEST(GoEncoder, TellsKoFromSuicide) {
  // Black takes the stone at B3 from C3. A4 is an eye of Black's.
  GoSetup setup;
  setup.shape = {4, 4};
  setup.diagram = {".XO.", "XO.O", ".XO.", "...."};
  const auto game = *GoGame::Make(setup);
  const auto state = game->NewState();
  state->Apply(*game->ParseAction("C3"));
  const Encoded encoded = Encode(*state);
  EXPECT_EQ(encoded.Plane(setup.shape, 6), ".... .1.. .... .... ");  // White may not take back
  EXPECT_EQ(encoded.Plane(setup.shape, 7), "1... .... .... .... ");  // White at A4 is suicide
}

TEST(GoEncoder, GivesKomiAndScoreFromTheMoversView) {
  const auto game = *MakeGame("go:size=5,komi=6.5,ko=situational,suicide=multi");
  // Black C3, White passes; Black owns all 25 points: 25 - 6.5 = 18.5.
  const auto state = Play(*game, {"C3", "pass"});
  EXPECT_THAT(Encode(*state).globals, ElementsAre(-6.5F / 20.0F, 18.5F / 25.0F, 1.0F, 1.0F, 0.0F,
                                                  0.0F, 0.0F, 0.0F, 0.0F, 1.0F, 1.0F));
  const auto white = Play(*game, {"C3"});
  EXPECT_THAT(Encode(*white).globals, ElementsAre(6.5F / 20.0F, -18.5F / 25.0F, -1.0F, 0.0F, 0.0F,
                                                  0.0F, 0.0F, 0.0F, 0.0F, 1.0F, 1.0F));
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
                         ::testing::Values("go:size=7", "connect4", "othello",
                                           "gomoku:rows=3,columns=5,k=3"));

TEST(MakeEncoder, NamesTheKnownOnes) {
  EXPECT_THAT(MakeEncoder("go/9").error(), HasSubstr("encoder 'go/9', wanted board/1 or go/1"));
}

TEST(GoEncoder, RefusesOtherGames) {
  const auto game = *MakeGame("tictactoe");
  const Status status = (*MakeEncoder("go/1"))->Accepts(game->spec());
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error(), HasSubstr("the game is tictactoe, wanted go"));
}

}  // namespace
}  // namespace tengen
