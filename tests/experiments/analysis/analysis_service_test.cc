#include "experiments/analysis/analysis_service.h"

#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/core/mutex.h"
#include "tests/experiments/analysis/analysis_support.h"

namespace tengen {
namespace {

using Json = nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A door that evaluations wait at.
class Gate {
 public:
  void Close() { Set(false); }
  void Open() { Set(true); }
  // Waits while the gate is closed.
  void Pass() {
    MutexLock lock(mutex_);
    ++arrived_;
    changed_.NotifyAll();
    while (!open_) changed_.Wait(mutex_);
  }
  void WaitForArrival() {
    MutexLock lock(mutex_);
    while (arrived_ == 0) changed_.Wait(mutex_);
  }

 private:
  void Set(bool open) {
    MutexLock lock(mutex_);
    open_ = open;
    changed_.NotifyAll();
  }

  Mutex mutex_;
  CondVar changed_;
  bool open_ TENGEN_GUARDED_BY(mutex_) = true;
  int arrived_ TENGEN_GUARDED_BY(mutex_) = 0;
};

class AnalysisServiceTest : public ::testing::Test {
 protected:
  AnalysisServiceTest()
      : network_(FakeNetwork([this](const GoState&) {
          gate_.Pass();
          return view_;
        })) {
    options_.threads = 1;
    options_.cache_bytes = 1 << 20;
    options_.defaults.visits = 5;
    options_.version = "1.2.3";
    options_.git_hash = "abc";
  }

  void Start() {
    service_ =
        std::make_unique<AnalysisService>(network_, options_, [this](const std::string& line) {
          MutexLock lock(mutex_);
          if (broken_) throw std::runtime_error("nobody reads");
          answers_.push_back(Json::parse(line));
        });
  }

  // All answers to these lines, in their order.
  std::vector<Json> Ask(const std::vector<std::string>& lines) {
    Start();
    for (const std::string& line : lines) EXPECT_TRUE(service_->HandleLine(line));
    service_->Finish();
    return Answers();
  }
  std::vector<Json> Answers() {
    MutexLock lock(mutex_);
    return answers_;
  }

  // A query on 5x5 with further fields, an object as text.
  static std::string Query(const std::string& id, const std::string& more = "{}") {
    Json json = Json::parse(
        R"({"moves":[],"rules":"tromp-taylor","boardXSize":5,"boardYSize":5,"komi":6.5})");
    json["id"] = id;
    json.update(Json::parse(more));
    return json.dump();
  }

  Gate gate_;
  FakeGoEvaluator::BlackView view_ = {0.5F, 4.0F};
  AnalysisNetwork network_;
  AnalysisServiceOptions options_;
  std::unique_ptr<AnalysisService> service_;
  bool broken_ = false;

 private:
  Mutex mutex_;
  std::vector<Json> answers_ TENGEN_GUARDED_BY(mutex_);
};

TEST_F(AnalysisServiceTest, AnswersHaveKataGosFields) {
  const auto answers = Ask({Query("q", R"({"moves":[["B","C3"],["w","c4"]],"maxVisits":20,
      "includePolicy":true,"includeOwnership":true,"includePVVisits":true})")});
  ASSERT_EQ(answers.size(), 1U);
  const Json& answer = answers[0];
  EXPECT_EQ(answer["id"], "q");
  EXPECT_EQ(answer["turnNumber"], 2);
  EXPECT_EQ(answer["isDuringSearch"], false);
  const Json& root = answer["rootInfo"];
  EXPECT_EQ(root["visits"], 20);
  EXPECT_EQ(root["currentPlayer"], "B");
  EXPECT_EQ(root["rawWinrate"], 0.75);
  EXPECT_EQ(root["rawLead"], 4.0);
  EXPECT_EQ(root["thisHash"].get<std::string>().size(), 32U);
  int visits = 0;
  for (std::size_t i = 0; i < answer["moveInfos"].size(); ++i) {
    const Json& move = answer["moveInfos"][i];
    EXPECT_EQ(move["order"], i);
    visits += move["visits"].get<int>();
    EXPECT_EQ(move["pv"][0], move["move"]);
    EXPECT_EQ(move["pvVisits"][0], move["visits"]);
    EXPECT_EQ(move["pvVisits"].size(), move["pv"].size());
    EXPECT_LT(move["lcb"], move["winrate"]);
  }
  EXPECT_EQ(visits, 19) << "the root's own evaluation is a visit too";
  EXPECT_EQ(answer["moveInfos"][0]["move"], "A5") << "the prior's choice";
  const auto policy = answer["policy"].get<std::vector<double>>();
  ASSERT_EQ(policy.size(), 26U);
  EXPECT_EQ(policy[7], -1.0) << "the stone at C4";
  EXPECT_EQ(policy[12], -1.0) << "the stone at C3";
  EXPECT_NEAR(std::accumulate(policy.begin(), policy.end(), 2.0), 1.0, 1e-5);
  EXPECT_EQ(answer["ownership"], std::vector<double>(25, 1.0));
}

TEST_F(AnalysisServiceTest, ValuesAreInTheViewThatWasAskedFor) {
  // White is to move; Black has 75 % and leads by 4.
  const std::map<std::string, double> signs = {
      {"BLACK", 1.0}, {"WHITE", -1.0}, {"SIDETOMOVE", -1.0}};
  std::vector<std::string> lines;
  for (const auto& [name, sign] : signs) {
    lines.push_back(Query(name, R"({"moves":[["B","C3"]],"includeOwnership":true,
        "overrideSettings":{"reportAnalysisWinratesAs":")" +
                                    name + "\"}}"));
  }
  for (const Json& answer : Ask(lines)) {
    const double sign = signs.at(answer["id"]);
    EXPECT_NEAR(answer["rootInfo"]["winrate"].get<double>(), 0.5 + 0.25 * sign, 1e-6);
    EXPECT_NEAR(answer["rootInfo"]["scoreLead"].get<double>(), 4.0 * sign, 1e-4);
    EXPECT_EQ(answer["ownership"][0], sign);
    // The lower bound is White's: above the rate when told as Black's.
    const Json& best = answer["moveInfos"][0];
    EXPECT_EQ(best["lcb"] > best["winrate"], sign > 0.0);
    EXPECT_EQ(best["utilityLcb"] > best["utility"], sign > 0.0);
  }
}

TEST_F(AnalysisServiceTest, FinalScoresOfSelfPlayHaveMeanAndDeviation) {
  view_.selfplay = SelfplayScore{6.0F, 2.5F};  // Black's
  for (const std::string perspective : {"BLACK", "WHITE"}) {
    const double sign = perspective == "BLACK" ? 1.0 : -1.0;
    const auto answers = Ask({Query("q", R"({"moves":[["B","C3"]],"maxVisits":20,
        "rootPolicyTemperature":100,"overrideSettings":{"reportAnalysisWinratesAs":")" +
                                             perspective + "\"}}")});
    const Json& answer = answers.back();
    std::vector<Json> told = answer["moveInfos"];
    EXPECT_GT(told.size(), 1U);
    told.push_back(answer["rootInfo"]);
    for (const Json& info : told) {
      EXPECT_NEAR(info["scoreSelfplay"].get<double>(), 6.0 * sign, 1e-4);
      EXPECT_NEAR(info["scoreStdev"].get<double>(), 2.5, 1e-3);
      EXPECT_NEAR(info["scoreLead"].get<double>(), 4.0 * sign, 1e-4);
    }
  }
}

TEST_F(AnalysisServiceTest, NetworksWithoutDetailsTellNoScoresOfSelfPlay) {
  const Json answer = Ask({Query("q")}).at(0);
  EXPECT_FALSE(answer["rootInfo"].contains("scoreSelfplay"));
  EXPECT_FALSE(answer["moveInfos"][0].contains("scoreStdev"));
  EXPECT_FALSE(answer["moveInfos"][0].contains("ownership"));
}

TEST_F(AnalysisServiceTest, MovesHaveTheirOwnershipWhereAskedFor) {
  const auto answers = Ask({Query("q", R"({"includeMovesOwnership":true,"maxVisits":20,
      "rootPolicyTemperature":100,"overrideSettings":{"reportAnalysisWinratesAs":"WHITE"}})")});
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_FALSE(answers[0].contains("ownership")) << "not asked for";
  EXPECT_GT(answers[0]["moveInfos"].size(), 1U);
  for (const Json& move : answers[0]["moveInfos"]) {
    EXPECT_EQ(move["ownership"], std::vector<double>(25, -1.0));
  }
}

TEST_F(AnalysisServiceTest, EveryAskedTurnHasItsAnswer) {
  const auto answers =
      Ask({Query("q", R"({"moves":[["B","C3"],["W","C4"],["W","D4"]],"analyzeTurns":[0,3,1]})")});
  std::map<int, std::string> players;
  for (const Json& answer : answers) {
    players[answer["turnNumber"]] = answer["rootInfo"]["currentPlayer"];
  }
  EXPECT_EQ(players, (std::map<int, std::string>{{0, "B"}, {1, "W"}, {3, "B"}}));
}

TEST_F(AnalysisServiceTest, HandicapStonesLetWhiteBegin) {
  const auto answers =
      Ask({Query("white", R"j({"initialStones":[["B","B2"],["B","(3,1)"]]})j"),
           Query("black", R"({"initialStones":[["B","B2"],["B","D4"]],"initialPlayer":"B"})")});
  EXPECT_EQ(answers[0]["rootInfo"]["currentPlayer"], "W");
  EXPECT_EQ(answers[1]["rootInfo"]["currentPlayer"], "B");
  EXPECT_NE(answers[0]["rootInfo"]["thisHash"], answers[1]["rootInfo"]["thisHash"]);
}

TEST_F(AnalysisServiceTest, SymmetricPositionsShareTheirSymHash) {
  const auto answers = Ask({Query("a", R"({"moves":[["B","B2"],["W","B3"]]})"),
                            Query("b", R"({"moves":[["B","D4"],["W","C4"]]})"),
                            Query("c", R"({"moves":[["B","D4"],["W","B4"]]})")});
  EXPECT_EQ(answers[0]["rootInfo"]["symHash"], answers[1]["rootInfo"]["symHash"]);
  EXPECT_NE(answers[0]["rootInfo"]["thisHash"], answers[1]["rootInfo"]["thisHash"]);
  EXPECT_NE(answers[0]["rootInfo"]["symHash"], answers[2]["rootInfo"]["symHash"]);
}

TEST_F(AnalysisServiceTest, WrongQueriesNameTheirField) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"boardXSize", R"({"boardXSize":20})"},
      {"boardYSize", R"({"boardYSize":"5"})"},
      {"rules", R"({"rules":"checkers"})"},
      {"rules", R"({"rules":7})"},
      {"rules", R"({"rules":{"ko":"SIMPLE","komi":0.1}})"},
      {"komi", R"({"komi":6.25})"},
      {"komi", R"({"komi":1e9})"},
      {"komi", R"({"komi":"much"})"},
      {"whiteHandicapBonus", R"({"whiteHandicapBonus":"2N"})"},
      {"initialStones", R"({"initialStones":[["B","pass"]]})"},
      {"initialPlayer", R"({"initialPlayer":"green"})"},
      {"moves", R"({"moves":[["B","Z9"]]})"},
      {"moves", R"j({"moves":[["B","(5,0)"]]})j"},
      {"moves", R"({"moves":[["B","(1,0"]]})"},
      {"moves", R"({"moves":[["B","C3"],["W","C3"]]})"},
      {"moves", R"({"moves":"C3"})"},
      {"moves", R"({"moves":[["B","C3","D4"]]})"},
      {"moves", R"({"moves":[["X","C3"]]})"},
      {"analyzeTurns", R"({"analyzeTurns":[1]})"},
      {"analyzeTurns", R"({"analyzeTurns":["0"]})"},
      {"priority", R"({"priority":1.5})"},
      {"priorities", R"({"priorities":[1]})"},
      {"priorities", R"({"analyzeTurns":[0],"priorities":[1,2]})"},
      {"maxVisits", R"({"maxVisits":0})"},
      {"maxVisits", R"({"maxVisits":18446744073709551615})"},
      {"rootPolicyTemperature", R"({"rootPolicyTemperature":0})"},
      {"rootFpuReductionMax", R"({"rootFpuReductionMax":-1})"},
      {"analysisPVLen", R"({"analysisPVLen":0})"},
      {"includePolicy", R"({"includePolicy":1})"},
      {"includeOwnershipStdev", R"({"includeOwnershipStdev":"yes"})"},
      {"reportDuringSearchEvery", R"({"reportDuringSearchEvery":0})"},
      {"overrideSettings", R"({"overrideSettings":{"maxVisits":"many"}})"},
      {"overrideSettings", R"({"overrideSettings":[1,2]})"},
      {"avoidMoves", R"({"avoidMoves":[{"player":"B","moves":["C3"]}]})"},
      {"avoidMoves", R"({"avoidMoves":[{"player":"B","moves":["C9"],"untilDepth":1}]})"},
      {"avoidMoves", R"({"avoidMoves":[7]})"},
      {"allowMoves", R"({"allowMoves":[],"avoidMoves":[]})"},
      {"allowMoves", R"({"allowMoves":[],"avoidMoves":[7]})"},
      {"allowMoves", R"({"allowMoves":[{"player":"B","moves":["C3"],"untilDepth":1},
          {"player":"b","moves":["C4"],"untilDepth":1}]})"},
  };
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    lines.push_back(Query(std::to_string(i), cases[i].second));
  }
  const auto answers = Ask(lines);
  ASSERT_EQ(answers.size(), cases.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(answers[i]["id"], std::to_string(i));
    EXPECT_EQ(answers[i]["field"], cases[i].first) << answers[i];
    EXPECT_FALSE(answers[i].value("error", "").empty()) << answers[i];
  }
}

TEST_F(AnalysisServiceTest, LinesThatAreNoQueryAreAnsweredAndTheNextOneWorks) {
  std::string missing = Query("missing");
  missing.replace(missing.find("boardXSize"), 10, "boardxsize");
  const auto answers = Ask({"", "   \r", "nonsense", "[1,2]", "{\"id\":7}", "{\"moves\":[]}",
                            std::string(100'000, '['), "\xff\xfe", std::string(100'000, 'x'),
                            missing, "{\"id\":\"a\",\"action\":\"dance\"}", Query("good")});
  ASSERT_EQ(answers.size(), 10U);
  for (std::size_t i = 0; i + 1 < answers.size(); ++i) {
    EXPECT_TRUE(answers[i].contains("error")) << answers[i];
    EXPECT_LT(answers[i].dump().size(), 400U);
  }
  EXPECT_EQ(answers[2]["field"], "id");
  EXPECT_EQ(answers[7]["field"], "boardXSize");
  EXPECT_EQ(answers[8]["field"], "action");
  EXPECT_EQ(answers[9]["id"], "good");
}

TEST_F(AnalysisServiceTest, ALongQueryIsAQuery) {
  Json more;
  for (int i = 0; i < 4000; ++i) {
    more["moves"].push_back(Json::array({i % 2 == 0 ? "B" : "W", "pass"}));
  }
  more["comment"] = std::string(60'000, 'x');
  const std::string line = Query("long", more.dump());
  ASSERT_GT(line.size(), 100'000U);
  const auto answers = Ask({line});
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0]["field"], "comment");
  EXPECT_EQ(answers[1]["turnNumber"], 4000);
}

TEST_F(AnalysisServiceTest, WhatIsNotKnownIsAWarning) {
  const auto answers = Ask({Query("q", R"({"colour":"red",
                     "overrideSettings":{"cpuctExploration":2,"maxVisits":3}})")});
  ASSERT_EQ(answers.size(), 3U);
  std::vector<std::string> fields;
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_TRUE(answers[i].contains("warning"));
    fields.push_back(answers[i]["field"]);
  }
  EXPECT_THAT(fields, ::testing::UnorderedElementsAre("colour", "overrideSettings"));
  EXPECT_EQ(answers[2]["rootInfo"]["visits"], 3);
}

TEST_F(AnalysisServiceTest, SpreadsAndGamesWithoutResultWhereAskedFor) {
  const Json answer = Ask({Query("q", R"({"includeOwnershipStdev":true,"maxVisits":9,
                     "includeMovesOwnershipStdev":true,"includeNoResultValue":true})")})
                          .at(0);
  ASSERT_FALSE(answer.contains("warning")) << answer;
  EXPECT_FALSE(answer.contains("ownership")) << "only its spread was asked for";
  const Json move = answer.at("moveInfos").at(0);
  EXPECT_EQ(answer.at("ownershipStdev").size(), move.at("ownershipStdev").size());
  EXPECT_TRUE(move.contains("noResultValue"));
  for (const Json& spread : answer.at("ownershipStdev")) {
    EXPECT_GE(spread.get<double>(), 0.0);
    EXPECT_LE(spread.get<double>(), 1.0);
  }
}

TEST_F(AnalysisServiceTest, PriorityThenArrivalDecideTheOrder) {
  gate_.Close();
  Start();
  service_->HandleLine(Query("first"));
  gate_.WaitForArrival();  // the only thread is busy now
  service_->HandleLine(Query("low", R"({"priority":-1})"));
  service_->HandleLine(Query("plain"));
  service_->HandleLine(
      Query("turns", R"({"moves":[["B","C3"]],"analyzeTurns":[0,1],"priorities":[-2,5]})"));
  service_->HandleLine(Query("plain too"));
  gate_.Open();
  service_->Finish();
  std::vector<std::string> order;
  for (const Json& answer : Answers()) {
    order.push_back(answer["id"].get<std::string>() +
                    std::to_string(answer["turnNumber"].get<int>()));
  }
  EXPECT_THAT(order, ElementsAre("first0", "turns1", "plain0", "plain too0", "low0", "turns0"));
}

TEST_F(AnalysisServiceTest, TerminatedQueriesAreAnsweredToo) {
  gate_.Close();
  Start();
  service_->HandleLine(Query("running", R"({"maxVisits":1000000})"));
  gate_.WaitForArrival();
  service_->HandleLine(
      Query("waiting", R"({"moves":[["B","C3"],["W","C4"]],"analyzeTurns":[0,1,2]})"));
  service_->HandleLine(
      R"({"id":"t1","action":"terminate","terminateId":"waiting","turnNumbers":[0,2]})");
  // No turns at all, though 1 is what is left of the last one in 32 bits.
  service_->HandleLine(
      R"({"id":"t5","action":"terminate_all","turnNumbers":[-1,9223372036854775808,4294967297]})");
  service_->HandleLine(R"({"id":"t2","action":"terminate","terminateId":"running"})");
  service_->HandleLine(R"({"id":"t3","action":"terminate"})");
  service_->HandleLine(
      R"({"id":"t4","action":"terminate","terminateId":"waiting","turnNumbers":"all"})");
  gate_.Open();
  service_->Finish();
  std::map<std::string, Json> by_name;
  for (const Json& answer : Answers()) {
    by_name[answer["id"].get<std::string>() + (answer.contains("turnNumber")
                                                   ? std::to_string(answer["turnNumber"].get<int>())
                                                   : "")] = answer;
  }
  EXPECT_EQ(by_name["waiting0"]["noResults"], true);
  EXPECT_EQ(by_name["waiting0"]["isDuringSearch"], false);
  EXPECT_EQ(by_name["waiting2"]["noResults"], true);
  EXPECT_EQ(by_name["waiting1"]["rootInfo"]["visits"], 5);
  EXPECT_LT(by_name["running0"]["rootInfo"]["visits"], 100);
  EXPECT_EQ(by_name["t1"]["terminateId"], "waiting");
  EXPECT_EQ(by_name["t3"]["field"], "terminateId");
  EXPECT_EQ(by_name["t4"]["field"], "turnNumbers");
}

TEST_F(AnalysisServiceTest, TerminateAllEndsEverything) {
  gate_.Close();
  Start();
  service_->HandleLine(Query("a", R"({"maxVisits":1000000})"));
  gate_.WaitForArrival();
  service_->HandleLine(Query("b", R"({"maxVisits":1000000})"));
  service_->HandleLine(R"({"id":"t","action":"terminate_all"})");
  gate_.Open();
  service_->Finish();
  EXPECT_EQ(Answers().size(), 3U);
}

TEST_F(AnalysisServiceTest, ActionsAreEchoed) {
  const auto answers = Ask({R"({"id":"v","action":"query_version"})",
                            R"({"id":"c","action":"clear_cache","note":1})",
                            R"({"id":"m","action":"query_models"})"});
  EXPECT_EQ(answers[0]["version"], "1.2.3");
  EXPECT_EQ(answers[0]["git_hash"], "abc");
  EXPECT_EQ(answers[1], Json::parse(R"({"id":"c","action":"clear_cache","note":1})"));
  EXPECT_EQ(answers[2]["models"][0]["internalName"], "fake");
}

TEST_F(AnalysisServiceTest, ReportsComeWhileTheSearchGoesOn) {
  const auto answers = Ask({Query("q", R"({"maxVisits":6000,
      "reportDuringSearchEvery":0.001,"firstReportDuringSearchAfter":0.001})")});
  ASSERT_GE(answers.size(), 2U);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    EXPECT_EQ(answers[i]["isDuringSearch"], i + 1 < answers.size());
  }
  EXPECT_EQ(answers.back()["rootInfo"]["visits"], 6000);
}

TEST_F(AnalysisServiceTest, MovesCanBeAvoidedOrAllowed) {
  const auto answers = Ask({Query("avoid", R"({"maxVisits":30,
      "avoidMoves":[{"player":"B","moves":["A5"],"untilDepth":1}]})"),
                            Query("allow", R"({"maxVisits":30,
      "allowMoves":[{"player":"B","moves":["E1"],"untilDepth":1}]})")});
  for (const Json& move : answers[0]["moveInfos"]) EXPECT_NE(move["move"], "A5");
  ASSERT_EQ(answers[1]["moveInfos"].size(), 1U);
  EXPECT_EQ(answers[1]["moveInfos"][0]["move"], "E1");
}

TEST_F(AnalysisServiceTest, LinesHaveTheLengthThatWasAskedFor) {
  const auto answers = Ask({Query("q", R"({"maxVisits":200,"analysisPVLen":1})")});
  EXPECT_EQ(answers[0]["moveInfos"][0]["pv"].size(), 2U) << "behind the first move";
}

TEST_F(AnalysisServiceTest, ManyQueriesOnManyThreadsAllEnd) {
  options_.threads = 6;
  options_.lanes = 2;
  options_.max_batch = 4;
  std::vector<std::string> lines;
  for (int i = 0; i < 60; ++i) {
    const Json more =
        Json::object({{"boardXSize", 5 + i % 3}, {"maxVisits", 10}, {"priority", i % 5}});
    lines.push_back(Query(std::to_string(i), more.dump()));
  }
  const auto answers = Ask(lines);
  EXPECT_EQ(answers.size(), 60U);
  for (const Json& answer : answers) EXPECT_EQ(answer["rootInfo"]["visits"], 10);
}

TEST_F(AnalysisServiceTest, WithoutAReaderItStops) {
  Start();
  broken_ = true;
  EXPECT_FALSE(service_->HandleLine("nonsense"));
  EXPECT_FALSE(service_->HandleLine(Query("q")));
  EXPECT_THROW(service_->Finish(), std::runtime_error);
}

TEST_F(AnalysisServiceTest, DestructionEndsSearchesThatAreUnderWay) {
  Start();
  service_->HandleLine(Query("endless", R"({"maxVisits":1000000000})"));
  gate_.WaitForArrival();
  service_.reset();
  EXPECT_TRUE(Answers().empty());
}

}  // namespace
}  // namespace tengen
