#include "experiments/analysis/game_analysis.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/analysis/game_text.h"
#include "tests/experiments/analysis/analysis_support.h"
#include "tests/support/golden.h"

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
  EXPECT_THAT(read("(;SZ[5];B[cc];W[zz])"), HasSubstr("move 2"));
  EXPECT_THAT(read("(;GM[2]SZ[5])"), HasSubstr("wanted 1 (Go)"));
}

TEST(GameLineTest, MovesThatTheRulesForbidAreExecutedAndNoted) {
  const GameLine line = Line("(;SZ[5]RU[x];B[cc];W[cc];B[aa])");
  EXPECT_THAT(line.moves, SizeIs(3));
  EXPECT_EQ(line.positions[3].state->board().Rows()[2], "..O..");
  ASSERT_THAT(line.notes, SizeIs(2));
  EXPECT_THAT(line.notes[0], HasSubstr("RU is not understood"));
  EXPECT_THAT(line.notes[1], HasSubstr("move 2"));
}

std::string RecordText(const std::string& name) {
  std::ifstream file(Golden("records/" + name), std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// White to move loses what Black's stones in the corners win.
FakeGoEvaluator::BlackView MoverIsAhead(const GoState& state) {
  const double sign = state.ToMove() == Player::kFirst ? 1.0 : -1.0;
  const GoBoard& board = state.board();
  const bool centre = board.At(board.PointAt(4, 4)) == Cell::kSecond;
  const double black = sign * 0.3 + (centre ? 0.2 : 0.0);
  return {static_cast<float>(black), static_cast<float>(10.0 * black)};
}

TEST(AnalyseLineTest, MovesAreJudgedFromTheirOwnPlayersView) {
  const AnalysisNetwork network = FakeNetwork(MoverIsAhead);
  const auto losses = [&network](const std::string& sgf) {
    const GameLine line = Line(sgf);
    const int last = static_cast<int>(line.moves.size());
    std::vector<double> result;
    for (const MoveReport& move :
         ReportMoves(line, AnalyseLine(line, 0, last, network, Options(0)))) {
      result.push_back(move.win_rate_loss);
    }
    return result;
  };
  // Whoever moves is ahead by 0.3 before and behind by 0.3 after: each move loses 0.3 in win rate,
  // and White's in the centre 0.1 more.
  const std::vector<double> with_pl = losses(RecordText("ab_pl.sgf"));
  ASSERT_THAT(with_pl, SizeIs(4));
  EXPECT_NEAR(with_pl[0], 0.4, 1e-6);
  EXPECT_NEAR(with_pl[1], 0.3, 1e-6);
  EXPECT_EQ(losses(RecordText("ab_noha.sgf")), with_pl);
  const std::vector<double> repeated = losses(RecordText("ha_as_moves.sgf"));
  ASSERT_THAT(repeated, SizeIs(4));
  for (const std::size_t black : {0, 1, 2}) EXPECT_NEAR(repeated[black], 0.3, 1e-6) << black;
  EXPECT_NEAR(repeated[3], 0.4, 1e-6);
  // Setup behind a move is not the move's doing, and PL changes nobody's view.
  const std::vector<double> setup = losses("(;SZ[9];B[aa];AW[ee];PL[W];B[bb])");
  ASSERT_THAT(setup, SizeIs(2));
  EXPECT_NEAR(setup[0], 0.3, 1e-6);
  EXPECT_NEAR(setup[1], 0.3, 1e-6);
}

TEST(GameLineTest, PositionsAreOfThePlayerToMove) {
  const GameLine line = Line(RecordText("ha_as_moves.sgf"));
  std::string movers;
  for (const AnalysisPosition& position : line.positions) {
    movers += position.state->ToMove() == Player::kFirst ? 'B' : 'W';
  }
  EXPECT_EQ(movers, "BBBWB");
  EXPECT_EQ(line.positions[4].game->half_compensation(), 1 + 2 * 3) << "Chinese, three stones";
}

TEST(AnalyseLineTest, LossesCompareWithTheBestMoveFound) {
  // The network alone: the best move is the first by prior, worth what the position is.
  const GameLine line = Line("(;SZ[5];B[ae];W[];B[cc])");
  const AnalysisNetwork network = FakeNetwork(CentreOrCorner);
  const auto analyses = AnalyseLine(line, 0, 3, network, Options(0));
  const auto reports = ReportMoves(line, analyses);
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
  const auto reports = ReportMoves(line, analyses);
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
      EXPECT_EQ(many.positions[i].value, other.positions[i].value);
      EXPECT_EQ(many.positions[i].moves[0].line, other.positions[i].moves[0].line);
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
    report_.moves = ReportMoves(line_, analyses_);
  }

  std::string Comment(std::size_t node) const { return SgfText(tree_.nodes[node].Value("C")); }

  SgfTree tree_;
  const GameLine line_;
  const LineAnalysis analyses_;
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
  AddComments(line_, report_, &analyses_.positions.front(), tree_);
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
