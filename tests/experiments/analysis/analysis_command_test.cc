// `tengen analyze` and `tengen analysis` as people and programs run them, with a small network of
// KataGo (tests/golden/katago).

#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/go/sgf.h"
#include "nets/atomic_file.h"
#include "tests/support/golden.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;

const std::string kNet = " --net " + Golden("katago/tiny-b1c6nbt-mish.bin.gz") + " ";
constexpr const char* kGame =
    "(;SZ[9]KM[6.5]RU[Chinese]PB[a]PW[b];B[ee]C[first];W[cc](;B[gg];W[])(;B[aa]))";

class AnalysisCommandTest : public ::testing::Test {
 protected:
  AnalysisCommandTest() { WriteFileSynced(folder_ / "game.sgf", kGame); }

  std::string Path(const std::string& name) const { return (folder_ / name).string(); }

  // The answers of the service to these lines; then its input ends.
  std::vector<Json> Serve(const std::string& lines, const std::string& options = "") {
    WriteFileSynced(folder_ / "queries", lines);
    const ProgramOutput output = RunTengen(
        "analysis --cache-mb 1" + kNet + options + " < " + Path("queries"), /*errors=*/false);
    EXPECT_EQ(output.code, 0);
    std::vector<Json> answers;
    std::istringstream in(output.text);
    for (std::string line; std::getline(in, line);) answers.push_back(Json::parse(line));
    return answers;
  }

  void ExpectError(const std::string& arguments, int code, const std::string& part) {
    const ProgramOutput output = RunTengen(arguments, /*errors=*/true);
    EXPECT_EQ(output.code, code) << arguments << "\n" << output.text;
    EXPECT_THAT(output.text, HasSubstr(part)) << arguments;
  }

  TempFolder folder_;
};

TEST_F(AnalysisCommandTest, AllQueriesAreAnsweredBeforeTheProgramEnds) {
  std::string lines = "nonsense\n";
  for (int i = 0; i < 20; ++i) {
    lines += R"({"id":"q)" + std::to_string(i) +
             R"(","moves":[["B","C3"],["W","D4"]],"analyzeTurns":[0,1,2],"rules":"chinese",)"
             R"("komi":7,"boardXSize":9,"boardYSize":)" +
             std::to_string(7 + i % 3) + R"(,"maxVisits":8,"includeOwnership":true})" + "\n";
  }
  lines += R"({"id":"v","action":"query_version"})";  // no line end
  const auto answers = Serve(lines, "--threads 4");
  ASSERT_EQ(answers.size(), 62U);
  std::set<std::string> seen;
  for (const Json& answer : answers) {
    if (!answer.contains("rootInfo")) continue;
    EXPECT_EQ(answer["rootInfo"]["visits"], 8);
    EXPECT_TRUE(answer["rootInfo"].contains("rawStScoreError"));
    EXPECT_EQ(answer["ownership"].size() % 9, 0U);
    seen.insert(answer["id"].get<std::string>() + " " + answer["turnNumber"].dump());
  }
  EXPECT_EQ(seen.size(), 60U);
}

TEST_F(AnalysisCommandTest, OneVisitIsTheNetworkAlone) {
  const auto answers = Serve(
      R"({"id":"q","moves":[],"rules":"japanese","boardXSize":5,"boardYSize":5,"maxVisits":1})"
      "\n",
      "--report-as white");
  ASSERT_EQ(answers.size(), 1U);
  const Json& root = answers[0]["rootInfo"];
  EXPECT_EQ(root["winrate"], root["rawWinrate"]);
  EXPECT_EQ(root["scoreLead"], root["rawLead"]);
  EXPECT_GT(root["rawNoResultProb"], 0.0);
  EXPECT_TRUE(answers[0]["moveInfos"].empty());
}

TEST_F(AnalysisCommandTest, AGameIsATableJsonOrComments) {
  const std::string game = "analyze" + kNet + Path("game.sgf") + " --visits 4 ";
  const ProgramOutput table = RunTengen(game, /*errors=*/false);
  EXPECT_EQ(table.code, 0);
  EXPECT_THAT(table.text, HasSubstr("\n   1 B E5 "));
  EXPECT_THAT(table.text, HasSubstr("\n   4 W pass "));

  const ProgramOutput json = RunTengen(game + "--json --moves 2-3", /*errors=*/false);
  EXPECT_EQ(json.code, 0);
  const Json report = Json::parse(LastLine(json.text));
  ASSERT_EQ(report["moves"].size(), 2U);
  EXPECT_EQ(report["moves"][0]["played"], "C7");
  EXPECT_EQ(report["moves"][1]["move"], 3);
  EXPECT_EQ(report["komi"], 6.5);

  EXPECT_EQ(RunTengen(game + "--sgf " + Path("out.sgf"), /*errors=*/false).code, 0);
  const auto trees = ParseSgf(ReadWholeFile(folder_ / "out.sgf").value());
  ASSERT_TRUE(trees.ok());
  const SgfTree& tree = trees->front();
  EXPECT_EQ(tree.nodes.size(), 6U) << "variations stay";
  EXPECT_THAT(std::string(tree.nodes[1].Value("C")), HasSubstr("first\n\nBlack "));
  EXPECT_EQ(tree.nodes[5].Value("C"), "") << "off the main line";
}

TEST_F(AnalysisCommandTest, APositionIsDrawn) {
  const std::string position = "analyze" + kNet + Path("game.sgf") + " --position --visits 3 ";
  const ProgramOutput output = RunTengen(position + "--move 2", /*errors=*/false);
  EXPECT_EQ(output.code, 0);
  EXPECT_THAT(output.text, HasSubstr("Black to move, 4 visits"));
  EXPECT_THAT(output.text, HasSubstr("\nPolicy, in percent"));
  EXPECT_THAT(output.text, HasSubstr("\nOwnership, in tenths"));
  const ProgramOutput json = RunTengen(position + "--json", /*errors=*/false);
  EXPECT_EQ(Json::parse(LastLine(json.text))["policy"].size(), 82U);
}

TEST_F(AnalysisCommandTest, WrongUseIsOneSentence) {
  const std::string file = Path("game.sgf");
  ExpectError("analyze" + kNet + file + " --moves 3-2", 2, "wanted FIRST-LAST between 1 and 4");
  ExpectError("analyze" + kNet + file + " --position --move 5", 2, "wanted 0 to 4");
  ExpectError("analyze" + kNet + file + " --report-as red", 2, "side-to-move");
  ExpectError("analyze" + kNet + Path("none.sgf"), 1, "none.sgf");
  ExpectError("analyze --net " + file + " " + file, 1, "game.sgf");
  ExpectError("analysis --net " + Path("none.bin.gz"), 1, "none.bin.gz");
}

TEST_F(AnalysisCommandTest, AReaderThatGoesAwayIsExitCode1) {
  WriteFileSynced(folder_ / "queries", "nonsense\nnonsense\n");
  const ProgramOutput output = RunTengen(
      "analysis --cache-mb 1" + kNet + " < " + Path("queries") + " > /dev/full", /*errors=*/false);
  EXPECT_EQ(output.code, 1);
}

}  // namespace
}  // namespace tengen
