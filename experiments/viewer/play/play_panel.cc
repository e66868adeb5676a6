#include "experiments/viewer/play/play_panel.h"

#include <SDL.h>
#include <algorithm>
#include <cmath>
#include <cstdio>

#include "experiments/pictures/board_style.h"
#include "experiments/viewer/window/plot.h"

namespace tengen {
namespace {

const ImVec4 kBad = {0.95F, 0.5F, 0.42F, 1.0F};
const ImVec4 kGood = {0.62F, 0.82F, 0.98F, 1.0F};
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
  frame.NeedCharacters(name);
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

// What searches said of the positions so far, first player's view; NaN where none looked.
struct GameCurves {
  explicit GameCurves(const PlayGame& game) {
    for (const PlayPosition& position : game.positions()) {
      ply.push_back(static_cast<double>(ply.size()));
      win_rate.push_back(position.win_rate_first ? static_cast<double>(*position.win_rate_first)
                                                 : std::nan(""));
      score.push_back(position.score_first ? static_cast<double>(*position.score_first)
                                           : std::nan(""));
      has_score = has_score || position.score_first.has_value();
    }
  }

  std::vector<double> ply, win_rate, score;
  bool has_score = false;
};

// Win rate and, where it is known, score of the first player over the game, beside each other. A
// click or a drag goes to the move.
void DrawGraph(const Frame& frame, PlayGame& game) {
  const GameCurves curves(game);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float height = 110.0F * frame.scale;
  const float whole = ImGui::GetContentRegionAvail().x;
  const float gap = 6.0F * frame.scale;
  const Box left = {at.x, at.y, curves.has_score ? 0.5F * (whole - gap) : whole, height};
  ImGui::Dummy({whole, height});
  frame.NamePlace("graph");
  PlotOptions options;
  options.x_unit = PlotUnit::kWhole;
  options.x_low = 0.0;
  options.x_high = std::max(1, game.plies());
  options.marker = game.ply();
  options.empty = "not looked at yet";
  const auto draw = [&](const Box& box, const std::vector<double>& y, ImU32 colour) {
    const PlotSeries series[] = {{"", colour, curves.ply, y, {}, {}, /*dots=*/true}};
    const PlotAnswer answer = DrawPlot(frame, box, options, series);
    const ImGuiIO& io = ImGui::GetIO();
    const bool drags =
        ImGui::IsMouseDown(ImGuiMouseButton_Left) && box.Holds(io.MouseClickedPos[0]);
    if (answer.hovered_x && drags) game.GoTo(static_cast<int>(std::lround(*answer.hovered_x)));
  };
  const char* name = PlayerName(game.game().spec(), Player::kFirst);
  options.title = StrCat(name, " wins");
  options.y_unit = PlotUnit::kPercent;
  options.y_low = 0.0;
  options.y_high = 1.0;
  draw(left, curves.win_rate, PlotColour(0));
  if (!curves.has_score) return;
  options.title = StrCat(name, " leads by");
  options.y_unit = PlotUnit::kNumber;
  options.y_low.reset();
  options.y_high.reset();
  draw({left.x + left.width + gap, at.y, left.width, height}, curves.score, PlotColour(1));
}

}  // namespace

PanelRequest DrawPlayPanel(const Frame& frame, PlaySession& session, const std::string& message,
                           PanelState& state) {
  DrawPlayer(frame, session, Player::kFirst);
  DrawPlayer(frame, session, Player::kSecond);
  ImGui::Separator();
  const std::string status = message.empty() ? session.StatusText() : message;
  frame.NeedCharacters(status);
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
  DrawGraph(frame, session.game());
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
