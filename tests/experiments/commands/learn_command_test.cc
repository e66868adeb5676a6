// `tengen learn` and `tengen predict` as people and programs call them.

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

TEST(LearnCommand, LastLineIsTheRowsAsJson) {
  TempFolder temp;
  const auto output =
      RunTengen("learn linear --json --run-dir '" + (temp / "run").string() + "'", false);
  ASSERT_EQ(output.code, 0);
  const Json json = Json::parse(LastLine(output.text));
  EXPECT_EQ(json.at("task"), "linear");
  std::set<std::string> names;
  for (const Json& row : json.at("rows")) {
    names.insert(row.at("name").get<std::string>());
    EXPECT_TRUE(row.at("value").is_number());
    EXPECT_TRUE(row.at("unit").is_string());
  }
  for (const char* name : {"weight", "bias", "least squares weight", "least squares bias"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  // The same command has nothing left to do, and says the same.
  const auto again =
      RunTengen("learn linear --json --run-dir '" + (temp / "run").string() + "'", false);
  EXPECT_EQ(LastLine(again.text), LastLine(output.text));
}

TEST(LearnCommand, WrongUseIsOneSentence) {
  TempFolder temp;
  const std::string run = " --run-dir '" + (temp / "run").string() + "'";
  const auto error = [&run](const std::string& arguments) {
    const auto output = RunTengen("learn " + arguments + run, true);
    EXPECT_EQ(output.code, 2) << output.text;
    return output.text;
  };
  EXPECT_THAT(error("liner"), HasSubstr("did you mean 'linear'?"));
  EXPECT_THAT(error("linear --nonsense"), HasSubstr("--nonsense"));
  EXPECT_THAT(error("linear line surplus"), HasSubstr("surplus"));
  EXPECT_THAT(error("--budget 5steps linear"), HasSubstr("'--budget' before the task"));
  EXPECT_THAT(error("rollout-policy --bugdet 5m"), HasSubstr("--bugdet"));
  EXPECT_THAT(error("compare-optimizers --bugdet 5m"), HasSubstr("--bugdet"));
  EXPECT_THAT(error("mlp --set trainer.optimizer.kind=adm"), HasSubstr("did you mean"));
  EXPECT_THAT(error("mlp table"), HasSubstr("wanted --data FILE or FOLDER"));
  EXPECT_THAT(error("mlp table --data /nonexistent/file.csv"), HasSubstr("/nonexistent/file.csv"));
  std::filesystem::create_directories(temp / "empty");
  error("cnn --data '" + (temp / "empty").string() + "'");
  error("cnn glyphs --set net.widths=[8,8,8,8,8,8,8]");
  EXPECT_FALSE(std::filesystem::exists(temp / "run"));
}

TEST(LearnCommand, GoPolicyLearnsFromGamesOfTheNetworkInTheBoxWhereThereAreNone) {
  TempFolder temp;
  std::filesystem::create_directories(temp / "data");
  ::setenv("TENGEN_DATA", (temp / "data").c_str(), 1);
  const std::string command =
      "learn go-policy 3x32 --size 3 --budget 2steps --set net.channels=8 --set net.blocks=1 "
      "--json --run-dir '" +
      (temp / "runs/a").string() + "'";
  const auto output = RunTengen(command, false);
  ASSERT_EQ(output.code, 0);
  const Json json = Json::parse(LastLine(output.text));
  double games = 0.0;
  for (const Json& row : json.at("rows")) {
    if (row.at("name") == "held-out games") games = row.at("value");
  }
  EXPECT_GT(games, 150.0);  // a tenth of 2,048 without those that were played twice
  EXPECT_LE(games, 205.0);
  EXPECT_TRUE(std::filesystem::exists(temp / "runs/games-of-go9-3"));
  const auto again = RunTengen(command, true);  // neither plays nor reads games again
  EXPECT_EQ(again.code, 0);
  EXPECT_THAT(again.text, ::testing::Not(HasSubstr("games of net:go9")));

  std::ofstream(temp / "two.sgf") << "(;SZ[3];B[bb];W[aa])(;SZ[3];B[bb])";
  const std::string predict = "predict '" + (temp / "runs/a").string() + "' '";
  const auto moves = RunTengen(predict + (temp / "two.sgf").string() + "' --json", false);
  ASSERT_EQ(moves.code, 0);
  const Json rows = Json::parse(LastLine(moves.text)).at("rows");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_THAT(rows.at(0).at("name"), HasSubstr("two.sgf game 1 after move 2, Black to move"));
  EXPECT_THAT(rows.at(1).at("name"), HasSubstr("two.sgf game 2 after move 1, White to move"));
  EXPECT_EQ(rows.at(0).at("probabilities").size(), 8U) << "seven empty points and the pass";
  double sum = 0.0;
  double most = 0.0;
  for (const auto& [move, p] : rows.at(0).at("probabilities").items()) {
    sum += p.get<double>();
    most = std::max(most, p.get<double>());
  }
  EXPECT_NEAR(sum, 1.0, 1e-5);
  EXPECT_EQ(rows.at(0).at("probabilities").at(rows.at(0).at("label")), most);
  std::ofstream(temp / "taken.sgf") << "(;SZ[3];B[bb];W[bb])";  // a point that is taken
  EXPECT_THAT(RunTengen(predict + (temp / "taken.sgf").string() + "'", true).text,
              HasSubstr("taken.sgf: move 2: White at bb on a stone"));
  std::ofstream(temp / "bad.sgf") << "no game";
  const auto bad = RunTengen(predict + (temp / "bad.sgf").string() + "'", true);
  EXPECT_EQ(bad.code, 2);
  EXPECT_THAT(bad.text, HasSubstr("bad.sgf"));
  ::unsetenv("TENGEN_DATA");
}

TEST(LearnCommand, ReportAndPredictionOfATable) {
  TempFolder temp;
  {
    std::ofstream table(temp / "t.csv");
    table << "a,b,label\n";
    for (int i = 0; i < 40; ++i)
      table << i << "," << -i << "," << (i < 20 ? "low" : "high") << "\n";
    std::ofstream(temp / "new.csv") << "a,b\n1,-1\n38,-38\n";
  }
  const std::string run = "'" + (temp / "run").string() + "'";
  ASSERT_EQ(
      RunTengen("learn mlp --data '" + (temp / "t.csv").string() + "' --steps 200 --run-dir " + run,
                false)
          .code,
      0);
  const auto predicted =
      RunTengen("predict " + run + " '" + (temp / "new.csv").string() + "' --json", false);
  ASSERT_EQ(predicted.code, 0);
  const Json rows = Json::parse(LastLine(predicted.text)).at("rows");
  EXPECT_EQ(rows.at(0).at("label"), "low");
  EXPECT_EQ(rows.at(1).at("label"), "high");
  ASSERT_EQ(RunTengen("report " + run, false).code, 0);
  std::ifstream in(temp / "run/report.html");
  const std::string page((std::istreambuf_iterator<char>(in)), {});
  for (const char* part : {"Confusion matrix", "Curves", "<svg", "Cost and leakage"}) {
    EXPECT_THAT(page, HasSubstr(part));
  }
}

}  // namespace
}  // namespace tengen
