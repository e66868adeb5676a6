#include "experiments/match/ladder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

AgentFactory Open(const std::string& text, const std::string& game) {
  return *AgentFactory::Open(*AgentSpec::Parse(text), *MakeGame(game), Device::kCpu);
}

const std::vector<Anchor> kAnchors = {
    {"random", "random"}, {"mcts:2", "mcts:2"}, {"mcts:10", "mcts:10"}, {"mcts:50", "mcts:50"}};

AnchorRecord Begin(int games) { return {games, 2, 3, {}}; }

AnchorRecord MeasureAtOnce(int games) {
  AnchorRecord record = Begin(games);
  const Status status =
      MeasureAnchors(*MakeGame("tictactoe"), kAnchors, 2, record, nullptr, nullptr);
  EXPECT_TRUE(status.ok());
  return record;
}

void ExpectEqual(const AnchorRecord& one, const AnchorRecord& other) {
  ASSERT_EQ(one.matches.size(), other.matches.size());
  for (std::size_t i = 0; i < one.matches.size(); ++i) {
    EXPECT_EQ(one.matches[i].a, other.matches[i].a);
    EXPECT_EQ(one.matches[i].b, other.matches[i].b);
    EXPECT_EQ(one.matches[i].pairs.counts, other.matches[i].pairs.counts) << i;
  }
}

TEST(MeasureAnchors, EachMeetsTheNextTwo) {
  const AnchorRecord record = MeasureAtOnce(25);
  std::vector<std::string> meetings;
  for (const AnchorMatch& match : record.matches) {
    meetings.push_back(match.a + " " + match.b);
    EXPECT_EQ(match.pairs.pairs(), 13) << "rounded up to pairs";
  }
  EXPECT_THAT(meetings, ::testing::ElementsAre("mcts:2 random", "mcts:10 random", "mcts:10 mcts:2",
                                               "mcts:50 mcts:2", "mcts:50 mcts:10"));
}

TEST(MeasureAnchors, MoreSearchIsRatedHigherAndEveryErrorIsTold) {
  const AnchorRecord record = MeasureAtOnce(60);
  AnchorRecord renamed = record;
  // AnchorNames knows these.
  for (AnchorMatch& match : renamed.matches) {
    for (std::string* name : {&match.a, &match.b}) {
      if (*name == "mcts:10") *name = "mcts:200";
      if (*name == "mcts:2") *name = "mcts:800";
    }
  }
  const AnchorList list = ListOf(renamed, **MakeGame("tictactoe"), {}, nullptr);
  ASSERT_EQ(list.anchors.size(), 4U);
  EXPECT_EQ(list.anchors.front().name, "random");
  EXPECT_EQ(list.anchors.back().name, "mcts:50");
  const RatingFit fit = list.Rate(0, {});
  EXPECT_EQ(fit.ratings()[0]->half_width, 0.0);
  for (std::size_t i = 1; i < 4; ++i) {
    EXPECT_GT(fit.ratings()[i]->half_width, 20.0);
    EXPECT_LT(fit.ratings()[i]->half_width, 300.0);
  }
}

TEST(MeasureAnchors, GoesOnWhereItStoppedAndComesToTheSame) {
  const AnchorRecord at_once = MeasureAtOnce(40);
  AnchorRecord record = Begin(40);
  int blocks = 0;
  for (int session = 0; session < 100 && blocks < 10; ++session) {
    std::atomic<bool> stop{false};
    const Status status = MeasureAnchors(*MakeGame("tictactoe"), kAnchors, 1, record, &stop,
                                         [&](const LadderPair& pair) {
                                           ++blocks;
                                           EXPECT_LE(pair.result.count(), 2 * kBlockPairs);
                                           stop = true;
                                         });
    ASSERT_TRUE(status.ok());
  }
  EXPECT_EQ(blocks, 10) << "two for each of five matches";
  ExpectEqual(record, at_once);
  // Nothing is left to do.
  int again = 0;
  EXPECT_TRUE(MeasureAnchors(*MakeGame("tictactoe"), kAnchors, 1, record, nullptr,
                             [&again](const LadderPair&) { ++again; })
                  .ok());
  EXPECT_EQ(again, 0);
}

TEST(MeasureAnchors, MoreGamesGoOnFromFewer) {
  AnchorRecord record = MeasureAtOnce(10);
  record.games = 40;
  ASSERT_TRUE(MeasureAnchors(*MakeGame("tictactoe"), kAnchors, 2, record, nullptr, {}).ok());
  ExpectEqual(record, MeasureAtOnce(40));
}

TEST(MeasureAnchors, AStopBeforeTheStartPlaysNothing) {
  const std::atomic<bool> stop{true};
  AnchorRecord record = Begin(40);
  ASSERT_TRUE(MeasureAnchors(*MakeGame("tictactoe"), kAnchors, 1, record, &stop, {}).ok());
  EXPECT_TRUE(record.matches.empty());
}

TEST(MeasureAnchors, AnAnchorThatDoesNotOpenIsAnError) {
  AnchorRecord record = Begin(2);
  const Status status =
      MeasureAnchors(*MakeGame("go:size=5"),
                     {{"random", "random"}, {"gnugo:10", "gtp:\"/nonexistent 2>/dev/null\""}}, 1,
                     record, nullptr, {});
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(status.error(), HasSubstr("/nonexistent"));
}

AnchorList TwoAnchors() {
  AnchorList list;
  list.anchors = {{"random", "random", 0.0}, {"mcts:50", "mcts:50", 300.0}};
  return list;
}

MatchConfig Games(int games) {
  MatchConfig match;
  match.games = games;
  match.threads = 2;
  return match;
}

TEST(Ladder, PlacesAStrongAgentAboveAWeakOne) {
  const auto game = *MakeGame("tictactoe");
  const AnchorList anchors = TwoAnchors();
  std::vector<LadderEntry> entries;
  for (const char* agent : {"mcts:200", "random"}) {
    entries.push_back(
        *PlaceOnLadder(game, Open(agent, "tictactoe"), anchors, Games(20), nullptr, {}));
    EXPECT_EQ(entries.back().agent, agent);
    EXPECT_GE(entries.back().scores.size(), 1U);
  }
  const RatingFit fit = RateLadder(anchors, entries);
  ASSERT_EQ(fit.ratings().size(), 4U);
  const Rating strong = *fit.ratings()[2];
  const Rating weak = *fit.ratings()[3];
  EXPECT_GT(strong.elo - strong.half_width, weak.elo);
  EXPECT_NEAR(weak.elo, 0.0, 2.0 * weak.half_width);
  EXPECT_GT(fit.Difference(2, 3)->elo, fit.Difference(2, 3)->half_width);
}

TEST(Ladder, AnchorsThatAreNotHereArePassedOver) {
  AnchorList anchors = TwoAnchors();
  anchors.anchors.insert(anchors.anchors.begin() + 1, {"gnugo:10", "", 100.0});
  anchors.anchors.push_back({"katago-b6c96:0", "", 2000.0});
  const LadderEntry entry = *PlaceOnLadder(*MakeGame("tictactoe"), Open("random", "tictactoe"),
                                           anchors, Games(4), nullptr, {});
  for (const PairScore& score : entry.scores) {
    EXPECT_TRUE(anchors.anchors[static_cast<std::size_t>(score.b)].here()) << score.b;
  }
  AnchorList nobody;
  nobody.anchors = {{"gnugo:10", "", 100.0}};
  EXPECT_THAT(PlaceOnLadder(*MakeGame("tictactoe"), Open("random", "tictactoe"), nobody, Games(4),
                            nullptr, {})
                  .error(),
              HasSubstr("no anchor is here"));
}

TEST(Ladder, WhoDidNotPlayHasNoRating) {
  const std::atomic<bool> stop{true};
  const AnchorList anchors = TwoAnchors();
  const auto game = *MakeGame("tictactoe");
  const LadderEntry none =
      *PlaceOnLadder(game, Open("mcts:200", "tictactoe"), anchors, Games(20), &stop, {});
  const LadderEntry played =
      *PlaceOnLadder(game, Open("random", "tictactoe"), anchors, Games(20), nullptr, {});
  const RatingFit fit = RateLadder(anchors, {none, played, {"never begun", {}}});
  EXPECT_FALSE(fit.ratings()[2]);
  EXPECT_TRUE(fit.ratings()[3]);
  EXPECT_FALSE(fit.ratings()[4]);
  EXPECT_FALSE(fit.Difference(3, 2));
}

TEST(Ladder, AStopDuringTheFirstMatchLeavesWhatWasPlayed) {
  std::atomic<bool> stop{false};
  const LadderEntry entry =
      *PlaceOnLadder(*MakeGame("tictactoe"), Open("mcts:200", "tictactoe"), TwoAnchors(), Games(20),
                     &stop, [&stop](const LadderPair&) { stop = true; });
  EXPECT_EQ(entry.scores.size(), 1U);
  EXPECT_EQ(entry.scores[0].pairs.pairs(), 10);
}

TEST(Ladder, AnAnchorThatDoesNotOpenIsAnError) {
  AnchorList anchors;
  anchors.anchors = {{"gnugo:10", "gtp:\"/nonexistent 2>/dev/null\"", 0.0}};
  const auto entry =
      PlaceOnLadder(*MakeGame("go:size=5"), Open("random", "go:size=5"), anchors, {}, nullptr, {});
  ASSERT_FALSE(entry.ok());
  EXPECT_THAT(entry.error(), HasSubstr("/nonexistent"));
}

}  // namespace
}  // namespace tengen
