#include "experiments/study/fair_komi.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include <nlohmann/json.hpp>

#include "envs/core/check.h"
#include "experiments/study/known_boards.h"

namespace tengen {
namespace {

constexpr int kLeastSide = 2;
constexpr int kMostSide = 19;

bool ReadSide(std::string_view text, int& side) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), side);
  return error == std::errc() && end == text.data() + text.size() && side >= kLeastSide &&
         side <= kMostSide;
}

// Of those whose value is proven.
struct Agreement {
  int right = 0;  // within a point
  int proven = 0;
};

Agreement Compare(const std::vector<FairKomi>& boards) {
  Agreement agreement;
  for (const FairKomi& board : boards) {
    const KnownBoard* known = FindKnownBoard(board.shape);
    if (known == nullptr || !known->proven || !board.komi) continue;
    ++agreement.proven;
    if (std::abs(*board.komi - known->value) <= 1) ++agreement.right;
  }
  return agreement;
}

int GamesOf(const FairKomi& board) {
  int games = 0;
  for (const KomiTrial& trial : board.trials) games += trial.games;
  return games;
}

}  // namespace

FairKomi FindFairKomi(BoardShape shape, const KomiPlayer& play) {
  FairKomi found;
  found.shape = shape;
  // Black has at least half of the points at low + 0.5 and less at high + 0.5: all of the board is
  // worth no more than its area.
  int low = -shape.points() - 1;
  int high = shape.points();
  while (high - low > 1) {
    const int middle = low + (high - low) / 2;
    const std::optional<KomiTrial> trial = play(middle + 0.5);
    if (!trial || trial->games == 0) return found;
    found.trials.push_back(*trial);
    (2.0 * trial->black_points >= trial->games ? low : high) = middle;
  }
  found.komi = high;
  return found;
}

Result<std::vector<BoardShape>> ParseBoards(const std::string& text) {
  std::vector<BoardShape> boards;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string_view board = std::string_view(text).substr(begin, end - begin);
    const std::size_t cross = board.find('x');
    BoardShape shape;
    if (cross == std::string_view::npos || !ReadSide(board.substr(0, cross), shape.rows) ||
        !ReadSide(board.substr(cross + 1), shape.columns)) {
      return Error{StrCat("board '", board, "', wanted ROWSxCOLUMNS of ", kLeastSide, " to ",
                          kMostSide, ", such as 3x5")};
    }
    boards.push_back(shape);
    begin = end + 1;
  }
  return boards;
}

std::string FairKomiTable(const std::vector<FairKomi>& boards) {
  std::string text =
      "| board | fair komi | known | apart | games | where it is known from |\n"
      "|---|---|---|---|---|---|\n";
  for (const FairKomi& board : boards) {
    const KnownBoard* known = FindKnownBoard(board.shape);
    text += StrCat("| ", BoardText(board.shape), " | ",
                   board.komi ? StrCat(*board.komi) : std::string("stopped"), " | ");
    if (known == nullptr) {
      text += StrCat("- | - | ", GamesOf(board), " | |\n");
      continue;
    }
    text += StrCat(known->value, known->proven ? "" : " (believed)", " | ",
                   board.komi ? StrCat(std::abs(*board.komi - known->value)) : std::string("-"),
                   " | ", GamesOf(board), " | ", known->note, " |\n");
  }
  const Agreement agreement = Compare(boards);
  return StrCat(text, "\n", agreement.right, " of ", agreement.proven,
                " proven values found within a point.\n");
}

nlohmann::ordered_json FairKomiJson(const std::vector<FairKomi>& boards) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const FairKomi& board : boards) {
    nlohmann::ordered_json row = {{"board", BoardText(board.shape)}};
    row["komi"] = board.komi ? nlohmann::ordered_json(*board.komi) : nlohmann::ordered_json();
    if (const KnownBoard* known = FindKnownBoard(board.shape)) {
      row["known"] = known->value;
      row["proven"] = known->proven;
    }
    row["trials"] = nlohmann::ordered_json::array();
    for (const KomiTrial& trial : board.trials) {
      row["trials"].push_back(
          {{"komi", trial.komi}, {"games", trial.games}, {"black_points", trial.black_points}});
    }
    rows.push_back(std::move(row));
  }
  const Agreement agreement = Compare(boards);
  return {{"rows", rows}, {"proven", agreement.proven}, {"within_a_point", agreement.right}};
}

}  // namespace tengen
