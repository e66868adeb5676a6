#include "experiments/match/match_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const MatchNames kNames = {"mcts:800", "gtp:x (GNU Go 3.8)"};

// Two games of tic-tac-toe: a won the first, b failed in the second.
MatchResult TwoGames() {
  MatchResult result;
  result.games.resize(2);
  result.games[0].moves = {4, 0, 8};
  result.games[0].opening_plies = 1;
  result.games[0].result_a = 1.0;
  result.games[1].index = 1;
  result.games[1].result_a = 1.0;
  result.games[1].end = MatchEnd::kFailure;
  result.games[1].failure = AgentFailure::kTimeout;
  result.wins = 2;
  result.first_player_wins = 1;
  result.pairs.Add(4);
  result.distinct_openings = 1;
  return result;
}

TEST(MatchTable, TellsTheResultAndHowGamesEnded) {
  const std::string table = MatchTable(**MakeGame("tictactoe"), kNames, TwoGames());
  EXPECT_THAT(table,
              HasSubstr("a  mcts:800\nb  gtp:x (GNU Go 3.8)\ntictactoe, 2 games, 1 distinct"));
  EXPECT_THAT(table, HasSubstr("wins, draws, losses  2, 0, 0; first player won 1\n"));
  EXPECT_THAT(table, Not(HasSubstr("independent")));
  MatchResult again = TwoGames();
  again.pairs.Add(4);  // from the same opening
  EXPECT_THAT(MatchTable(**MakeGame("tictactoe"), kNames, again),
              HasSubstr("pairs that share an opening are not independent"));
  EXPECT_THAT(table, HasSubstr("pairs of 0, 1/2 ... 2    0, 0, 0, 0, 1\n"));
  EXPECT_THAT(table, HasSubstr("score  100.0 % (95 %: 34.2 to 100.0)\n")) << "Wilson's of 2 of 2";
  EXPECT_THAT(table, HasSubstr("ended by rules 1, resignation 0, failure 1\n"));
  EXPECT_THAT(table, HasSubstr("games b lost by failing  1 by timeout\n"));
  EXPECT_THAT(table, Not(HasSubstr("games a lost")));
  EXPECT_THAT(table, Not(HasSubstr("sprt")));
}

TEST(MatchTable, TellsTheTestAndDisputedGames) {
  MatchResult result = TwoGames();
  result.games[1].end = MatchEnd::kRules;
  result.games[1].score = 2.5F;
  result.games[1].own_scores = {std::nullopt, -1.5F};
  result.sprt.emplace(SprtConfig{-10.0, 10.0, 0.05, 0.05});
  const std::string table = MatchTable(**MakeGame("tictactoe"), kNames, result);
  EXPECT_THAT(table, HasSubstr("counts another winner  1\n"));
  EXPECT_THAT(table, Not(HasSubstr("ended by"))) << "all ended by the rules";
  EXPECT_THAT(table, HasSubstr("sprt -10 to 10: LLR 0.00 (-2.94 to 2.94), undecided\n"));
}

TEST(MatchScore, HalfAPairCountsItsGame) {
  MatchResult result;
  result.wins = 1;
  EXPECT_DOUBLE_EQ(MatchScore(result).low, WilsonInterval(1, 1).low);
  EXPECT_DOUBLE_EQ(MatchElo(result).low, EloInterval(1, 1).low);
  result.pairs.Add(2);
  EXPECT_DOUBLE_EQ(MatchScore(result).value, 0.5) << "whole pairs tell it once there are any";
}

TEST(MatchJson, HoldsTheSameNumbers) {
  MatchResult result = TwoGames();
  result.sprt.emplace(SprtConfig{-10.0, 10.0, 0.05, 0.1});
  const auto json = MatchJson(**MakeGame("tictactoe"), kNames, result);
  EXPECT_EQ(json.at("a"), "mcts:800");
  EXPECT_EQ(json.at("games"), 2);
  EXPECT_EQ(json.at("pairs"), (std::vector<int>{0, 0, 0, 0, 1}));
  EXPECT_EQ(json.at("score").at("value"), 1.0);
  EXPECT_EQ(json.at("ends").at("failure"), 1);
  EXPECT_EQ(json.at("failures_b").at("timeout"), 1);
  EXPECT_EQ(json.at("failures_a").at("timeout"), 0);
  EXPECT_EQ(json.at("first_moves").size(), 1U) << "the second game has no move behind the opening";
  EXPECT_EQ(json.at("sprt").at("beta"), 0.1);
  EXPECT_EQ(json.at("sprt").at("verdict"), "undecided");
}

}  // namespace
}  // namespace tengen
