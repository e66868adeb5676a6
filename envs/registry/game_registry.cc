#include "envs/registry/game_registry.h"

#include "envs/control/control_game.h"
#include "envs/games/connect_four.h"
#include "envs/games/gomoku.h"
#include "envs/games/hex.h"
#include "envs/games/othello.h"
#include "envs/games/tic_tac_toe.h"
#include "envs/go/go_game.h"

namespace tengen {

const std::vector<RegisteredGame>& RegisteredGames() {
  static const std::vector<RegisteredGame> games = {
      {"tictactoe", "Tic-tac-toe; no options", MakeTicTacToe, {"tictactoe"}},
      {"connect4", "Connect Four; no options", ConnectFourGame::FromOptions, {"connect4"}},
      {"go",
       "Go; size=2..19 or 7x10, komi, ko=positional|situational|simple, suicide=none|multi, "
       "score=area|territory, tax=none|seki|all, bonus=0|n|n-1, handicap=2..9, or rules=NAME "
       "(tromp-taylor, chinese, japanese, aga, new-zealand, cgos)",
       GoGame::FromOptions,
       {"go:size=2", "go:size=5,komi=24.5", "go:size=7,ko=situational,suicide=multi,komi=6.5",
        "go:size=9,ko=simple", "go:size=3x5,rules=japanese", "go:size=7,handicap=4,rules=chinese"}},
      {"othello", "Othello; no options", MakeOthello, {"othello"}},
      {"gomoku",
       "Gomoku, free style; size=3..19 (or rows and columns), k=2..6 in a row to win",
       MakeGomoku,
       {"gomoku", "gomoku:size=7,k=4", "gomoku:rows=3,columns=5,k=3"}},
      {"hex", "Hex without swap; size=1..19", MakeHex, {"hex", "hex:size=1", "hex:size=5"}},
      {"cartpole",
       "CartPole for planning, one player; start=SEED, limit=PLIES, discount=0..1",
       MakeCartPoleGame,
       {"cartpole", "cartpole:start=3,limit=20,discount=0.9"}},
      {"mountain_car",
       "MountainCar for planning, one player; options of cartpole",
       MakeMountainCarGame,
       {"mountain_car"}},
      {"acrobot",
       "Acrobot for planning, one player; options of cartpole",
       MakeAcrobotGame,
       {"acrobot:limit=100"}},
  };
  return games;
}

Result<std::shared_ptr<const Game>> MakeGame(std::string_view id) {
  const std::string_view name = id.substr(0, id.find(':'));
  std::vector<std::string> names;
  for (const RegisteredGame& game : RegisteredGames()) {
    names.push_back(game.name);
    if (game.name != name) continue;
    auto options = GameOptions::Parse(id.size() > name.size() ? id.substr(name.size() + 1) : "");
    if (!options) return Error{StrCat("game '", id, "': ", options.error())};
    return game.make(std::move(*options));
  }
  const std::string nearest = NearestName(name, names);
  std::string known;
  for (const std::string& n : names) known += (known.empty() ? "" : ", ") + n;
  return Error{StrCat("unknown game '", name, "'",
                      nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
                      " (known: ", known, ")")};
}

}  // namespace tengen
