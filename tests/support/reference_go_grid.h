#pragma once

#include <string>
#include <vector>

#include "envs/core/game.h"

namespace tengen {

// Points of a board, row-major from the top row, with the maximal connected sets of equal letters.
class ReferenceGoGrid {
 public:
  struct Parts {
    std::vector<std::vector<int>> points;  // of each part
    std::vector<int> part_of;              // for each point
  };

  explicit ReferenceGoGrid(BoardShape shape)
      : neighbours_(static_cast<std::size_t>(shape.points())) {
    for (int point = 0; point < shape.points(); ++point) {
      std::vector<int>& list = neighbours_[static_cast<std::size_t>(point)];
      const int row = point / shape.columns;
      const int column = point % shape.columns;
      if (row > 0) list.push_back(point - shape.columns);
      if (row + 1 < shape.rows) list.push_back(point + shape.columns);
      if (column > 0) list.push_back(point - 1);
      if (column + 1 < shape.columns) list.push_back(point + 1);
    }
  }

  int points() const { return static_cast<int>(neighbours_.size()); }
  const std::vector<int>& Neighbours(int point) const {
    return neighbours_[static_cast<std::size_t>(point)];
  }

  // `letters` has one letter per point.
  Parts Split(const std::string& letters) const {
    Parts parts;
    parts.part_of.assign(letters.size(), -1);
    for (int start = 0; start < points(); ++start) {
      if (parts.part_of[static_cast<std::size_t>(start)] >= 0) continue;
      const int part = static_cast<int>(parts.points.size());
      std::vector<int> found = {start};
      parts.part_of[static_cast<std::size_t>(start)] = part;
      for (std::size_t i = 0; i < found.size(); ++i) {
        for (const int next : Neighbours(found[i])) {
          int& part_of_next = parts.part_of[static_cast<std::size_t>(next)];
          if (part_of_next >= 0 || At(letters, next) != At(letters, start)) continue;
          part_of_next = part;
          found.push_back(next);
        }
      }
      parts.points.push_back(std::move(found));
    }
    return parts;
  }

  // Which points of one letter are connected, over points of that letter, to a point next to one
  // with the letter `goal`.
  std::vector<bool> Reaching(const std::string& letters, char letter, char goal) const {
    std::vector<bool> reaches(letters.size(), false);
    std::vector<int> todo;
    const auto add = [&](int point) {
      if (At(letters, point) != letter || reaches[static_cast<std::size_t>(point)]) return;
      reaches[static_cast<std::size_t>(point)] = true;
      todo.push_back(point);
    };
    for (int point = 0; point < points(); ++point) {
      if (At(letters, point) != goal) continue;
      for (const int next : Neighbours(point)) add(next);
    }
    while (!todo.empty()) {
      const int here = todo.back();
      todo.pop_back();
      for (const int next : Neighbours(here)) add(next);
    }
    return reaches;
  }

  static char At(const std::string& letters, int point) {
    return letters[static_cast<std::size_t>(point)];
  }

 private:
  std::vector<std::vector<int>> neighbours_;
};

}  // namespace tengen
