#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "experiments/viewer/board/board_view.h"
#include "tests/experiments/viewer/picture_compare.h"

// Boards without text, compared with stored pictures.

namespace tengen {
namespace {

class BoardScreen : public Screen {
 public:
  explicit BoardScreen(BoardPicture board) : board_(std::move(board)) {}

  void Draw(const Frame& frame) override {
    const Box box = {0.0F, 0.0F, frame.width, frame.height};
    BeginPanel("board", box);
    view_.Draw(frame, box, board_);
    EndPanel();
  }

 private:
  BoardPicture board_;
  BoardView view_;
};

// The board after these moves.
BoardPicture After(const std::string& id, const std::vector<std::string>& moves) {
  BoardPicture picture;
  picture.game = MakeGame(id).value();
  const auto state = picture.game->NewState();
  for (const std::string& move : moves) {
    picture.last = picture.game->ParseAction(move).value();
    state->Apply(picture.last);
  }
  picture.cells.resize(static_cast<std::size_t>(picture.game->spec().shape.points()));
  state->Board(picture.cells);
  picture.coordinates = false;
  return picture;
}

Picture Draw(BoardPicture board) {
  return DrawScreen(320, 260, std::make_unique<BoardScreen>(std::move(board)));
}

TEST(BoardPicture, Go) {
  ExpectStoredPicture(Draw(After("go:size=9", {"E5", "C3", "G7", "D4"})), "go");
}

TEST(BoardPicture, GoWithOwnershipAndAGhost) {
  BoardPicture board = After("go:size=9", {"E5", "C3"});
  for (int p = 0; p < 81; ++p) {
    board.ownership.push_back(1.0F - static_cast<float>(p) / 40.0F);
  }
  board.ghosts = {{10, Player::kFirst, 0}, {12, Player::kSecond, 0}};
  ExpectStoredPicture(Draw(std::move(board)), "go_ownership");
}

// Cells so small that probabilities are not written.
TEST(BoardPicture, GoWithPolicyHeat) {
  BoardPicture board = After("go:size=19", {"Q16", "D4"});
  board.heat.assign(362, 0.0F);
  for (std::size_t p = 0; p < 361; p += 7) board.heat[p] = static_cast<float>(p) / 9300.0F;
  ExpectStoredPicture(Draw(std::move(board)), "go_heat");
}

TEST(BoardPicture, GoWithDeadStonesAndArea) {
  BoardPicture board = After("go:size=5", {"C3", "A1", "C2", "D4"});
  board.dead.assign(25, false);
  board.dead[20] = true;
  board.area.assign(25, Cell::kFirst);
  board.area[0] = Cell::kEmpty;
  ExpectStoredPicture(Draw(std::move(board)), "go_area");
}

TEST(BoardPicture, ConnectFour) {
  ExpectStoredPicture(Draw(After("connect4", {"4", "4", "3", "5", "3"})), "connect4");
}

TEST(BoardPicture, Othello) { ExpectStoredPicture(Draw(After("othello", {"D3"})), "othello"); }

TEST(BoardPicture, Hex) {
  ExpectStoredPicture(Draw(After("hex:size=5", {"C3", "B2", "D1"})), "hex");
}

TEST(BoardPicture, TicTacToe) {
  ExpectStoredPicture(Draw(After("tictactoe", {"B2", "A1"})), "tictactoe");
}

// The comparison sees what people would: one stone more.
TEST(BoardPicture, DiffersWithAnotherStone) {
  const Picture a = Draw(After("go:size=9", {"E5", "C3", "G7", "D4"}));
  const Picture b = Draw(After("go:size=9", {"E5", "C3", "G7", "D4", "F4"}));
  const PictureDifference difference = Compare(a, b);
  EXPECT_GT(difference.share, PictureTolerance{}.share);
  EXPECT_GT(difference.mean, PictureTolerance{}.mean);
}

}  // namespace
}  // namespace tengen
