#include "envs/go/sgf_game.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/go/go_game.h"
#include "envs/go/sgf_replay.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

SgfTree Tree(std::string_view text) { return ParseSgf(text).value().front(); }

TEST(SgfGame, ReadsTheFactsOfTheRoot) {
  const auto info =
      ReadSgfGameInfo(Tree("(;SZ[9:7]KM[5.5]HA[3]PB[a\\]b]PW[w]RU[Chinese]RE[B+R])")).value();
  EXPECT_EQ(info.shape, (BoardShape{7, 9}));
  EXPECT_EQ(info.half_komi, 11);
  EXPECT_EQ(info.handicap, 3);
  EXPECT_EQ(info.black, "a]b");
  EXPECT_EQ(info.rules, "Chinese");
  EXPECT_EQ(info.result, "B+R");
}

TEST(SgfGame, KomiOfManyPrograms) {
  EXPECT_EQ(ParseSgfKomi("6.50"), 13);
  EXPECT_EQ(ParseSgfKomi("-0.5"), -1);
  EXPECT_EQ(ParseSgfKomi("5,5 points"), 11);
  EXPECT_EQ(ParseSgfKomi("650"), 13);
  EXPECT_EQ(ParseSgfKomi("375"), 15);
  EXPECT_EQ(ParseSgfKomi("3.25"), 13);
  EXPECT_EQ(ParseSgfKomi("0"), 0);
  EXPECT_EQ(ParseSgfKomi(""), std::nullopt);
  EXPECT_EQ(ParseSgfKomi("nan"), std::nullopt);
  EXPECT_EQ(ParseSgfKomi("1e300"), std::nullopt);
}

TEST(SgfGame, KomiWithFractions) {
  for (const char* text :
       {"6 1/2", "6\xC2\xBD", "6 \xC2\xBD points", "6\xE7\x9B\xAE\xE5\x8D\x8A",
        "6\xEC\xA7\x91\xEB\xB0\x98", "6 and a half", "6 points and a half", "6 et demi"}) {
    EXPECT_EQ(ParseSgfKomi(text), 13) << text;
  }
  EXPECT_EQ(ParseSgfKomi("-6\xC2\xBD"), -13);
  EXPECT_EQ(ParseSgfKomi("\xC2\xBD"), 1);
  EXPECT_EQ(ParseSgfKomi("1/2"), 1);
  EXPECT_EQ(ParseSgfKomi("6.5 1/2"), 13) << "only behind an integer";
  // By stones.
  EXPECT_EQ(ParseSgfKomi("3\xC2\xBE"), 15);
  EXPECT_EQ(ParseSgfKomi("2 3/4"), 11);
  EXPECT_EQ(ParseSgfKomi("3\xE5\x8F\x88"
                         "1/4"),
            13);
  // In a file, ISO-8859-1 without CA.
  EXPECT_EQ(ReadSgfGameInfo(Tree("(;SZ[9]KM[6\xBD])"))->half_komi, 13);
}

// KataGo's sgf.cpp (getKomiOrFail) has this table for files of the Fox server.
TEST(SgfGame, KomiOfTheFoxServer) {
  for (const auto& [text, half_komi] :
       {std::pair("275", 11), std::pair("550", 11), std::pair("325", 13), std::pair("650", 13),
        std::pair("350", 14), std::pair("700", 14), std::pair("375", 15), std::pair("750", 15)}) {
    EXPECT_EQ(ParseSgfKomi(text), half_komi) << text;
  }
  EXPECT_EQ(ParseSgfKomi("3.5"), 7) << "with a point it is points";
}

TEST(SgfGame, KomiThatIsNoFoxServersStaysWhatItSays) {
  EXPECT_EQ(ParseSgfKomi("100"), 200);
  EXPECT_EQ(ParseSgfKomi("361"), 722);
  EXPECT_EQ(ParseSgfKomi("7.25"), 15) << "no stones: nobody gets fourteen and a half points";
  EXPECT_EQ(ParseSgfKomi("-3.75"), -15);
  for (const char* komi : {"7.25", "6.7", "7-1/2", "6'5", "6 5", "0x10"}) {
    const SgfRules read =
        ReadSgfRules(ReadSgfGameInfo(Tree(StrCat("(;KM[", komi, "])"))).value(), UsualSgfRules());
    ASSERT_EQ(read.notes.size(), 1U) << komi;
    EXPECT_THAT(read.notes[0], HasSubstr("taken as")) << komi;
  }
  for (const char* komi : {"650", "3.75", "6.5", "6,5 points", "6 1/2", "100", "-7"}) {
    const auto info = ReadSgfGameInfo(Tree(StrCat("(;KM[", komi, "])"))).value();
    EXPECT_TRUE(ReadSgfRules(info, UsualSgfRules()).notes.empty()) << komi;
  }
}

std::vector<std::string> BoardAtStart(std::string_view text) {
  const SgfTree tree = Tree(text);
  return ReplaySgf(tree, tree.MainLine(), 0)->position.board.Rows();
}

int BlackStones(const std::vector<std::string>& rows) {
  int stones = 0;
  for (const std::string& row : rows) {
    stones += static_cast<int>(std::count(row.begin(), row.end(), 'X'));
  }
  return stones;
}

// KataGo's maybeParseSgf, "missing handicap placements in fox", by reading.
TEST(SgfGame, HandicapThatTheFoxServerLeavesOutIsPlaced) {
  const auto three =
      BoardAtStart("(;GM[1]SZ[19]AP[foxwq]GN[]HA[3]KM[0]RU[Chinese]RE[W+R];W[dd];B[pp])");
  EXPECT_EQ(BlackStones(three), 3);
  EXPECT_EQ(three[15][3], 'X') << "lower left";
  EXPECT_EQ(three[3][15], 'X') << "upper right";
  EXPECT_EQ(BlackStones(BoardAtStart("(;SZ[19]AP[GNU Go:3.8]GN[]HA[2];W[dd])")), 2);
  const auto old = BoardAtStart("(;SZ[19]AP[foxwq]HA[6]DT[2017-05-01];W[cc])");
  EXPECT_EQ(old[3][9], 'X') << "before 2018 the side stones were above and below";
  EXPECT_EQ(old[15][9], 'X');
  const auto later = BoardAtStart("(;SZ[19]AP[foxwq]HA[6]DT[2018-05-01];W[cc])");
  EXPECT_EQ(later[9][3], 'X');
  EXPECT_EQ(later[9][15], 'X');
  for (const char* text :
       {"(;SZ[19]AP[foxwq]HA[3];B[dd];W[pp])", "(;SZ[19]AP[CGoban:3]HA[3];W[dd])",
        "(;SZ[19]AP[GNU Go:3.8]GN[a game]HA[2];W[dd])", "(;SZ[19]AP[foxwq]HA[0];W[dd])",
        "(;SZ[19]AP[foxwq]HA[10];W[dd])"}) {
    EXPECT_EQ(BlackStones(BoardAtStart(text)), 0) << text;
  }
  EXPECT_EQ(BlackStones(BoardAtStart("(;SZ[19]AP[foxwq]HA[2]AB[dd][pp];W[dp])")), 2);
}

TEST(SgfGame, HandicapThatIsLeftOutIsSaid) {
  const auto notes = [](std::string_view text) {
    return ReadSgfRules(ReadSgfGameInfo(Tree(text)).value(), UsualSgfRules()).notes;
  };
  EXPECT_THAT(notes("(;SZ[19]AP[foxwq]HA[3];W[dd])").at(0), HasSubstr("usual points"));
  EXPECT_THAT(notes("(;SZ[19]HA[3];W[dd])").at(0), HasSubstr("as it is"));
  EXPECT_TRUE(notes("(;SZ[19]HA[3]AB[aa][bb][cc];W[dd])").empty());
  EXPECT_TRUE(notes("(;SZ[19]HA[3];B[dd])").empty());
  EXPECT_TRUE(notes("(;SZ[19]HA[3];AB[aa][bb][cc];W[dd])").empty());
}

TEST(SgfGame, SizesInOtherSpellings) {
  for (const char* text : {"(;SZ[9:13])", "(;SZ[9x13])", "(;SZ[9X13])", "(;SZ[9 : 13])"}) {
    EXPECT_EQ(ReadSgfGameInfo(Tree(text))->shape, (BoardShape{13, 9})) << text;
  }
  EXPECT_EQ(ReadSgfGameInfo(Tree("(;SZ[19 lines])"))->shape, (BoardShape{19, 19}));
}

TEST(SgfGame, WrongSizesAndOtherGamesAreErrors) {
  for (const char* text :
       {"(;SZ[0])", "(;SZ[53])", "(;SZ[x])", "(;SZ[9:])", "(;SZ[-1])", "(;SZ[9-13])"}) {
    EXPECT_THAT(ReadSgfGameInfo(Tree(text)).error(), HasSubstr("board size")) << text;
  }
  EXPECT_THAT(ReadSgfGameInfo(Tree("(;GM[2])")).error(), HasSubstr("wanted 1 (Go)"));
}

TEST(SgfGame, WrittenKomiIsReadBack) {
  for (int half_komi = -2000; half_komi <= 2000; ++half_komi) {
    EXPECT_EQ(ParseSgfKomi(SgfKomiText(half_komi)), half_komi) << SgfKomiText(half_komi);
  }
}

SgfRules RulesOf(std::string_view text) {
  return ReadSgfRules(ReadSgfGameInfo(Tree(text)).value(), UsualSgfRules());
}

TEST(SgfGame, RulesAreRUAndKM) {
  const SgfRules korean = RulesOf("(;RU[Korean]KM[5.5])");
  EXPECT_EQ(korean.named.rules.scoring, ScoringRule::kTerritory);
  EXPECT_EQ(korean.named.rules.half_komi, 11);
  EXPECT_TRUE(korean.named.agreement);
  EXPECT_TRUE(korean.notes.empty());
  EXPECT_EQ(RulesOf("(;RU[Japanese])").named.rules.half_komi, 13) << "the usual one";
  EXPECT_EQ(RulesOf("(;SZ[9])").named.rules, UsualSgfRules().rules);
  EXPECT_TRUE(RulesOf("(;SZ[9]RU[ ]KM[])").notes.empty());
}

TEST(SgfGame, RulesThatAreNotUnderstoodAreSaid) {
  for (const char* rules : {"Regole italiane", "\xE8\xA6\x8F\xE5\x89\x87", "ko=seldom",
                            "koSPIGHTscoreAREAtaxNONEsui0", "AGA button", "x"}) {
    const SgfRules read = RulesOf(StrCat("(;CA[UTF-8]RU[", rules, "]KM[3.5])"));
    ASSERT_EQ(read.notes.size(), 1U) << rules;
    EXPECT_THAT(read.notes[0], HasSubstr("RU is not understood")) << rules;
    EXPECT_THAT(read.notes[0], HasSubstr("taken as Chinese")) << rules;
    EXPECT_EQ(read.named.rules.half_komi, 7) << rules;
  }
  for (const char* komi : {"none", "12345", "1e300"}) {
    EXPECT_THAT(RulesOf(StrCat("(;KM[", komi, "])")).notes.front(), HasSubstr("KM is")) << komi;
  }
}

TEST(SgfGame, WrittenStonesSayWhoseMoveItIs) {
  GoSetup setup;
  setup.shape = {3, 3};
  setup.diagram = {"...", "...", "..."};
  EXPECT_THAT(WriteSgf({SgfOfStart(setup, "test")}), Not(HasSubstr("PL")));
  for (const char* row : {".X.", ".O.", "OX."}) {
    setup.diagram[1] = row;
    for (const Player player : {Player::kFirst, Player::kSecond}) {
      setup.to_move = player;
      const SgfTree tree = SgfOfStart(setup, "test");
      EXPECT_EQ(tree.root().Value("PL"), player == Player::kFirst ? "B" : "W") << row;
      const SgfReplay replay = ReplaySgf(tree, tree.MainLine()).value();
      EXPECT_EQ(replay.position.to_move, player) << row;
      EXPECT_EQ(replay.position.diagram, setup.diagram);
    }
  }
}

// What this program writes of a start, read again.
TEST(SgfGame, WrittenRulesAreReadBack) {
  for (const KoRule ko : {KoRule::kSimple, KoRule::kPositional, KoRule::kSituational}) {
    for (const SuicideRule suicide : {SuicideRule::kNone, SuicideRule::kMulti}) {
      for (const ScoringRule scoring : {ScoringRule::kArea, ScoringRule::kTerritory}) {
        for (const TaxRule tax : {TaxRule::kNone, TaxRule::kSeki, TaxRule::kAll}) {
          for (const HandicapBonus bonus :
               {HandicapBonus::kNone, HandicapBonus::kStones, HandicapBonus::kStonesLessOne}) {
            for (const int half_komi : {300, 13, -1}) {
              GoSetup setup;
              setup.rules = {ko, suicide, scoring, tax, bonus, half_komi};
              const std::string text = WriteSgf({SgfOfStart(setup, "test")});
              const SgfRules read = RulesOf(text);
              EXPECT_EQ(read.named.rules, setup.rules) << text;
              EXPECT_TRUE(read.notes.empty()) << text;
            }
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace tengen
