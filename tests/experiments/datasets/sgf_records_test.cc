#include "experiments/datasets/sgf_records.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/go/sgf_game.h"
#include "envs/registry/game_registry.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

//   . X O     Black owns the two left columns, White two stones, the middle of the right column is
//   . X .     nobody's: Black by 6 - 2 - 0.5 = 3.5.
//   . X O
constexpr const char* kMoves = ";B[ba];W[ca];B[bb];W[cc];B[bc]";

std::string Game(const std::string& root, const std::string& moves) {
  return "(;GM[1]SZ[3]KM[0.5]" + root + moves + ")";
}

Result<GameRecord> RecordOf(const std::string& sgf) {
  const auto trees = ParseSgf(sgf);
  EXPECT_TRUE(trees.ok() && trees->size() == 1) << sgf;
  return RecordOfSgf(trees->front());
}

TEST(SgfResultText, TellsWinnerMarginAndResignation) {
  EXPECT_EQ(ParseSgfResult("B+3.5")->margin, 3.5F);
  EXPECT_EQ(ParseSgfResult("B+3.5")->return_first, 1.0F);
  EXPECT_EQ(ParseSgfResult("w+2")->return_first, -1.0F);
  EXPECT_TRUE(ParseSgfResult("W+Resign")->resigned);
  EXPECT_TRUE(ParseSgfResult("B+R")->resigned);
  EXPECT_TRUE(ParseSgfResult("White+R")->resigned);
  EXPECT_EQ(ParseSgfResult("Black+3.5")->margin, 3.5F);
  EXPECT_FALSE(ParseSgfResult("B+Time")->resigned);
  EXPECT_FALSE(ParseSgfResult("B+")->margin);
  for (const char* draw : {"0", "Draw", "Jigo", "B+0"}) {
    ASSERT_TRUE(ParseSgfResult(draw)) << draw;
    EXPECT_EQ(ParseSgfResult(draw)->return_first, 0.0F) << draw;
  }
  for (const char* none : {"", "?", "Void", "Black", "B", "B+-3"}) {
    EXPECT_FALSE(ParseSgfResult(none)) << none;
  }
}

TEST(RecordOfSgf, KeepsTheAreaWhereTheResultIsTheRules) {
  const auto record = RecordOf(Game("RE[B+3.5]", std::string(kMoves) + ";W[];B[]"));
  ASSERT_TRUE(record.ok()) << record.error();
  EXPECT_EQ(record->end, GameEnd::kRules);
  EXPECT_EQ(record->score_first, 3.5F);
  EXPECT_THAT(record->owner, SizeIs(9));
  EXPECT_THAT(record->plies, SizeIs(7));
  EXPECT_THAT(record->plies[1].policy, ElementsAre(PolicyEntry{2, 1.0F}));
  EXPECT_EQ(record->sample_count(), 7);
  EXPECT_THAT(record->game_id,
              AllOf(HasSubstr("size=3"), HasSubstr("ko=positional"), HasSubstr("komi=0.5")));
  EXPECT_TRUE(CheckRecord(*record).ok()) << CheckRecord(*record).error();
}

// Stones that both agree are dead stand on the board: the rules would count them as alive.
TEST(RecordOfSgf, TakesAnyOtherResultAsGiven) {
  for (const char* result : {"B+2.5", "W+3.5", "B+", "0", "B+T"}) {
    const auto record = RecordOf(Game(StrCat("RE[", result, "]"),  //
                                      std::string(kMoves) + ";W[];B[]"));
    ASSERT_TRUE(record.ok()) << record.error();
    EXPECT_EQ(record->end, GameEnd::kAdjudicated) << result;
    EXPECT_THAT(record->owner, IsEmpty());
    EXPECT_TRUE(CheckRecord(*record).ok()) << CheckRecord(*record).error();
  }
}

TEST(RecordOfSgf, KnowsWhoResigned) {
  const auto white_to_move = [](const char* result) {
    return RecordOf(Game(StrCat("RE[", result, "]"), kMoves));
  };
  EXPECT_EQ(white_to_move("B+R")->end, GameEnd::kResign);
  EXPECT_TRUE(CheckRecord(*white_to_move("B+R")).ok());
  EXPECT_EQ(white_to_move("W+R")->end, GameEnd::kAdjudicated);  // Black, who was not to move
  EXPECT_TRUE(CheckRecord(*white_to_move("W+R")).ok());
  EXPECT_EQ(white_to_move("B+T")->end, GameEnd::kAdjudicated);
}

TEST(RecordOfSgf, SaysWhyAGameIsOfNoUse) {
  const std::string moves = kMoves;
  EXPECT_THAT(RecordOf(Game("RE[B+R]HA[2]AB[aa][bb]", ";W[cc]")).error(), HasSubstr("setup"));
  EXPECT_THAT(RecordOf(Game("RE[B+R]", ";B[aa];B[bb]")).error(), HasSubstr("twice in a row"));
  EXPECT_THAT(RecordOf(Game("RE[B+R]", ";W[aa];B[bb]")).error(), HasSubstr("twice in a row"));
  EXPECT_THAT(RecordOf(Game("RE[B+R]", moves + ";W[bb]")).error(), HasSubstr("occupied"));
  EXPECT_THAT(RecordOf(Game("RE[B+R]", "")).error(), HasSubstr("no moves"));
  EXPECT_THAT(RecordOf(Game("", moves)).error(), HasSubstr("no result"));
  EXPECT_THAT(RecordOf("(;GM[2]RE[B+R];B[aa])").error(), HasSubstr("GM"));
}

// A game that repeats a whole position, as random play under simple ko does on a tiny board.
TEST(RecordOfSgf, PlaysBySimpleKoWhereSuperkoForbidsTheGame) {
  const auto simple = *MakeGame("go:size=2,ko=simple");
  const auto positional = *MakeGame("go:size=2,ko=positional");
  Rng rng(1, RngRole::kTest);
  for (int i = 0; i < 1000; ++i) {
    const auto state = simple->NewState();
    const auto strict = positional->NewState();
    std::string moves;
    bool repeats = false;
    for (int ply = 0; ply < 11 && !state->IsTerminal() && !repeats; ++ply) {
      std::vector<Action> legal;
      state->LegalActions(legal);
      const Action action = legal[rng.Below(static_cast<std::uint32_t>(legal.size()))];
      const char* points[] = {"aa", "ba", "ab", "bb", ""};
      moves += StrCat(ply % 2 == 0 ? ";B[" : ";W[", points[action], "]");
      repeats = !strict->IsLegal(action);
      state->Apply(action);
      if (!repeats) strict->Apply(action);
    }
    if (!repeats) continue;
    const auto record = RecordOf("(;GM[1]SZ[2]KM[0.5]RE[B+T]" + moves + ")");
    ASSERT_TRUE(record.ok()) << record.error();
    EXPECT_THAT(record->game_id, HasSubstr("ko=simple"));
    return;
  }
  FAIL() << "no game repeated a position";
}

class SgfRecordFiles : public ::testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) {
    std::ofstream(temp_ / name, std::ios::binary) << text;
  }
  TempFolder temp_;
};

TEST_F(SgfRecordFiles, AreReadInTheOrderOfTheirNamesAndCounted) {
  Write("b.sgf", Game("RE[B+R]", kMoves));
  Write("a.sgf", Game("RE[W+R]", ";B[aa];W[bb]") + Game("", kMoves));
  Write("c.sgf", Game("RE[B+R]", kMoves));  // b.sgf again
  Write("d.sgf", "(;GM[1]SZ[5]RE[B+R];B[aa])");
  Write("e.sgf", "no game");
  const auto games = ReadSgfRecords(temp_.path(), {.size = 3});
  ASSERT_TRUE(games.ok()) << games.error();
  ASSERT_THAT(games->records, SizeIs(2));
  EXPECT_THAT(games->records[0].plies, SizeIs(2));
  EXPECT_THAT(games->records[1].plies, SizeIs(5));
  EXPECT_EQ(games->records[1].stream, 1U);
  EXPECT_THAT(games->refused,
              ElementsAre(Pair("a file that is no SGF", 1), Pair("another board size", 1),
                          Pair("no result", 1), Pair("the same game again", 1)));
}

TEST_F(SgfRecordFiles, AreMissingOrOfNoUse) {
  EXPECT_THAT(ReadSgfRecords(temp_.path()).error(), HasSubstr("no .sgf file in"));
  Write("a.sgf", Game("", kMoves) + Game("", kMoves));
  Write("b.sgf", "nothing");
  EXPECT_THAT(ReadSgfRecords(temp_.path()).error(),
              HasSubstr("can be learnt from: no result, 2 times"));
  EXPECT_THAT(ReadSgfRecords(temp_ / "none").error(), HasSubstr("none"));
}

}  // namespace
}  // namespace tengen
