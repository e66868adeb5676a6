// The analysis service beside KataGo's own analysis engine, whose queries and answers
// (cpp/tests/analysis/basic.txt and cpp/tests/results/analysis/basic.txt.stdout of
// github.com/lightvector/KataGo) and network lie in the folder TENGEN_KATAGO_DATA. The searches
// differ: compared is what the network says alone, and of moves with one or two visits what follows
// from the same positions.

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "nets/atomic_file.h"
#include "tests/support/run_program.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using Json = nlohmann::json;

std::vector<Json> JsonLines(const std::string& text) {
  std::vector<Json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("{")) lines.push_back(Json::parse(line));
  }
  return lines;
}

// Compares scores of the moves behind which both searches saw the same one or two positions.
// Returns their number.
int CompareMoves(const Json& met, const Json& wanted) {
  int compared = 0;
  for (const Json& move : wanted["moveInfos"]) {
    for (const Json& ours : met["moveInfos"]) {
      if (ours["pv"] != move["pv"] || ours["visits"] != move["visits"] || move["visits"] > 2) {
        continue;
      }
      ++compared;
      for (const char* field : {"scoreLead", "scoreSelfplay", "scoreStdev"}) {
        EXPECT_NEAR(ours[field].get<double>(), move[field].get<double>(), 1e-2)
            << field << " of " << move["move"];
      }
    }
  }
  return compared;
}

TEST(AnalysisReferenceTest, ScoresAndPolicyAreKataGos) {
  const char* folder = std::getenv("TENGEN_KATAGO_DATA");
  if (folder == nullptr) {
    GTEST_SKIP() << "NOT RUN: TENGEN_KATAGO_DATA names no folder with KataGo's reference files";
  }
  const std::filesystem::path path = folder;
  // KataGo was run without random symmetries. One thread keeps the order of the queries, which all
  // have the same id.
  const ProgramOutput output = RunTengen(
      "analysis --threads 1 --net " + (path / "g170-b6c96-s175395328-d26788732.bin.gz").string() +
          ",symmetry=fixed < " + (path / "analysis_basic.txt").string(),
      /*errors=*/false);
  ASSERT_EQ(output.code, 0);
  std::vector<Json> met;
  for (Json& answer : std::vector<Json>(JsonLines(output.text))) {
    // Standard deviations of ownership and the like are warned of.
    if (!answer.contains("warning")) met.push_back(answer);
  }
  const std::vector<Json> wanted =
      JsonLines(ReadWholeFile(path / "analysis_basic.txt.stdout").value());
  ASSERT_EQ(met.size(), wanted.size());
  // Leads: see the tolerance of katago_reference_test.cc.
  const std::map<std::string, double> tolerances = {
      {"rawWinrate", 5e-4},       {"rawNoResultProb", 5e-4},       {"rawLead", 5e-3},
      {"rawScoreSelfplay", 1e-2}, {"rawScoreSelfplayStdev", 2e-2}, {"rawStWrError", 0.0},
      {"rawStScoreError", 0.0},   {"rawVarTimeLeft", 0.0}};
  double largest_policy = 0.0;
  int moves = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    SCOPED_TRACE(i);
    const Json& root = wanted[i]["rootInfo"];
    EXPECT_EQ(met[i]["turnNumber"], wanted[i]["turnNumber"]);
    EXPECT_EQ(met[i]["rootInfo"]["currentPlayer"], root["currentPlayer"]);
    EXPECT_EQ(met[i]["rootInfo"]["visits"], root["visits"]);
    for (const auto& [field, tolerance] : tolerances) {
      const double value = root[field].get<double>();
      EXPECT_NEAR(met[i]["rootInfo"][field].get<double>(), value,
                  tolerance + (field == "rawLead" ? std::ldexp(std::abs(value), -11) : 0.0))
          << field;
    }
    moves += CompareMoves(met[i], wanted[i]);
    EXPECT_EQ(met[i].contains("ownership"), wanted[i].contains("ownership"));
    ASSERT_EQ(met[i].contains("policy"), wanted[i].contains("policy"));
    if (!wanted[i].contains("policy")) continue;
    const auto policy = wanted[i]["policy"].get<std::vector<double>>();
    const auto met_policy = met[i]["policy"].get<std::vector<double>>();
    ASSERT_EQ(met_policy.size(), policy.size());
    for (std::size_t a = 0; a < policy.size(); ++a) {
      EXPECT_EQ(policy[a] == -1.0, met_policy[a] == -1.0) << a;
      largest_policy = std::max(largest_policy, std::abs(policy[a] - met_policy[a]));
    }
  }
  std::printf("largest difference in policy %.2e; scores of %d moves compared\n", largest_policy,
              moves);
  EXPECT_GE(moves, 2);
  EXPECT_LE(largest_policy, 1e-3);
}

// What networks see behind passes, and stones that are placed without liberties: answers of KataGo
// 1.17.2 (Eigen, nnRandomize=false, winrates as Black's) with g170-b6c96 on 5x5, komi 6.5.
TEST(AnalysisReferenceTest, PassesAreSeenAsKataGoSeesThem) {
  const char* folder = std::getenv("TENGEN_KATAGO_DATA");
  if (folder == nullptr) {
    GTEST_SKIP() << "NOT RUN: TENGEN_KATAGO_DATA names no folder with KataGo's reference files";
  }
  struct Case {
    std::string query;
    double win_rate;
    double lead;
  };
  const std::vector<Case> cases = {
      {R"("rules":"japanese","moves":[["B","C3"],["W","pass"]])", 0.96756, 16.0970},
      {R"("rules":"japanese","moves":[["B","C3"],["W","D3"],["B","pass"],["W","pass"]])", 0.89640,
       6.1149},
      {R"("rules":"tromp-taylor","moves":[["B","C3"],["W","pass"]],"overrideSettings":{"ignorePreRootHistory":false})",
       0.99215, 18.0846},
      {R"("rules":"japanese","moves":[["B","C3"],["W","pass"]],"overrideSettings":{"ignorePreRootHistory":false})",
       0.97570, 14.9224},
      {R"("rules":"chinese","moves":[["B","C3"],["W","pass"]])", 0.99232, 18.3237},
      {R"("rules":"chinese","moves":[["B","C3"],["W","D3"],["B","pass"],["W","pass"]],"overrideSettings":{"ignorePreRootHistory":false})",
       0.95057, 8.6094},
      {R"("rules":"japanese","moves":[["B","C3"],["W","D3"],["B","pass"],["W","pass"]],"overrideSettings":{"ignorePreRootHistory":false})",
       0.89137, 5.5084},
      {R"("rules":"japanese","moves":[["B","C3"],["W","D3"],["B","pass"],["B","C4"]])", 0.97450,
       2.5593},
      {R"("rules":"japanese","moves":[["B","pass"]])", 0.01171, -8.4955},
      {R"("rules":"japanese","moves":[],"initialPlayer":"W")", 0.01032, -2.5007},
      {R"("rules":"japanese","moves":[["B","C3"],["B","pass"]])", 0.98754, -1.0908},
      {R"("rules":"japanese","moves":[["B","C3"],["B","D3"]],"overrideSettings":{"ignorePreRootHistory":false})",
       0.99970, 1.3437},
      {R"("rules":"tromp-taylor","moves":[],"initialStones":[["B","A1"],["W","A2"],["W","B1"]])",
       0.11943, -6.6978},
      {R"("rules":"tromp-taylor","moves":[["B","C3"]],"initialStones":[["W","A1"],["W","A2"],["B","B1"],["B","B2"],["B","A3"]])",
       0.99902, 8.1225},
      {R"("rules":"tromp-taylor","moves":[["B","C3"],["W","pass"],["B","pass"]],"overrideSettings":{"ignorePreRootHistory":false})",
       0.99363, -0.2479},
      {R"("rules":"japanese","moves":[["B","C3"],["W","pass"],["B","C4"],["W","C2"]],"overrideSettings":{"ignorePreRootHistory":false})",
       0.97590, 18.8881},
  };
  TempFolder temp;
  std::ofstream queries(temp / "queries.jsonl");
  for (std::size_t i = 0; i < cases.size(); ++i) {
    queries << R"({"id":")" << i << R"(","komi":6.5,"boardXSize":5,"boardYSize":5,"maxVisits":1,)"
            << cases[i].query << "}\n";
  }
  queries.close();
  const std::filesystem::path path = folder;
  const ProgramOutput output =
      RunTengen("analysis --threads 1 --report-as black --net " +
                    (path / "g170-b6c96-s175395328-d26788732.bin.gz").string() +
                    ",symmetry=fixed < " + (temp / "queries.jsonl").string(),
                /*errors=*/false);
  ASSERT_EQ(output.code, 0);
  const std::vector<Json> answers = JsonLines(output.text);
  ASSERT_EQ(answers.size(), cases.size());
  for (const Json& answer : answers) {
    const Case& wanted = cases[std::stoul(answer["id"].get<std::string>())];
    const Json& root = answer["rootInfo"];
    EXPECT_NEAR(root["rawWinrate"].get<double>(), wanted.win_rate, 5e-4) << wanted.query;
    EXPECT_NEAR(root["rawLead"].get<double>(), wanted.lead, 0.01 + 5e-4 * std::abs(wanted.lead))
        << wanted.query;
  }
}

}  // namespace
}  // namespace tengen
