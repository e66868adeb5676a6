#include "envs/core/registry.h"

#include <algorithm>
#include <charconv>
#include <numeric>

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

Result<GameOptions> GameOptions::Parse(std::string_view text) {
  GameOptions options;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      return Error{StrCat("option '", part, "', wanted key=value")};
    }
    Option option{std::string(part.substr(0, equals)), std::string(part.substr(equals + 1))};
    for (const Option& other : options.options_) {
      if (other.key == option.key) return Error{StrCat("option '", option.key, "' is given twice")};
    }
    options.options_.push_back(std::move(option));
  }
  return options;
}

bool GameOptions::Has(std::string_view key) const {
  return std::any_of(options_.begin(), options_.end(),
                     [key](const Option& option) { return option.key == key; });
}

const std::string* GameOptions::Take(std::string_view key) {
  known_.emplace_back(key);
  for (Option& option : options_) {
    if (option.key == key) {
      option.taken = true;
      return &option.value;
    }
  }
  return nullptr;
}

void GameOptions::Fail(std::string message) {
  if (error_.empty()) error_ = std::move(message);
}

int GameOptions::Int(std::string_view key, int fallback, int low, int high) {
  const std::string* text = Take(key);
  if (text == nullptr) return fallback;
  int value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < low || value > high) {
    Fail(StrCat(key, "=", *text, ", wanted a whole number from ", low, " to ", high));
    return fallback;
  }
  return value;
}

double GameOptions::Double(std::string_view key, double fallback, double low, double high) {
  const std::string* text = Take(key);
  if (text == nullptr) return fallback;
  double value = 0.0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() ||
      !(value >= low && value <= high)) {
    Fail(StrCat(key, "=", *text, ", wanted a number from ", low, " to ", high));
    return fallback;
  }
  return value;
}

std::string GameOptions::Choice(std::string_view key, std::string_view fallback,
                                const std::vector<std::string>& allowed) {
  const std::string* text = Take(key);
  if (text == nullptr) return std::string(fallback);
  if (std::find(allowed.begin(), allowed.end(), *text) == allowed.end()) {
    std::string list;
    for (const std::string& choice : allowed) list += (list.empty() ? "" : " or ") + choice;
    Fail(StrCat(key, "=", *text, ", wanted ", list));
    return std::string(fallback);
  }
  return *text;
}

std::string GameOptions::Text(std::string_view key, std::string_view fallback) {
  const std::string* text = Take(key);
  return text == nullptr ? std::string(fallback) : *text;
}

Status GameOptions::Finish(std::string_view game) const {
  for (const Option& option : options_) {
    if (option.taken) continue;
    const std::string nearest = NearestName(option.key, known_);
    std::string known;
    for (const std::string& key : known_) known += (known.empty() ? "" : ", ") + key;
    return Error{StrCat("game ", game, ": unknown option '", option.key, "'",
                        nearest.empty() ? "" : "; did you mean '" + nearest + "'?",
                        known.empty() ? " (it has none)" : " (known: " + known + ")")};
  }
  if (!error_.empty()) return Error{StrCat("game ", game, ": ", error_)};
  return Ok{};
}

namespace {

int EditDistance(std::string_view a, std::string_view b) {
  std::vector<int> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    int diagonal = row[0];
    row[0] = static_cast<int>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int substitute = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, substitute});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string NearestName(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  // A third of the letters may differ, two at least: enough for typos, too little for other words.
  int best_distance = std::max(2, static_cast<int>(word.size()) / 3) + 1;
  for (const std::string& candidate : candidates) {
    const int distance = EditDistance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace tengen
