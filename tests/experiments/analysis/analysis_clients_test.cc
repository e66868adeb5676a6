// Queries as KataGo's clients send them: handicap, rules by name, settings, moves that rules
// forbid.

#include <chrono>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/core/mutex.h"
#include "experiments/analysis/analysis_service.h"
#include "tests/experiments/analysis/analysis_support.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using Json = nlohmann::json;
using ::testing::HasSubstr;
using ::testing::SizeIs;

// The lead is what White is given, so that answers tell the compensation that was used.
AnalysisNetwork CompensationNetwork() {
  return FakeNetwork([](const GoState& state) -> FakeGoEvaluator::BlackView {
    return {0.0F, -0.5F * static_cast<float>(state.game().half_compensation())};
  });
}

std::vector<Json> Ask(const AnalysisNetwork& network, const std::vector<std::string>& lines) {
  AnalysisServiceOptions options;
  options.threads = 1;
  options.cache_bytes = 1 << 20;
  options.defaults.visits = 5;
  std::vector<Json> answers;
  Mutex mutex;
  AnalysisService service(network, options, [&](const std::string& line) {
    MutexLock lock(mutex);
    answers.push_back(Json::parse(line));
  });
  for (const std::string& line : lines) EXPECT_TRUE(service.HandleLine(line));
  service.Finish();
  return answers;
}

std::string Query(const std::string& more) {
  Json json = Json::parse(
      R"({"id":"q","boardXSize":5,"boardYSize":5,"rules":"chinese","komi":0.5,"moves":[]})");
  json.update(Json::parse(more));
  return json.dump();
}

Json AskOne(const std::string& more) {
  const auto answers = Ask(CompensationNetwork(), {Query(more)});
  EXPECT_THAT(answers, SizeIs(1)) << more;
  return answers.empty() ? Json() : answers.front();
}

// handicap.jsonl: a query under Chinese rules and the same with explicit komi on top; the one whose
// lead is equal tells what KataGo adds.
TEST(AnalysisClients, CompensationIsKataGos) {
  std::ifstream file(Golden("records/handicap.jsonl"));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  ASSERT_THAT(lines, SizeIs(12));
  std::map<std::string, double> leads;
  for (const Json& answer : Ask(CompensationNetwork(), lines)) {
    leads[answer.at("id")] = answer.at("rootInfo").at("rawLead");
  }
  EXPECT_EQ(leads.at("stones3_B/chinese"), leads.at("stones3_B/0+4"));
  EXPECT_EQ(leads.at("BBB_WW/chinese"), leads.at("BBB_WW/0+0"));
  EXPECT_NE(leads.at("BBB_WW/chinese"), leads.at("BBB_WW/0+3"));
}

// The numbers are those of KataGo's analysis.cpp, by reading.
TEST(AnalysisClients, WhoMovesTwiceInARowBeginsTheHandicapAnew) {
  const auto bonus = [](const char* more) {
    return -0.5 - AskOne(more).at("rootInfo").at("rawLead").get<double>();
  };
  EXPECT_EQ(bonus(R"({"initialStones":[["B","A1"],["B","E5"],["B","A5"]],
                      "moves":[["W","C3"],["W","C2"]]})"),
            0.0);
  EXPECT_EQ(bonus(R"({"initialStones":[["B","A1"],["B","E5"],["B","A5"]],
                      "moves":[["W","C3"],["B","D3"],["W","C2"],["W","B2"]]})"),
            0.0);
  EXPECT_EQ(bonus(R"({"moves":[["B","A1"],["B","E5"],["B","A5"],["W","C3"]]})"), 3.0);
  EXPECT_EQ(bonus(R"({"moves":[["B","A1"],["B","E5"],["B","A5"],["W","C3"],["B","D3"],
                               ["B","D2"]]})"),
            0.0);
  EXPECT_EQ(bonus(R"({"moves":[["B","A1"],["W","pass"],["W","pass"],["B","E5"],["W","C3"]]})"),
            2.0);
}

// humanSLProfile: the network is opened once for each of the people.
TEST(AnalysisClients, QueriesNameWhomTheNetworkImitates) {
  const std::vector<std::string> lines = {
      Query(R"({"id":"own"})"),
      Query(R"({"id":"a","overrideSettings":{"humanSLProfile":"rank_5k"}})"),
      Query(R"({"id":"b","overrideSettings":{"humanSLProfile":"rank_5k"}})"),
      Query(R"({"id":"c","overrideSettings":{"humanSLProfile":"nobody"}})")};
  AnalysisNetwork network = CompensationNetwork();
  int opened = 0;
  network.imitating = [&opened](const std::string& profile) -> Result<AnalysisNetwork> {
    if (profile != "rank_5k") return Error{"wanted rank_5k"};
    ++opened;
    return FakeNetwork([](const GoState&) -> FakeGoEvaluator::BlackView { return {0.0F, 9.0F}; });
  };
  std::map<std::string, Json> answers;
  for (Json& answer : Ask(network, lines)) answers[answer.at("id")] = answer;
  EXPECT_EQ(opened, 1);
  EXPECT_EQ(answers["own"].at("rootInfo").at("rawLead"), -0.5);
  EXPECT_EQ(answers["a"].at("rootInfo").at("rawLead"), 9.0);
  EXPECT_EQ(answers["b"].at("rootInfo").at("rawLead"), 9.0);
  EXPECT_EQ(answers["c"].at("error"), "humanSLProfile: wanted rank_5k");
  const Json refused = Ask(CompensationNetwork(), {lines[1]}).at(0);
  EXPECT_THAT(refused.at("error").get<std::string>(), HasSubstr("takes no profile"));
}

TEST(AnalysisClients, StonesNamedTwiceAreOne) {
  const auto lead = [](const char* stones) {
    return AskOne(StrCat(R"({"initialStones":)", stones, "}"))
        .at("rootInfo")
        .at("rawLead")
        .get<double>();
  };
  EXPECT_EQ(lead(R"([["B","A1"],["B","E5"],["B","A1"]])"), -2.5);
  EXPECT_EQ(lead(R"([["B","A1"],["B","A1"]])"), -0.5) << "one stone is no handicap";
}

TEST(AnalysisClients, RulesByTheNamesOfKataGo) {
  for (const char* rules :
       {"\"new zealand\"", "\"stone_scoring\"", "\"tromp taylor\"", "\"newzealand\"", "\"french\"",
        "\"ing\"", "\"goe\"", "\"ancient-territory\"", "\"chinese_ogs\"",
        "\"koPOSITIONALscoreAREAtaxNONEsui1\"", R"({"score":"AREA","ko":"SIMPLE"})"}) {
    const Json answer = AskOne(StrCat(R"({"rules":)", rules, "}"));
    EXPECT_FALSE(answer.contains("error")) << rules << answer;
  }
  const Json wrong = AskOne(R"({"rules":"no such"})");
  EXPECT_EQ(wrong.at("field"), "rules");
  EXPECT_THAT(wrong.at("error").get<std::string>(),
              ::testing::StartsWith("'no such', wanted tromp-taylor"));
}

// By KataGo's rules.cpp; "tromp-taylor,komi=5.5" is this project's own form.
TEST(AnalysisClients, WithoutKomiThatOfTheRulesCounts) {
  const std::vector<std::pair<std::string, double>> cases = {
      {R"("koPOSITIONALscoreAREAtaxNONEsui1komi5.5")", 5.5},
      {R"("tromp-taylor,komi=5.5")", 5.5},
      {R"("new-zealand")", 7.0},
      {R"("chinese")", 7.5},
      {R"("japanese")", 6.5},
      {R"({"ko":"SIMPLE"})", 7.5},
      {R"({"scoring":"TERRITORY"})", 6.5},
      {R"({"komi":5.5})", 5.5},
      {R"("{\"ko\":\"SIMPLE\",\"komi\":5.5}")", 5.5}};
  for (const auto& [rules, komi] : cases) {
    Json query = Json::parse(Query(StrCat(R"({"rules":)", rules, "}")));
    query.erase("komi");
    const auto answers = Ask(CompensationNetwork(), {query.dump()});
    ASSERT_THAT(answers, SizeIs(1)) << rules;
    ASSERT_TRUE(answers[0].contains("rootInfo")) << answers[0];
    EXPECT_EQ(answers[0]["rootInfo"]["rawLead"], -komi) << rules;
  }
}

TEST(AnalysisClients, SettingsBetweenQuotesAreTheirNumbersAndFlags) {
  const Json answer = AskOne(R"({"overrideSettings":{"maxVisits":"3","maxTime":"50",
      "fpuReductionMax":"0.1","ignorePreRootHistory":"false",
      "reportAnalysisWinratesAs":"WHITE"}})");
  ASSERT_TRUE(answer.contains("rootInfo")) << answer;
  EXPECT_EQ(answer.at("rootInfo").at("visits"), 3);
  EXPECT_EQ(answer.at("rootInfo").at("rawLead"), 0.5);
}

TEST(AnalysisClients, ViewsInOneLetterAndWrongFlags) {
  const Json answer = AskOne(R"({"overrideSettings":{"reportAnalysisWinratesAs":"W"}})");
  ASSERT_TRUE(answer.contains("rootInfo")) << answer;
  const Json wrong = AskOne(R"({"overrideSettings":{"ignorePreRootHistory":"maybe"}})");
  EXPECT_THAT(wrong.value("error", ""), HasSubstr("ignorePreRootHistory: wanted true or false"));
}

TEST(AnalysisClients, MaxTimeEndsASearch) {
  const auto start = std::chrono::steady_clock::now();
  const Json answer = AskOne(R"({"maxVisits":1000000000,"overrideSettings":{"maxTime":0.2}})");
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  EXPECT_FALSE(answer.contains("warning")) << answer;
  EXPECT_GT(answer.at("rootInfo").at("visits"), 1);
  EXPECT_GT(seconds, 0.15);
  EXPECT_LT(seconds, 20.0);
}

TEST(AnalysisClients, MovesThatTheRulesForbidAreTakenAsKataGoTakesThem) {
  // A ko retaken, and the suicide of two.
  EXPECT_FALSE(AskOne(R"({"moves":[["B","B5"],["W","C5"],["B","A4"],["W","B4"],["B","E1"],
                          ["W","A5"],["B","B5"]]})")
                   .contains("error"));
  EXPECT_FALSE(AskOne(R"({"moves":[["B","B5"],["W","A5"],["B","B4"],["W","pass"],["B","A3"],
                          ["W","A4"]]})")
                   .contains("error"));
  // A stone on a stone and the suicide of one are errors there too.
  EXPECT_THAT(AskOne(R"({"moves":[["B","B5"],["W","B5"]]})").at("error").get<std::string>(),
              HasSubstr("move 2"));
  EXPECT_THAT(AskOne(R"({"moves":[["B","B5"],["W","E1"],["B","A4"],["W","A5"]]})")
                  .at("error")
                  .get<std::string>(),
              HasSubstr("suicide"));
}

// By reading of KataGo's analysis engine, which clears its history there.
TEST(AnalysisClients, SuperkoIsForgottenWhereAColourRepeats) {
  // The policy at B5, where Black would take back the ko of A5; -1: illegal.
  const auto retake = [](const std::string& more) {
    return AskOne(R"({"rules":"tromp-taylor","includePolicy":true,"moves":[["B","B5"],["W","C5"],
                      ["B","A4"],["W","B4"],["B","E1"],["W","A5"])" +
                  more + "]}")
        .at("policy")
        .at(1)
        .get<double>();
  };
  EXPECT_EQ(retake(""), -1.0);
  EXPECT_EQ(retake(R"(,["B","pass"],["W","pass"])"), -1.0);
  EXPECT_GE(retake(R"(,["W","pass"])"), 0.0);
}

TEST(AnalysisClients, WithoutAPlayableMoveThereAreNoMoveInfos) {
  for (const char* moves : {"[]", R"(["C3"])"}) {
    const Json answer = AskOne(StrCat(
        R"({"initialStones":[["W","C3"]],"initialPlayer":"B","allowMoves":[{"player":"B","moves":)",
        moves, R"(,"untilDepth":1}]})"));
    EXPECT_THAT(answer.at("moveInfos"), SizeIs(0)) << moves;
    EXPECT_TRUE(answer.contains("rootInfo"));
  }
  const Json pass = AskOne(R"({"allowMoves":[{"player":"B","moves":["pass"],"untilDepth":1}]})");
  EXPECT_THAT(pass.at("moveInfos"), SizeIs(1));
}

TEST(AnalysisClients, ReportsOfASearchUnderWayHaveNoForbiddenMoveEither) {
  const auto answers = Ask(CompensationNetwork(), {Query(R"({"maxVisits":100000,
      "reportDuringSearchEvery":0.001,"firstReportDuringSearchAfter":0.001,
      "allowMoves":[{"player":"B","moves":["C3"],"untilDepth":1}]})")});
  ASSERT_GE(answers.size(), 2U);
  for (const Json& answer : answers) EXPECT_THAT(answer.at("moveInfos"), SizeIs(1)) << answer;
}

// The evaluator is asked but once, whatever the visits: KataGo's answer is the network's alone.
TEST(AnalysisClients, WhereNothingIsAllowedTheNetworkAnswersAlone) {
  const Json answer =
      AskOne(R"({"maxVisits":50,"allowMoves":[{"player":"B","moves":[],"untilDepth":1}]})");
  EXPECT_THAT(answer.at("moveInfos"), SizeIs(0));
  EXPECT_EQ(answer.at("rootInfo").at("winrate"), answer.at("rootInfo").at("rawWinrate"));
}

// prior is the policy's own, not what the moves left make of it.
TEST(AnalysisClients, LimitsLeavePriorsAsTheyAre) {
  const Json free = AskOne(R"({"includePolicy":true,"maxVisits":30})");
  const Json bound = AskOne(
      R"({"maxVisits":30,"allowMoves":[{"player":"B","moves":["C3","D3"],"untilDepth":1}]})");
  ASSERT_THAT(bound.at("moveInfos"), SizeIs(2));
  for (const Json& move : bound.at("moveInfos")) {
    const std::size_t point = move.at("move") == "C3" ? 12 : 13;
    EXPECT_EQ(move.at("prior"), free.at("policy").at(point));
  }
}

// As KataGo's Board::setStone places them: each takes off what it leaves without liberties. Its
// answers with g170-b6c96 are those of the boards behind.
TEST(AnalysisClients, StonesWithoutLibertiesAreTakenOffAsTheyArePlaced) {
  const auto board = [](const char* stones) {
    return AskOne(StrCat(R"({"initialStones":)", stones, "}")).at("rootInfo").at("thisHash");
  };
  EXPECT_EQ(board(R"([["B","A1"],["W","A2"],["W","B1"]])"), board(R"([["W","A2"],["W","B1"]])"));
  EXPECT_EQ(board(R"([["W","A1"],["W","A2"],["B","B1"],["B","B2"],["B","A3"]])"),
            board(R"([["B","B1"],["B","B2"],["B","A3"]])"));
  EXPECT_EQ(board(R"([["B","A1"],["W","A1"]])"), board(R"([["W","A1"]])"));
}

TEST(AnalysisNetworkTest, TheHeadOfAFileTellsNameAndVersion) {
  TempFolder temp;
  std::ofstream(temp / "net.txt") << "b6c96-s1\n8\n22\n19\n";
  const auto head = ReadKataGoHead(temp / "net.txt");
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->name, "b6c96-s1");
  EXPECT_EQ(head->version, 8);
  std::ofstream(temp / "other.txt") << "no network";
  EXPECT_FALSE(ReadKataGoHead(temp / "other.txt").has_value());
  EXPECT_FALSE(ReadKataGoHead(temp / "missing.txt").has_value());
  EXPECT_FALSE(ReadKataGoHead(temp.path()).has_value());
}

TEST(AnalysisClients, AVeryLongLineIsOneClearError) {
  const auto answers = Ask(CompensationNetwork(), {std::string(10'000'000, 'x'), Query("{}")});
  ASSERT_THAT(answers, SizeIs(2));
  EXPECT_THAT(answers[0].at("error").get<std::string>(), HasSubstr("a line of 1048576 bytes"));
  EXPECT_TRUE(answers[1].contains("rootInfo"));
}

}  // namespace
}  // namespace tengen
