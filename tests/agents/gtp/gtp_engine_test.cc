#include "agents/gtp/gtp_engine.h"

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/simple_evaluators.h"
#include "tests/agents/gtp/gtp_engine_fixture.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

// Random games that fill no own eye.
Result<std::shared_ptr<Evaluator>> Rollouts(const GoGame& game, const GtpConfig& = {}) {
  UniformRolloutOptions options;
  options.skip = [](const State& state, Action action) {
    const auto& go = static_cast<const GoState&>(state);
    return action == go.game().pass() ||
           go.board().IsEyeLike(go.game().PointOf(action), go.ToMove());
  };
  options.fallback = game.pass();
  return std::shared_ptr<Evaluator>(std::make_shared<RolloutEvaluator>(
      1, std::make_unique<UniformRolloutPolicy>(std::move(options))));
}

TEST_F(GtpEngineTest, AnswersHaveTheFormOfTheProtocol) {
  Open();
  EXPECT_EQ(Send("protocol_version"), "= 2\n\n");
  EXPECT_EQ(Send("17 name"), "=17 Tengen\n\n");
  EXPECT_EQ(Send("3 nonsense"), "?3 unknown command\n\n");
  EXPECT_EQ(Send("clear_board"), "=\n\n");
  EXPECT_EQ(Send(""), "");
  EXPECT_EQ(Send("# only a comment"), "");
  EXPECT_EQ(Send(" 5\tversion # comment\r"), "=5 1\n\n");
}

TEST_F(GtpEngineTest, ListsEveryCommandItKnows) {
  Open();
  std::istringstream list(Ok("list_commands"));
  int count = 0;
  for (std::string name; std::getline(list, name); ++count) {
    EXPECT_EQ(Ok("known_command " + name), "true") << name;
  }
  EXPECT_GT(count, 30);
  EXPECT_EQ(Ok("known_command loadsfg"), "false");
}

TEST_F(GtpEngineTest, QuitEnds) {
  Open();
  EXPECT_TRUE(engine_->Handle("name"));
  EXPECT_FALSE(engine_->Handle("quit"));
}

TEST_F(GtpEngineTest, WrongInputIsAnErrorAndChangesNothing) {
  Open();
  Ok("play b e5");
  const std::string board = Ok("showboard");
  for (const char* line : {"play b e5",
                           "play w k1",
                           "play w i5",
                           "play red a1",
                           "play w",
                           "play",
                           "boardsize 1",
                           "boardsize 20",
                           "boardsize x",
                           "komi nan",
                           "komi inf",
                           "komi 6.3",
                           "komi",
                           "komi 1e9",
                           "fixed_handicap 2",
                           "set_free_handicap a1 a1",
                           "place_free_handicap 2",
                           "time_left b x 0",
                           "time_settings 1 2",
                           "final_status_list living",
                           "loadsgf /nonexistent.sgf",
                           "kata-set-rules nonsense",
                           "kata-set-rules {",
                           "kata-set-rules [1]",
                           "kata-set-rules {\"ko\":3}",
                           "kata-set-rule hasButton true",
                           "kata-analyze b x",
                           "kata-analyze interval",
                           "kata-analyze nonsense true",
                           "lz-analyze avoid b",
                           "genmove",
                           "genmove green",
                           "kata-raw-nn 8"}) {
    Fail(line);
    EXPECT_EQ(Ok("showboard"), board) << line;
  }
  Fail(std::string(100'001, 'x'));
  Fail("play " + std::string(50'000, 'b') + " a1");
  Fail("kata-set-rules {\"ko\":" + std::string(50'000, '['));
}

TEST_F(GtpEngineTest, UndoTakesBackMovesAndCaptures) {
  Open();
  Ok("boardsize 5");
  Ok("play w a1");
  Ok("play b a2");
  const std::string before = Ok("showboard");
  Ok("play b b1");
  EXPECT_THAT(Ok("showboard"), HasSubstr("captured: 0 black, 1 white"));
  Ok("undo");
  // The player who moved twice is to move again.
  EXPECT_EQ(Ok("showboard").substr(0, 60), before.substr(0, 60));
  Ok("undo");
  Ok("undo");
  EXPECT_EQ(Fail("undo"), "? cannot undo\n\n");
}

TEST_F(GtpEngineTest, TheGameGoesOnAfterTwoPasses) {
  Open();
  Ok("play b e5");
  Ok("play w pass");
  Ok("play b pass");
  Ok("play w e4");
  Fail("play b e4");
  EXPECT_THAT(Ok("genmove b"), MatchesRegex("[A-HJ][1-9]|pass"));
}

TEST_F(GtpEngineTest, SuperkoIsIllegalUntilTheBoardIsAnother) {
  Open();
  // White captures at b4, Black may not retake at once.
  for (const char* line : {"boardsize 5", "play b b5", "play w c5", "play b a4", "play w d4",
                           "play b b3", "play w c3", "play b c4", "play w b4"}) {
    Ok(line);
  }
  EXPECT_EQ(Ok("is_legal b c4"), "0");
  Ok("play b e1");
  Ok("play w e2");
  EXPECT_EQ(Ok("is_legal b c4"), "1");
}

TEST_F(GtpEngineTest, HandicapStonesStandWhereTheProtocolSays) {
  Open();
  EXPECT_EQ(Ok("fixed_handicap 5"), "C3 G7 C7 G3 E5");
  EXPECT_EQ(engine_->game().to_move(), Player::kSecond);
  Fail("fixed_handicap 2");
  Ok("clear_board");
  Fail("fixed_handicap 10");
  Ok("set_free_handicap c3 d4 e5");
  EXPECT_EQ(engine_->game().handicap(), 3);
  Ok("clear_board");
  EXPECT_THAT(Ok("place_free_handicap 2"), MatchesRegex("[A-HJ][1-9] [A-HJ][1-9]"));
}

TEST_F(GtpEngineTest, AskingForTheOtherPlayerLeavesTheGameAlone) {
  Open();
  // As above: White took at b4, and Black may not retake at once, whatever was asked meanwhile.
  for (const char* line : {"boardsize 5", "play b b5", "play w c5", "play b a4", "play w d4",
                           "play b b3", "play w c3", "play b c4", "play w b4"}) {
    Ok(line);
  }
  const std::string board = Ok("showboard");
  for (const char* line : {"kata-raw-nn w all", "reg_genmove w", "lz-analyze w 10"}) {
    Send(line);
    EXPECT_EQ(Ok("showboard"), board) << line;
    EXPECT_EQ(Ok("is_legal b c4"), "0") << line;
  }
}

TEST_F(GtpEngineTest, OutOfTurnAPassEndsNothing) {
  // White is ahead by komi: if the move that Black did not make counted as a pass, White would
  // pass.
  Open();
  EXPECT_THAT(Ok("genmove w"), MatchesRegex("[A-HJ][1-9]"));
  EXPECT_THAT(Ok("genmove w"), MatchesRegex("[A-HJ][1-9]"));
  EXPECT_EQ(engine_->game().moves().size(), 2U);
}

TEST_F(GtpEngineTest, RectanglesAreColumnsByRows) {
  Open();
  Ok("rectangular_boardsize 7 5");
  EXPECT_EQ(engine_->game().shape(), (BoardShape{5, 7}));
  Ok("play b g5");
  Fail("play b a6");
}

TEST_F(GtpEngineTest, FinalScoreCountsTheAreaAndKomi) {
  Open();
  Ok("boardsize 3");
  Ok("komi 2.5");
  Ok("play b b2");
  EXPECT_EQ(Ok("final_score"), "B+6.5");
  Ok("komi 9");
  EXPECT_EQ(Ok("final_score"), "0");
}

TEST_F(GtpEngineTest, DeadStonesCountUnlessTheRulesKeepThem) {
  Open();
  Ok("komi 0");
  Ok("play b e5");
  Ok("play w a1");
  EXPECT_EQ(Ok("final_status_list dead"), "A1");
  EXPECT_EQ(Ok("final_status_list alive"), "E5");
  EXPECT_EQ(Ok("final_status_list seki"), "");
  EXPECT_EQ(Ok("final_score"), "0") << "Tromp and Taylor: all stones are alive";
  Ok("kata-set-rules chinese");
  EXPECT_EQ(Ok("final_score"), "B+81");
}

// The agreement step of territory scoring: after two passes each program tells its dead stones; if
// they agree final_score counts, else the game goes on and they are captured.
TEST_F(GtpEngineTest, TerritoryCountsAfterAgreementOrAfterPlayingItOut) {
  Open();
  for (const char* line : {"boardsize 5", "kata-set-rules japanese", "komi 0.5", "play b c1",
                           "play w a1", "play b c2", "play w pass", "play b c3", "play w pass",
                           "play b c4", "play w pass", "play b c5", "play w pass", "play b pass"}) {
    Ok(line);
  }
  EXPECT_EQ(Ok("final_status_list dead"), "A1");
  EXPECT_THAT(Ok("final_status_list alive"), MatchesRegex("(C[1-5] ?){5}"));
  // 20 points of territory, the dead stone's among them, and one prisoner.
  EXPECT_EQ(Ok("final_score"), "B+20.5");
  // Without agreement the stone lives and the left half is nobody's: 10 points.
  Ok("kata-set-rule friendlyPassOk false");
  EXPECT_EQ(Ok("final_score"), "B+9.5");
  // Played out with White's answers: two of Black's stones in 20 points, a prisoner.
  for (const char* line : {"play w pass", "play b a2", "play w pass", "play b b1"}) Ok(line);
  EXPECT_EQ(Ok("final_status_list dead"), "");
  EXPECT_EQ(Ok("final_score"), "B+18.5");
}

// Where dead stones count as they stand, a program that passes after its opponent has lost; where
// players agree on them it has won. Komi 17.5 on 5x5: Black needs nearly all of the board.
TEST_F(GtpEngineTest, DeadStonesAreCapturedFirstWhereNobodyAgreesOnThem) {
  for (const char* rules : {"cgos", "chinese"}) {
    config_.shape = {5, 5};
    config_.visits = 300;
    config_.rules = ParseGtpRules(rules, {}).value();
    config_.rules.rules.half_komi = 35;
    auto engine = GtpEngine::Make(config_, Rollouts, {Writer(), [this] { return Stop(); }});
    ASSERT_TRUE(engine.ok());
    engine_ = std::move(*engine);
    for (const char* line : {"play b a3", "play w a1", "play b b3", "play w pass", "play b c3",
                             "play w pass", "play b d3", "play w pass", "play b e3", "play w pass",
                             "play b b4", "play w pass", "play b d4", "play w pass"}) {
      Ok(line);
    }
    int moves = 0;
    while (Ok("genmove b") != "pass") {
      ASSERT_LT(++moves, 20) << rules;
      Ok("play w pass");
    }
    EXPECT_EQ(moves > 0, std::string(rules) == "cgos") << moves;
    EXPECT_THAT(Ok("final_score"), StartsWith("B+")) << rules;
  }
}

TEST_F(GtpEngineTest, PassesWhenAPassWins) {
  Open();
  Ok("komi 0");
  Ok("play b e5");
  Ok("play w pass");
  EXPECT_EQ(Ok("genmove b"), "pass");
}

TEST_F(GtpEngineTest, ResignsAfterThreeHopelessMoves) {
  Open(/*value=*/0.99F);  // of Black
  Ok("play b e5");
  EXPECT_NE(Ok("genmove w"), "resign");
  EXPECT_NE(Ok("genmove w"), "resign");
  const std::size_t moves = engine_->game().moves().size();
  EXPECT_EQ(Ok("genmove w"), "resign");
  EXPECT_EQ(engine_->game().moves().size(), moves) << "resigning plays nothing";
  EXPECT_NE(Ok("reg_genmove w"), "resign");
}

// A search that corrects values can find worse than a loss.
TEST_F(GtpEngineTest, NeverResignsAtALimitOfMinusOne) {
  config_.resign_below = -1.0;
  Open(/*value=*/1.5F);  // of Black
  for (int i = 0; i < 5; ++i) EXPECT_NE(Ok("genmove w"), "resign");
}

TEST_F(GtpEngineTest, GenMovePlaysAndRegGenMoveDoesNot) {
  Open();
  const std::string move = Ok("reg_genmove b");
  EXPECT_TRUE(engine_->game().moves().empty());
  EXPECT_EQ(Ok("genmove b"), move) << "the same seed and position";
  EXPECT_EQ(engine_->game().moves().size(), 1U);
}

TEST_F(GtpEngineTest, KeepsToItsTime) {
  config_.visits = 100'000'000;
  config_.mcts.max_nodes = 1000;
  Open();
  Ok("time_settings 0 4 20");
  const auto start = std::chrono::steady_clock::now();
  Ok("genmove b");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
}

// What programs send before the first move; each line gets one answer.
TEST_F(GtpEngineTest, GraphicalProgramsAndServersGetTheirAnswers) {
  Open();
  const std::string known = Ok("list_commands");
  for (const char* command : {"boardsize",
                              "clear_board",
                              "fixed_handicap",
                              "genmove",
                              "kata-analyze",
                              "kata-genmove_analyze",
                              "known_command",
                              "komi",
                              "list_commands",
                              "loadsgf",
                              "lz-analyze",
                              "lz-genmove_analyze",
                              "name",
                              "play",
                              "protocol_version",
                              "quit",
                              "rectangular_boardsize",
                              "set_free_handicap",
                              "time_left",
                              "time_settings",
                              "undo",
                              "version"}) {
    EXPECT_THAT("\n" + known + "\n", HasSubstr(std::string("\n") + command + "\n"));
  }
  // Sabaki: all four at once, then the position, with its first setup stones as handicap.
  for (const char* line : {"name", "version", "protocol_version", "list_commands", "komi 6.5",
                           "boardsize 9", "clear_board", "set_free_handicap C3 G7", "play W E5",
                           "play B pass", "undo", "protocol_version"}) {
    Ok(line);
  }
  // Analysis programs that know KataGo: rules by name, and parameters that this engine lacks.
  for (const char* rules : {"tromp-taylor", "chinese", "chinese-ogs", "chinese-kgs", "japanese",
                            "korean", "stone-scoring", "aga", "bga", "new-zealand"}) {
    Ok(std::string("kata-set-rules ") + rules);
  }
  Fail("kata-set-rules aga-button");
  Ok("kata-get-rules");
  Fail("kata-get-param analysisWideRootNoise");
  Ok("clear_cache");
  Ok("stop");
  // Servers: KGS and CGOS.
  for (const char* line : {"kgs-rules chinese", "kgs-rules new_zealand",
                           "kgs-time_settings byoyomi 600 30 5", "kgs-time_settings none",
                           "time_settings 300 0 0", "time_left b 299 0", "time_left white 30 5"}) {
    Ok(line);
  }
}

TEST_F(GtpEngineTest, RulesAreKataGos) {
  Open();
  Ok("kata-set-rules "
     "{\"ko\":\"SITUATIONAL\",\"scoring\":\"AREA\",\"suicide\":true,\"tax\":\"NONE\","
     "\"whiteHandicapBonus\":\"N-1\",\"friendlyPassOk\":true}");
  EXPECT_EQ(Ok("kata-get-rules"),
            "{\"hasButton\":false,\"ko\":\"SITUATIONAL\",\"scoring\":\"AREA\",\"suicide\":true,"
            "\"tax\":\"NONE\",\"whiteHandicapBonus\":\"N-1\",\"friendlyPassOk\":true}");
  Ok("kata-set-rule suicide false");
  EXPECT_THAT(Ok("kata-get-rules"), HasSubstr("\"suicide\":false"));
}

TEST_F(GtpEngineTest, KataGosNamesMeanItsRules) {
  Open();
  Ok("komi 5.5");
  Ok("kata-set-rules korean");
  EXPECT_THAT(Ok("kata-get-rules"), HasSubstr("\"ko\":\"SIMPLE\",\"scoring\":\"TERRITORY\","
                                              "\"suicide\":false,\"tax\":\"SEKI\""));
  Ok("kata-set-rules Stone-Scoring");
  EXPECT_THAT(Ok("kata-get-rules"), HasSubstr("\"scoring\":\"AREA\",\"suicide\":false,"
                                              "\"tax\":\"ALL\",\"whiteHandicapBonus\":\"0\""));
  Ok("kgs-rules chinese");
  EXPECT_THAT(Ok("kata-get-rules"), HasSubstr("\"ko\":\"POSITIONAL\""));
  EXPECT_THAT(Ok("kata-get-rules"), HasSubstr("\"friendlyPassOk\":true"));
  EXPECT_EQ(Ok("get_komi"), "5.5") << "rules leave komi alone";
  for (const char* rules : {"koPOSITIONALscoreAREAtaxNONEsui1komi6.5", "tromp-taylor,komi=6.5",
                            "{\"ko\":\"SIMPLE\",\"komi\":6.5}"}) {
    EXPECT_THAT(Fail(StrCat("kata-set-rules ", rules)), HasSubstr("the command komi sets it"));
  }
  Fail("kata-set-rule komi 6.5");
  EXPECT_THAT(Ok("kata-get-rules"), HasSubstr("\"whiteHandicapBonus\":\"N\"")) << "as before";
  EXPECT_EQ(Ok("get_komi"), "5.5");
}

TEST_F(GtpEngineTest, PositionsAreSetWithoutHistory) {
  Open();
  Ok("play b e5");
  Ok("set_position b c3 w C4 black d4");
  EXPECT_TRUE(engine_->game().moves().empty());
  EXPECT_EQ(engine_->game().to_move(), Player::kFirst);
  const std::string board = Ok("showboard");
  Fail("set_position b c3 w c3");
  Fail("set_position b c3 w");
  Fail("set_position b pass");
  Fail("set_position b a1 w a2 w b1");  // no liberty
  EXPECT_EQ(Ok("showboard"), board);
  Ok("set_position");
  EXPECT_EQ(engine_->game().state().board().hash(), 0U);
}

TEST_F(GtpEngineTest, RecordsSurviveBeingPrintedAndLoaded) {
  TempFolder temp;
  Open();
  const std::string file = (temp / "game.sgf").string();
  Ok("komi 5.5");
  Ok("set_free_handicap c3 g7");
  Ok("play w e5");
  Ok("play b pass");
  Ok("play w d5");
  const std::string board = Ok("showboard");
  Ok("printsgf " + file);
  EXPECT_EQ(Ok("printsgf -"), Ok("printsgf"));
  EXPECT_THAT(Ok("printsgf"), HasSubstr("HA[2]AB[gc][cg]PL[W]"));
  Ok("boardsize 19");
  EXPECT_EQ(Ok("loadsgf " + file), "black");
  EXPECT_EQ(Ok("showboard"), board);
  EXPECT_EQ(Ok("loadsgf " + file + " 1"), "white");
  EXPECT_TRUE(engine_->game().moves().empty());
}

TEST_F(GtpEngineTest, RecordsWithImpossibleFactsAreLoaded) {
  TempFolder temp;
  Open();
  std::ofstream(temp / "odd.sgf") << "(;SZ[9]HA[1000]KM[1e300]AB[ee];W[ec])";
  EXPECT_EQ(Ok("loadsgf " + (temp / "odd.sgf").string()), "black");
  EXPECT_EQ(engine_->game().handicap(), 0);
}

TEST_F(GtpEngineTest, DamagedRecordsLeaveTheBoardAlone) {
  TempFolder temp;
  Open();
  Ok("play b e5");
  const std::string board = Ok("showboard");
  for (const char* text :
       {"", "(;SZ[9];B[aa", "(;SZ[9];B[aa];W[zz])", "(;SZ[21])", "(;SZ[9]AB[aa]AW[ab][ba])"}) {
    std::ofstream(temp / "bad.sgf") << text;
    Fail("loadsgf " + (temp / "bad.sgf").string());
    EXPECT_EQ(Ok("showboard"), board) << text;
  }
}

TEST_F(GtpEngineTest, BoardsThatTheEvaluatorCannotPlayAreUnacceptable) {
  auto engine = GtpEngine::Make(
      config_,
      [](const GoGame& game, const GtpConfig&) -> Result<std::shared_ptr<Evaluator>> {
        if (game.spec().shape.rows > 9) return Error{"plays 9x9"};
        return std::shared_ptr<Evaluator>(std::make_shared<UniformEvaluator>());
      },
      {[this](std::string_view text) { output_ += text; }, [] { return true; }, nullptr});
  engine_ = std::move(*engine);
  EXPECT_EQ(Fail("boardsize 19"), "? unacceptable size: plays 9x9\n\n");
  EXPECT_EQ(engine_->game().shape(), (BoardShape{9, 9}));
}

}  // namespace
}  // namespace tengen
