#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "envs/core/check.h"
#include "envs/core/perft.h"
#include "envs/go/go_game.h"
#include "tests/support/golden.h"

namespace tengen {

inline const nlohmann::json& GoOracles() {
  static const nlohmann::json oracles = [] {
    std::ifstream file(Golden("go_oracles.json"));
    TENGEN_CHECK(file.good(), "cannot read ", Golden("go_oracles.json"));
    return nlohmann::json::parse(file);
  }();
  return oracles;
}

// The game of an oracle entry: `board` and `to_move`, or an empty board of `rows` and `columns`.
// The ply limit is as far away as it can be, since oracles know none.
inline std::shared_ptr<const GoGame> OracleGame(const nlohmann::json& entry,
                                                const std::string& rules) {
  GoSetup setup;
  setup.rules = Rules::Parse(rules).value();
  setup.max_plies = 3 * GoBoard::kMaxPoints;
  if (entry.contains("board")) {
    setup.diagram = entry["board"].get<std::vector<std::string>>();
    setup.shape = {static_cast<int>(setup.diagram.size()),
                   static_cast<int>(setup.diagram[0].size())};
    if (entry["to_move"] == "O") setup.to_move = Player::kSecond;
  } else {
    setup.shape = {entry["rows"].get<int>(), entry["columns"].get<int>()};
  }
  return GoGame::Make(std::move(setup)).value();
}

// Colourings of the points from `point` on, row by row, that leave every chain a liberty.
inline std::int64_t CountLegalPositions(const GoBoard& board, int point = 0) {
  const auto [rows, columns] = board.shape();
  if (point == rows * columns) return 1;
  std::int64_t count = CountLegalPositions(board, point + 1);
  for (const Player player : {Player::kFirst, Player::kSecond}) {
    // A chain without liberties is taken off at once and never becomes legal again.
    GoBoard next = board;
    next.Play(board.PointAt(point / columns, point % columns), player);
    if (next.removed(Player::kFirst) + next.removed(Player::kSecond) > 0) continue;
    count += CountLegalPositions(next, point + 1);
  }
  return count;
}

// The entries with at least `low` and at most `high` legal positions.
inline std::vector<nlohmann::json> LegalPositionEntries(std::int64_t low, std::int64_t high) {
  std::vector<nlohmann::json> entries;
  for (const auto& entry : GoOracles()["legal_positions"]["entries"]) {
    const auto count = entry["count"].get<std::int64_t>();
    if (low <= count && count <= high) entries.push_back(entry);
  }
  return entries;
}

inline void ExpectLegalPositions(const nlohmann::json& entry) {
  const GoBoard board({entry["rows"].get<int>(), entry["columns"].get<int>()});
  EXPECT_EQ(CountLegalPositions(board), entry["count"].get<std::int64_t>()) << entry.dump();
}

// Expects those node counts of a perft entry that are at least `low` and at most `high`.
inline void ExpectPerft(const nlohmann::json& entry, std::uint64_t low, std::uint64_t high) {
  const std::string rules = entry["rules"].get<std::string>();
  const auto game = OracleGame(entry, rules);
  const auto state = game->NewState();
  const auto counts = entry["counts"].get<std::vector<std::uint64_t>>();
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] < low || counts[i] > high) continue;
    EXPECT_EQ(Perft(*state, static_cast<int>(i) + 1), counts[i]) << rules << " depth " << i + 1;
  }
}

}  // namespace tengen
