#include "envs/go/rules.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/go/go_game.h"
#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const GoGame> Game(const std::string& rules, BoardShape shape,
                                   std::vector<std::string> diagram = {}) {
  GoSetup setup;
  setup.shape = shape;
  setup.rules = Rules::Parse(rules).value();
  setup.diagram = std::move(diagram);
  return GoGame::Make(std::move(setup)).value();
}

void Play(State& state, const std::vector<std::string>& moves) {
  for (const std::string& move : moves) {
    const Action action = state.game().ParseAction(move).value();
    ASSERT_TRUE(state.IsLegal(action)) << move << "\n" << state.Text();
    state.Apply(action);
  }
}

bool IsLegal(const State& state, const std::string& move) {
  return state.IsLegal(state.game().ParseAction(move).value());
}

// Rules as text.

TEST(GoRulesTest, TextIsCanonicalAndParsesBack) {
  const Rules rules = Rules::Parse("komi=6.5,suicide=multi,ko=situational").value();
  EXPECT_EQ(rules.Text(), "ko=situational,suicide=multi,komi=6.5");
  EXPECT_EQ(rules.ko, KoRule::kSituational);
  EXPECT_EQ(rules.suicide, SuicideRule::kMulti);
  EXPECT_EQ(rules.half_komi, 13);
  EXPECT_EQ(Rules::Parse(rules.Text()).value(), rules);
}

TEST(GoRulesTest, MissingPartsHaveDefaults) {
  EXPECT_EQ(Rules::Parse("").value().Text(), "ko=positional,suicide=none,komi=7");
}

TEST(GoRulesTest, NegativeAndHalfKomiKeepTheirText) {
  EXPECT_EQ(Rules::Parse("komi=-0.5").value().Text(), "ko=positional,suicide=none,komi=-0.5");
  EXPECT_EQ(Rules::Parse("komi=-12").value().half_komi, -24);
}

TEST(GoRulesTest, PresetsHaveTheirRules) {
  // https://lightvector.github.io/KataGo/rules.html, "Rules by name".
  const auto text = [](const char* name) { return RulesPreset(name).value().Text(); };
  EXPECT_EQ(text("tromp-taylor"), "ko=positional,suicide=multi,komi=7.5");
  EXPECT_EQ(text("chinese"), "ko=simple,suicide=none,komi=7.5,bonus=n");
  EXPECT_EQ(text("japanese"), "ko=simple,suicide=none,komi=6.5,score=territory,tax=seki");
  EXPECT_EQ(text("aga"), "ko=situational,suicide=none,komi=7.5,bonus=n-1");
  EXPECT_EQ(text("new-zealand"), "ko=situational,suicide=multi,komi=7");
  EXPECT_EQ(text("cgos"), "ko=positional,suicide=none,komi=7");
  EXPECT_EQ(RulesPresetNames().size(), 6U);
}

TEST(GoRulesTest, PresetsGiveDefaultsThatOptionsOverride) {
  EXPECT_EQ(Rules::Parse("japanese,komi=0").value().Text(),
            "ko=simple,suicide=none,komi=0,score=territory,tax=seki");
  EXPECT_EQ(Rules::Parse("rules=aga,ko=simple,tax=all").value().Text(),
            "ko=simple,suicide=none,komi=7.5,tax=all,bonus=n-1");
  for (const std::string& name : RulesPresetNames()) {
    const Rules rules = Rules::Parse(name).value();
    EXPECT_EQ(Rules::Parse(rules.Text()).value(), rules) << name;
  }
}

TEST(GoRulesTest, KoAndSuicideHaveJointNames) {
  EXPECT_EQ(Rules::Parse("simple_no_suicide").value(),
            Rules::Parse("ko=simple,suicide=none").value());
  EXPECT_EQ(Rules::Parse("situational_multi_suicide").value(),
            Rules::Parse("ko=situational,suicide=multi").value());
}

TEST(GoRulesTest, UnknownPresetsNameTheKnownOnes) {
  EXPECT_THAT(Rules::Parse("nihon").error(), HasSubstr("'nihon', wanted tromp-taylor or chinese"));
  EXPECT_THAT(MakeGame("go:rules=nihon").error(), HasSubstr("wanted tromp-taylor"));
}

TEST(GoRulesTest, BonusPointsFollowTheRule) {
  EXPECT_EQ(Rules::Parse("bonus=0").value().BonusPoints(5), 0);
  EXPECT_EQ(Rules::Parse("bonus=n").value().BonusPoints(5), 5);
  EXPECT_EQ(Rules::Parse("bonus=n-1").value().BonusPoints(5), 4);
  EXPECT_EQ(Rules::Parse("bonus=n-1").value().BonusPoints(0), 0);
}

TEST(GoRulesTest, BadValuesSayWhatIsWanted) {
  EXPECT_THAT(Rules::Parse("komi=6.3").error(), HasSubstr("komi=6.3, wanted a multiple of 0.5"));
  EXPECT_THAT(Rules::Parse("komi=400").error(), HasSubstr("komi=400, wanted a number from -361"));
  EXPECT_THAT(Rules::Parse("ko=super").error(), HasSubstr("ko=super, wanted positional"));
  EXPECT_THAT(Rules::Parse("suicide=yes").error(), HasSubstr("suicide=yes, wanted none or multi"));
  EXPECT_THAT(Rules::Parse("kommi=7").error(), HasSubstr("did you mean 'komi'?"));
}

// The registered game.

TEST(GoGameTest, TheIdIsCanonical) {
  EXPECT_EQ(MakeGame("go").value()->spec().id, "go:size=9,komi=7,ko=positional,suicide=none");
  const auto game = MakeGame("go:ko=simple,size=5,komi=24.5").value();
  EXPECT_EQ(game->spec().id, "go:size=5,komi=24.5,ko=simple,suicide=none");
  EXPECT_EQ(MakeGame(game->spec().id).value()->spec().id, game->spec().id);
}

TEST(GoGameTest, TheSpecDescribesTheBoard) {
  const auto game = MakeGame("go:size=5").value();
  EXPECT_EQ(game->spec().num_actions, 26);
  EXPECT_EQ(game->spec().max_plies, 75);
  EXPECT_EQ(game->spec().symmetries.size(), 8);
  EXPECT_EQ(Game("", {2, 3})->spec().symmetries.size(), 4);
}

TEST(GoGameTest, RectanglesAndRulesHaveIds) {
  const auto game = MakeGame("go:rows=7,columns=10,rules=japanese").value();
  EXPECT_EQ(game->spec().id,
            "go:size=7x10,komi=6.5,ko=simple,suicide=none,score=territory,tax=seki");
  EXPECT_EQ(game->spec().shape.rows, 7);
  EXPECT_EQ(game->spec().shape.columns, 10);
  EXPECT_EQ(MakeGame(game->spec().id).value()->spec().id, game->spec().id);
  EXPECT_EQ(MakeGame("go:size=9x9").value()->spec().id, MakeGame("go:size=9").value()->spec().id);
  EXPECT_THAT(MakeGame("go:size=9x20").error(), HasSubstr("size=9x20, wanted"));
  EXPECT_THAT(MakeGame("go:rows=9").error(), HasSubstr("wanted size alone, or rows and columns"));
  EXPECT_THAT(MakeGame("go:size=9,rows=9,columns=9").error(), HasSubstr("wanted size alone"));
}

TEST(GoGameTest, BadOptionsSayWhatIsWanted) {
  EXPECT_THAT(MakeGame("go:size=0").error(),
              HasSubstr("size=0, wanted a whole number from 2 to 19"));
  EXPECT_THAT(MakeGame("go:size=26").error(), HasSubstr("size=26, wanted"));
  EXPECT_THAT(MakeGame("go:komi=7.25").error(), HasSubstr("komi=7.25, wanted a multiple of 0.5"));
  EXPECT_THAT(MakeGame("go:ko=none").error(), HasSubstr("ko=none, wanted"));
  EXPECT_THAT(MakeGame("go:sise=9").error(), HasSubstr("did you mean 'size'?"));
}

TEST(GoGameTest, BadSetupsSayWhatIsWanted) {
  GoSetup setup;
  setup.shape = {3, 20};
  EXPECT_THAT(GoGame::Make(setup).error(), HasSubstr("board of 3x20, wanted sides from 1 to 19"));
  setup.shape = {2, 2};
  setup.diagram = {"X."};
  EXPECT_THAT(GoGame::Make(setup).error(), HasSubstr("diagram of 1 rows, wanted 2"));
  setup.diagram = {"X.", "#."};
  EXPECT_THAT(GoGame::Make(setup).error(), HasSubstr("'#.', wanted 2 of X, O and ."));
  setup.diagram = {"XO", "OO"};
  EXPECT_THAT(GoGame::Make(setup).error(), HasSubstr("no liberty"));
  setup.diagram.clear();
  setup.max_plies = 5000;
  EXPECT_THAT(GoGame::Make(setup).error(), HasSubstr("max_plies 5000, wanted 0 to 1083"));
}

TEST(GoGameTest, MovesAreWrittenAsGtpDoes) {
  const auto game = MakeGame("go:size=9").value();
  EXPECT_EQ(game->ActionText(0), "A9");
  EXPECT_EQ(game->ActionText(80), "J1");
  EXPECT_EQ(game->ActionText(81), "pass");
  EXPECT_EQ(game->ParseAction("j1").value(), 80);
  EXPECT_EQ(game->ParseAction("PASS").value(), 81);
  for (Action action = 0; action < game->spec().num_actions; ++action) {
    EXPECT_EQ(game->ParseAction(game->ActionText(action)).value(), action);
  }
}

TEST(GoGameTest, MovesThatAreNoPointsAreErrors) {
  const auto game = MakeGame("go:size=9").value();
  for (const char* text : {"", "I5", "K1", "A0", "A10", "A", "5", "A1x", "A-1", "passs"}) {
    EXPECT_THAT(game->ParseAction(text).error(), HasSubstr("wanted pass or a point from A1 to J9"))
        << text;
  }
}

// Ends of games.

TEST(GoGameTest, TwoPassesEndTheGame) {
  const auto game = Game("komi=0.5", {3, 3});
  const auto state = game->NewState();
  Play(*state, {"pass", "B2", "pass"});
  EXPECT_FALSE(state->IsTerminal());
  EXPECT_EQ(static_cast<const GoState&>(*state).consecutive_passes(), 1);
  Play(*state, {"pass"});
  EXPECT_TRUE(state->IsTerminal());
  std::vector<Action> actions = {7};
  state->LegalActions(actions);
  EXPECT_TRUE(actions.empty());
  EXPECT_FALSE(state->IsLegal(game->pass()));
}

TEST(GoGameTest, KomiDecidesTheResultAndDrawsAreDraws) {
  // One Black stone owns all of 3x3: 9 points.
  struct Case {
    const char* rules;
    double first;
  };
  for (const Case& c : {Case{"komi=8.5", 1.0}, Case{"komi=9", 0.0}, Case{"komi=9.5", -1.0}}) {
    const auto game = Game(c.rules, {3, 3});
    const auto state = game->NewState();
    Play(*state, {"B2", "pass", "pass"});
    EXPECT_EQ(state->Return(Player::kFirst), c.first);
    EXPECT_EQ(state->Return(Player::kSecond), -c.first);
    EXPECT_EQ(state->Reward(), c.first);  // Black made the last pass
  }
}

TEST(GoGameTest, FinalAreaNamesOwnersAndScoreOfAFinishedGame) {
  const auto game = Game("komi=0.5", {2, 4}, {".XO.", ".X.."});
  const auto state = game->NewState();
  std::vector<Cell> owner(8);
  float score = 0.0F;
  EXPECT_FALSE(state->FinalArea(owner, &score));
  Play(*state, {"pass", "pass"});
  ASSERT_TRUE(state->FinalArea(owner, &score));
  constexpr Cell X = Cell::kFirst, O = Cell::kSecond, N = Cell::kEmpty;
  // C1, D1 and D2 touch both colours.
  EXPECT_EQ(owner, (std::vector<Cell>{X, X, O, N, X, X, N, N}));
  EXPECT_EQ(score, 4.0F - 1.0F - 0.5F);
}

TEST(GoGameTest, ThePlyLimitEndsTheGameAsItStands) {
  GoSetup setup;
  setup.shape = {3, 3};
  setup.max_plies = 4;
  const auto game = GoGame::Make(setup).value();
  const auto state = game->NewState();
  Play(*state, {"pass", "A1", "pass"});
  EXPECT_FALSE(state->IsTerminal());
  Play(*state, {"A2"});
  EXPECT_TRUE(state->IsTerminal());
  EXPECT_EQ(state->Return(Player::kSecond), 1.0);
}

TEST(GoGameTest, TheUsualPlyLimitIsThreeTimesTheArea) {
  EXPECT_EQ(Game("", {1, 2})->spec().max_plies, 6);
  EXPECT_EQ(Game("", {19, 19})->spec().max_plies, 1083);
}

// Ko.

const std::vector<std::string> kKo = {".XO..", "XO.O.", ".XO..", ".....", "....."};

TEST(GoKoTest, TheBannedPointIsToldApartFromOtherIllegalPoints) {
  const auto game = Game("ko=positional", {5, 5}, kKo);
  const auto start = game->NewState();
  GoState& state = static_cast<GoState&>(*start);
  Play(state, {"C4"});
  const auto banned = [&](const char* move) {
    return state.IsKoBanned(game->ParseAction(move).value());
  };
  EXPECT_TRUE(banned("B4"));
  EXPECT_FALSE(banned("C4"));  // a stone
  EXPECT_FALSE(banned("A5"));  // suicide
  EXPECT_FALSE(banned("E1"));  // legal
  EXPECT_FALSE(banned("pass"));
  EXPECT_FALSE(IsLegal(state, "A5"));
}

TEST(GoKoTest, SituationalSuperkoAlsoLooksAtThePlayerToMove) {
  // On 1x2 Black fills both points and takes them off by suicide: the empty board again, but with
  // White to move.
  for (const bool situational : {false, true}) {
    const auto game = Game(situational ? "ko=situational,suicide=multi" : "suicide=multi", {1, 2});
    const auto state = game->NewState();
    Play(*state, {"A1", "pass"});
    EXPECT_EQ(IsLegal(*state, "B1"), situational);
  }
}

TEST(GoKoTest, PositionsReachedByAPassCountAsSituations) {
  // The empty board with White to move is there after the first pass, so Black may not make it.
  const auto game = Game("ko=situational,suicide=multi", {1, 2});
  const auto state = game->NewState();
  Play(*state, {"pass", "A1", "B1", "pass"});
  EXPECT_FALSE(IsLegal(*state, "A1"));
  EXPECT_TRUE(static_cast<const GoState&>(*state).IsKoBanned(0));
}

// What encoders read.

TEST(GoStateTest, RecentMovesCountBackFromTheLast) {
  const auto game = Game("", {3, 3});
  const auto start = game->NewState();
  GoState& state = static_cast<GoState&>(*start);
  EXPECT_EQ(state.RecentMove(0), kNoAction);
  Play(state, {"A3", "pass", "C1"});
  EXPECT_EQ(state.RecentMove(0), 8);
  EXPECT_EQ(state.RecentMove(1), game->pass());
  EXPECT_EQ(state.RecentMove(2), 0);
  EXPECT_EQ(state.RecentMove(3), kNoAction);
}

TEST(GoStateTest, InputKeysTellApartWhatEncodersTellApart) {
  const auto key = [](const std::string& rules, const std::vector<std::string>& moves) {
    const auto game = Game(rules, {3, 3});
    const auto state = game->NewState();
    Play(*state, moves);
    return state->InputKey();
  };
  const Key128 base = key("", {"A1", "B2", "C3"});
  EXPECT_EQ(base, key("", {"A1", "B2", "C3"}));
  EXPECT_NE(base, key("", {"C3", "B2", "A1"}));           // order of moves
  EXPECT_NE(base, key("komi=6.5", {"A1", "B2", "C3"}));   // komi
  EXPECT_NE(base, key("ko=simple", {"A1", "B2", "C3"}));  // rules
  EXPECT_NE(base, key("", {"A1", "B2", "C3", "pass"}));   // player to move, passes
}

// Black has just taken the ko at B2, so White may not take back at C2.
const std::vector<std::string> kKoBoard = {".XO.", "XO.O", ".XO."};

TEST(GoStartTest, KeepsCapturesAndKoButNoMoves) {
  for (const char* rules : {"ko=simple,komi=3", "ko=positional,komi=3", "ko=situational,komi=3"}) {
    const auto game = Game(rules, {3, 4}, kKoBoard);
    const auto before = game->NewState();
    Play(*before, {"C2"});
    ASSERT_FALSE(IsLegal(*before, "B2")) << rules;
    const GoStart start = StartFrom(static_cast<const GoState&>(*before)).value();
    EXPECT_EQ(start.state->Ply(), 0);
    EXPECT_EQ(start.state->RecentMove(0), kNoAction);
    EXPECT_EQ(start.state->ToMove(), Player::kSecond);
    EXPECT_EQ(start.state->board().Text(), static_cast<const GoState&>(*before).board().Text());
    EXPECT_EQ(start.game->NewState()->PositionHash(), before->PositionHash());
    EXPECT_EQ(start.state->board().removed(Player::kSecond), 1);
    EXPECT_FALSE(IsLegal(*start.state, "B2")) << rules;
    Play(*start.state, {"pass", "A1"});
    EXPECT_TRUE(IsLegal(*start.state, "B2")) << rules;
  }
}

TEST(GoStartTest, AnewKeepsCapturesButNeitherKoNorPositions) {
  for (const char* rules : {"ko=simple,komi=3", "ko=positional,komi=3", "ko=situational,komi=3"}) {
    const auto game = Game(rules, {3, 4}, kKoBoard);
    const auto before = game->NewState();
    Play(*before, {"C2"});
    const auto& position = static_cast<const GoState&>(*before);
    ASSERT_FALSE(IsLegal(position, "B2")) << rules;
    const GoStart start = StartAnew(position, Player::kSecond);
    EXPECT_EQ(start.state->Ply(), 0);
    EXPECT_EQ(start.state->RecentMove(0), kNoAction);
    EXPECT_EQ(start.state->ToMove(), Player::kSecond);
    EXPECT_EQ(start.state->board().Text(), position.board().Text());
    EXPECT_EQ(start.state->board().removed(Player::kSecond), 1);
    EXPECT_TRUE(IsLegal(*start.state, "B2")) << rules;
    EXPECT_EQ(StartAnew(position, Player::kFirst).state->ToMove(), Player::kFirst);
  }
}

TEST(GoStartTest, AFinishedGameGoesOn) {
  const auto game = Game("chinese", {3, 4});
  const auto before = game->NewState();
  Play(*before, {"B2", "pass", "pass"});
  ASSERT_TRUE(before->IsTerminal());
  const GoStart start = StartFrom(static_cast<const GoState&>(*before)).value();
  EXPECT_FALSE(start.state->IsTerminal());
  EXPECT_EQ(start.state->ToMove(), Player::kSecond);
  Play(*start.state, {"pass"});
  EXPECT_FALSE(start.state->IsTerminal()) << "the passes before do not count";
}

TEST(GoStartTest, TheMemoryOfSuperkoBoundsTheGame) {
  // Superko remembers at most 3 x 361 positions and the start: after 360 plies there is room for
  // 723 more.
  const auto game = Game("ko=situational", {19, 19});
  const auto state = game->NewState();
  for (Action action = 0; action < 180; ++action) {
    state->Apply(action);
    state->Apply(game->pass());
  }
  const GoStart start = StartFrom(static_cast<const GoState&>(*state)).value();
  EXPECT_EQ(start.game->spec().max_plies, 723);
}

TEST(GoStateTest, PositionHashIgnoresWhoIsToMove) {
  const auto game = Game("", {3, 3});
  const auto state = game->NewState();
  Play(*state, {"A1"});
  const std::uint64_t hash = state->PositionHash();
  Play(*state, {"pass"});
  EXPECT_EQ(state->PositionHash(), hash);
}

TEST(GoStateTest, AStartDiagramSetsStonesPlayerAndHistory) {
  GoSetup setup;
  setup.shape = {5, 5};
  setup.diagram = kKo;
  setup.to_move = Player::kSecond;
  const auto game = GoGame::Make(setup).value();
  const auto state = game->NewState();
  EXPECT_EQ(state->ToMove(), Player::kSecond);
  EXPECT_EQ(state->Ply(), 0);
  EXPECT_EQ(static_cast<const GoState&>(*state).board().Text(),
            ".XO..\nXO.O.\n.XO..\n.....\n.....\n");
}

TEST(GoStateTest, TextDrawsTheBoardWithCoordinates) {
  const auto game = Game("", {2, 3}, {"X..", "..O"});
  const auto state = game->NewState();
  Play(*state, {"B1"});
  EXPECT_EQ(state->Text(), "   A B C\n 2 X . .\n 1 . X O\nO to move, ply 1, last B1\n");
}

}  // namespace
}  // namespace tengen
