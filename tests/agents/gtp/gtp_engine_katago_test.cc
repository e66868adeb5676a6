// Commands as KataGo 1.17.2 answers them, of which each case was asked.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/core/check.h"
#include "tests/agents/gtp/gtp_engine_fixture.h"

namespace tengen {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(GtpEngineTest, AForbiddenPassIsNotPlayedThoughItWins) {
  Open();
  Ok("play b pass");  // on an empty board, where White wins by komi
  EXPECT_THAT(Send("kata-genmove_analyze w 10 avoid w pass 3"),
              AllOf(StartsWith("=\ninfo move "), Not(HasSubstr("play pass"))));
  Ok("undo");
  EXPECT_THAT(Send("kata-genmove_analyze w 10"),
              MatchesRegex("=\ninfo move pass .*\nplay pass\n\n"));
  Ok("undo");
  EXPECT_EQ(Ok("genmove w"), "pass");
}

TEST_F(GtpEngineTest, AForbiddenMoveOfTheRawPolicyIsNotPlayed) {
  config_.visits = 0;
  Open();
  EXPECT_THAT(Send("kata-genmove_analyze b 10 allow b c3 1"),
              MatchesRegex("=\ninfo move C3 visits 0 .*\nplay C3\n\n"));
}

TEST_F(GtpEngineTest, WhereNothingIsAllowedNothingIsPlayed) {
  Open();
  Ok("play w c3");
  EXPECT_EQ(Send("kata-genmove_analyze b 10 allow b c3 1"), "=\n\n");
  EXPECT_EQ(engine_->game().moves().size(), 1U);
}

// prior: the policy's own, which is uniform here, over all 81 points and the pass.
TEST_F(GtpEngineTest, LimitsLeavePriorsAsTheyAre) {
  Open();
  EXPECT_THAT(Send("kata-analyze b 10 allow b c3,d4 1"), HasSubstr(" prior 0.012195 "));
  EXPECT_THAT(Send("kata-analyze b 10 avoid b c3 1"), HasSubstr(" prior 0.012195 "));
}

TEST_F(GtpEngineTest, PointsAsCoordinatesFromTheUpperLeft) {
  Open();
  Ok("play b (2,0)");
  EXPECT_EQ(Ok("color C9"), "black");
  EXPECT_THAT(Fail("play w (9,0)"), HasSubstr("wanted (x,y) below (9,9)"));
  EXPECT_THAT(Fail("play w (1;1)"), HasSubstr("wanted (x,y)"));
}

TEST_F(GtpEngineTest, KoIsRetakenAndSeveralStonesCommitSuicide) {
  Open();
  Ok("kata-set-rules chinese");
  for (const char* line : {"boardsize 5", "play b b5", "play w c5", "play b a4", "play w d4",
                           "play b b3", "play w c3", "play b c4", "play w b4"}) {
    Ok(line);
  }
  EXPECT_EQ(Ok("is_legal b c4"), "0");
  Ok("play b c4");
  EXPECT_EQ(Ok("color b4"), "empty");
  for (const char* line : {"clear_board", "play b b5", "play w a5", "play b b4", "play w pass",
                           "play b a3", "play w a4"}) {
    Ok(line);
  }
  EXPECT_EQ(Ok("color a5"), "empty");
  Ok("play b a4");
  EXPECT_THAT(Fail("play w a5"), HasSubstr("is suicide"));
  EXPECT_THAT(Fail("play w b5"), HasSubstr("holds a stone"));
}

TEST_F(GtpEngineTest, KomiBeyondFourHundredAndResigningAreNoMoves) {
  Open();
  EXPECT_THAT(Fail("komi 500"), HasSubstr("wanted one from -400 to 400"));
  Ok("komi -400");
  EXPECT_THAT(Fail("play b resign"), HasSubstr("syntax error"));
}

// Where an object of rules names territory and no friendlyPassOk, KataGo's is false; players agree
// on dead stones here all the same.
TEST_F(GtpEngineTest, FriendlyPassesAreThoseThatWereAskedFor) {
  Open();
  const auto friendly = [this] {
    return nlohmann::json::parse(Ok("kata-get-rules")).at("friendlyPassOk").get<bool>();
  };
  Ok("kata-set-rules {\"scoring\":\"TERRITORY\"}");
  EXPECT_FALSE(friendly());
  Ok("kata-set-rule friendlyPassOk true");
  EXPECT_TRUE(friendly());
  Ok("kata-set-rules chinese");
  EXPECT_TRUE(friendly());
  Ok("kata-set-rules tromp-taylor");
  EXPECT_FALSE(friendly());
  Ok("kata-set-rule scoring TERRITORY");
  EXPECT_FALSE(friendly());
  // Black owns all, so White's stone is dead under territory: 24 points and a prisoner, komi 7.5.
  for (const char* line : {"boardsize 5", "komi 7.5", "play b a1", "play w c3", "play b pass"}) {
    Ok(line);
  }
  EXPECT_EQ(Ok("final_score"), "B+17.5");
  Ok("kata-set-rule scoring AREA");
  EXPECT_EQ(Ok("final_score"), "W+7.5") << "all stones alive again";
}

TEST_F(GtpEngineTest, SettingsOfKataGoAreTaken) {
  Open();
  for (const char* setting :
       {"analysisWideRootNoise 0.04", "playoutDoublingAdvantage 1.5", "antiMirror true",
        "genmoveAntiMirror false", "lcbStdevs 5", "analysisIgnorePreRootHistory true",
        "numSearchThreads 2", "maxPlayouts 10", "humanSLProfile \"\""}) {
    Ok(StrCat("kata-set-param ", setting));
  }
  EXPECT_EQ(Ok("kata-get-param maxPlayouts"), "10");
  EXPECT_EQ(Ok("kata-get-param numSearchThreads"), "2");
  EXPECT_EQ(Ok("kata-get-param analysisIgnorePreRootHistory"), "true");
  EXPECT_EQ(Ok("kata-get-param humanSLProfile"), "");
  EXPECT_THAT(Fail("kata-get-param antiMirror"), HasSubstr("changes nothing here"));
  Ok("kata-set-params {\"maxVisits\":33,\"analysisWideRootNoise\":0.1}");
  EXPECT_EQ(Ok("kata-get-param maxVisits"), "33");
  Fail("kata-set-param numSearchThreads 0");
  Fail("kata-set-param nonsense 1");
}

TEST_F(GtpEngineTest, MaxPlayoutsEndsASearch) {
  Open();
  Ok("kata-set-params {\"maxVisits\":1000,\"maxPlayouts\":5}");
  EXPECT_THAT(Send("kata-search_analyze b 1000 rootInfo true"), HasSubstr("rootInfo visits 6 "));
}

// The evaluator is opened anew with what it needs, and a refusal leaves the old one.
TEST_F(GtpEngineTest, ProfilesAndThreadsReachTheEvaluator) {
  std::string profile;
  int threads = 0;
  auto engine = GtpEngine::Make(
      config_,
      [&](const GoGame&, const GtpConfig& config) -> Result<std::shared_ptr<Evaluator>> {
        if (config.profile == "nobody") return Error{"wanted a network that imitates people"};
        profile = config.profile;
        threads = config.threads;
        return std::shared_ptr<Evaluator>(std::make_shared<BlackOwnsAll>(0.5F, false));
      },
      {Writer(), [this] { return Stop(); }});
  ASSERT_TRUE(engine.ok());
  engine_ = std::move(*engine);
  Ok("kata-set-params {\"humanSLProfile\":\"rank_5k\",\"numSearchThreads\":2}");
  EXPECT_EQ(profile, "rank_5k");
  EXPECT_EQ(threads, 2);
  EXPECT_THAT(Fail("kata-set-param humanSLProfile nobody"), HasSubstr("imitates people"));
  EXPECT_EQ(Ok("kata-get-param humanSLProfile"), "rank_5k");
  Ok("boardsize 5");
  EXPECT_EQ(profile, "rank_5k") << "another board too";
}

TEST_F(GtpEngineTest, PolicyOptimismIsTakenWhereItMeansNothing) {
  config_.model_version = 8;
  Open();
  EXPECT_THAT(Ok("kata-raw-nn 0 0.5"), StartsWith("symmetry 0\n"));
  Fail("kata-raw-nn 0 1.5");
  config_.model_version = 15;
  Open();
  EXPECT_THAT(Fail("kata-raw-nn 0 0.5"), HasSubstr("cannot be chosen here"));
}

TEST_F(GtpEngineTest, DebuggingCommandsTellWhatTheSearchFound) {
  Open();
  EXPECT_THAT(Ok("debug_moves"), HasSubstr("root: 17 visits, win rate 75.0 %, lead +5.0"));
  EXPECT_THAT(Ok("debug_moves rawstats C3 D4"), AllOf(HasSubstr("alone: "), HasSubstr("O")));
  EXPECT_TRUE(engine_->game().moves().empty()) << "the moves are taken back";
  Fail("debug_moves C3 C3");
  EXPECT_TRUE(engine_->game().moves().empty());
  EXPECT_THAT(Ok("kata-search_debug b"), MatchesRegex("[A-HJ][1-9]|pass"));
  EXPECT_TRUE(engine_->game().moves().empty());
  EXPECT_THAT(Ok("genmove_debug b"), MatchesRegex("[A-HJ][1-9]|pass"));
  EXPECT_EQ(engine_->game().moves().size(), 1U);
  Ok("time_settings 100 0 0");
  EXPECT_THAT(Ok("kata-debug-print-tc"), MatchesRegex("black: .* s for a last move\nwhite: .*"));
}

TEST_F(GtpEngineTest, ABenchmarkTellsVisitsPerSecond) {
  Open();
  EXPECT_THAT(Send("kata-benchmark 20"),
              MatchesRegex("=\nnumSearchThreads =  1: 10 / 10 positions, visits/s = [0-9.]+ "
                           "\\([0-9.]+ secs\\)\n\n"));
  Fail("kata-benchmark 0");
}

// Alternating ownership of equal size: deviation 1 about a mean of 0 with two positions.
class Alternates : public BlackOwnsAll {
 public:
  Alternates() : BlackOwnsAll(0.5F, true) {}
  Ticket Submit(std::span<Evaluation> batch) override {
    (void)BlackOwnsAll::Submit(batch);
    for (Evaluation& evaluation : batch) {
      for (float& owner : evaluation.ownership) owner = 0.25F;  // view of the mover
      evaluation.details->no_result = evaluation.state->Ply() == 0 ? 0.5F : 0.25F;
    }
    return 0;
  }
};
TEST_F(GtpEngineTest, SpreadOfOwnershipAndGamesWithoutResult) {
  auto engine =
      GtpEngine::Make(config_,
                      [](const GoGame&, const GtpConfig&) -> Result<std::shared_ptr<Evaluator>> {
                        return std::shared_ptr<Evaluator>(std::make_shared<Alternates>());
                      },
                      {Writer(), [this] { return Stop(); }});
  ASSERT_TRUE(engine.ok());
  engine_ = std::move(*engine);
  Ok("kata-set-param maxVisits 1");
  // The root's 0.25 for its mover, behind the move 0.25 for the other: mean 0, deviation 0.25.
  const std::string text = Send(
      "kata-search_analyze b 1000 maxmoves 1 ownershipStdev true movesOwnershipStdev true "
      "noResultValue true");
  EXPECT_THAT(text, HasSubstr(" ownershipStdev 0.250000 0.250000 "));
  EXPECT_THAT(text, HasSubstr(" movesOwnershipStdev 0.000000 ")) << "one position";
  EXPECT_THAT(text, HasSubstr(" noResultValue 0.250000 prior "));
  EXPECT_THAT(text, Not(HasSubstr(" ownership ")));
}

// A game that was set up anew on its way: the search's board knows the prisoners, whose points
// count under territory rules.
TEST_F(GtpEngineTest, SearchedBoardsKnowPrisonersFromBeforeAStoneOnAStone) {
  GtpGame game({5, 5}, ParseGtpRules("japanese", {}).value().rules);
  const auto play = [&game](Player player, const char* point) {
    game.Execute(player, game.game().ParseAction(point).value());
  };
  play(Player::kFirst, "b5");
  play(Player::kSecond, "a5");
  play(Player::kFirst, "a4");  // takes one
  play(Player::kSecond, "c3");
  play(Player::kFirst, "c3");  // on the stone
  EXPECT_EQ(game.StateFor(Player::kSecond).board().removed(Player::kSecond), 1);
  EXPECT_EQ(game.removed(Player::kSecond), 1);
}

}  // namespace
}  // namespace tengen
