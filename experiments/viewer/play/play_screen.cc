#include "experiments/viewer/play/play_screen.h"

#include <SDL.h>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <imgui_stdlib.h>
#include <utility>

#include "envs/core/check.h"
#include "experiments/viewer/board/board_view.h"
#include "experiments/viewer/play/new_game_dialog.h"
#include "experiments/viewer/play/play_panel.h"
#include "experiments/viewer/play/play_session.h"

namespace tengen {
namespace {

constexpr float kPanelWidth = 380.0F;  // units, see Frame::scale
constexpr float kPanelNeeds = 560.0F;  // pixels: narrower windows show the board alone
constexpr std::size_t kMostCandidates =
    12;  // further ones have next to no visits and hide the board

std::string FreshFileName(const PlayGame& game) {
  const std::time_t now = std::time(nullptr);
  std::tm local = {};
  localtime_r(&now, &local);
  char text[64];
  std::strftime(text, sizeof(text), "tengen-%Y%m%d-%H%M%S", &local);
  return std::string(text) + (game.is_go() ? ".sgf" : ".txt");
}

class PlayScreen : public Screen {
 public:
  explicit PlayScreen(const PlayOptions& options) : options_(options) {}

  void Draw(const Frame& frame) override;
  bool Animates() const override {
    return session_ != nullptr && (session_->busy() || session_->analysing());
  }
  bool Busy() const override { return session_ != nullptr && session_->busy(); }
  std::string Failure() const override { return session_ == nullptr ? error_ : session_->error(); }
  void Drop(const std::string& file) override { Load(file); }

 private:
  void Start(const PlayOptions& options, Device device);
  void Load(const std::string& file);
  void Keys(const Frame& frame);
  void CursorKeys(const Frame& frame);
  void DrawBoard(const Frame& frame, const Box& box);
  BoardPicture Picture() const;
  void AddOverlays(const Thought& thought, BoardPicture& picture) const;
  void AddGhosts(const std::vector<Action>& line, BoardPicture& picture) const;
  void Clicked(Action action);
  void Do(const PanelRequest& request, const Frame& frame);
  void DrawPopups(const Frame& frame);
  void DrawFilePopup(const Frame& frame);
  void DrawLeavePopup(const Frame& frame);

  PlayOptions options_;
  std::unique_ptr<PlaySession> session_;
  std::string error_;  // why there is no session, or what a popup's action met
  BoardView board_;
  int cursor_ = -1;  // point, once a key has moved it
  PanelState panel_;
  NewGameDialog dialog_;
  enum class Popup { kNone, kSave, kLoad, kLeave } popup_ = Popup::kNone;
  std::string overwritten_;  // a file that was asked about
  std::string file_;
  Device device_ = Device::kCpu;
};

void PlayScreen::Start(const PlayOptions& options, Device device) {
  auto session = PlaySession::Open(options, device);
  if (!session) {
    error_ = session.error();
    return;
  }
  const bool analysing = session_ != nullptr && session_->analysing();
  error_.clear();
  options_ = options;
  session_ = std::move(*session);
  session_->SetAnalysing(analysing);
  panel_.hovered = kNoAction;
}

void PlayScreen::Load(const std::string& file) {
  PlayOptions options = options_;
  options.record = file;
  options.agents = {"", ""};
  Start(options, device_);
}

void PlayScreen::Draw(const Frame& frame) {
  device_ = frame.device;
  if (session_ == nullptr && error_.empty()) Start(options_, frame.device);
  if (session_ != nullptr) session_->Advance(frame.delta_s);
  const bool beside = frame.width >= kPanelNeeds && frame.width > 1.1F * frame.height;
  const bool below = !beside && frame.height >= 1.4F * frame.width && frame.width >= 300.0F;
  const float panel = std::min(kPanelWidth * frame.scale, 0.48F * frame.width);
  Box board = {0.0F, 0.0F, frame.width - (beside ? panel : 0.0F), frame.height};
  if (below) board.height = frame.width;
  BeginPanel("board", board);
  const float pad = std::min(12.0F * frame.scale, 0.02F * board.width);
  const Box inner = {pad, pad, board.width - 2.0F * pad, board.height - 2.0F * pad};
  if (session_ != nullptr) DrawBoard(frame, inner);
  if (session_ == nullptr) ImGui::TextWrapped("%s", error_.c_str());
  EndPanel();
  Keys(frame);
  if (beside || below) {
    const Box box = beside ? Box{board.width, 0.0F, panel, frame.height}
                           : Box{0.0F, board.height, frame.width, frame.height - board.height};
    BeginPanel("panel", box);
    if (session_ != nullptr) {
      Do(DrawPlayPanel(frame, *session_, error_, panel_), frame);
    } else if (Button(frame, "New game")) {
      dialog_.Open(options_);
    }
    EndPanel();
  }
  DrawPopups(frame);
}

void PlayScreen::AddGhosts(const std::vector<Action>& line, BoardPicture& picture) const {
  Player player = session_->game().shown().state->ToMove();
  int number = 0;
  for (const Action action : line) {
    picture.ghosts.push_back({action, player, ++number});
    player = Opponent(player);
    if (number == 12) break;
  }
}

void PlayScreen::AddOverlays(const Thought& thought, BoardPicture& picture) const {
  const PositionAnalysis& analysis = *thought.analysis;
  const bool first = thought.state->ToMove() == Player::kFirst;
  if (panel_.heat && !analysis.policy.empty()) {
    picture.heat.assign(static_cast<std::size_t>(picture.game->spec().num_actions), 0.0F);
    for (std::size_t i = 0; i < analysis.legal.size(); ++i) {
      picture.heat[static_cast<std::size_t>(analysis.legal[i])] = analysis.policy[i];
    }
  }
  if (panel_.ownership) {
    picture.ownership = analysis.ownership;
    for (float& owner : picture.ownership) owner = first ? owner : -owner;
  }
  if (panel_.hovered != kNoAction && panel_.lines) {
    for (const MoveAnalysis& move : analysis.moves) {
      if (move.action == panel_.hovered && move.visits > 0) AddGhosts(move.line, picture);
    }
    if (!picture.ghosts.empty()) return;
  }
  if (!panel_.candidates || analysis.moves.empty()) return;
  const int most = std::max(1, analysis.moves.front().visits);
  for (const MoveAnalysis& move : analysis.moves) {
    if (move.visits == 0 || picture.candidates.size() == kMostCandidates) break;
    CandidateMark& mark = picture.candidates.emplace_back();
    mark.action = move.action;
    mark.win_rate = static_cast<float>(WinRate(move.value));
    mark.visits = move.visits;
    if (analysis.has_score) mark.score = move.score;
    mark.share = static_cast<float>(move.visits) / static_cast<float>(most);
    mark.best = picture.candidates.size() == 1;
  }
}

BoardPicture PlayScreen::Picture() const {
  const PlayGame& game = session_->game();
  BoardPicture picture;
  picture.game = game.shown().game;
  picture.cells = game.Cells();
  picture.last = game.shown().move;
  picture.coordinates = panel_.coordinates;
  picture.cursor = cursor_;
  if (panel_.numbers) picture.move_numbers = game.MoveNumbers();
  if (game.needs_scoring()) {
    picture.dead = game.dead();
    picture.area = game.Area();
  } else if (const auto thought = session_->ShownThought(); thought != nullptr) {
    AddOverlays(*thought, picture);
  }
  if (session_->person_to_move() && picture.ghosts.empty()) {
    picture.hover = game.shown().state->ToMove();
  }
  return picture;
}

void PlayScreen::DrawBoard(const Frame& frame, const Box& box) {
  board_.Draw(frame, box, Picture());
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  const bool reachable = popup_ == Popup::kNone && !dialog_.open() && box.Holds(mouse);
  const Action action = reachable ? board_.ActionAt(mouse) : kNoAction;
  if (!panel_.table_hovered) panel_.hovered = action;
  if (action != kNoAction && ImGui::IsMouseClicked(ImGuiMouseButton_Left)) Clicked(action);
}

void PlayScreen::Clicked(Action action) {
  PlayGame& game = session_->game();
  error_.clear();
  if (game.needs_scoring()) return game.ToggleDead(action);
  if (!session_->person_to_move()) return;
  if (game.shown().state->IsLegal(action)) {
    const Status moved = session_->Move(action);
    if (!moved) error_ = moved.error();
  } else if (const auto cells = game.Cells();
             PointOfAction(game.game().spec(), cells, action) >= 0 &&
             cells[static_cast<std::size_t>(PointOfAction(game.game().spec(), cells, action))] ==
                 Cell::kEmpty) {
    error_ = StrCat("The rules forbid ", game.game().ActionText(action), " here.");
  }
}

void PlayScreen::Keys(const Frame& frame) {
  if (dialog_.open() || popup_ != Popup::kNone) return;
  if (frame.Pressed(SDL_SCANCODE_ESCAPE)) Do({PanelRequest::Kind::kLeave}, frame);
  if (frame.Pressed(SDL_SCANCODE_N)) Do({PanelRequest::Kind::kNew}, frame);
  if (frame.Pressed(SDL_SCANCODE_O, true)) Do({PanelRequest::Kind::kLoad}, frame);
  if (session_ == nullptr) return;
  if (frame.Pressed(SDL_SCANCODE_S, true)) Do({PanelRequest::Kind::kSave}, frame);
  CursorKeys(frame);
  PlayGame& game = session_->game();
  if (frame.Pressed(SDL_SCANCODE_LEFT)) game.GoTo(game.ply() - 1);
  if (frame.Pressed(SDL_SCANCODE_RIGHT)) game.GoTo(game.ply() + 1);
  if (frame.Pressed(SDL_SCANCODE_PAGEUP)) game.GoTo(game.ply() - 10);
  if (frame.Pressed(SDL_SCANCODE_PAGEDOWN)) game.GoTo(game.ply() + 10);
  if (frame.Pressed(SDL_SCANCODE_HOME)) game.GoTo(0);
  if (frame.Pressed(SDL_SCANCODE_END)) game.GoTo(game.plies());
}

// Shift and an arrow move the cursor, return plays there.
void PlayScreen::CursorKeys(const Frame& frame) {
  const BoardShape shape = session_->game().game().spec().shape;
  if (cursor_ >= shape.points()) cursor_ = -1;
  if (frame.Pressed(SDL_SCANCODE_RETURN) && cursor_ >= 0) {
    Clicked(ActionAtPoint(session_->game().game().spec(), cursor_));
  }
  const std::pair<int, int> keys[] = {{SDL_SCANCODE_LEFT, -1},
                                      {SDL_SCANCODE_RIGHT, 1},
                                      {SDL_SCANCODE_UP, -shape.columns},
                                      {SDL_SCANCODE_DOWN, shape.columns}};
  for (const auto& [key, step] : keys) {
    if (!frame.Pressed(key, false, /*shift=*/true)) continue;
    const int next = cursor_ < 0 ? shape.points() / 2 : cursor_ + step;
    const bool sideways = step == 1 || step == -1;
    const bool stays = cursor_ >= 0 && sideways && next / shape.columns != cursor_ / shape.columns;
    if (next >= 0 && next < shape.points() && !stays) cursor_ = next;
  }
}

void PlayScreen::Do(const PanelRequest& request, const Frame& frame) {
  using Kind = PanelRequest::Kind;
  if (request.kind != Kind::kNone) error_.clear();
  switch (request.kind) {
    case Kind::kNone:
      break;
    case Kind::kNew:
      dialog_.Open(options_);
      break;
    case Kind::kSave:
      file_ = FreshFileName(session_->game());
      popup_ = Popup::kSave;
      break;
    case Kind::kLoad:
      file_.clear();
      popup_ = Popup::kLoad;
      break;
    case Kind::kLeave:
      if (session_ == nullptr || session_->saved()) return frame.open(nullptr);
      popup_ = Popup::kLeave;
      break;
    case Kind::kPass: {
      const GameSpec& spec = session_->game().game().spec();
      const Status passed = session_->Move(spec.num_actions - 1);
      if (!passed) error_ = passed.error();
      break;
    }
  }
}

void PlayScreen::DrawFilePopup(const Frame& frame) {
  const bool saves = popup_ == Popup::kSave;
  ImGui::TextUnformatted(saves ? "Save the game as" : "Open an SGF file (or drag one in)");
  ImGui::PushItemWidth(-1.0F);
  if (ImGui::IsWindowAppearing()) ImGui::SetKeyboardFocusHere();
  const bool entered = ImGui::InputText("##file", &file_, ImGuiInputTextFlags_EnterReturnsTrue);
  frame.NamePlace("file");
  frame.NeedCharacters(file_ + error_);
  ImGui::PopItemWidth();
  if (!error_.empty()) ImGui::TextWrapped("%s", error_.c_str());
  const bool done = Button(frame, saves ? "Save it" : "Open it") || entered;
  ImGui::SameLine();
  if (Button(frame, "Cancel", SDL_SCANCODE_ESCAPE) ||
      ImGui::IsKeyPressed(SDL_SCANCODE_ESCAPE, false)) {
    error_.clear();
    popup_ = Popup::kNone;
    return;
  }
  if (!done) return;
  error_.clear();
  if (saves && std::filesystem::exists(file_) && overwritten_ != file_) {
    overwritten_ = file_;
    error_ = file_ + " is there already; save again to write over it";
    return;
  }
  overwritten_.clear();
  try {
    if (saves) {
      session_->Save(file_);
    } else {
      Load(file_);
    }
  } catch (const std::runtime_error& error) {
    error_ = error.what();
  }
  if (error_.empty()) popup_ = Popup::kNone;
}

void PlayScreen::DrawLeavePopup(const Frame& frame) {
  ImGui::TextUnformatted("This game is not saved.");
  if (Button(frame, "Save and leave")) {
    try {
      session_->Save(FreshFileName(session_->game()));
      frame.open(nullptr);
    } catch (const std::runtime_error& error) {
      error_ = error.what();
    }
    popup_ = Popup::kNone;
  }
  ImGui::SameLine();
  if (Button(frame, "Leave")) frame.open(nullptr);
  ImGui::SameLine();
  if (Button(frame, "Stay", SDL_SCANCODE_ESCAPE)) popup_ = Popup::kNone;
}

void PlayScreen::DrawPopups(const Frame& frame) {
  if (const auto chosen = dialog_.Draw(frame)) Start(*chosen, frame.device);
  if (popup_ == Popup::kNone) return;
  const float width = std::min(520.0F * frame.scale, frame.width - 8.0F);
  ImGui::OpenPopup("file");
  ImGui::SetNextWindowPos({frame.width / 2, frame.height / 2}, ImGuiCond_Always, {0.5F, 0.5F});
  ImGui::SetNextWindowSize({width, 0.0F});
  if (!ImGui::BeginPopupModal(
          "file", nullptr,
          ImGuiWindowFlags_NoTitleBar | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoResize)) {
    return;
  }
  if (popup_ == Popup::kLeave) {
    DrawLeavePopup(frame);
  } else {
    DrawFilePopup(frame);
  }
  if (popup_ == Popup::kNone) ImGui::CloseCurrentPopup();
  ImGui::EndPopup();
}

}  // namespace

std::unique_ptr<Screen> MakePlayScreen(const PlayOptions& options) {
  return std::make_unique<PlayScreen>(options);
}

}  // namespace tengen
