// What the engine answers to programs that analyse with it.

#include <chrono>
#include <sstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/agents/gtp/gtp_engine_fixture.h"
#include "tests/support/analysis_line.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

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

TEST_F(GtpEngineTest, AnalysisTellsFinalScoresOfSelfPlayAndOwnershipBehindMoves) {
  details_ = true;
  Open();
  // White's view.
  const std::string line = Send("kata-analyze w interval 10 movesOwnership true rootInfo true");
  EXPECT_THAT(line, HasSubstr(" scoreMean -5.0000 scoreStdev 3.0000 scoreLead -5.0000 "
                              "scoreSelfplay -7.0000 prior "));
  EXPECT_THAT(line, HasSubstr(" scoreLead -5.0000 scoreSelfplay -7.0000 weight ")) << "root";
  std::string owners = " movesOwnership";
  for (int point = 0; point < 81; ++point) owners += " -1.000000";
  EXPECT_THAT(line, HasSubstr(owners + " rootInfo "));
  EXPECT_THAT(line, ::testing::Not(HasSubstr(" ownership ")));
}

TEST_F(GtpEngineTest, WithoutDetailsThereIsAScoreButNothingOfSelfPlay) {
  Open();
  EXPECT_THAT(Send("kata-analyze b interval 10"),
              HasSubstr(" scoreMean 5.0000 scoreLead 5.0000 prior "));
}

// The forms in which programs ask, by the documentation of KataGo (docs/GTP_Extensions.md) and of
// Sabaki (docs/guides/engine-analysis-integration.md).
TEST_F(GtpEngineTest, EveryFormOfAnalysisGetsOneAnswer) {
  Open();
  for (const char* line :
       {"lz-analyze", "lz-analyze 50", "lz-analyze B", "lz-analyze b 50",
        "lz-analyze W interval 50", "lz-analyze interval 50", "lz-analyze 50 minmoves 3",
        "lz-analyze B 10 avoid B C3,D4 1 avoid W E5,pass 2",
        "lz-analyze W interval 20 allow W E5 1", "kata-analyze", "kata-analyze B 50",
        "kata-analyze interval 50 maxmoves 5", "kata-analyze b 50 ownership true",
        "kata-analyze white 50 rootInfo true ownership true ownershipStdev false "
        "movesOwnership true movesOwnershipStdev false pvVisits true "
        "pvEdgeVisits true noResultValue false",
        "lz-genmove_analyze B", "lz-genmove_analyze w 50", "kata-genmove_analyze B 50",
        "kata-genmove_analyze W 50 ownership true"}) {
    const std::string answer = Send(line);
    EXPECT_THAT(answer, StartsWith("=\ninfo move ")) << line;
    EXPECT_EQ(answer.find("\n\n"), answer.size() - 2) << line;
  }
}

TEST_F(GtpEngineTest, PonderingThinksUntilACommandWaitsAndIsKept) {
  config_.visits = 1'000'000;
  config_.mcts.max_nodes = 1000;
  Open();
  engine_->Ponder();  // a command waits
  const int without = VisitsIn(Send("lz-analyze b 100"));
  Ok("clear_cache");
  stop_at_ = std::chrono::steady_clock::now() + std::chrono::milliseconds(100);
  engine_->Ponder();
  EXPECT_GE(std::chrono::steady_clock::now(), stop_at_);
  EXPECT_GT(VisitsIn(Send("lz-analyze b 100")), without + 50);
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

// By reading of KataGo's parseAnalyzeCommand.
TEST_F(GtpEngineTest, APlayersMovesAreAvoidedOrAllowedNotBoth) {
  Open();
  for (const char* command : {"lz-analyze", "kata-analyze", "kata-genmove_analyze"}) {
    for (const char* keys : {"avoid b a1 1 allow b b2 1", "allow b b2 1 avoid b a1 1",
                             "allow b b2 1 avoid w a1 1 avoid b b2 2"}) {
      EXPECT_EQ(Fail(StrCat(command, " b 10 ", keys)),
                "? syntax error: avoid and allow for one player, wanted one of them\n\n");
    }
    EXPECT_EQ(Fail(StrCat(command, " b 10 allow b a1 1 allow b b2 1")),
              "? syntax error: allow twice for one player, wanted it once\n\n");
  }
  EXPECT_TRUE(engine_->game().moves().empty());
  EXPECT_THAT(Send("kata-analyze b 10 allow b a1 1 avoid w b2 1 avoid w c3 1"),
              StartsWith("=\ninfo move A1 "));
  EXPECT_THAT(Send("kata-analyze b 10 allow w b2 1 allow b a1 1"), StartsWith("=\ninfo move A1 "));
}

TEST_F(GtpEngineTest, WithoutAPlayableMoveThereIsNothingToTell) {
  Open();
  Ok("play w c3");
  EXPECT_EQ(Send("kata-analyze b 10 allow b c3 1"), "=\n\n");
  EXPECT_EQ(Send("kata-analyze b 10 allow b c3 1 rootInfo true ownership true"), "=\n\n");
  EXPECT_EQ(Send("lz-analyze b 10 allow b c3 1"), "=\n\n");
  EXPECT_THAT(Send("kata-analyze b 10 allow b c3,pass 1"), StartsWith("=\ninfo move pass "));
}

TEST_F(GtpEngineTest, LzAnalysisRefusesWhatItCannotTell) {
  Open();
  for (const char* key : {"ownership", "ownershipStdev", "movesOwnership", "movesOwnershipStdev",
                          "rootInfo", "pvVisits", "pvEdgeVisits", "noResultValue"}) {
    for (const char* value : {"true", "false"}) {
      EXPECT_THAT(Fail(StrCat("lz-analyze 50 ", key, " ", value)),
                  HasSubstr("is a key of kata-analyze"));
    }
  }
  Fail("lz-genmove_analyze b 50 pvVisits true");
  EXPECT_TRUE(engine_->game().moves().empty());
}

TEST_F(GtpEngineTest, RawAnswersAreInWhitesView) {
  Open();
  const std::string text = Ok("kata-raw-nn 0");
  EXPECT_THAT(text, StartsWith("symmetry 0\nwhiteWin 0.250000\nwhiteLoss 0.750000\n"));
  EXPECT_THAT(text, HasSubstr("\nwhiteLead -5.000\n"));
  EXPECT_THAT(text, HasSubstr("\npolicyPass 0.012195 \nwhiteOwnership\n-1.0000000 "));
}

}  // namespace
}  // namespace tengen
