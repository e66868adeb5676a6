#include "experiments/viewer/play/play_game.h"

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"

namespace tengen {
namespace {

PlayGame NewGame(const std::string& id) { return PlayGame(MakeGame(id).value()); }

void PlayAll(PlayGame& game, const std::vector<std::string>& moves) {
  for (const std::string& move : moves) {
    const Status played = game.Play(game.game().ParseAction(move).value());
    ASSERT_TRUE(played.ok()) << move << ": " << played.error();
  }
}

TEST(PlayGame, GoesBackAndDropsWhatFollowedWhenAnotherMoveIsPlayed) {
  PlayGame game = NewGame("go:size=5");
  PlayAll(game, {"C3", "D4", "B2"});
  game.GoTo(1);
  EXPECT_EQ(game.ply(), 1);
  EXPECT_EQ(game.plies(), 3);
  EXPECT_FALSE(game.at_end());
  PlayAll(game, {"A1"});
  EXPECT_EQ(game.plies(), 2);
  EXPECT_EQ(game.game().ActionText(game.shown().move), "A1");
  game.Undo(5);
  EXPECT_EQ(game.plies(), 0);
}

TEST(PlayGame, RefusesIllegalMovesAndKeepsThePosition) {
  PlayGame game = NewGame("go:size=5");
  PlayAll(game, {"C3"});
  EXPECT_FALSE(game.Play(game.game().ParseAction("C3").value()).ok());
  EXPECT_FALSE(game.Play(-1).ok());
  EXPECT_FALSE(game.Play(1000).ok());
  EXPECT_EQ(game.plies(), 1);
}

// 5x5: Black owns columns A to C, White D and E, and a white stone at A1 is dead.
TEST(PlayGame, ScoresWithDeadStonesByHand) {
  PlayGame game = NewGame("go:size=5,komi=0.5");
  PlayAll(game, {"C1", "D1", "C2", "D2", "C3", "D3", "C4", "D4", "C5", "D5", "pass", "A1", "pass",
                 "pass"});
  ASSERT_TRUE(game.needs_scoring());
  // As it stands A1 makes the left side neutral: 5 stones against 6 and 5 points.
  EXPECT_FLOAT_EQ(game.Score(), 5.0F - 11.0F - 0.5F);
  game.ToggleDead(20);  // A1
  EXPECT_FLOAT_EQ(game.Score(), 15.0F - 10.0F - 0.5F);
  EXPECT_EQ(game.ResultText(), "Black wins by 4.5 points");
  EXPECT_EQ(game.Area()[20], Cell::kFirst);
  EXPECT_THAT(game.Record(), testing::HasSubstr("RE[B+4.5]"));
  game.ToggleDead(20);
  EXPECT_THAT(game.Record(), testing::HasSubstr("RE[W+6.5]"));
}

TEST(PlayGame, WritesARecordThatReadsBackAsTheSameMoves) {
  PlayGame game = NewGame("go:size=9,komi=7,handicap=2");
  PlayAll(game, {"E5", "D5", "pass", "J9"});
  game.first_name = "a [person]";
  game.End(PlayEnd::kResignation, Player::kSecond);
  EXPECT_EQ(game.ResultText(), "Black wins, White resigned");
  auto again = PlayGame::ReadSgf(game.Record());
  ASSERT_TRUE(again.ok()) << again.error();
  EXPECT_EQ(again->first_name, "a [person]");
  ASSERT_EQ(again->plies(), 4);
  for (int ply = 1; ply <= 4; ++ply) {
    const auto i = static_cast<std::size_t>(ply);
    EXPECT_EQ(again->positions()[i].move, game.positions()[i].move) << ply;
    EXPECT_EQ(again->positions()[i].mover, game.positions()[i].mover) << ply;
  }
  again->GoTo(again->plies());
  game.GoTo(game.plies());
  EXPECT_EQ(again->Cells(), game.Cells());
  EXPECT_THAT(game.Record(), testing::HasSubstr("RE[B+R]"));
}

TEST(PlayGame, LookingBackChangesNeitherTheResultNorWhatIsSaved) {
  PlayGame game = NewGame("go:size=5,komi=0.5");
  PlayAll(game, {"C1", "D1", "C2", "D2", "C3", "D3", "C4", "D4", "C5", "D5", "pass", "A1", "pass",
                 "pass"});
  game.ToggleDead(20);  // by hand
  const std::string record = game.Record();
  EXPECT_THAT(record, testing::HasSubstr("RE[B+4.5]"));
  const int revision = game.revision();
  for (const int ply : {3, 0, 13, 14}) {
    game.GoTo(ply);
    EXPECT_EQ(game.Record(), record) << "shown after " << ply;
  }
  EXPECT_EQ(game.revision(), revision);
  game.MarkDead(std::vector<bool>(25, false));  // a guess that comes late
  EXPECT_EQ(game.ResultText(), "Black wins by 4.5 points") << "marks by hand are kept";
  game.GoTo(2);
  EXPECT_FALSE(game.over());
}

TEST(PlayGame, ARevisionTellsWhatIsNotSaved) {
  PlayGame game = NewGame("go:size=5");
  PlayAll(game, {"C3", "D4"});
  const int revision = game.revision();
  game.Undo(1);
  PlayAll(game, {"B2"});
  EXPECT_EQ(game.plies(), 2);
  EXPECT_NE(game.revision(), revision) << "as many moves, but another game";
  const int before = game.revision();
  game.End(PlayEnd::kResignation, Player::kFirst);
  EXPECT_NE(game.revision(), before);
}

TEST(PlayGame, MovesOfARecordThatTheRulesForbidAreExecuted) {
  auto read = PlayGame::ReadSgf("(;GM[1]SZ[9]RU[x];B[ee];W[ee];B[aa])");
  ASSERT_TRUE(read.ok()) << read.error();
  EXPECT_EQ(read->notes.size(), 2U);
  read->GoTo(3);
  EXPECT_EQ(read->Cells()[40], Cell::kSecond);
}

constexpr const char* kRecord =
    "(;GM[1]FF[4]SZ[9]RU[Chinese]KM[5.5]PB[Shin]PW[Park]RE[B+R]EV[Cup]"
    ";B[ee]C[a good start];AW[cc][gg];B[dd]C[sharp](;W[de];B[ed])(;W[ed]C[or so]))"
    "(;GM[1]FF[4]SZ[9];B[aa])";

TEST(PlayGame, ARecordThatWasOnlyReadIsWrittenAsItWas) {
  auto game = PlayGame::ReadSgf(kRecord);
  ASSERT_TRUE(game.ok()) << game.error();
  EXPECT_EQ(*ParseSgf(game->Record()), *ParseSgf(kRecord));
  game->GoTo(2);
  EXPECT_EQ(*ParseSgf(game->Record()), *ParseSgf(kRecord)) << "whatever position is shown";
  game->shown().win_rate_first = 0.625F;
  game->GoTo(1);
  game->shown().win_rate_first = 0.5F;
  const std::string record = game->Record();
  EXPECT_THAT(record, testing::HasSubstr("C[sharp\nBlack wins 62.5 %]"));
  EXPECT_THAT(record, testing::HasSubstr("AW[cc][gg]C[Black wins 50.0 %]")) << "with the setup";
  auto again = PlayGame::ReadSgf(record);
  again->GoTo(2);
  again->shown().win_rate_first = 0.625F;
  EXPECT_EQ(again->Record(), record) << "said once";
}

TEST(PlayGame, MovesPlayedFromARecordAreItsMainLine) {
  auto game = PlayGame::ReadSgf(kRecord);
  game->GoTo(2);
  PlayAll(*game, {"E6", "A1"});  // the record's variation, then something new
  const std::string record = game->Record();
  EXPECT_THAT(record, testing::HasSubstr("(;W[ed]C[or so]\n;B[ai])"));
  EXPECT_THAT(record, testing::HasSubstr("(;W[de]\n;B[ed])")) << "kept as a variation";
  EXPECT_THAT(record, testing::Not(testing::HasSubstr("RE["))) << "of another line";
  EXPECT_THAT(record, testing::HasSubstr("EV[Cup]"));
  auto again = PlayGame::ReadSgf(record);
  ASSERT_TRUE(again.ok()) << again.error();
  ASSERT_EQ(again->plies(), 4);
  game->GoTo(4);
  again->GoTo(4);
  EXPECT_EQ(again->Cells(), game->Cells()) << "setup in the middle counts";
  again->Undo(3);
  EXPECT_EQ(PlayGame::ReadSgf(again->Record())->plies(), 1) << "taken back";
}

// 150 moves in rows from the top left, a ko-less board; then White plays on a stone, which no state
// can follow.
TEST(PlayGame, ALongRecordKeepsPositionsAtIntervals) {
  std::string sgf = "(;GM[1]SZ[19]KM[7]";
  for (int i = 0; i < 150; ++i) {
    sgf += i % 2 == 0 ? ";B[" : ";W[";
    sgf += static_cast<char>('a' + i % 19);
    sgf += static_cast<char>('a' + i / 19 * 2);
    sgf += "]";
  }
  auto read = PlayGame::ReadSgf(sgf + ";B[ac];W[aa])");
  ASSERT_TRUE(read.ok()) << read.error();
  PlayGame& game = *read;
  ASSERT_EQ(game.plies(), 152);
  const auto kept = [&game] {
    return std::count_if(game.positions().begin(), game.positions().end(),
                         [](const PlayPosition& position) { return position.state != nullptr; });
  };
  EXPECT_EQ(kept(), 5) << "0, 64, 128, and the last two moves, which play on stones";
  // Beside the same moves played one by one.
  PlayGame played(game.positions().front().game);
  for (int ply = 1; ply <= 150; ++ply) {
    ASSERT_TRUE(played.Play(game.positions()[static_cast<std::size_t>(ply)].move).ok()) << ply;
  }
  for (const int ply : {150, 63, 64, 65, 1, 127, 0, 149}) {
    game.GoTo(ply);
    played.GoTo(ply);
    ASSERT_NE(game.shown().state, nullptr);
    EXPECT_EQ(game.Cells(), played.Cells()) << ply;
    EXPECT_EQ(game.shown().state->InputKey(), played.shown().state->InputKey()) << ply;
    EXPECT_LE(kept(), 6) << "one more is shown";
  }
  game.GoTo(77);
  game.Undo(7);
  EXPECT_EQ(game.plies(), 70);
  played.GoTo(70);
  EXPECT_EQ(game.Cells(), played.Cells());
  PlayAll(game, {"T1"});
  game.GoTo(3);
  game.GoTo(71);
  EXPECT_EQ(game.game().ActionText(game.shown().move), "T1");
}

TEST(PlayGame, NamesTheMoveThatARecordGetsWrong) {
  const auto read = PlayGame::ReadSgf("(;GM[1]SZ[9];B[ee];W[zz])");
  ASSERT_FALSE(read.ok());
  EXPECT_THAT(read.error(), testing::HasSubstr("2"));
  EXPECT_FALSE(PlayGame::ReadSgf("no record").ok());
}

TEST(PlayGame, CountsCapturesAndNumbersOnlyStonesThatStand) {
  PlayGame game = NewGame("go:size=5");
  PlayAll(game, {"A2", "A1", "B1"});
  EXPECT_EQ(game.Captures(), (std::vector<int>{1, 0}));
  const std::vector<int> numbers = game.MoveNumbers();
  EXPECT_EQ(numbers[15], 1);  // A2
  EXPECT_EQ(numbers[20], 0);  // A1 was taken
  EXPECT_EQ(numbers[21], 3);  // B1
}

TEST(PlayGame, EndsOtherGamesByTheirRules) {
  PlayGame game = NewGame("tictactoe");
  PlayAll(game, {"A1", "A2", "B1", "B2", "C1"});
  EXPECT_TRUE(game.over());
  EXPECT_FALSE(game.needs_scoring());
  EXPECT_EQ(game.ResultText(), "X wins");
  EXPECT_FALSE(game.Play(8).ok());
}

}  // namespace
}  // namespace tengen
