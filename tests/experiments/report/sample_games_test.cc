#include "experiments/report/sample_games.h"

#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "agents/records/record_shard.h"
#include "envs/registry/game_registry.h"
#include "tests/support/random_record.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;

// What boards.js does: the cells after so many plies, from the start and the changes.
std::string CellsAfter(const nlohmann::ordered_json& boards, std::size_t game, std::size_t plies) {
  const auto& record = boards.at("games").at(game);
  auto cells = boards.at("boards").at(record.at("board")).at("start").get<std::string>();
  for (std::size_t p = 0; p < plies; ++p) {
    const auto& changes = record.at("plies").at(p).at(2);
    for (std::size_t i = 0; i < changes.size(); i += 2) {
      cells.at(changes.at(i).get<std::size_t>()) =
          static_cast<char>('0' + changes.at(i + 1).get<int>());
    }
  }
  return cells;
}

TEST(BoardsJson, BoardsOfEveryRegisteredGameFollowTheRules) {
  int boards_seen = 0;
  for (const RegisteredGame& registered : RegisteredGames()) {
    for (const std::string& id : registered.example_ids) {
      const auto game = MakeGame(id).value();
      if (game->spec().num_players == 1) continue;
      SCOPED_TRACE(id);
      const GameRecord record = RandomRecord(id, 3);
      ASSERT_EQ(CheckRecord(record).ok() ? "" : CheckRecord(record).error(), "");
      const auto boards = BoardsJson({record}, 1 << 20);
      for (std::size_t p = 0; p <= record.plies.size(); p += 1 + p / 8) {
        const auto state = ReplayTo(*game, record, static_cast<int>(p));
        std::vector<Cell> cells(static_cast<std::size_t>(game->spec().shape.points()));
        state->Board(cells);
        std::string wanted;
        for (const Cell cell : cells) wanted += static_cast<char>('0' + static_cast<int>(cell));
        EXPECT_EQ(CellsAfter(boards, 0, p), wanted) << "after " << p << " plies";
      }
      ++boards_seen;
    }
  }
  EXPECT_GT(boards_seen, 8);
}

// Black takes the corner stone with its third move:
//   . W .      B W .
//   B . .  ->  ...
TEST(BoardsJson, GoStonesThatAreTakenLeaveTheBoard) {
  GameRecord record;
  record.game_id = "go:size=3,komi=0.5";
  for (const Action action : {1, 0, 3}) {
    RecordedPly& ply = record.plies.emplace_back();
    ply.action = action;
    ply.visits = 8;
    ply.root_value = 0.25F;
  }
  const auto boards = BoardsJson({record}, 1 << 20);
  const auto& plies = boards.at("games").at(0).at("plies");
  EXPECT_EQ(plies.at(1).at(2), (nlohmann::ordered_json{0, 2}));
  EXPECT_EQ(plies.at(2).at(2), (nlohmann::ordered_json{0, 0, 3, 1})) << "point 0 is free again";
  EXPECT_EQ(CellsAfter(boards, 0, 3), "010100000");
  // The mover's value is told as the first player's.
  EXPECT_EQ(plies.at(0).at(3), 250);
  EXPECT_EQ(plies.at(1).at(3), -250);
  EXPECT_EQ(plies.at(1).at(6), 2);
}

TEST(BoardsJson, LeavesGamesOutUntilItFits) {
  std::vector<GameRecord> games;
  for (std::uint64_t seed = 0; seed < 16; ++seed) games.push_back(RandomRecord("gomoku", seed));
  const std::size_t whole = BoardsJson(games, 1 << 24).dump().size();
  const auto less = BoardsJson(games, whole / 3);
  EXPECT_LT(less.dump().size(), whole / 3 + 2000);
  EXPECT_EQ(less.at("games").size(), 4U);
  EXPECT_EQ(less.at("games").at(0).at("number"), 0) << "the first and the newest stay";
  EXPECT_EQ(less.at("games").at(3).at("number"), 15);
  EXPECT_EQ(BoardsJson(games, 10).at("games").size(), 0U);
}

std::vector<std::uint64_t> Numbers(const SampledGames& games) {
  std::vector<std::uint64_t> numbers;
  for (const GameRecord& record : games.games) numbers.push_back(record.stream);
  return numbers;
}

TEST(SampleGames, TakesEvenlyManyFromFirstToNewest) {
  TempFolder temp;
  EXPECT_EQ(SampleGames(temp / "games", 5).read, 0) << "no folder";
  {
    RecordShardWriter writer(temp / "games");
    for (std::uint64_t i = 0; i < 101; ++i) writer.Append(RandomRecord("tictactoe", i));
    writer.Sync();
  }
  const SampledGames games = SampleGames(temp / "games", 5);
  EXPECT_EQ(games.read, 101);
  EXPECT_EQ(games.damaged, 0);
  EXPECT_EQ(games.returns.size(), 101U);
  ASSERT_EQ(games.games.size(), 5U);
  EXPECT_EQ(Numbers(games).front(), 0U);
  EXPECT_EQ(Numbers(games).back(), 100U);
  for (std::size_t i = 1; i < 5; ++i) {
    EXPECT_NEAR(static_cast<double>(Numbers(games)[i]), 25.0 * static_cast<double>(i), 12.0);
  }
  EXPECT_EQ(SampleGames(temp / "games", 0).games.size(), 0U);
  EXPECT_THAT(Numbers(SampleGames(temp / "games", 1)), ElementsAre(100U));
}

TEST(SampleGames, PassesOverWhatIsTornOrDamaged) {
  TempFolder temp;
  GameRecord wrong = RandomRecord("tictactoe", 1);
  wrong.return_first = 1.0F - wrong.return_first;
  {
    RecordShardWriter writer(temp / "games");
    writer.Append(RandomRecord("tictactoe", 0));
    writer.Append(wrong);
    writer.Sync();
  }
  // A writer in the middle of its next record.
  const auto shard = ListShards(temp / "games").front();
  std::ofstream(shard, std::ios::app | std::ios::binary) << "TGR1\x20";
  const SampledGames games = SampleGames(temp / "games", 8);
  EXPECT_THAT(Numbers(games), ElementsAre(0U));
  EXPECT_EQ(games.damaged, 1) << "the record against the rules; the torn end is no damage";
}

TEST(ResultText, NamesPlayersAndPoints) {
  GameRecord record;
  record.game_id = "go:size=3,komi=0.5";
  record.return_first = -1.0F;
  record.score_first = -3.5F;
  record.owner.resize(9, Cell::kSecond);
  EXPECT_EQ(ResultText(record), "White wins by 3.5");
  record.owner.clear();
  record.end = GameEnd::kResign;
  EXPECT_EQ(ResultText(record), "White wins, Black resigned");
  record.end = GameEnd::kAdjudicated;
  EXPECT_EQ(ResultText(record), "White wins, as agreed");
  record = {};
  record.game_id = "connect4";
  record.return_first = 1.0F;
  EXPECT_EQ(ResultText(record), "Red wins");
  record.return_first = 0.0F;
  EXPECT_EQ(ResultText(record), "Draw");
  record.game_id = "cartpole";
  record.return_first = 187.0F;
  EXPECT_EQ(ResultText(record), "return 187");
}

}  // namespace
}  // namespace tengen
