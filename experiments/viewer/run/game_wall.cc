#include "experiments/viewer/run/game_wall.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

#include "envs/core/check.h"
#include "experiments/viewer/control/control_moment.h"
#include "experiments/viewer/play/play_game.h"

namespace tengen {
namespace {

constexpr double kLookAtEnd_s = 2.5;  // before a wall's next game takes the place
constexpr float kSmallest = 100.0F;   // pixels, height of a game
constexpr ImU32 kText = IM_COL32(232, 230, 227, 255);
constexpr ImU32 kFaint = IM_COL32(154, 156, 160, 255);

// How many boards lie beside and above each other.
struct WallGrid {
  int columns = 1;
  int rows = 1;
};

// Height that a game wants, with its caption, in units: so much that moves can be followed.
float WantedHeight(const GameSpec& spec) {
  if (spec.num_players == 1) return 150.0F;
  return std::clamp(20.0F + 24.0F * static_cast<float>(spec.shape.rows), 120.0F, 330.0F);
}

WallGrid GridOf(const Box& box, const GameSpec& spec, float unit) {
  WallGrid grid;
  const float wanted = std::max(WantedHeight(spec) * unit, kSmallest);
  grid.rows = std::clamp(static_cast<int>(std::lround(box.height / wanted)), 1, 3);
  const float shape = spec.num_players == 1 ? 1.7F
                                            : static_cast<float>(spec.shape.columns) /
                                                  static_cast<float>(spec.shape.rows);
  const float width =
      shape * (box.height / static_cast<float>(grid.rows) - 28.0F * unit) + 12.0F * unit;
  grid.columns = std::clamp(static_cast<int>(std::lround(box.width / std::max(width, 8.0F))), 1, 8);
  return grid;
}

std::string ResultText(const WatchedGame& watched) {
  const GameRecord& record = watched.record;
  const GameSpec& spec = watched.game->spec();
  char text[48];
  if (spec.num_players == 1) {
    std::snprintf(text, sizeof(text), "return %.0f", static_cast<double>(record.return_first));
    return text;
  }
  if (record.return_first == 0.0F) return "draw";
  const Player winner = record.return_first > 0.0F ? Player::kFirst : Player::kSecond;
  const std::string name = PlayerName(spec, winner);
  if (record.end == GameEnd::kResign) return name + " wins, resigned";
  if (record.end == GameEnd::kAdjudicated) return name + " wins, as agreed";
  if (!spec.has_area) return name + " wins";
  std::snprintf(text, sizeof(text), "%s +%g", name.c_str(),
                static_cast<double>(std::fabs(record.score_first)));
  return text;
}

}  // namespace

std::shared_ptr<const WatchedGame> GameWall::NextGame(const RunSnapshot& snapshot) {
  std::shared_ptr<const WatchedGame> next;
  std::int64_t before = std::numeric_limits<std::int64_t>::max();
  // The newest one of those that were shown longest ago, or never.
  for (auto game = snapshot.newest_games.rbegin(); game != snapshot.newest_games.rend(); ++game) {
    const auto shown = shown_.find((*game)->record.stream);
    const std::int64_t when = shown == shown_.end() ? -1 : shown->second;
    if (when >= before) continue;
    before = when;
    next = *game;
  }
  if (next != nullptr) shown_[next->record.stream] = shown_games_++;
  return next;
}

void GameWall::ShowPly(Place& place) {
  const auto& plies = place.game->record.plies;
  const auto ply = std::min(static_cast<std::size_t>(place.moves), plies.size());
  if (place.state == nullptr || place.state->Ply() > static_cast<int>(ply)) {
    place.state = place.game->game->NewState();
  }
  while (place.state->Ply() < static_cast<int>(ply)) {
    place.state->Apply(plies[static_cast<std::size_t>(place.state->Ply())].action);
  }
}

void GameWall::Advance(double seconds, const RunSnapshot& snapshot) {
  for (const auto& place : places_) {
    const bool first = place->game == nullptr;
    const auto plies = [&place] { return static_cast<double>(place->game->record.plies.size()); };
    if (!first && !paused_) place->moves += seconds * speed_;
    if (first || place->moves >= plies() + kLookAtEnd_s * speed_) {
      std::shared_ptr<const WatchedGame> next = NextGame(snapshot);
      if (next == nullptr) continue;
      place->state = nullptr;
      place->game = std::move(next);
      // Boards that begin together would move and end together.
      place->moves =
          first ? std::fmod(0.618 * static_cast<double>(shown_games_), 0.8) * plies() : 0;
    }
    ShowPly(*place);
  }
}

void GameWall::DrawCaption(const Frame& frame, const Box& box, const Place& place) {
  const auto plies = static_cast<int>(place.game->record.plies.size());
  const bool over = place.state->Ply() >= plies;
  const std::string left = StrCat("game ", place.game->record.stream);
  const std::string right =
      over ? ResultText(*place.game) : StrCat(place.state->Ply(), " of ", plies);
  ImFont* font = frame.fonts.small;
  const auto width = [font](const std::string& text) {
    return font->CalcTextSizeA(font->FontSize, 1e9F, 0.0F, text.c_str()).x;
  };
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const float edge = box.x + box.width - width(right);
  list.AddText(font, font->FontSize, {std::round(edge), box.y}, over ? kText : kFaint,
               right.c_str());
  if (box.x + width(left) + 0.5F * font->FontSize > edge) return;
  list.AddText(font, font->FontSize, {box.x, box.y}, kFaint, left.c_str());
}

void GameWall::DrawPlace(const Frame& frame, const Box& box, Place& place) {
  const float caption = 1.5F * frame.fonts.small->FontSize;
  const Box board = {box.x, box.y, box.width, box.height - caption};
  const GameSpec& spec = place.game->game->spec();
  if (spec.num_players == 1) {
    DrawControlMoment(frame, board, *place.state);
    return DrawCaption(frame, {box.x, board.y + board.height + 0.2F * caption, box.width, caption},
                       place);
  }
  BoardPicture picture;
  picture.game = place.game->game;
  picture.coordinates = false;
  picture.cells.resize(static_cast<std::size_t>(spec.shape.points()));
  place.state->Board(picture.cells);
  const auto& plies = place.game->record.plies;
  const auto ply = static_cast<std::size_t>(place.state->Ply());
  if (ply > 0) picture.last = plies[ply - 1].action;
  if (ply == plies.size()) picture.area = place.game->record.owner;
  place.board.Draw(frame, board, picture);
  const Box drawn = place.board.board();
  DrawCaption(frame, {drawn.x, drawn.y + drawn.height + 0.2F * caption, drawn.width, caption},
              place);
}

void GameWall::Draw(const Frame& frame, const Box& box, const RunSnapshot& snapshot) {
  if (snapshot.newest_games.empty()) {
    ImGui::GetWindowDrawList()->AddText(box.min(), kFaint, "No game was finished yet.");
    return;
  }
  const WallGrid grid = GridOf(box, snapshot.newest_games.back()->game->spec(), frame.scale);
  const auto count = static_cast<std::size_t>(grid.columns * grid.rows);
  if (places_.size() > count) places_.resize(count);
  while (places_.size() < std::min(count, snapshot.newest_games.size())) {
    places_.push_back(std::make_unique<Place>());
  }
  Advance(std::min(frame.delta_s, 0.25), snapshot);
  const float gap = 10.0F * frame.scale;
  const float width = (box.width + gap) / static_cast<float>(grid.columns) - gap;
  const float height = (box.height + gap) / static_cast<float>(grid.rows) - gap;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i]->game == nullptr) continue;
    const auto column = static_cast<float>(i % static_cast<std::size_t>(grid.columns));
    const auto row = static_cast<float>(i / static_cast<std::size_t>(grid.columns));
    DrawPlace(frame, {box.x + column * (width + gap), box.y + row * (height + gap), width, height},
              *places_[i]);
  }
}

}  // namespace tengen
