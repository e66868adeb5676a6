// `tengen sgf` on folders that hold more than good records.

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/core/check.h"
#include "tests/support/golden.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

// The head of a gzip file and nothing behind it.
constexpr std::string_view kCutOff("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);

TEST(SgfCheck, GoesOnBehindFilesThatFailAndEndsWithCode1) {
  TempFolder temp;
  std::ofstream(temp / "a.sgf") << "(;SZ[5];B[aa];W[aa])";
  std::ofstream(temp / "b.sgf") << "(;SZ[5];B[a";
  std::ofstream(temp / "c.sgf.gz") << kCutOff;
  std::ofstream(temp / "d.SGF") << "(;SZ[5];B[aa];W[bb])";
  std::ofstream(temp / "e.txt") << "(";
  const std::string command = "sgf check " + temp.path().string();
  const ProgramOutput output = RunTengen(command, /*errors=*/false);
  EXPECT_EQ(output.code, 1);
  EXPECT_THAT(output.text, HasSubstr("a.sgf: "));
  EXPECT_THAT(output.text, HasSubstr("b.sgf: "));
  EXPECT_THAT(output.text, HasSubstr("c.sgf.gz: "));
  EXPECT_THAT(output.text, HasSubstr("4 files, 2 games, 4 moves, 3 with problems"));
  EXPECT_THAT(RunTengen(command, /*errors=*/true).text, HasSubstr("wanted none"));
  const auto json = nlohmann::json::parse(RunTengen(command + " --json", /*errors=*/false).text);
  EXPECT_EQ(json.at("files"), 4);
  ASSERT_EQ(json.at("failures").size(), 3U);
  EXPECT_EQ(json.at("failures")[0].at("move"), 2);
  EXPECT_EQ(json.at("failures")[1].at("problem"), "syntax");
  EXPECT_EQ(json.at("failures")[2].at("problem"), "unreadable");
  ASSERT_EQ(json.at("notes").size(), 1U);
  EXPECT_EQ(json.at("notes")[0].at("kind"), "occupied");
  EXPECT_EQ(json.at("notes")[0].at("move"), 2);
}

TEST(SgfCheck, TellsWhyARecordStopsAndWhatIsNotUnderstood) {
  TempFolder temp;
  std::ofstream(temp / "stops.sgf") << "(;SZ[9];B[aa];W[aa];B[cc];W[zz];B[dd];W[ee])";
  std::ofstream(temp / "words.sgf") << "(;SZ[9]RU[Klingon]KM[seven];B[aa])";
  const ProgramOutput output =
      RunTengen("sgf check --json " + temp.path().string(), /*errors=*/false);
  EXPECT_EQ(output.code, 1);
  const auto json = nlohmann::json::parse(output.text);
  ASSERT_EQ(json.at("failures").size(), 1U);
  EXPECT_EQ(json.at("failures")[0].at("problem"), "point");
  EXPECT_EQ(json.at("failures")[0].at("move"), 4);
  ASSERT_EQ(json.at("notes").size(), 3U);
  EXPECT_EQ(json.at("notes")[0].at("kind"), "occupied");
  EXPECT_EQ(json.at("notes")[1].at("kind"), "rules");
  EXPECT_THAT(json.at("notes")[1].at("message"), HasSubstr("RU is not understood"));
  EXPECT_THAT(json.at("notes")[2].at("message"), HasSubstr("KM is 'seven'"));
}

TEST(SgfCheck, GoodRecordsAreCode0AndNoneIsCode1) {
  TempFolder temp;
  EXPECT_EQ(RunTengen("sgf check " + temp.path().string(), /*errors=*/false).code, 1);
  std::ofstream(temp / "a.SGF") << "(;SZ[5];B[aa])";
  EXPECT_EQ(RunTengen("sgf check " + temp.path().string(), /*errors=*/false).code, 0);
  EXPECT_EQ(RunTengen("sgf check " + (temp / "a.SGF").string(), /*errors=*/false).code, 0);
}

nlohmann::json Shown(const std::string& options) {
  const ProgramOutput output = RunTengen("sgf show --json " + options, /*errors=*/false);
  EXPECT_EQ(output.code, 0) << options;
  return nlohmann::json::parse(output.text);
}

TEST(SgfShow, MovesAreExecutedAndNoted) {
  const auto json = Shown(Golden("records/onto_stone.sgf"));
  EXPECT_EQ(json.at("moves"), 5);
  EXPECT_EQ(json.at("board")[4], "..O.O....");
  ASSERT_EQ(json.at("notes").size(), 1U);
  EXPECT_THAT(json.at("notes")[0].get<std::string>(), HasSubstr("move 4"));
  EXPECT_EQ(Shown(Golden("records/suicide_nz.sgf")).at("notes").size(), 0U);
}

TEST(SgfShow, KnowsWhoseTurnItIs) {
  for (const char* file : {"branches_w_first.sgf", "pl_word.sgf", "ab_no_ha.sgf"}) {
    EXPECT_EQ(Shown("--move 0 " + Golden(StrCat("records/", file))).at("to_move"), "W") << file;
  }
}

TEST(SgfShow, ReadsRootsWithoutSemicolonAndCharacterSets) {
  const auto bare = Shown(Golden("records/b_variations.sgf"));
  EXPECT_EQ(bare.at("size"), 9);
  EXPECT_EQ(bare.at("komi"), 5.5);
  EXPECT_THAT(bare.at("notes")[0].get<std::string>(), HasSubstr("without its ';'"));
  EXPECT_EQ(Shown(Golden("records/x-sjis.sgf")).at("black"), "\xE5\xB1\xB1\xE7\x94\xB0");
  EXPECT_EQ(Shown(Golden("records/sjis_5c_swallow_moves.sgf")).at("moves"), 4);
}

}  // namespace
}  // namespace tengen
