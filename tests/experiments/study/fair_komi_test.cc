#include "experiments/study/fair_komi.h"

#include <cmath>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/core/check.h"
#include "experiments/study/known_boards.h"
#include "nets/atomic_file.h"
#include "tests/support/golden.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Players who never err on a board that is worth `value`.
FairKomi PerfectPlay(BoardShape shape, int value) {
  return FindFairKomi(shape, [value](double komi) -> std::optional<KomiTrial> {
    return KomiTrial{komi, 4, komi < value ? 4.0 : 0.0};
  });
}

TEST(FindFairKomi, FindsEveryValueThatABoardCanHave) {
  for (const BoardShape shape : {BoardShape{2, 2}, BoardShape{3, 4}, BoardShape{5, 5}}) {
    const int area = shape.points();
    for (int value = -area; value <= area; ++value) {
      const FairKomi found = PerfectPlay(shape, value);
      EXPECT_EQ(found.komi, value) << shape.rows << "x" << shape.columns;
      // log2(2 area + 1), rounded up.
      EXPECT_LE(found.trials.size(), area == 4 ? 4U : area == 12 ? 5U : 6U);
      for (const KomiTrial& trial : found.trials) {
        EXPECT_DOUBLE_EQ(std::abs(trial.komi - std::trunc(trial.komi)), 0.5) << "no draws";
      }
    }
  }
}

TEST(FindFairKomi, HalfOfThePointsIsEnoughForBlack) {
  const auto find = [](double share_at_2) {
    return FindFairKomi({2, 2}, [share_at_2](double komi) -> std::optional<KomiTrial> {
      const double share = komi < 2.0 ? 1.0 : komi < 3.0 ? share_at_2 : 0.0;
      return KomiTrial{komi, 10, 10.0 * share};
    });
  };
  EXPECT_EQ(find(0.5).komi, 3);
  EXPECT_EQ(find(0.4).komi, 2);
}

TEST(FindFairKomi, SaysNothingWhenItIsStopped) {
  int calls = 0;
  const FairKomi found = FindFairKomi({5, 5}, [&calls](double komi) -> std::optional<KomiTrial> {
    if (++calls == 3) return std::nullopt;
    return KomiTrial{komi, 2, 2.0};
  });
  EXPECT_FALSE(found.komi.has_value());
  EXPECT_EQ(found.trials.size(), 2U);
  EXPECT_THAT(FairKomiTable({found}), HasSubstr("| 5x5 | stopped | 25 | - | 4 |"));
  EXPECT_THAT(FairKomiTable({found}), HasSubstr("0 of 0 proven values"));
}

TEST(ParseBoards, ReadsShapesAndSaysWhatIsNone) {
  const auto boards = ParseBoards("3x5,19x2");
  ASSERT_TRUE(boards.ok());
  EXPECT_EQ(*boards, (std::vector<BoardShape>{{3, 5}, {19, 2}}));
  for (const char* text : {"", "3", "x3", "3x", "1x5", "3x20", "3x5,", "3x5x2", "axb", "3 x5"}) {
    EXPECT_THAT(ParseBoards(text).error(), HasSubstr("wanted ROWSxCOLUMNS of 2 to 19")) << text;
  }
}

TEST(KnownBoards, AreFoundHoweverTheyLie) {
  EXPECT_EQ(FindKnownBoard({4, 3})->value, 4);
  EXPECT_EQ(FindKnownBoard({3, 4})->value, 4);
  EXPECT_EQ(FindKnownBoard({6, 5})->value, 4);
  EXPECT_EQ(FindKnownBoard({9, 9}), nullptr);
}

// The file's values come from other sources.
TEST(KnownBoards, AgreeWithTheOraclesOfTheRules) {
  const auto oracles =
      nlohmann::json::parse(std::ifstream(Golden("go_oracles.json"))).at("optimal_values");
  int compared = 0;
  for (const auto& entry : oracles.at("entries")) {
    const KnownBoard* known = FindKnownBoard({entry.at("rows"), entry.at("columns")});
    if (known == nullptr) continue;
    EXPECT_EQ(known->value, entry.at("black_minus_white")) << entry;
    ++compared;
  }
  EXPECT_GE(compared, 1);
}

TEST(FairKomiTable, CountsProvenValuesWithinAPoint) {
  const std::string table =
      FairKomiTable({PerfectPlay({3, 3}, 9), PerfectPlay({4, 3}, 5), PerfectPlay({4, 4}, 4),
                     PerfectPlay({6, 6}, 4), PerfectPlay({5, 7}, 3)});
  EXPECT_THAT(table, HasSubstr("| 3x3 | 9 | 9 | 0 | "));
  EXPECT_THAT(table, HasSubstr("| 4x3 | 5 | 4 | 1 | "));
  EXPECT_THAT(table, HasSubstr("| 4x4 | 4 | 2 | 2 | "));
  EXPECT_THAT(table, HasSubstr("| 6x6 | 4 | 4 (believed) | 0 | "));
  EXPECT_THAT(table, HasSubstr("| 5x7 | 3 | - | - | "));
  EXPECT_THAT(table, HasSubstr("2 of 3 proven values found within a point."));
}

TEST(FairKomiPage, EscapesTheAgentAndDrawsWhatIsThere) {
  const std::string page = FairKomiPage("run:<a>", {PerfectPlay({3, 3}, 9)});
  EXPECT_THAT(page, HasSubstr("run:&lt;a&gt;"));
  EXPECT_THAT(page, HasSubstr("<svg"));
  EXPECT_THAT(page, HasSubstr("<td>3x3</td><td>9</td>"));
  EXPECT_THAT(FairKomiPage("a", {}), HasSubstr("No board was finished"));
}

// All of this board is Black's (proven, see the oracles of the rules), which rollouts see soon.
TEST(KomiCommand, FindsTheValueOfASmallBoard) {
  TempFolder temp;
  const std::string page = (temp / "komi.html").string();
  const ProgramOutput output =
      RunTengen("komi mcts:500 --boards 2x4 --games 4 --json --page " + page, /*errors=*/false);
  ASSERT_EQ(output.code, 0);
  const auto json = nlohmann::json::parse(LastLine(output.text));
  EXPECT_EQ(json.at("rows")[0].at("komi"), 8);
  EXPECT_EQ(json.at("within_a_point"), 1);
  EXPECT_THAT(ReadWholeFile(page).value(), HasSubstr("Fair komi of small boards"));
}

TEST(KomiCommand, WrongUseIsOneSentence) {
  for (const auto& [arguments, part] :
       {std::pair("komi random --boards 3y3", "board '3y3', wanted ROWSxCOLUMNS"),
        std::pair("komi 'gtp:\"x\"' --boards 3x3", "is an outside program"),
        std::pair("komi random --boards 3x3 --rules ko=maybe", "maybe")}) {
    const ProgramOutput output = RunTengen(arguments, /*errors=*/true);
    EXPECT_EQ(output.code, 2) << arguments;
    EXPECT_THAT(output.text, HasSubstr(part)) << arguments;
    EXPECT_THAT(output.text, Not(HasSubstr("internal error")));
  }
}

}  // namespace
}  // namespace tengen
