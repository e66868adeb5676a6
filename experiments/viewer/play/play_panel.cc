#include "experiments/viewer/play/play_panel.h"

#include <SDL.h>
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "experiments/pictures/board_style.h"

namespace tengen {
namespace {

const ImVec4 kBad = {0.95F, 0.5F, 0.42F, 1.0F};
const ImVec4 kGood = {0.62F, 0.82F, 0.98F, 1.0F};
constexpr ImU32 kCurve = IM_COL32(111, 177, 228, 255);
constexpr std::size_t kTableRows = 8;  // leaves room for the curve below in a window of 720 pixels

// "4:05", or what is left of the time.
std::string ClockText(const PlaySession& session, Player player) {
  const double used = session.used_s(player);
  const double minutes = session.options().minutes;
  const double shown = minutes > 0.0 ? std::max(0.0, 60.0 * minutes - used) : used;
  const int seconds = static_cast<int>(shown);
  char text[32];
  std::snprintf(text, sizeof(text), "%d:%02d", seconds / 60, seconds % 60);
  return text;
}

void DrawPlayer(const Frame& frame, const PlaySession& session, Player player) {
  const PlayGame& game = session.game();
  const GameSpec& spec = game.game().spec();
  const bool moves = !game.over() && game.shown().state->ToMove() == player;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = ImGui::GetTextLineHeight();
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 centre = {at.x + 0.5F * height, at.y + 0.55F * height};
  const bool first = player == Player::kFirst;
  list.AddCircleFilled(centre, 0.42F * height,
                       first ? IM_COL32(20, 20, 22, 255) : IM_COL32(244, 243, 238, 255));
  list.AddCircle(centre, 0.42F * height, IM_COL32(150, 150, 150, 255));
  if (moves) {
    list.AddTriangleFilled({at.x + 1.25F * height, at.y + 0.25F * height},
                           {at.x + 1.25F * height, at.y + 0.85F * height},
                           {at.x + 1.65F * height, at.y + 0.55F * height},
                           ImGui::ColorConvertFloat4ToU32(kGood));
  }
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + 1.9F * height);
  ImGui::PushFont(frame.fonts.bold);
  const std::string clock = ClockText(session, player);
  const float right = ImGui::CalcTextSize(clock.c_str()).x;
  const float edge = ImGui::GetWindowWidth() - ImGui::GetStyle().WindowPadding.x;
  const std::string name = StrCat(PlayerName(spec, player), ": ", session.Name(player));
  const ImVec2 text_at = ImGui::GetCursorScreenPos();
  const float room = ImGui::GetWindowPos().x + edge - right - height - text_at.x;
  ImGui::PushClipRect(text_at, {text_at.x + room, text_at.y + 2.0F * height}, true);
  ImGui::TextUnformatted(name.c_str());
  ImGui::PopClipRect();
  if (ImGui::IsItemHovered()) ImGui::SetTooltip("%s", name.c_str());
  ImGui::SameLine(edge - right);
  ImGui::TextUnformatted(clock.c_str());
  ImGui::PopFont();
  if (!game.is_go()) return;
  ImGui::SetCursorPosX(ImGui::GetCursorPosX() + 1.9F * height);
  ImGui::TextDisabled("%d captured", game.Captures()[static_cast<std::size_t>(Index(player))]);
}

PanelRequest DrawButtons(const Frame& frame, PlaySession& session) {
  using Kind = PanelRequest::Kind;
  PanelRequest request;
  const auto ask = [&request](bool pressed, Kind kind) {
    if (pressed) request.kind = kind;
  };
  const GameSpec& spec = session.game().game().spec();
  ask(Button(frame, "New game", 0, "N"), Kind::kNew);
  ImGui::SameLine();
  ask(Button(frame, "Open", 0, "Ctrl+O"), Kind::kLoad);
  ImGui::SameLine();
  ask(Button(frame, "Save", 0, "Ctrl+S"), Kind::kSave);
  ImGui::SameLine();
  ask(Button(frame, "Leave", 0, "Esc"), Kind::kLeave);
  if (spec.policy == PolicyLayout::kPointsAndPass) {
    ask(Button(frame, "Pass", SDL_SCANCODE_P, "P"), Kind::kPass);
    ImGui::SameLine();
  }
  if (Button(frame, "Undo", SDL_SCANCODE_U, "U") || frame.Pressed(SDL_SCANCODE_BACKSPACE)) {
    session.Undo();
  }
  ImGui::SameLine();
  if (Button(frame, "Resign", 0, "Ctrl+R") || frame.Pressed(SDL_SCANCODE_R, true)) {
    session.Resign();
  }
  if (!session.error().empty()) {
    if (Button(frame, "Ask again")) session.AskAgain();
    ImGui::SameLine();
    if (Button(frame, "Play on myself")) session.TakeOver();
  }
  return request;
}

void DrawNavigation(const Frame& frame, PlayGame& game) {
  const auto go = [&](const char* name, int ply, const char* key) {
    if (Button(frame, name, 0, key)) game.GoTo(ply);
    ImGui::SameLine();
  };
  go("|<", 0, "Home");
  go("<", game.ply() - 1, "Left");
  go(">", game.ply() + 1, "Right");
  go(">|", game.plies(), "End");
  ImGui::AlignTextToFramePadding();
  ImGui::Text("move %d of %d", game.ply(), game.plies());
}

void Toggle(const Frame& frame, const char* name, int scancode, bool& on) {
  ImGui::Checkbox(name, &on);
  frame.NamePlace(name);
  if (frame.Pressed(scancode)) on = !on;
}

void DrawToggles(const Frame& frame, PlaySession& session, PanelState& state) {
  bool analysing = session.analysing();
  const float column = ImGui::GetContentRegionAvail().x / 2.0F;
  const float left = ImGui::GetCursorPosX();
  Toggle(frame, "Analyse (A)", SDL_SCANCODE_A, analysing);
  if (analysing != session.analysing()) session.SetAnalysing(analysing);
  ImGui::SameLine(left + column);
  Toggle(frame, "Candidates (C)", SDL_SCANCODE_C, state.candidates);
  Toggle(frame, "Policy heat (H)", SDL_SCANCODE_H, state.heat);
  ImGui::SameLine(left + column);
  Toggle(frame, "Ownership (O)", SDL_SCANCODE_O, state.ownership);
  Toggle(frame, "Lines on hover (L)", SDL_SCANCODE_L, state.lines);
  ImGui::SameLine(left + column);
  Toggle(frame, "Numbers (M)", SDL_SCANCODE_M, state.numbers);
  Toggle(frame, "Search tree (T)", SDL_SCANCODE_T, state.tree);
  ImGui::SameLine(left + column);
  Toggle(frame, "Coordinates (X)", SDL_SCANCODE_X, state.coordinates);
}

void DrawVerdict(const Frame& frame, const PlaySession& session, const Thought& thought) {
  const PositionAnalysis& analysis = *thought.analysis;
  const GameSpec& spec = session.game().game().spec();
  const Player player = thought.state->ToMove();
  ImGui::PushFont(frame.fonts.bold);
  ImGui::Text("%s wins %.1f %%", PlayerName(spec, player), 100.0 * WinRate(analysis.value));
  if (analysis.has_score) {
    ImGui::SameLine();
    ImGui::Text("  score %+.1f", static_cast<double>(analysis.score));
  }
  ImGui::PopFont();
  ImGui::SameLine();
  ImGui::TextDisabled("  %d visits, %.1f s", analysis.visits, thought.seconds);
}

// As many moves as fit into so many pixels.
std::string LineText(const Game& game, const std::vector<Action>& line, float width) {
  std::string text;
  for (const Action action : line) {
    const std::string longer = text + (text.empty() ? "" : " ") + game.ActionText(action);
    if (ImGui::CalcTextSize(longer.c_str()).x > width) break;
    text = longer;
  }
  return text;
}

void DrawTable(const Frame& frame, const PlaySession& session, const Thought& thought,
               PanelState& state) {
  const PositionAnalysis& analysis = *thought.analysis;
  const int columns = analysis.has_score ? 6 : 5;
  state.table_hovered = false;
  if (!ImGui::BeginTable("candidates", columns, ImGuiTableFlags_SizingFixedFit)) return;
  for (const char* name : {"Move", "Visits", "Win %", "Prior"}) ImGui::TableSetupColumn(name);
  if (analysis.has_score) ImGui::TableSetupColumn("Score");
  ImGui::TableSetupColumn("Line", ImGuiTableColumnFlags_WidthStretch);
  ImGui::TableHeadersRow();
  for (std::size_t i = 0; i < std::min(kTableRows, analysis.moves.size()); ++i) {
    const MoveAnalysis& move = analysis.moves[i];
    if (move.visits == 0 && i > 0) break;
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    const std::string text = session.game().game().ActionText(move.action);
    ImGui::Selectable(text.c_str(), state.hovered == move.action,
                      ImGuiSelectableFlags_SpanAllColumns);
    frame.NamePlace("candidate " + text);
    if (ImGui::IsItemHovered()) {
      state.hovered = move.action;
      state.table_hovered = true;
    }
    ImGui::TableNextColumn();
    ImGui::Text("%d", move.visits);
    ImGui::TableNextColumn();
    ImGui::Text("%.1f", 100.0 * WinRate(move.value));
    ImGui::TableNextColumn();
    ImGui::Text("%.1f %%", 100.0 * static_cast<double>(move.prior));
    if (analysis.has_score) {
      ImGui::TableNextColumn();
      ImGui::Text("%+.1f", static_cast<double>(move.score));
    }
    ImGui::TableNextColumn();
    ImGui::TextUnformatted(
        LineText(session.game().game(), move.line, ImGui::GetContentRegionAvail().x).c_str());
  }
  ImGui::EndTable();
}

// The moves below `parent` as rows that unfold.
void DrawTreeRows(const Game& game, const std::vector<TreeMove>& tree, int parent) {
  for (std::size_t i = 0; i < tree.size(); ++i) {
    const TreeMove& move = tree[i];
    if (move.parent != parent) continue;
    const auto index = static_cast<int>(i);
    const bool leaf = std::none_of(tree.begin(), tree.end(),
                                   [index](const TreeMove& m) { return m.parent == index; });
    ImGui::TableNextRow();
    ImGui::TableNextColumn();
    ImGui::PushID(move.action);
    const bool open = ImGui::TreeNodeEx(
        game.ActionText(move.action).c_str(),
        ImGuiTreeNodeFlags_SpanFullWidth |
            (leaf ? ImGuiTreeNodeFlags_Leaf | ImGuiTreeNodeFlags_NoTreePushOnOpen : 0));
    ImGui::TableNextColumn();
    ImGui::Text("%d", move.visits);
    ImGui::TableNextColumn();
    ImGui::Text("%.1f", static_cast<double>(move.q) * move.visits);
    for (const float value : {move.q, move.prior, move.u}) {
      ImGui::TableNextColumn();
      ImGui::Text("%.3f", static_cast<double>(value));
    }
    if (open && !leaf) {
      DrawTreeRows(game, tree, index);
      ImGui::TreePop();
    }
    ImGui::PopID();
  }
}

void DrawTree(const PlaySession& session, const Thought& thought) {
  const ImVec2 size = {0.0F, ImGui::GetContentRegionAvail().y};
  if (!ImGui::BeginTable("tree", 6, ImGuiTableFlags_ScrollY | ImGuiTableFlags_SizingFixedFit,
                         size)) {
    return;
  }
  ImGui::TableSetupScrollFreeze(0, 1);
  ImGui::TableSetupColumn("Move", ImGuiTableColumnFlags_WidthStretch);
  for (const char* name : {"N", "W", "Q", "P", "U"}) ImGui::TableSetupColumn(name);
  ImGui::TableHeadersRow();
  DrawTreeRows(session.game().game(), thought.tree, -1);
  ImGui::EndTable();
}

// Win rate (and score) of the first player over the game; a click goes to the move.
void DrawGraph(const Frame& frame, PlaySession& session) {
  PlayGame& game = session.game();
  const float height = 110.0F * frame.scale;
  const float width = ImGui::GetContentRegionAvail().x;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  ImGui::InvisibleButton("graph", {width, height});
  frame.NamePlace("graph");
  ImDrawList& list = *ImGui::GetWindowDrawList();
  list.AddRectFilled(at, {at.x + width, at.y + height}, IM_COL32(38, 41, 45, 255));
  list.AddLine({at.x, at.y + height / 2}, {at.x + width, at.y + height / 2},
               IM_COL32(110, 112, 116, 255));
  const int plies = std::max(1, game.plies());
  const auto x_of = [&](int ply) {
    return at.x + width * static_cast<float>(ply) / static_cast<float>(plies);
  };
  const auto curve = [&](auto value, ImU32 colour) {
    const ImVec2* before = nullptr;
    ImVec2 last;
    for (int ply = 0; ply <= game.plies(); ++ply) {
      const auto height_of = value(game.positions()[static_cast<std::size_t>(ply)]);
      if (!height_of) continue;
      const ImVec2 here = {x_of(ply), at.y + height * (1.0F - *height_of)};
      if (before != nullptr) list.AddLine(last, here, colour, 1.5F * frame.scale);
      list.AddCircleFilled(here, 1.8F * frame.scale, colour, 8);
      last = here;
      before = &last;
    }
  };
  float most = 5.0F;
  bool scores = false;
  for (const PlayPosition& position : game.positions()) {
    if (!position.score_first) continue;
    most = std::max(most, std::fabs(*position.score_first));
    scores = true;
  }
  const ImU32 orange = IM_COL32(226, 168, 84, 255);
  curve(
      [&](const PlayPosition& p) -> std::optional<float> {
        if (!p.score_first) return std::nullopt;
        return 0.5F + 0.5F * *p.score_first / most;
      },
      orange);
  curve([](const PlayPosition& p) { return p.win_rate_first; }, kCurve);
  list.AddLine({x_of(game.ply()), at.y}, {x_of(game.ply()), at.y + height},
               IM_COL32(232, 230, 227, 160));
  char label[64];
  const char* name = PlayerName(game.game().spec(), Player::kFirst);
  std::snprintf(label, sizeof(label), "%s's win rate", name);
  list.AddText({at.x + 5.0F, at.y + 3.0F}, kCurve, label);
  if (scores) {
    std::snprintf(label, sizeof(label), "score, +-%.0f", static_cast<double>(most));
    const float right = ImGui::CalcTextSize(label).x + 5.0F;
    list.AddText({at.x + width - right, at.y + 3.0F}, orange, label);
  }
  if (ImGui::IsItemHovered() && ImGui::IsMouseDown(ImGuiMouseButton_Left)) {
    const float share = (ImGui::GetIO().MousePos.x - at.x) / width;
    game.GoTo(static_cast<int>(std::lround(share * static_cast<float>(plies))));
  }
}

}  // namespace

PanelRequest DrawPlayPanel(const Frame& frame, PlaySession& session, const std::string& message,
                           PanelState& state) {
  DrawPlayer(frame, session, Player::kFirst);
  DrawPlayer(frame, session, Player::kSecond);
  ImGui::Separator();
  const std::string status = message.empty() ? session.StatusText() : message;
  const bool bad = !message.empty() || !session.error().empty();
  ImGui::PushFont(frame.fonts.bold);
  ImGui::PushTextWrapPos(0.0F);
  ImGui::TextColored(bad ? kBad : kGood, "%s", status.c_str());
  ImGui::PopTextWrapPos();
  ImGui::PopFont();
  ImGui::Separator();
  const PanelRequest request = DrawButtons(frame, session);
  DrawNavigation(frame, session.game());
  ImGui::Separator();
  DrawToggles(frame, session, state);
  ImGui::Separator();
  DrawGraph(frame, session);
  if (const auto thought = session.ShownThought(); thought != nullptr) {
    DrawVerdict(frame, session, *thought);
    if (!state.tree) DrawTable(frame, session, *thought, state);
  } else {
    state.table_hovered = false;
    ImGui::TextDisabled("A analyses this position.");
  }
  if (state.tree) {
    state.table_hovered = false;
    const auto last = session.LastThought();
    if (last == nullptr) ImGui::TextDisabled("No search yet.");
    if (last != nullptr) DrawTree(session, *last);
  }
  return request;
}

}  // namespace tengen
