#include "nets/go_encoder.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/core/rng.h"
#include "envs/go/go_game.h"
#include "envs/registry/game_registry.h"
#include "nets/katago_features.h"
#include "tests/nets/encoded_position.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;

std::unique_ptr<State> Play(const Game& game, const std::vector<std::string>& moves) {
  auto state = game.NewState();
  for (const std::string& move : moves) state->Apply(*game.ParseAction(move));
  return state;
}

// The globals after these moves; the game does not outlive the call.
std::vector<float> Globals(const std::string& id, const std::vector<std::string>& moves) {
  const auto game = *MakeGame(id);
  return Encode(*Play(*game, moves)).globals;
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

TEST(GoEncoder, TheFirstVersionCountsManyLibertiesAsThree) {
  const auto game = *MakeGame("go:size=3");
  const auto state = Play(*game, {"B2", "A3"});  // four liberties and two
  const BoardShape shape = {3, 3};
  const Encoded second = Encode(*state);
  const Encoded first = Encode(**MakeEncoder("go/1"), *state);
  EXPECT_EQ(second.Plane(shape, 5), "... ... ... ");
  EXPECT_EQ(first.Plane(shape, 5), "... .1. ... ");
  // Otherwise the second version only adds globals.
  for (const int plane : {0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12}) {
    EXPECT_EQ(first.Plane(shape, plane), second.Plane(shape, plane)) << plane;
  }
  EXPECT_THAT(std::vector<float>(second.globals.begin(), second.globals.begin() + 11),
              ElementsAreArray(first.globals));
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

TEST(GoEncoder, GivesKomiScoreAndRulesFromTheMoversView) {
  const std::string game = "go:size=5,komi=6.5,ko=situational,suicide=multi";
  // Black C3, White passes; Black owns all 25 points: 25 - 6.5 = 18.5. Komi 5.5 to 6.5 are one: a
  // score of 5 loses, 7 wins.
  EXPECT_THAT(Globals(game, {"C3", "pass"}),
              ElementsAre(-6.5F / 20.0F, 18.5F / 25.0F, 1.0F,  //
                          1.0F, 0.0F, 0.0F, 0.0F, 0.0F,        // the last move was a pass
                          0.0F, 1.0F, 1.0F,                    // ko and suicide
                          0.0F, 0.0F, 0.0F,                    // area scoring without tax
                          1.0F, 0.5F));
  EXPECT_THAT(Globals(game, {"C3"}), ElementsAre(6.5F / 20.0F, -18.5F / 25.0F, -1.0F,  //
                                                 0.0F, 0.0F, 0.0F, 0.0F, 0.0F,         //
                                                 0.0F, 1.0F, 1.0F,                     //
                                                 0.0F, 0.0F, 0.0F, 1.0F, -0.5F));
}

TEST(GoEncoder, GivesTheBonusForAHandicapWithKomi) {
  // White moves first and gets 0.5 and 4 - 1 points. The four stones own the whole board.
  const auto game = *MakeGame("go:size=9,handicap=4,rules=aga,komi=0.5");
  const auto state = game->NewState();
  const Encoded encoded = Encode(*state);
  EXPECT_THAT(encoded.globals, ElementsAre(3.5F / 20.0F, -77.5F / 81.0F, -1.0F,  //
                                           0.0F, 0.0F, 0.0F, 0.0F, 0.0F,         //
                                           0.0F, 1.0F, 0.0F,                     //
                                           0.0F, 0.0F, 0.0F, 1.0F, 0.5F));
  EXPECT_EQ(encoded.Plane({9, 9}, 2),
            "......... ......... ..1...1.. ......... ......... ......... ..1...1.. ......... "
            "......... ");
}

TEST(GoEncoder, CountsPrisonersAndTaxesWhereTheRulesDo) {
  // Black takes a stone in the corner and owns the seven empty points:   . X .
  //                                                                      X . .
  //                                                                      . . .
  const std::vector<std::string> moves = {"B3", "A3", "A2"};
  // 7 points and a prisoner against komi 6.5.
  EXPECT_THAT(Globals("go:size=3,rules=japanese", moves),
              ElementsAre(6.5F / 20.0F, -1.5F / 9.0F, -1.0F,  //
                          0.0F, 0.0F, 0.0F, 0.0F, 0.0F,       //
                          0.0F, 0.0F, 0.0F,                   // simple ko
                          1.0F, 1.0F, 0.0F,                   // territory, tax in seki
                          1.0F, 0.0F));
  // 7 points and two stones, less two for the group, against komi 7.
  EXPECT_THAT(Globals("go:size=3,ko=positional,tax=all,komi=7", moves),
              ElementsAre(7.0F / 20.0F, 0.0F, 0.0F,      //
                          0.0F, 0.0F, 0.0F, 0.0F, 0.0F,  //
                          1.0F, 0.0F, 0.0F,              //
                          0.0F, 1.0F, 1.0F,              // both taxes
                          1.0F, 0.0F));
}

TEST(GoEncoder, CountsTheLastPliesDown) {
  const std::vector<std::string> moves = {"A1", "B1", "A2", "B2", "pass", "A3"};
  EXPECT_EQ(Globals("go:size=3,max_plies=11", {})[14], 1.0F);  // 11 left, 9 points
  EXPECT_EQ(Globals("go:size=3,max_plies=11", {"A1"})[14], 1.0F);
  EXPECT_EQ(Globals("go:size=3,max_plies=11", moves)[14], 5.0F / 9.0F);
}

TEST(GoEncoder, FindsTheMiddleOfEqualKomiOnBoardsOfEitherParity) {
  const auto shift = [](const std::string& id) { return Globals(id, {})[15]; };
  // Black's view. Scores are odd on 3x3, even on 2x2: what can draw is in no other's way.
  EXPECT_EQ(shift("go:size=3,komi=7"), 0.0F);
  EXPECT_EQ(shift("go:size=3,komi=6.5"), 0.5F);   // -6.5 to -6
  EXPECT_EQ(shift("go:size=3,komi=5.5"), -0.5F);  // -5.5 to -6
  EXPECT_EQ(shift("go:size=3,komi=6"), 0.0F);
  EXPECT_EQ(shift("go:size=2,komi=6.5"), -0.5F);  // -6.5 to -7
  EXPECT_EQ(shift("go:size=2,komi=-0.5"), 0.5F);  // 0.5 to 1
}

// Every rule must reach the network, and the key of caches must tell what the network tells.
TEST(GoEncoder, RulesDifferInInputsAndInKeys) {
  const std::vector<std::string> ids = {"go:size=7",
                                        "go:size=7,komi=6.5",
                                        "go:size=7,komi=-7",
                                        "go:size=7,ko=situational",
                                        "go:size=7,ko=simple",
                                        "go:size=7,suicide=multi",
                                        "go:size=7,tax=seki",
                                        "go:size=7,tax=all",
                                        "go:size=7,score=territory",
                                        "go:size=7,score=territory,tax=seki",
                                        "go:size=7,max_plies=40",
                                        "go:size=7,handicap=2",
                                        "go:size=7,handicap=2,bonus=n",
                                        "go:size=7,handicap=2,bonus=n-1"};
  std::vector<std::shared_ptr<const Game>> games;
  for (const std::string& id : ids) games.push_back(*MakeGame(id));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const auto a = Play(*games[i], {"D4", "E4"});
      const auto b = Play(*games[j], {"D4", "E4"});
      EXPECT_NE(Encode(*a), Encode(*b)) << ids[i] << " and " << ids[j];
      EXPECT_NE(a->InputKey(), b->InputKey()) << ids[i] << " and " << ids[j];
    }
  }
  // What White gets counts, not what it is called.
  const auto komi = *MakeGame("go:size=7,handicap=2,komi=7");
  const auto bonus = *MakeGame("go:size=7,handicap=2,bonus=n,komi=5");
  EXPECT_EQ(Encode(*komi->NewState()), Encode(*bonus->NewState()));
  EXPECT_EQ(komi->NewState()->InputKey(), bonus->NewState()->InputKey());
}

// On tiny boards random games meet the same position again and again, by other moves.
class GoInputKey : public ::testing::TestWithParam<std::string> {};

TEST_P(GoInputKey, CoversWhatEveryEncoderReads) {
  const std::vector<std::shared_ptr<const InputEncoder>> encoders = {
      *MakeEncoder("go/1"), *MakeEncoder("go/2"), std::make_shared<KataGoEncoder>()};
  const auto game = *MakeGame(GetParam());
  Rng rng(7, RngRole::kTest);
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::vector<Encoded>> seen;
  int repeated = 0;
  std::vector<Action> legal;
  for (int i = 0; i < 300; ++i) {
    const auto state = game->NewState();
    while (!state->IsTerminal()) {
      std::vector<Encoded> now;
      for (const auto& encoder : encoders) now.push_back(Encode(*encoder, *state));
      const Key128 key = state->InputKey();
      const auto [place, is_new] = seen.emplace(std::pair(key.high, key.low), now);
      repeated += is_new ? 0 : 1;
      ASSERT_EQ(place->second, now) << state->Text();
      state->LegalActions(legal);
      state->Apply(legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
    }
  }
  EXPECT_GT(repeated, 500);
}

INSTANTIATE_TEST_SUITE_P(Rules, GoInputKey,
                         ::testing::Values("go:size=2,max_plies=20", "go:size=2,ko=simple",
                                           "go:size=2x3,ko=simple,score=territory",
                                           "go:size=2x3,ko=situational,suicide=multi"));

TEST(GoEncoder, RefusesOtherGames) {
  const auto game = *MakeGame("tictactoe");
  const Status status = (*MakeEncoder("go/1"))->Accepts(game->spec());
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error(), HasSubstr("encoder go/1: the game is tictactoe, wanted go"));
}

}  // namespace
}  // namespace tengen
