#include "agents/gtp_engine.h"

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "search/simple_evaluators.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

// An evaluator with scores and ownership: Black owns everything, by 5 points.
class BlackOwnsAll : public Evaluator {
 public:
  explicit BlackOwnsAll(float value) : value_(value) {}
  Ticket Submit(std::span<Evaluation> batch) override {
    for (Evaluation& evaluation : batch) {
      const float sign = evaluation.state->ToMove() == Player::kFirst ? 1.0F : -1.0F;
      for (float& prior : evaluation.prior)
        prior = 1.0F / static_cast<float>(evaluation.prior.size());
      evaluation.value = value_ * sign;
      evaluation.score = 5.0F * sign;
      for (float& owner : evaluation.ownership) owner = sign;
    }
    return 0;
  }
  void Wait(Ticket) override {}

 private:
  const float value_;
};

class GtpEngineTest : public ::testing::Test {
 protected:
  GtpEngineTest() {
    config_.version = "1";
    config_.shape = {9, 9};
    config_.visits = 16;
    config_.mcts.root = RootSelection::kPuct;
    config_.mcts.noise_fraction = 0.0;
  }

  void Open(float value = 0.5F) {
    auto engine = GtpEngine::Make(
        config_,
        [value](const GoGame&) -> Result<std::shared_ptr<Evaluator>> {
          return std::shared_ptr<Evaluator>(std::make_shared<BlackOwnsAll>(value));
        },
        {[this](std::string_view text) { output_ += text; }, [this] { return Stop(); }});
    ASSERT_TRUE(engine.ok());
    engine_ = std::move(*engine);
  }

  bool Stop() { return std::chrono::steady_clock::now() >= stop_at_; }

  // The whole answer to one line.
  std::string Send(const std::string& line) {
    output_.clear();
    engine_->Handle(line);
    return output_;
  }

  // The answer's text; the command must succeed.
  std::string Ok(const std::string& line) {
    const std::string answer = Send(line);
    EXPECT_THAT(answer, StartsWith("=")) << line;
    EXPECT_THAT(answer, ::testing::EndsWith("\n\n")) << line;
    if (answer.size() <= 4) return "";
    return answer.substr(2, answer.size() - 4);
  }

  std::string Fail(const std::string& line) {
    const std::string answer = Send(line);
    EXPECT_THAT(answer, StartsWith("? ")) << line;
    EXPECT_THAT(answer, ::testing::EndsWith("\n\n")) << line;
    return answer;
  }

  GtpConfig config_;
  std::unique_ptr<GtpEngine> engine_;
  std::string output_;
  std::chrono::steady_clock::time_point stop_at_;  // of analysis; at first: at once
};

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

TEST_F(GtpEngineTest, SuperkoIsIllegalAndKoRulesCanBeSet) {
  Open();
  // White captures at b4, Black may not retake at once.
  for (const char* line : {"boardsize 5", "play b b5", "play w c5", "play b a4", "play w d4",
                           "play b b3", "play w c3", "play b c4", "play w b4"}) {
    Ok(line);
  }
  EXPECT_THAT(Fail("play b c4"), HasSubstr("illegal move"));
  Ok("play b e1");
  Ok("play w e2");
  Ok("play b c4");
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

TEST_F(GtpEngineTest, AnalysisWritesLinesUntilACommandWaits) {
  Open();
  stop_at_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(350);
  const std::string answer = Send("7 kata-analyze b interval 10 rootInfo true ownership true");
  EXPECT_THAT(answer, StartsWith("=7\ninfo move "));
  EXPECT_THAT(answer, ::testing::EndsWith("\n\n"));
  std::istringstream lines(answer);
  std::string line;
  std::getline(lines, line);
  int count = 0;
  while (std::getline(lines, line) && !line.empty()) {
    ++count;
    EXPECT_THAT(line, HasSubstr(" winrate 0."));
    EXPECT_THAT(line, HasSubstr(" scoreLead 5.0000"));
    EXPECT_THAT(line, HasSubstr(" order 0 pv "));
    EXPECT_THAT(line, HasSubstr(" rootInfo visits "));
    EXPECT_THAT(line, HasSubstr(" ownership 1.000000 1.000000"));
  }
  EXPECT_GE(count, 2);
  EXPECT_LE(count, 4);
}

TEST_F(GtpEngineTest, LzAnalysisCountsInTenThousandths) {
  Open();
  EXPECT_THAT(Send("lz-analyze w 50"),
              MatchesRegex("=\ninfo move [A-Z0-9]+ visits [0-9]+ winrate [0-9]+ prior [0-9]+ lcb "
                           "[0-9]+ order 0 pv [^\n]*\n\n"));
}

TEST_F(GtpEngineTest, AnalysedMovesArePlayed) {
  Open();
  EXPECT_THAT(Send("kata-genmove_analyze b 10"),
              MatchesRegex("=\ninfo move .*\nplay [A-HJ][1-9]\n\n"));
  EXPECT_EQ(engine_->game().moves().size(), 1U);
}

TEST_F(GtpEngineTest, AvoidedMovesAreNotShown) {
  Open();
  const std::string answer = Send("kata-analyze interval 10 minmoves 100 allow b a1,b2 1");
  EXPECT_THAT(answer, HasSubstr("info move A1 "));
  EXPECT_THAT(answer, HasSubstr("info move B2 "));
  EXPECT_THAT(answer, ::testing::Not(HasSubstr("info move C3 ")));
}

TEST_F(GtpEngineTest, RawAnswersAreInWhitesView) {
  Open();
  const std::string text = Ok("kata-raw-nn 0");
  EXPECT_THAT(text, StartsWith("symmetry 0\nwhiteWin 0.250000\nwhiteLoss 0.750000\n"));
  EXPECT_THAT(text, HasSubstr("\nwhiteLead -5.000\n"));
  EXPECT_THAT(text, HasSubstr("\npolicyPass 0.012195 \nwhiteOwnership\n-1.0000000 "));
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
  EXPECT_THAT(Ok("printsgf"), HasSubstr("HA[2]AB[gc][cg]PL[W]"));
  Ok("boardsize 19");
  EXPECT_EQ(Ok("loadsgf " + file), "black");
  EXPECT_EQ(Ok("showboard"), board);
  EXPECT_EQ(Ok("loadsgf " + file + " 1"), "white");
  EXPECT_TRUE(engine_->game().moves().empty());
}

TEST_F(GtpEngineTest, DamagedRecordsLeaveTheBoardAlone) {
  TempFolder temp;
  Open();
  Ok("play b e5");
  const std::string board = Ok("showboard");
  for (const char* text : {"", "(;SZ[9];B[aa", "(;SZ[9];B[aa];W[aa])", "(;SZ[21])"}) {
    std::ofstream(temp / "bad.sgf") << text;
    Fail("loadsgf " + (temp / "bad.sgf").string());
    EXPECT_EQ(Ok("showboard"), board) << text;
  }
}

TEST_F(GtpEngineTest, BoardsThatTheEvaluatorCannotPlayAreUnacceptable) {
  auto engine =
      GtpEngine::Make(config_,
                      [](const GoGame& game) -> Result<std::shared_ptr<Evaluator>> {
                        if (game.spec().shape.rows > 9) return Error{"plays 9x9"};
                        return std::shared_ptr<Evaluator>(std::make_shared<UniformEvaluator>());
                      },
                      {[this](std::string_view text) { output_ += text; }, [] { return true; }});
  engine_ = std::move(*engine);
  EXPECT_EQ(Fail("boardsize 19"), "? unacceptable size: plays 9x9\n\n");
  EXPECT_EQ(engine_->game().shape(), (BoardShape{9, 9}));
}

}  // namespace
}  // namespace tengen
