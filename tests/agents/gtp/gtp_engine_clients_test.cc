// What graphical programs, KataGo's clients and GNU Go's ask beyond the protocol.

#include <algorithm>
#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/agents/gtp/gtp_engine_fixture.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(GtpEngineTest, TellsWhatStandsThereAsGnuGoDoes) {
  Open();
  for (const char* line : {"boardsize 5", "play b a5", "play w a4", "play b b3", "play w b5"}) {
    Ok(line);
  }
  EXPECT_EQ(Ok("list_stones black"), "B3");
  EXPECT_EQ(Ok("list_stones white"), "B5 A4");
  EXPECT_EQ(Ok("captures white"), "1");
  EXPECT_EQ(Ok("captures black"), "0");
  EXPECT_EQ(Ok("move_history"), "white B5\nblack B3\nwhite A4\nblack A5");
  EXPECT_EQ(Ok("last_move"), "white B5");
  EXPECT_EQ(Ok("query_boardsize"), "5");
  EXPECT_EQ(Ok("color b3"), "black");
  EXPECT_EQ(Ok("color e1"), "empty");
  EXPECT_EQ(Ok("is_legal black a5"), "0") << "suicide";
  EXPECT_EQ(Ok("is_legal white a5"), "1");
  EXPECT_THAT(Ok("all_legal black"), Not(HasSubstr("A5")));
  EXPECT_THAT(Ok("all_legal white"), HasSubstr("A5"));
  EXPECT_THAT(Ok("top_moves_black"), HasSubstr(" "));
  Ok("boardsize 9 7");
  EXPECT_EQ(Ok("query_boardsize"), "9 7");
  Fail("last_move");
  Fail("list_stones green");
  // A handicap that a front end draws by these commands.
  Ok("boardsize 9");
  const std::string points = Ok("fixed_handicap 4");
  EXPECT_EQ(Ok("list_stones black").size(), points.size());
}

// What Kigo shows at the end of a game. GNU Go 3.8 answers "B+30.7 (upper bound: -30.7, lower:
// -30.7)" after 1 E5, 3 C5, 5 G5 and White's passes on 9x9 with komi 7: the bounds are White's.
TEST_F(GtpEngineTest, EstimatesTheScoreInGnuGosWords) {
  Open();
  Ok("boardsize 3");
  Ok("komi 2.5");
  Ok("play b b2");
  EXPECT_EQ(Ok("estimate_score"), "B+5.0 (upper bound: -5.0, lower: -5.0)") << "the evaluator's";
  Ok("play w pass");
  Ok("play b pass");
  EXPECT_EQ(Ok("estimate_score"), "B+6.5 (upper bound: -6.5, lower: -6.5)");
  Ok("komi 11.5");
  EXPECT_EQ(Ok("estimate_score"), "W+2.5 (upper bound: 2.5, lower: 2.5)");
}

TEST_F(GtpEngineTest, ProcessorTimeGrows) {
  Open();
  const double before = std::stod(Ok("cputime"));
  Ok("genmove b");
  EXPECT_GE(std::stod(Ok("gomill-cpu_time")), before);
  EXPECT_GE(before, 0.0);
}

TEST_F(GtpEngineTest, ThreeBlackMovesInARowAreHandicap) {
  Open();
  Ok("kata-set-rules chinese");
  Ok("komi 0.5");
  for (const char* line : {"play b c3", "play b g7", "play b c7", "play w e5"}) Ok(line);
  EXPECT_EQ(engine_->game().handicap(), 3);
  EXPECT_EQ(engine_->game().game().half_compensation(), 1 + 2 * 3);
  Ok("play w e3");
  EXPECT_EQ(engine_->game().handicap(), 0) << "somebody sets up a position";
  Ok("undo");
  EXPECT_EQ(engine_->game().handicap(), 3);
  Ok("kata-set-rules tromp-taylor");
  EXPECT_EQ(engine_->game().game().half_compensation(), 1);
}

// The numbers are those of KataGo's play and loadsgf, by reading.
TEST_F(GtpEngineTest, WhoMovesTwiceInARowBeginsTheHandicapAnew) {
  TempFolder temp;
  Open();
  Ok("kata-set-rules chinese");
  Ok("komi 0.5");
  Ok("fixed_handicap 3");
  Ok("play w e5");
  EXPECT_EQ(engine_->game().handicap(), 3);
  Ok("play w e3");
  EXPECT_EQ(engine_->game().handicap(), 0);
  Ok("undo");
  EXPECT_EQ(engine_->game().handicap(), 3);
  Ok("clear_board");
  for (const char* line :
       {"play b c3", "play w pass", "play w pass", "play b g7", "play w e5", "komi 0.5"}) {
    Ok(line);
  }
  EXPECT_EQ(engine_->game().handicap(), 2);
  std::ofstream(temp / "game.sgf")
      << "(;SZ[9]RU[Chinese]KM[0.5]AB[cc][gg][gc]PL[W];W[ee];W[ec];B[eg])";
  Ok("loadsgf " + (temp / "game.sgf").string());
  EXPECT_EQ(engine_->game().handicap(), 3) << "a record is counted from its start on";
  Ok("komi 0.5");
  EXPECT_EQ(engine_->game().handicap(), 3);
  Ok("play b g5");
  EXPECT_EQ(engine_->game().handicap(), 0);
}

TEST_F(GtpEngineTest, SettingsByKataGosNames) {
  Open();
  EXPECT_THAT(Ok("kata-list-params"), HasSubstr("maxVisits"));
  Ok("kata-set-param maxVisits 77");
  EXPECT_EQ(Ok("kata-get-param maxVisits"), "77");
  Ok("kata-set-params {\"maxTime\": 2.5, \"allowResignation\": false}");
  const auto json = nlohmann::json::parse(Ok("kata-get-params"));
  EXPECT_EQ(json["maxTime"], 2.5);
  EXPECT_EQ(json["allowResignation"], false);
  EXPECT_EQ(json["maxVisits"], 77);
  EXPECT_THAT(Fail("kata-get-param playoutDoubling"), HasSubstr("known are maxVisits"));
  EXPECT_THAT(Fail("kata-set-param maxVisits none"), HasSubstr("maxVisits"));
  Fail("kata-set-params {\"maxVisits\": 5, \"nonsense\": 1}");
  EXPECT_EQ(Ok("kata-get-param maxVisits"), "77") << "all or none";
  Ok("kata-set-param ponderingEnabled true");
  EXPECT_TRUE(engine_->pondering());
  config_.model = "a network";
  config_.model_name = "b6c96-s1";
  config_.model_version = 8;
  Open();
  const auto model = nlohmann::json::parse(Ok("kata-get-models"))[0];
  EXPECT_EQ(model["name"], "a network");
  EXPECT_EQ(model["internalName"], "b6c96-s1");
  EXPECT_EQ(model["version"], 8) << "the model's, a number";
}

TEST_F(GtpEngineTest, SettingsThatAreRefusedTogetherChangeNoSearch) {
  config_.visits = 64;
  const std::string search = "kata-search_analyze b 1000";
  Open();
  const std::string before = Send(search);
  Open();
  Fail("kata-set-params {\"rootFpuReductionMax\": 2, \"zzz\": 1}");
  EXPECT_EQ(Send(search), before);
  Ok("kata-set-params {\"rootFpuReductionMax\": 2}");
  EXPECT_NE(Send(search), before) << "taken, it would tell";
}

TEST_F(GtpEngineTest, SearchesThatPlayNothing) {
  Open();
  const std::string move = Ok("kata-search b");
  EXPECT_THAT(move, Not(HasSubstr("cancelled")));
  EXPECT_TRUE(engine_->game().moves().empty());
  EXPECT_THAT(Send("kata-search_analyze b 50"), HasSubstr("\nplay "));
  EXPECT_TRUE(engine_->game().moves().empty());
  EXPECT_THAT(Send("analyze b 50"), HasSubstr("info move"));
  EXPECT_THAT(Send("genmove_analyze b 50"), HasSubstr("\nplay "));
  EXPECT_EQ(engine_->game().moves().size(), 1U);
}

TEST_F(GtpEngineTest, ACommandCancelsASearchThatMayBeCancelled) {
  config_.visits = 1'000'000;
  Open();
  stop_at_ = std::chrono::steady_clock::now();  // a command waits already
  EXPECT_EQ(Ok("kata-search_cancellable b"), "cancelled");
  EXPECT_THAT(Send("kata-search_analyze_cancellable b 50"), HasSubstr("play cancelled"));
  EXPECT_TRUE(engine_->game().moves().empty());
}

TEST_F(GtpEngineTest, GoguisInterruptEndsALongThink) {
  config_.visits = 100'000'000;
  auto engine = GtpEngine::Make(
      config_,
      [](const GoGame&, const GtpConfig&) -> Result<std::shared_ptr<Evaluator>> {
        return std::shared_ptr<Evaluator>(std::make_shared<BlackOwnsAll>(0.5F, false));
      },
      {Writer(), [] { return false; }, {}, [] { return true; }});
  ASSERT_TRUE(engine.ok());
  engine_ = std::move(*engine);
  EXPECT_EQ(Ok("known_command gogui-interrupt"), "true");
  EXPECT_THAT(Ok("genmove b"), Not(HasSubstr("resign")));
  EXPECT_EQ(engine_->game().moves().size(), 1U);
}

TEST_F(GtpEngineTest, GoguiKnowsThePictures) {
  Open();
  Ok("gogui-play_sequence b e5 w c3");
  EXPECT_EQ(Ok("move_history"), "white C3\nblack E5");
  Fail("gogui-play_sequence b g7 w e5");
  Fail("gogui-play_sequence w g7 w e5");
  EXPECT_EQ(engine_->game().moves().size(), 2U) << "all or none";
  EXPECT_EQ(engine_->game().to_move(), Player::kFirst);
  EXPECT_THAT(Ok("gogui-analyze_commands"), HasSubstr("dboard/Tengen Ownership/tengen-ownership"));
  EXPECT_THAT(Ok("tengen-policy"), HasSubstr("LABEL "));
  const std::string ownership = Ok("tengen-ownership");
  EXPECT_EQ(std::count(ownership.begin(), ownership.end(), '\n'), 8);
  EXPECT_THAT(ownership, HasSubstr("1.000 1.000"));
  EXPECT_THAT(Ok("tengen-value"), HasSubstr("black wins 75.0 %, leads by +5.0"));
}

TEST_F(GtpEngineTest, AnalysisHasThePartsThatWereAskedFor) {
  Open();
  EXPECT_THAT(Send("kata-analyze b 10 pvVisits true pvEdgeVisits true"),
              AllOf(HasSubstr(" pvVisits "), HasSubstr(" pvEdgeVisits ")));
  EXPECT_THAT(Send("kata-analyze b 10 pvVisits false"), Not(HasSubstr("pvVisits")));
  for (const char* key : {"ownershipStdev", "movesOwnershipStdev", "noResultValue"}) {
    EXPECT_THAT(Send(StrCat("kata-analyze b 10 ", key, " true")), HasSubstr(StrCat(" ", key, " ")));
    EXPECT_THAT(Send(StrCat("kata-analyze b 10 ", key, " false")),
                AllOf(HasSubstr("info move"), Not(HasSubstr(key))));
  }
}

// Scores that grow with the stones on the board: positions of one search differ.
class CountsStones : public BlackOwnsAll {
 public:
  explicit CountsStones(bool scores) : BlackOwnsAll(0.5F, false), scores_(scores) {}
  Ticket Submit(std::span<Evaluation> batch) override {
    (void)BlackOwnsAll::Submit(batch);
    for (Evaluation& evaluation : batch) {
      evaluation.score = scores_ ? 1.0F + static_cast<float>(evaluation.state->Ply()) : 0.0F;
    }
    return 0;
  }

 private:
  const bool scores_;
};

TEST_F(GtpEngineTest, ScoreFieldsAreLeftOutWhereNothingIsKnown) {
  for (const bool scores : {true, false}) {
    config_.visits = 200;
    auto engine = GtpEngine::Make(
        config_,
        [scores](const GoGame&, const GtpConfig&) -> Result<std::shared_ptr<Evaluator>> {
          return std::shared_ptr<Evaluator>(std::make_shared<CountsStones>(scores));
        },
        {Writer(), [] { return false; }});
    engine_ = std::move(*engine);
    const std::string line = Send("kata-search_analyze b 1000 rootInfo true");
    EXPECT_EQ(line.find("scoreLead") != std::string::npos, scores);
    EXPECT_EQ(line.find("scoreStdev") != std::string::npos, scores) << "from the visits";
    EXPECT_EQ(line.find("rawLead") != std::string::npos, scores);
    EXPECT_THAT(line, Not(HasSubstr("scoreSelfplay"))) << "this evaluator does not tell it";
    EXPECT_THAT(line, Not(HasSubstr("scoreStdev 0.0000")));
  }
}

TEST_F(GtpEngineTest, ByoyomiTellsPeriodsInTimeLeft) {
  config_.visits = 100'000'000;
  Open();
  std::ifstream script(Golden("records/five_periods.gtp"));
  for (std::string line; std::getline(script, line) && line != "quit";) {
    if (line.rfind("time_left", 0) == 0) {
      line = "time_left b 1 5";  // as the file's, five times as fast
    }
    const auto start = std::chrono::steady_clock::now();
    Ok(line);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (line.rfind("genmove", 0) == 0) {
      EXPECT_GT(seconds, 0.7) << "a whole period for the move, not a fifth";
      EXPECT_LT(seconds, 1.5);
    }
  }
}

TEST_F(GtpEngineTest, TimeSettingsOfKataGo) {
  Open();
  EXPECT_EQ(Ok("kata-list_time_settings"), "none absolute byoyomi canadian fischer fischer-capped");
  for (const char* line :
       {"kata-time_settings none", "kata-time_settings absolute 10.5",
        "kata-time_settings byoyomi 0 2.5 3", "kata-time_settings canadian 60 10 5",
        "kgs-time_settings canadian 600 30 0", "kgs-time_settings canadian 600 0 0",
        "kata-time_settings fischer 5.5 0.5", "kata-time_settings fischer-capped 60 10 120 -1"}) {
    Ok(line);
  }
  for (const char* line :
       {"kata-time_settings", "kata-time_settings sudden", "kgs-time_settings fischer 5 1",
        "kata-time_settings fischer 5", "kata-time_settings fischer-capped 60 10 30 -1",
        "kgs-time_settings byoyomi 0 5", "kata-time_settings absolute -1"}) {
    Fail(line);
  }
}

TEST_F(GtpEngineTest, NoPeriodsAreNoOvertime) {
  config_.visits = 100'000'000;
  config_.mcts.max_nodes = 1000;
  Open();
  for (const char* line : {"kgs-time_settings byoyomi 3 30 0", "kata-time_settings byoyomi 3 30 0",
                           "kgs-time_settings canadian 3 0 0"}) {
    Ok(line);
    const auto start = std::chrono::steady_clock::now();
    Ok("genmove b");
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1)) << line;
  }
}

TEST(GtpClockClients, FischerAddsItsIncrement) {
  GtpClock clock;
  GtpTimeSettings settings;
  settings.main_s = 10.0;
  settings.increment_s = 5.0;
  settings.main_limit_s = 12.0;
  clock.Set(settings);
  EXPECT_NEAR(*clock.Budget(Player::kFirst, 100), 0.1 + 4.5 - GtpClock::kLag, 1e-9);
  clock.Spend(Player::kFirst, 1.0);  // 14 left, 12 kept
  EXPECT_NEAR(*clock.Budget(Player::kFirst, 100), 0.12 + 4.5 - GtpClock::kLag, 1e-9);
  clock.Spend(Player::kFirst, 100.0);
  EXPECT_NEAR(*clock.Budget(Player::kFirst, 100), 2.5, 1e-9) << "half of the increment is left";
  settings.move_limit_s = 1.0;
  clock.Set(settings);
  EXPECT_NEAR(*clock.Budget(Player::kFirst, 100), 1.0 - GtpClock::kLag, 1e-9);
}

TEST(GtpClockClients, PeriodsAreForOneMoveEach) {
  GtpClock clock;
  GtpTimeSettings settings;
  settings.overtime_s = 5.0;
  settings.stones = 1;
  settings.periods = 5;
  clock.Set(settings);
  clock.SetLeft(Player::kFirst, 5.0, 5);
  EXPECT_NEAR(*clock.Budget(Player::kFirst, 50), 0.95 * 5.0 - GtpClock::kLag, 1e-9);
  clock.Spend(Player::kFirst, 7.0);
  EXPECT_NEAR(*clock.Budget(Player::kFirst, 50), 0.95 * 5.0 - GtpClock::kLag, 1e-9);
}

// The seki of ScoreGameTest (Japanese rules 1989, article 8), with an evaluator that gives nobody
// anything: both chains are in it, and in no other list.
class OwnsNothing : public BlackOwnsAll {
 public:
  OwnsNothing() : BlackOwnsAll(0.0F, false) {}
  Ticket Submit(std::span<Evaluation> batch) override {
    (void)BlackOwnsAll::Submit(batch);
    for (Evaluation& evaluation : batch) {
      for (float& owner : evaluation.ownership) owner = 0.0F;
    }
    return 0;
  }
};

TEST_F(GtpEngineTest, SekiIsListed) {
  auto engine =
      GtpEngine::Make(config_,
                      [](const GoGame&, const GtpConfig&) -> Result<std::shared_ptr<Evaluator>> {
                        return std::shared_ptr<Evaluator>(std::make_shared<OwnsNothing>());
                      },
                      {Writer(), [] { return false; }});
  engine_ = std::move(*engine);
  Ok("boardsize 5 3");
  Ok("set_position b a3 b b3 b a2 b b2 b b1 w d3 w e3 w d2 w e2 w d1");
  EXPECT_THAT(Ok("final_status_list seki"), AllOf(HasSubstr("B1"), HasSubstr("D1")));
  EXPECT_EQ(Ok("final_status_list alive"), "");
  EXPECT_EQ(Ok("final_status_list dead"), "");
  // Black with two eyes is alive at a neutral point.
  Ok("boardsize 5 5");
  Ok("set_position b b5 b b4 b a4 b b3 b a3 b b2 b a2 b b1 w d5 w d4 w d3 w d2 w d1");
  EXPECT_THAT(Ok("final_status_list alive"), AllOf(HasSubstr("B1"), HasSubstr("D1")));
  EXPECT_EQ(Ok("final_status_list seki"), "");
}

TEST_F(GtpEngineTest, RecordsWrittenHereLoadHere) {
  TempFolder temp;
  Open();
  const std::string file = (temp / "own.sgf").string();
  std::ifstream script(Golden("records/suicide.gtp"));
  std::string board;
  for (std::string line; std::getline(script, line) && line != "quit";) {
    if (const std::size_t at = line.find("own.sgf"); at != std::string::npos) {
      line = line.substr(0, at) + file;
    }
    const std::string answer = Ok(line);
    if (line == "showboard") board = answer;
  }
  EXPECT_EQ(Ok("showboard"), board);
  EXPECT_THAT(Ok("printsgf -"), HasSubstr("RU[Tromp-Taylor]"));
  // Komi beyond 100, territory, and rules that have no name.
  for (const char* rules : {"japanese", "cgos", "aga", "stone-scoring", "chinese", "chinese-ogs",
                            "ing", "{\"scoring\":\"TERRITORY\",\"friendlyPassOk\":false}"}) {
    Ok("clear_board");
    Ok(StrCat("kata-set-rules ", rules));
    Ok("komi 150");
    Ok("play b c3");
    const std::string before = Ok("kata-get-rules");
    Ok("printsgf " + file);
    Ok("kata-set-rules tromp-taylor");
    Ok("komi 0");
    Ok("loadsgf " + file);
    EXPECT_EQ(Ok("get_komi"), "150") << rules;
    EXPECT_EQ(Ok("kata-get-rules"), before) << rules;
  }
}

TEST_F(GtpEngineTest, HandicapFromBeforeASetupIsInRecordsWrittenHere) {
  TempFolder temp;
  Open();
  const std::string in = (temp / "in.sgf").string();
  const std::string out = (temp / "out.sgf").string();
  std::ofstream(in) << "(;SZ[9]RU[Chinese]KM[5]HA[3]AB[cc][gg][gc];W[bb];AW[aa];B[hh])";
  Ok("loadsgf " + in);
  const std::string score = Ok("final_score");
  Ok("printsgf " + out);
  Ok("loadsgf " + out);
  EXPECT_EQ(Ok("final_score"), score);
  // Two moves of White in a row begin anew when told one by one, and take back all in a record.
  for (const char* line : {"boardsize 13", "kata-set-rules aga", "komi 5.5", "fixed_handicap 3",
                           "play w c3", "play w d3", "play b e5"}) {
    Ok(line);
  }
  const std::string live = Ok("final_score");
  Ok("printsgf " + out);
  Ok("loadsgf " + out);
  EXPECT_EQ(Ok("final_score"), live);
}

TEST_F(GtpEngineTest, PrisonersFromBeforeASetupCount) {
  TempFolder temp;
  Open();
  const std::string in = (temp / "in.sgf").string();
  const std::string out = (temp / "out.sgf").string();
  const std::string moves = "(;SZ[5]RU[Japanese]KM[0.5];B[ba];W[aa];B[ab];W[dd]";
  std::ofstream(in) << moves << ";B[cc];AW[ed])";
  Ok("loadsgf " + in);
  EXPECT_EQ(Ok("captures black"), "1");
  EXPECT_THAT(Ok("showboard"), HasSubstr("captured: 0 black, 1 white"));
  const std::string score = Ok("final_score");
  Ok("printsgf " + out);
  Ok("loadsgf " + out);
  EXPECT_EQ(Ok("get_komi"), "-0.5") << "the prisoner is a point of Black's";
  EXPECT_EQ(Ok("final_score"), score);
}

TEST_F(GtpEngineTest, ValuesThatKataGoTakes) {
  Open();
  Ok("kata-set-param maxVisits 1125899906842624");
  EXPECT_EQ(Ok("kata-get-param maxVisits"), "100000000") << "as many as mean something";
  Fail("kata-set-param maxVisits 2.5");
  Ok("kata-set-param maxTime 0");
  Ok("genmove b");
  for (const char* value : {"TRUE", "False", "true"}) {
    Ok(StrCat("kata-set-rule suicide ", value));
  }
  EXPECT_THAT(Ok("kata-get-rules"), HasSubstr("\"suicide\":true"));
  EXPECT_THAT(Fail("kata-raw-nn b 0 x"), HasSubstr("optimism"));
}

TEST_F(GtpEngineTest, DeadStonesStayDeadInRecordsWrittenHere) {
  TempFolder temp;
  Open();
  const std::string file = (temp / "own.sgf").string();
  for (const char* line : {"kgs-rules chinese", "komi 0", "play b e5", "play w a1"}) Ok(line);
  EXPECT_EQ(Ok("final_score"), "B+81");
  Ok("printsgf " + file);
  EXPECT_THAT(Ok("printsgf -"), HasSubstr("RU[koPOSITIONALscoreAREAtaxNONEsui0whbNfpok1]"));
  Ok("kata-set-rules tromp-taylor");
  Ok("loadsgf " + file);
  EXPECT_EQ(Ok("final_score"), "B+81");
}

TEST_F(GtpEngineTest, RulesOfRecordsAreTakenOrSaid) {
  TempFolder temp;
  std::string said;
  auto engine = GtpEngine::Make(
      config_,
      [](const GoGame&, const GtpConfig&) -> Result<std::shared_ptr<Evaluator>> {
        return std::shared_ptr<Evaluator>(std::make_shared<BlackOwnsAll>(0.5F, false));
      },
      {Writer(), [] { return false; }, [&said](std::string_view text) { said += text; }});
  engine_ = std::move(*engine);
  for (const char* file : {"Japanese_Rules.sgf", "Korean.sgf", "own_territory.sgf"}) {
    Ok("kata-set-rules tromp-taylor");
    Ok("loadsgf " + Golden(StrCat("records/", file)));
    EXPECT_THAT(Ok("kata-get-rules"), HasSubstr("\"scoring\":\"TERRITORY\"")) << file;
    EXPECT_THAT(Ok("kata-get-rules"), HasSubstr("\"tax\":\"SEKI\"")) << file;
    EXPECT_EQ(said, "") << file;
  }
  Ok("kata-set-rules tromp-taylor");
  std::ofstream(temp / "odd.sgf") << "(;SZ[9]RU[Regole];B[aa];W[aa])";
  Ok("loadsgf " + (temp / "odd.sgf").string());
  EXPECT_THAT(said, HasSubstr("RU is not understood: rules 'Regole'"));
  EXPECT_THAT(said, HasSubstr("taken as Tromp-Taylor"));
  EXPECT_THAT(said, HasSubstr("move 2: White at aa on a stone"));
}

TEST_F(GtpEngineTest, RuleNamesWithSpaces) {
  Open();
  for (const char* name : {"new zealand", "stone_scoring", "tromp taylor", "chinese_ogs", "french",
                           "ing", "koPOSITIONALscoreAREAtaxNONEsui1", "{\"score\": \"AREA\"}"}) {
    Ok(StrCat("kata-set-rules ", name));
  }
  Ok("kata-set-rules {\"scoring\":\"TERRITORY\"}");
  EXPECT_THAT(Ok("kata-get-rules"), HasSubstr("\"tax\":\"SEKI\"")) << "as KataGo fills in";
  EXPECT_THAT(Ok("kata-get-rules"), HasSubstr("\"suicide\":true"));
  Fail("kata-set-rules {\"scoring\":\"TERRITORY\",\"sense\":1}");
}

}  // namespace
}  // namespace tengen
