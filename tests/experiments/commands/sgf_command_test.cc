// `tengen sgf` on folders that hold more than good records.

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

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
  EXPECT_THAT(output.text, HasSubstr("4 files, 2 games, 3 moves, 3 with problems"));
  EXPECT_THAT(RunTengen(command, /*errors=*/true).text, HasSubstr("wanted none"));
  const auto json = nlohmann::json::parse(RunTengen(command + " --json", /*errors=*/false).text);
  EXPECT_EQ(json.at("files"), 4);
  ASSERT_EQ(json.at("failures").size(), 3U);
  EXPECT_EQ(json.at("failures")[0].at("move"), 2);
  EXPECT_EQ(json.at("failures")[1].at("problem"), "syntax");
  EXPECT_EQ(json.at("failures")[2].at("problem"), "unreadable");
}

TEST(SgfCheck, GoodRecordsAreCode0AndNoneIsCode1) {
  TempFolder temp;
  EXPECT_EQ(RunTengen("sgf check " + temp.path().string(), /*errors=*/false).code, 1);
  std::ofstream(temp / "a.SGF") << "(;SZ[5];B[aa])";
  EXPECT_EQ(RunTengen("sgf check " + temp.path().string(), /*errors=*/false).code, 0);
  EXPECT_EQ(RunTengen("sgf check " + (temp / "a.SGF").string(), /*errors=*/false).code, 0);
}

}  // namespace
}  // namespace tengen
