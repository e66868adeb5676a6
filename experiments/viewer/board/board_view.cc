#include "experiments/viewer/board/board_view.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace tengen {
namespace {

constexpr ImU32 kInk = IM_COL32(46, 32, 18, 255);
constexpr ImU32 kWhite = IM_COL32(255, 255, 255, 255);
constexpr float kSmallestHeat = 0.004F;  // probabilities below are not shown

std::string Percent(float share) {
  char text[16];
  std::snprintf(text, sizeof(text), share < 0.0995F ? "%.1f" : "%.0f", 100.0 * share);
  return text;
}

std::string Count(int visits) {
  char text[16];
  if (visits < 1000) {
    std::snprintf(text, sizeof(text), "%d", visits);
  } else {
    std::snprintf(text, sizeof(text), visits < 9950 ? "%.1fk" : "%.0fk", visits / 1000.0);
  }
  return text;
}

ImU32 WithAlpha(ImU32 colour, float alpha) {
  return (colour & 0x00ffffffU) |
         (static_cast<ImU32>(255.0F * std::clamp(alpha, 0.0F, 1.0F)) << IM_COL32_A_SHIFT);
}

// The corners of a hexagon with a point on top; `step` between neighbours' centres.
std::array<ImVec2, 6> Hexagon(ImVec2 centre, float step) {
  std::array<ImVec2, 6> corners;
  const float radius = step / std::sqrt(3.0F);
  for (int i = 0; i < 6; ++i) {
    const float angle = (static_cast<float>(i) - 0.5F) * 3.14159265F / 3.0F;
    corners[static_cast<std::size_t>(i)] = {centre.x + radius * std::cos(angle),
                                            centre.y + radius * std::sin(angle)};
  }
  return corners;
}

}  // namespace

void BoardView::Text(ImFont* font, float size, ImVec2 centre, ImU32 colour,
                     const std::string& text) {
  const ImVec2 extent = font->CalcTextSizeA(size, 1e9F, 0.0F, text.c_str());
  list_->AddText(font, size,
                 {std::round(centre.x - extent.x / 2.0F), std::round(centre.y - extent.y / 2.0F)},
                 colour, text.c_str());
}

void BoardView::Draw(const Frame& frame, const Box& box, const BoardPicture& picture) {
  spec_ = picture.game->spec();
  layout_.emplace(*spec_, box, picture.coordinates);
  list_ = ImGui::GetWindowDrawList();
  const float part = layout_->style() == BoardStyle::kHoles   ? 1.0F
                     : layout_->style() == BoardStyle::kHexes ? 0.78F
                                                              : 0.94F;
  textures_.Prepare(frame.renderer, static_cast<int>(std::floor(part * layout_->cell())));
  DrawGround(frame);
  DrawGrid(picture);
  if (picture.coordinates) DrawCoordinates(frame, picture);
  if (!picture.ownership.empty()) DrawOwnership(picture);
  DrawStones(frame, picture);
  if (!picture.heat.empty()) DrawHeat(frame, picture);
  if (!picture.candidates.empty()) DrawCandidates(frame, picture);
  if (!picture.area.empty()) DrawArea(picture);
  DrawGhosts(frame, picture);
  if (picture.hover) DrawHover(picture);
  if (picture.cursor >= 0) DrawCursor(picture.cursor);
  if (frame.places == nullptr) return;
  const float half = layout_->cell() / 2.0F;
  for (int point = 0; point < spec_->shape.points(); ++point) {
    const ImVec2 at = layout_->Centre(point);
    const Action action = ActionAtPoint(*spec_, point);
    if (action == kNoAction) continue;
    (*frame.places)[picture.game->ActionText(action)] = {at.x - half, at.y - half, 2.0F * half,
                                                         2.0F * half};
  }
}

Action BoardView::ActionAt(ImVec2 at) const {
  if (!layout_) return kNoAction;
  const std::optional<int> point = layout_->PointAt(at);
  return point ? ActionAtPoint(*spec_, *point) : kNoAction;
}

void BoardView::DrawGround(const Frame& frame) {
  const Box& board = layout_->board();
  const float round = std::round(0.12F * layout_->cell());
  const float shadow = 4.0F * frame.scale;
  list_->AddRectFilled({board.x + shadow, board.y + shadow},
                       {board.max().x + shadow, board.max().y + shadow}, IM_COL32(0, 0, 0, 90),
                       round);
  switch (layout_->style()) {
    case BoardStyle::kLines:
      textures_.PrepareWood(frame.renderer, static_cast<int>(board.width),
                            static_cast<int>(board.height));
      list_->AddImage(textures_.wood(), board.min(), board.max());
      break;
    case BoardStyle::kSquares:
      list_->AddRectFilled(board.min(), board.max(), IM_COL32(26, 74, 48, 255), round);
      break;
    case BoardStyle::kMarks:
      list_->AddRectFilled(board.min(), board.max(), IM_COL32(240, 234, 222, 255), round);
      break;
    case BoardStyle::kHoles:
      list_->AddRectFilled(board.min(), board.max(), IM_COL32(38, 92, 176, 255), round);
      break;
    case BoardStyle::kHexes:
      list_->AddRectFilled(board.min(), board.max(), IM_COL32(222, 214, 198, 255), round);
      break;
  }
}

void BoardView::DrawGrid(const BoardPicture& picture) {
  const BoardShape shape = layout_->shape();
  const float cell = layout_->cell();
  const ImVec2 first = layout_->Centre(0);
  const ImVec2 last = layout_->Centre(shape.points() - 1);
  const float thin = std::max(1.0F, std::round(cell / 40.0F));
  // Bars instead of lines: sharp at every size, and quick to draw.
  const auto bar = [&](float x0, float y0, float x1, float y1, ImU32 colour) {
    list_->AddRectFilled({x0 - std::floor(thin / 2.0F), y0 - std::floor(thin / 2.0F)},
                         {x1 + std::ceil(thin / 2.0F), y1 + std::ceil(thin / 2.0F)}, colour);
  };
  switch (layout_->style()) {
    case BoardStyle::kLines:
      for (int r = 0; r < shape.rows; ++r) {
        const float y = layout_->Centre(r, 0).y;
        bar(first.x, y, last.x, y, kInk);
      }
      for (int c = 0; c < shape.columns; ++c) {
        const float x = layout_->Centre(0, c).x;
        bar(x, first.y, x, last.y, kInk);
      }
      if (picture.game->spec().name == "go") {
        for (const int point : StarPoints(shape)) {
          const ImVec2 at = layout_->Centre(point);
          const float half = std::max(2.0F, std::round(cell * 0.085F));
          list_->AddImage(textures_.disc(), {at.x - half, at.y - half},
                          {at.x + half + 1.0F, at.y + half + 1.0F}, {0, 0}, {1, 1}, kInk);
        }
      }
      break;
    case BoardStyle::kSquares:
    case BoardStyle::kMarks: {
      const bool marks = layout_->style() == BoardStyle::kMarks;
      for (int point = 0; point < shape.points() && !marks; ++point) {
        const ImVec2 at = layout_->Centre(point);
        const float half = cell / 2.0F - std::max(1.0F, std::round(cell / 60.0F));
        list_->AddRectFilled({at.x - half, at.y - half}, {at.x + half, at.y + half},
                             IM_COL32(46, 120, 78, 255));
      }
      const ImU32 colour = IM_COL32(120, 108, 92, 255);
      const float half = cell / 2.0F;
      for (int r = 1; r < shape.rows && marks; ++r) {
        const float y = layout_->Centre(r, 0).y - half;
        bar(first.x - half, y, last.x + half, y, colour);
      }
      for (int c = 1; c < shape.columns && marks; ++c) {
        const float x = layout_->Centre(0, c).x - half;
        bar(x, first.y - half, x, last.y + half, colour);
      }
      break;
    }
    case BoardStyle::kHoles:
      break;  // the holes are drawn over the chips
    case BoardStyle::kHexes: {
      // Top and bottom belong to the first player, the sides to the second.
      for (int point = 0; point < shape.points(); ++point) {
        const int row = point / shape.columns;
        const int column = point % shape.columns;
        const auto rim = Hexagon(layout_->Centre(point), cell * 1.2F);
        if (row == 0 || row == shape.rows - 1) {
          list_->AddConvexPolyFilled(rim.data(), 6, IM_COL32(34, 34, 38, 255));
        }
        if (column == 0 || column == shape.columns - 1) {
          list_->AddConvexPolyFilled(rim.data(), 6, IM_COL32(250, 249, 245, 255));
        }
      }
      for (int point = 0; point < shape.points(); ++point) {
        const auto outer = Hexagon(layout_->Centre(point), cell);
        const auto inner = Hexagon(layout_->Centre(point), cell * 0.95F);
        list_->AddConvexPolyFilled(outer.data(), 6, IM_COL32(120, 104, 80, 255));
        list_->AddConvexPolyFilled(inner.data(), 6, IM_COL32(226, 196, 142, 255));
      }
      break;
    }
  }
}

void BoardView::DrawCoordinates(const Frame& frame, const BoardPicture& picture) {
  const BoardCoordinates names = CoordinatesOf(*picture.game);
  const float size = std::clamp(layout_->cell() * 0.34F, 6.0F, 22.0F * frame.scale);
  const bool dark =
      layout_->style() == BoardStyle::kSquares || layout_->style() == BoardStyle::kHoles;
  const ImU32 colour = dark ? IM_COL32(226, 232, 236, 255) : IM_COL32(84, 60, 32, 255);
  const Box& board = layout_->board();
  const float offset = layout_->margin() * 0.62F;
  for (std::size_t c = 0; c < names.columns.size(); ++c) {
    const int column = static_cast<int>(c);
    Text(frame.fonts.text, size, {layout_->Centre(0, column).x, board.y + offset}, colour,
         names.columns[c]);
    Text(frame.fonts.text, size,
         {layout_->Centre(layout_->shape().rows - 1, column).x, board.max().y - offset}, colour,
         names.columns[c]);
  }
  for (std::size_t r = 0; r < names.rows.size(); ++r) {
    const int row = static_cast<int>(r);
    const float y = layout_->Centre(row, 0).y;
    const float half = layout_->cell() * 0.5F;
    const bool hexes = layout_->style() == BoardStyle::kHexes;
    const float left = hexes ? layout_->Centre(row, 0).x - half * 1.9F : board.x + offset;
    const float right = hexes ? layout_->Centre(row, layout_->shape().columns - 1).x + half * 1.9F
                              : board.max().x - offset;
    Text(frame.fonts.text, size, {left, y}, colour, names.rows[r]);
    Text(frame.fonts.text, size, {right, y}, colour, names.rows[r]);
  }
}

void BoardView::DrawStone(ImVec2 centre, bool first, float alpha) {
  const auto side = static_cast<float>(textures_.diameter());
  const ImU32 tint = WithAlpha(kWhite, alpha);
  if (layout_->style() == BoardStyle::kMarks) {
    const float reach = 0.27F * layout_->cell();
    const float thick = std::max(2.0F, 0.09F * layout_->cell());
    if (first) {
      const ImU32 colour = WithAlpha(IM_COL32(44, 94, 150, 255), alpha);
      list_->AddLine({centre.x - reach, centre.y - reach}, {centre.x + reach, centre.y + reach},
                     colour, thick);
      list_->AddLine({centre.x - reach, centre.y + reach}, {centre.x + reach, centre.y - reach},
                     colour, thick);
    } else {
      list_->AddCircle(centre, reach * 1.08F, WithAlpha(IM_COL32(176, 58, 46, 255), alpha), 0,
                       thick);
    }
    return;
  }
  const bool chips = layout_->style() == BoardStyle::kHoles;
  const float x = std::round(centre.x - side / 2.0F);
  const float y = std::round(centre.y - side / 2.0F);
  list_->AddImage(chips ? textures_.chip(first) : textures_.stone(first), {x, y},
                  {x + side, y + side}, {0, 0}, {1, 1}, tint);
}

void BoardView::DrawStones(const Frame& frame, const BoardPicture& picture) {
  const auto side = static_cast<float>(textures_.diameter());
  const bool flat =
      layout_->style() == BoardStyle::kMarks || layout_->style() == BoardStyle::kHoles;
  const auto is_dead = [&](std::size_t p) { return p < picture.dead.size() && picture.dead[p]; };
  for (std::size_t p = 0; p < picture.cells.size() && !flat; ++p) {
    if (picture.cells[p] == Cell::kEmpty || is_dead(p)) continue;
    const ImVec2 at = layout_->Centre(static_cast<int>(p));
    const float x = std::round(at.x - side + 0.05F * side);
    const float y = std::round(at.y - side + 0.07F * side);
    list_->AddImage(textures_.shadow(), {x, y}, {x + 2.0F * side, y + 2.0F * side});
  }
  for (std::size_t p = 0; p < picture.cells.size(); ++p) {
    const ImVec2 at = layout_->Centre(static_cast<int>(p));
    if (picture.cells[p] != Cell::kEmpty) {
      DrawStone(at, picture.cells[p] == Cell::kFirst, is_dead(p) ? 0.4F : 1.0F);
    }
    if (layout_->style() == BoardStyle::kHoles) {
      const float x = std::round(at.x - side / 2.0F);
      const float y = std::round(at.y - side / 2.0F);
      if (picture.cells[p] == Cell::kEmpty) {
        list_->AddImage(textures_.disc(), {x + 1.0F, y + 1.0F}, {x + side - 1.0F, y + side - 1.0F},
                        {0, 0}, {1, 1}, IM_COL32(24, 34, 52, 255));
      }
      list_->AddImage(textures_.hole(), {x, y}, {x + side, y + side});
    }
  }
  for (std::size_t p = 0; p < picture.move_numbers.size(); ++p) {
    const int number = picture.move_numbers[p];
    if (number == 0 || picture.cells[p] == Cell::kEmpty) continue;
    const bool first = picture.cells[p] == Cell::kFirst;
    Text(frame.fonts.bold, layout_->cell() * (number < 100 ? 0.42F : 0.34F),
         layout_->Centre(static_cast<int>(p)),
         first ? IM_COL32(240, 240, 240, 255) : IM_COL32(30, 30, 30, 255), std::to_string(number));
  }
  // The last move, where no number says so: of a column it is its highest disc.
  int last = PointOfAction(*spec_, picture.cells, picture.last);
  if (spec_->policy == PolicyLayout::kColumns && picture.last != kNoAction) {
    last = last < 0 ? picture.last : last + spec_->shape.columns;
  }
  if (last < 0 || last >= spec_->shape.points() || !picture.move_numbers.empty()) return;
  if (layout_->style() == BoardStyle::kMarks) return;
  const bool first = picture.cells[static_cast<std::size_t>(last)] == Cell::kFirst;
  list_->AddCircle(layout_->Centre(last), 0.24F * layout_->cell(),
                   first ? IM_COL32(245, 245, 245, 255) : IM_COL32(36, 36, 40, 255), 0,
                   std::max(1.5F, 0.05F * layout_->cell()));
}

void BoardView::DrawHeat(const Frame& frame, const BoardPicture& picture) {
  const float largest = *std::max_element(picture.heat.begin(), picture.heat.end());
  for (std::size_t a = 0; a < picture.heat.size(); ++a) {
    const float share = picture.heat[a];
    const int point = PointOfAction(*spec_, picture.cells, static_cast<Action>(a));
    if (point < 0 || share < kSmallestHeat || !(largest > 0.0F)) continue;
    const bool covered = std::any_of(
        picture.candidates.begin(), picture.candidates.end(),
        [a](const CandidateMark& mark) { return mark.action == static_cast<Action>(a); });
    const ImVec2 at = layout_->Centre(point);
    const float strength = std::sqrt(share / largest);
    const float half = layout_->cell() * 0.46F;
    // From blue over green to red, as maps of heat are.
    const auto channel = [strength](float middle) {
      return static_cast<int>(255.0F *
                              std::clamp(1.5F - std::fabs(4.0F * strength - middle), 0.0F, 1.0F));
    };
    list_->AddRectFilled({std::round(at.x - half), std::round(at.y - half)},
                         {std::round(at.x + half), std::round(at.y + half)},
                         IM_COL32(channel(3.2F), channel(2.2F), channel(0.9F),
                                  static_cast<int>(90.0F + 115.0F * strength)),
                         0.15F * layout_->cell());
    if (layout_->cell() >= 18.0F && !covered) {
      Text(frame.fonts.bold, layout_->cell() * 0.3F, at,
           strength > 0.45F && strength < 0.8F ? IM_COL32(20, 20, 20, 255) : kWhite,
           Percent(share));
    }
  }
}

void BoardView::DrawCandidates(const Frame& frame, const BoardPicture& picture) {
  const float cell = layout_->cell();
  const float radius = std::floor(cell * 0.46F);
  for (const CandidateMark& mark : picture.candidates) {
    const int point = PointOfAction(*spec_, picture.cells, mark.action);
    if (point < 0) continue;
    const ImVec2 at = layout_->Centre(point);
    const ImU32 colour = mark.best ? IM_COL32(54, 148, 226, 255) : IM_COL32(62, 158, 92, 255);
    list_->AddImage(textures_.disc(), {at.x - radius, at.y - radius},
                    {at.x + radius, at.y + radius}, {0, 0}, {1, 1},
                    WithAlpha(colour, mark.best ? 0.92F : 0.3F + 0.6F * mark.share));
    if (cell < 20.0F || (!mark.best && mark.share < 0.02F)) continue;
    const bool lines = cell >= 30.0F;
    const float size = cell * (lines ? 0.29F : 0.34F);
    Text(frame.fonts.bold, size, {at.x, at.y - (lines ? 0.17F * cell : 0.0F)}, kWhite,
         Percent(mark.win_rate));
    if (!lines) continue;
    std::string below = Count(mark.visits);
    if (mark.score && cell >= 52.0F) {
      char score[16];
      std::snprintf(score, sizeof(score), "%+.1f", static_cast<double>(*mark.score));
      Text(frame.fonts.text, cell * 0.2F, {at.x, at.y + 0.08F * cell}, kWhite, score);
      Text(frame.fonts.text, cell * 0.2F, {at.x, at.y + 0.28F * cell}, kWhite, below);
    } else {
      Text(frame.fonts.text, cell * 0.24F, {at.x, at.y + 0.15F * cell}, kWhite, below);
    }
  }
}

void BoardView::DrawOwnership(const BoardPicture& picture) {
  const float half = layout_->cell() / 2.0F;
  for (std::size_t p = 0; p < picture.ownership.size(); ++p) {
    const float owner = picture.ownership[p];
    const ImVec2 at = layout_->Centre(static_cast<int>(p));
    const ImU32 colour = owner > 0.0F ? IM_COL32(0, 0, 0, 255) : kWhite;
    list_->AddRectFilled({std::round(at.x - half), std::round(at.y - half)},
                         {std::round(at.x + half), std::round(at.y + half)},
                         WithAlpha(colour, 0.62F * std::fabs(owner)));
  }
}

void BoardView::DrawArea(const BoardPicture& picture) {
  const float half = std::max(2.0F, std::round(layout_->cell() * 0.13F));
  for (std::size_t p = 0; p < picture.area.size(); ++p) {
    if (picture.area[p] == Cell::kEmpty) continue;
    const bool first = picture.area[p] == Cell::kFirst;
    const bool own =
        picture.cells[p] == picture.area[p] && !(p < picture.dead.size() && picture.dead[p]);
    if (own) continue;
    const ImVec2 at = layout_->Centre(static_cast<int>(p));
    list_->AddRectFilled({at.x - half - 1.0F, at.y - half - 1.0F},
                         {at.x + half + 1.0F, at.y + half + 1.0F}, IM_COL32(128, 104, 64, 255));
    list_->AddRectFilled({at.x - half, at.y - half}, {at.x + half, at.y + half},
                         first ? IM_COL32(16, 16, 18, 255) : IM_COL32(250, 250, 246, 255));
  }
}

void BoardView::DrawGhosts(const Frame& frame, const BoardPicture& picture) {
  std::vector<Cell> cells = picture.cells;
  for (const GhostStone& ghost : picture.ghosts) {
    const int point = PointOfAction(*spec_, cells, ghost.action);
    if (point < 0) continue;
    cells[static_cast<std::size_t>(point)] = CellOf(ghost.player);
    const ImVec2 at = layout_->Centre(point);
    const bool first = ghost.player == Player::kFirst;
    DrawStone(at, first, 0.72F);
    const bool dark = first && layout_->style() != BoardStyle::kMarks;
    if (ghost.number > 0) {
      Text(frame.fonts.bold, layout_->cell() * 0.42F, at, dark ? kWhite : IM_COL32(24, 24, 24, 255),
           std::to_string(ghost.number));
    }
  }
}

void BoardView::DrawCursor(int point) {
  const ImVec2 at = layout_->Centre(point);
  const float half = 0.44F * layout_->cell();
  list_->AddRect({at.x - half, at.y - half}, {at.x + half, at.y + half}, IM_COL32(214, 56, 46, 255),
                 0.1F * layout_->cell(), 0, std::max(1.5F, 0.05F * layout_->cell()));
}

void BoardView::DrawHover(const BoardPicture& picture) {
  const Action action = ActionAt(ImGui::GetIO().MousePos);
  const int point = PointOfAction(*spec_, picture.cells, action);
  if (point < 0 || picture.cells[static_cast<std::size_t>(point)] != Cell::kEmpty) return;
  DrawStone(layout_->Centre(point), *picture.hover == Player::kFirst, 0.5F);
}

}  // namespace tengen
