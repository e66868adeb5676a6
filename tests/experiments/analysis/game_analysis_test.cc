#include "experiments/analysis/game_analysis.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/analysis/game_text.h"
#include "tests/experiments/analysis/analysis_support.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

SgfTree Tree(const std::string& sgf) { return ParseSgf(sgf).value().front(); }

GameLine Line(const std::string& sgf, RootHistory history = RootHistory::kShown) {
  return ReadGameLine(Tree(sgf), std::nullopt, history).value();
}

// Black is ahead by 2 points and 0.2 with a stone in the centre of 5x5, behind by as much with one
// at A1, and even otherwise.
FakeGoEvaluator::BlackView CentreOrCorner(const GoState& state) {
  const GoBoard& board = state.board();
  if (board.At(board.PointAt(2, 2)) == Cell::kFirst) return {0.2F, 2.0F};
  if (board.At(board.PointAt(4, 0)) == Cell::kFirst) return {-0.2F, -2.0F};
  return {0.0F, 0.0001F};
}

GameAnalysisOptions Options(int visits, int threads = 2) {
  GameAnalysisOptions options;
  options.visits = visits;
  options.threads = threads;
  return options;
}

TEST(GameLineTest, HasThePositionsBeforeEachMoveAndAtTheEnd) {
  const GameLine line = Line("(;SZ[5]KM[3.5]RU[Japanese];B[cc];W[bb];B[];W[])");
  EXPECT_EQ(line.rules.scoring, ScoringRule::kTerritory);
  EXPECT_EQ(line.rules.half_komi, 7);
  ASSERT_THAT(line.moves, SizeIs(4));
  ASSERT_THAT(line.positions, SizeIs(5));
  EXPECT_EQ(line.positions[1].state->RecentMove(0), line.moves[0].action);
  EXPECT_EQ(line.positions[2].state->ToMove(), Player::kFirst);
  EXPECT_FALSE(line.positions[4].state->IsTerminal()) << "searched even behind two passes";
}

TEST(GameLineTest, HidesTheMovesButNotTheirConsequences) {
  const GameLine line =
      Line("(;SZ[5];B[ba];W[ca];B[ab];W[db];B[bc];W[cc];B[cb];W[bb])", RootHistory::kHidden);
  const GoState& end = *line.positions.back().state;
  EXPECT_EQ(end.RecentMove(0), kNoAction);
  EXPECT_EQ(end.board().removed(Player::kFirst), 1);
  EXPECT_FALSE(end.IsLegal(line.positions.back().game->ParseAction("C4").value())) << "ko";
}

TEST(GameLineTest, FollowsHandicapAndSetupInTheMiddle) {
  const GameLine line =
      Line("(;SZ[5]HA[2]AB[bb][dd]RU[chinese];W[cc];AB[aa]AW[ee]PL[W];W[ea];B[ae])");
  ASSERT_THAT(line.moves, SizeIs(3));
  EXPECT_EQ(line.positions[0].game->half_compensation(), 15 + 4) << "komi 7.5 and two stones";
  EXPECT_EQ(line.positions[1].state->board().Rows()[0], "X....");
  EXPECT_EQ(line.positions[1].state->ToMove(), Player::kSecond);
  EXPECT_EQ(line.positions[3].state->board().Rows()[4], "X...O");
}

TEST(GameLineTest, MovesThatSuperkoForbidsAreFollowed) {
  // White sends two stones and returns one: the board is the one at the start again.
  const SgfTree tree = Tree("(;SZ[5]AB[ad][bd]AW[cd][de][be]PL[W];W[ae];B[ce];W[be];B[aa])");
  const Rules rules = Rules::Parse("positional_no_suicide").value();
  for (const RootHistory history : {RootHistory::kShown, RootHistory::kHidden}) {
    const auto line = ReadGameLine(tree, rules, history);
    ASSERT_TRUE(line.ok()) << line.error();
    ASSERT_THAT(line->positions, SizeIs(5));
    const AnalysisPosition& before = line->positions[2];
    EXPECT_TRUE(before.state->IsKoBanned(before.game->ParseAction("B1").value()));
    EXPECT_EQ(line->positions[3].state->board().Rows(), line->positions[0].state->board().Rows());
    EXPECT_EQ(line->positions[4].state->board().Rows()[0], "X....");
  }
}

TEST(GameLineTest, BadRecordsNameTheMove) {
  const auto read = [](const std::string& sgf) {
    return ReadGameLine(Tree(sgf), std::nullopt, RootHistory::kShown).error();
  };
  EXPECT_THAT(read("(;SZ[5];B[cc];W[cc])"), HasSubstr("move 2"));
  EXPECT_THAT(read("(;SZ[5];B[zz])"), HasSubstr("move 1"));
  EXPECT_THAT(read("(;GM[2]SZ[5])"), HasSubstr("wanted 1 (Go)"));
}

TEST(RulesOfRecordTest, TakesNamesAsServersWriteThem) {
  SgfGameInfo info;
  info.rules = "NZ";
  EXPECT_EQ(RulesOfRecord(info).ko, KoRule::kSituational);
  info.rules = "something";
  info.half_komi = 11;
  EXPECT_EQ(RulesOfRecord(info).bonus, HandicapBonus::kStones) << "Chinese";
  EXPECT_EQ(RulesOfRecord(info).half_komi, 11);
}

TEST(AnalyseLineTest, LossesCompareWithTheBestMoveFound) {
  // The network alone: the best move is the first by prior, worth what the position is.
  const GameLine line = Line("(;SZ[5];B[ae];W[];B[cc])");
  const AnalysisNetwork network = FakeNetwork(CentreOrCorner);
  const auto analyses = AnalyseLine(line, 0, 3, network, Options(0));
  const auto reports = ReportMoves(line, 1, analyses);
  ASSERT_THAT(reports, SizeIs(3));
  // A1: from even to 0.4 and 2 points behind.
  EXPECT_NEAR(reports[0].win_rate, 0.4, 1e-6);
  EXPECT_NEAR(reports[0].win_rate_loss, 0.1, 1e-6);
  EXPECT_NEAR(reports[0].score, -2.0, 1e-6);
  EXPECT_NEAR(reports[0].score_loss, 2.0, 1e-3);
  EXPECT_EQ(reports[0].rank, 0);
  // White's pass changes nothing; the centre gains, which is no loss.
  EXPECT_NEAR(reports[1].win_rate, 0.6, 1e-6);
  EXPECT_NEAR(reports[1].win_rate_loss, 0.0, 1e-6);
  EXPECT_EQ(reports[2].win_rate_loss, 0.0);
  EXPECT_EQ(reports[2].score_loss, 0.0);
}

TEST(AnalyseLineTest, ASearchFindsTheCentre) {
  const GameLine line = Line("(;SZ[5];B[ae])");
  AnalysisNetwork network = FakeNetwork(CentreOrCorner);
  network.leaf_batch = 1;
  const auto analyses = AnalyseLine(line, 0, 1, network, Options(400));
  const auto reports = ReportMoves(line, 1, analyses);
  EXPECT_EQ(line.positions[0].game->ActionText(reports[0].best.action), "C3");
  EXPECT_GT(reports[0].win_rate_loss, 0.15);
  EXPECT_GT(reports[0].rank, 1);
  EXPECT_EQ(reports[0].visits, 401);
}

TEST(AnalyseLineTest, ThreadsChangeNothingAndProgressCounts) {
  const GameLine line = Line("(;SZ[5];B[ae];W[bb];B[cc];W[dd])");
  const AnalysisNetwork network = FakeNetwork(CentreOrCorner);
  std::vector<int> done;
  GameAnalysisOptions options = Options(30, 3);
  options.progress = [&done](int count) { done.push_back(count); };
  const auto many = AnalyseLine(line, 1, 4, network, options);
  EXPECT_THAT(done, ElementsAre(1, 2, 3, 4));
  options.progress = nullptr;
  const auto one = AnalyseLine(line, 1, 4, network, Options(30, 1));
  options.lanes = 2;
  const auto batched = AnalyseLine(line, 1, 4, network, options);
  for (std::size_t i = 0; i < 4; ++i) {
    for (const auto& other : {one, batched}) {
      EXPECT_EQ(many[i].value, other[i].value);
      EXPECT_EQ(many[i].moves[0].line, other[i].moves[0].line);
    }
  }
}

TEST(AnalyseLineTest, AFailureComesBack) {
  const GameLine line = Line("(;SZ[5];B[ae];W[bb];B[cc];W[dd])");
  const AnalysisNetwork network = FakeNetwork(
      [](const GoState&) -> FakeGoEvaluator::BlackView { throw std::runtime_error("broken"); });
  EXPECT_THROW(AnalyseLine(line, 0, 4, network, Options(3)), std::runtime_error);
}

// A game, analysed without search.
class GameReportTest : public ::testing::Test {
 protected:
  GameReportTest()
      : tree_(Tree("(;SZ[5]C[A \\] friendly game];B[ae]C[Hm: why?];W[];B[cc])")),
        line_(ReadGameLine(tree_, std::nullopt, RootHistory::kShown).value()),
        analyses_(AnalyseLine(line_, 0, 3, FakeNetwork(CentreOrCorner), Options(0))) {
    report_.network = "fake";
    report_.has_score = true;
    report_.moves = ReportMoves(line_, 1, analyses_);
  }

  std::string Comment(std::size_t node) const { return SgfText(tree_.nodes[node].Value("C")); }

  SgfTree tree_;
  const GameLine line_;
  const std::vector<PositionAnalysis> analyses_;
  GameReport report_;
};

TEST_F(GameReportTest, TheTableHasALineForEachMove) {
  const std::string table = GameReportTable(line_, report_);
  EXPECT_THAT(table,
              HasSubstr("   1 B A1   ?    40.0 %    W+2.0  A5      10.0 %    2.0       1\n"));
  EXPECT_THAT(table, HasSubstr("   2 W pass      40.0 %    W+2.0"));
  EXPECT_THAT(table, HasSubstr("   3 B C3        60.0 %    B+2.0"));
  EXPECT_THAT(table, HasSubstr("Black: 2 moves, 0 % the search's choice, 5.0 % lost a move (1.00 "
                               "points)"));
}

TEST_F(GameReportTest, JsonIsInTheReportsPointOfView) {
  for (const bool white : {false, true}) {
    report_.perspective = white ? Perspective::kWhite : Perspective::kBlack;
    const auto json = GameReportJson(line_, report_);
    EXPECT_EQ(json["point_of_view"], white ? "white" : "black");
    const auto& move = json["moves"][0];
    EXPECT_EQ(move["played"], "A1");
    EXPECT_NEAR(move["winrate"].get<double>(), white ? 0.6 : 0.4, 1e-6);
    EXPECT_NEAR(move["score"].get<double>(), white ? 2.0 : -2.0, 1e-6);
    EXPECT_NEAR(move["loss_winrate"].get<double>(), 0.1, 1e-6) << "the mover's in either case";
    EXPECT_EQ(json["summary"]["W"]["moves"], 1);
  }
}

TEST_F(GameReportTest, CommentsAreKeptAndNameThePointOfView) {
  AddComments(line_, report_, &analyses_.front(), tree_);
  EXPECT_THAT(Comment(0), StartsWith("A ] friendly game\n\nAnalysed by Tengen with fake. Win rates "
                                     "are black's.\nBlack 50.0 %, even before the first move"));
  EXPECT_THAT(Comment(1),
              StartsWith("Hm: why?\n\nBlack 40.0 %, W+2.0 after A1 (1 visits)\nBest: A5, "
                         "gave away 10.0 % and 2.0 points\nLine: A5"));
  EXPECT_THAT(Comment(2), StartsWith("Black 40.0 %, W+2.0 after pass"));
  // What is written reads back the same.
  const auto again = ParseSgf(WriteSgf({tree_}));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->front(), tree_);
}

TEST_F(GameReportTest, WithoutScoresThereAreNone) {
  report_.has_score = false;
  EXPECT_THAT(GameReportTable(line_, report_), Not(HasSubstr("+2.0")));
  EXPECT_FALSE(GameReportJson(line_, report_)["moves"][0].contains("score"));
}

}  // namespace
}  // namespace tengen
