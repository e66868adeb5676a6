#include "experiments/viewer/run/time_machine.h"

#include <SDL.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "envs/core/check.h"
#include "experiments/players/agent_spec.h"
#include "experiments/runs/run_folder.h"
#include "experiments/viewer/control/control_moment.h"
#include "experiments/viewer/play/play_screen.h"
#include "experiments/viewer/run/checkpoint_slider.h"
#include "experiments/viewer/window/plot.h"

namespace tengen {
namespace {

constexpr std::array kVisits = {0, 50, 100, 400, 1600};
constexpr double kAutoplay_s = 0.5;     // for each checkpoint
constexpr std::size_t kMovesShown = 5;  // the panel's height at the least window
constexpr std::size_t kLineShown = 8;   // its width
const ImVec4 kBad = {0.95F, 0.5F, 0.42F, 1.0F};
const ImVec4 kGood = {0.62F, 0.82F, 0.98F, 1.0F};

template <typename... Args>
std::string Format(const char* format, Args... args) {
  char text[96];
  std::snprintf(text, sizeof text, format, args...);
  return text;
}

// "Black wins 61.3 %" or, for one player, the expected return; view of the first player.
std::string ValueSentence(const GameSpec& spec, double value) {
  if (spec.num_players == 1) return Format("Expected return %.1f", value);
  return Format("%s wins %.1f %%", PlayerName(spec, Player::kFirst), 100.0 * WinRate(value));
}

std::string ScoreSentence(const GameSpec& spec, double score) {
  if (std::fabs(score) < 0.05) return "even on points";
  return Format("%s leads by %.1f",
                PlayerName(spec, score > 0.0 ? Player::kFirst : Player::kSecond), std::fabs(score));
}

// The moves that any network liked most, best first.
std::vector<Action> TopMoves(const StudyView& view) {
  std::vector<std::pair<float, Action>> liked;
  for (const auto& [step, network] : view.networks) {
    for (std::size_t i = 0; i < network->legal.size(); ++i) {
      const Action action = network->legal[i];
      const auto known = std::find_if(liked.begin(), liked.end(),
                                      [action](const auto& one) { return one.second == action; });
      if (known == liked.end()) {
        liked.emplace_back(network->policy[i], action);
      } else {
        known->first = std::max(known->first, network->policy[i]);
      }
    }
  }
  std::sort(liked.begin(), liked.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::vector<Action> moves;
  for (const auto& [policy, action] : liked) {
    if (moves.size() < kMovesShown) moves.push_back(action);
  }
  return moves;
}

}  // namespace

const NetworkView* TimeMachine::Chosen() const {
  if (steps_.empty()) return nullptr;
  const auto network = view_.networks.find(step());
  return network == view_.networks.end() ? nullptr : network->second.get();
}

const PositionAnalysis* TimeMachine::Found() const {
  if (view_.search == nullptr || !view_.search->problem.empty()) return nullptr;
  return &view_.search->analysis;
}

void TimeMachine::TakeCheckpoints(const RunSnapshot& snapshot) {
  if (snapshot.phase != RunPhase::kGone && there_ == snapshot.checkpoints) return;
  there_ = snapshot.phase == RunPhase::kGone ? std::vector<std::int64_t>() : snapshot.checkpoints;
  const bool newest = steps_.empty() || chosen_ + 1 == steps_.size();
  const std::int64_t old = steps_.empty() ? 0 : step();
  std::vector<std::int64_t> all;
  std::set_union(steps_.begin(), steps_.end(), there_.begin(), there_.end(),
                 std::back_inserter(all));
  steps_ = std::move(all);
  if (steps_.empty()) return;
  // Who looks at the newest goes on doing so.
  chosen_ = newest ? steps_.size() - 1
                   : static_cast<std::size_t>(std::lower_bound(steps_.begin(), steps_.end(), old) -
                                              steps_.begin());
}

void TimeMachine::Choose(std::size_t index) {
  if (steps_.empty()) return;
  chosen_ = std::min(index, steps_.size() - 1);
  since_step_s_ = 0.0;
}

void TimeMachine::ToggleAutoplay() {
  autoplay_ = !autoplay_ && !steps_.empty();
  if (autoplay_ && chosen_ + 1 == steps_.size()) Choose(0);
}

// Autoplay waits for each network's answer, so that nothing is skipped.
void TimeMachine::Advance(const Frame& frame) {
  if (!autoplay_) return;
  since_step_s_ += std::min(frame.delta_s, 0.25);
  if (since_step_s_ < kAutoplay_s || Chosen() == nullptr) return;
  Choose(chosen_ + 1);
  if (chosen_ + 1 == steps_.size()) autoplay_ = false;
}

void TimeMachine::StartPosition(std::shared_ptr<const Game> game) {
  game_.emplace(std::move(game));
  source_ = "start position";
  error_.clear();
}

void TimeMachine::ShowGame(std::shared_ptr<const WatchedGame> game) {
  PlayGame line(game->game);
  for (const RecordedPly& ply : game->record.plies) {
    if (!line.Play(ply.action)) break;
  }
  line.GoTo(line.plies() / 2);
  game_.emplace(std::move(line));
  last_game_ = static_cast<std::int64_t>(game->record.stream);
  source_ = StrCat("game ", last_game_);
  error_.clear();
}

// From the newest game on towards older ones.
void TimeMachine::NextGame() {
  if (games_.empty()) return;
  auto shown = std::find_if(games_.begin(), games_.end(), [this](const auto& game) {
    return static_cast<std::int64_t>(game->record.stream) == last_game_;
  });
  const bool wraps =
      shown == games_.end() || shown == games_.begin() || !source_.starts_with("game");
  ShowGame(wraps ? games_.back() : *(shown - 1));
}

void TimeMachine::Clicked(Action action) {
  error_.clear();
  if (game_->over()) return;
  const Status played = game_->Play(action);
  if (!played) {
    error_ = StrCat("The rules forbid ", game_->game().ActionText(action), " here.");
  } else if (!source_.ends_with(", changed")) {
    source_ += ", changed";
  }
}

std::vector<Action> TimeMachine::Moves() const {
  std::vector<Action> moves;
  for (int i = 1; i <= game_->ply(); ++i) {
    moves.push_back(game_->positions()[static_cast<std::size_t>(i)].move);
  }
  return moves;
}

PlayOptions TimeMachine::GameFromHere() const {
  std::string agent = StrCat("run:", AgentWord(run_.string()), "@", step());
  if (kVisits[visits_choice_] > 0) agent += StrCat(",visits=", kVisits[visits_choice_]);
  PlayOptions options;
  options.game = game_->positions().front().game->spec().id;
  options.moves = Moves();
  const Player person = game_->shown().state->ToMove();
  options.agents[static_cast<std::size_t>(Index(person))].clear();
  options.agents[static_cast<std::size_t>(Index(Opponent(person)))] = agent;
  options.analysis = agent;
  return options;
}

void TimeMachine::AskStudy() {
  view_ = {};
  if (!game_ || steps_.empty() || game_->over()) return;
  StudiedPosition position;
  position.game = game_->positions().front().game;
  position.moves = Moves();
  study_->Ask(position, there_, step(), kVisits[visits_choice_]);
  view_ = study_->view();
}

void TimeMachine::Keys(const Frame& frame) {
  if (frame.Pressed(SDL_SCANCODE_LEFT) && chosen_ > 0) Choose(chosen_ - 1);
  if (frame.Pressed(SDL_SCANCODE_RIGHT)) Choose(chosen_ + 1);
  if (frame.Pressed(SDL_SCANCODE_HOME)) Choose(0);
  if (frame.Pressed(SDL_SCANCODE_END) && !steps_.empty()) Choose(steps_.size() - 1);
  if (frame.Pressed(SDL_SCANCODE_SPACE)) ToggleAutoplay();
  if (frame.Pressed(SDL_SCANCODE_G)) NextGame();
  if (!game_) return;
  if (frame.Pressed(SDL_SCANCODE_UP)) game_->GoTo(game_->ply() - 1);
  if (frame.Pressed(SDL_SCANCODE_DOWN)) game_->GoTo(game_->ply() + 1);
}

void TimeMachine::DrawTimeline(const Frame& frame, const Box& box) {
  ImGui::SetCursorScreenPos(box.min());
  const auto move = [&](const char* name, std::size_t index, const char* key) {
    if (Button(frame, name, 0, key)) Choose(index);
    ImGui::SameLine();
  };
  move("|<", 0, "first checkpoint (Home)");
  move("<", chosen_ > 0 ? chosen_ - 1 : 0, "the one before (Left)");
  if (Button(frame, autoplay_ ? "Stop" : "Play", 0, "plays through (Space)")) ToggleAutoplay();
  ImGui::SameLine();
  move(">", chosen_ + 1, "the next one (Right)");
  move(">|", steps_.size() - 1, "newest checkpoint (End)");
  const float left = ImGui::GetCursorScreenPos().x;
  const std::string text = StrCat("step ", step(), ", ", chosen_ + 1, " of ", steps_.size());
  const float wide = ImGui::CalcTextSize(text.c_str()).x;
  const float gap = 8.0F * frame.scale;
  const float end = box.x + box.width - wide;
  if (end < left) return;
  ImGui::SetCursorScreenPos({end, box.y});
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted(text.c_str());
  if (end - left < 60.0F * frame.scale) return;
  std::vector<CheckpointMark> marks;
  for (const std::int64_t one : steps_) {
    const bool there = std::binary_search(there_.begin(), there_.end(), one);
    marks.push_back(!there                         ? CheckpointMark::kGone
                    : view_.networks.contains(one) ? CheckpointMark::kKnown
                                                   : CheckpointMark::kUnasked);
  }
  const auto chosen = DrawCheckpointSlider(
      frame, {left, box.y, end - left - gap, ImGui::GetFrameHeight()}, marks, chosen_);
  if (!chosen) return;
  autoplay_ = false;
  Choose(*chosen);
}

BoardPicture TimeMachine::Picture() const {
  BoardPicture picture;
  picture.game = game_->shown().game;
  picture.cells = game_->Cells();
  picture.last = game_->shown().move;
  if (!game_->over()) picture.hover = game_->shown().state->ToMove();
  const NetworkView* network = Chosen();
  if (network == nullptr || !network->problem.empty()) return picture;
  const PositionAnalysis* found = Found();
  if (line_ && found != nullptr && !found->moves.empty()) {
    Player player = game_->shown().state->ToMove();
    for (const Action action : found->moves.front().line) {
      if (picture.ghosts.size() == kLineShown) break;
      const int number = static_cast<int>(picture.ghosts.size()) + 1;
      picture.ghosts.push_back({action, player, number});
      player = Opponent(player);
    }
  } else if (heat_) {
    picture.heat.assign(static_cast<std::size_t>(picture.game->spec().num_actions), 0.0F);
    for (std::size_t i = 0; i < network->legal.size(); ++i) {
      picture.heat[static_cast<std::size_t>(network->legal[i])] = network->policy[i];
    }
  }
  if (ownership_) picture.ownership = network->ownership;
  return picture;
}

void TimeMachine::DrawPosition(const Frame& frame, const Box& box) {
  if (game_->game().spec().num_players == 1) {
    const float height = std::min(box.height, 0.66F * box.width);
    DrawControlMoment(frame, {box.x, box.y, box.width, height}, *game_->shown().state);
    return;
  }
  board_.Draw(frame, box, Picture());
  const ImVec2 mouse = ImGui::GetIO().MousePos;
  if (!ImGui::IsWindowHovered() || !ImGui::IsMouseClicked(ImGuiMouseButton_Left)) return;
  const Action action = board_.ActionAt(mouse);
  if (action != kNoAction) Clicked(action);
}

void TimeMachine::DrawVerdict(const Frame& frame) {
  const GameSpec& spec = game_->game().spec();
  const NetworkView* network = Chosen();
  const auto tell = [](const ImVec4& colour, const std::string& text) {
    ImGui::PushStyleColor(ImGuiCol_Text, colour);
    ImGui::TextWrapped("%s", text.c_str());
    ImGui::PopStyleColor();
  };
  if (game_->over()) {
    ImGui::TextWrapped("The game is over here: %s.", game_->ResultText().c_str());
  } else if (network == nullptr) {
    ImGui::TextDisabled("The network of step %lld is being asked ...",
                        static_cast<long long>(step()));
  } else if (!network->problem.empty()) {
    tell(kBad, network->problem);
  } else {
    ImGui::PushFont(frame.fonts.bold);
    ImGui::TextUnformatted(ValueSentence(spec, static_cast<double>(network->value)).c_str());
    ImGui::PopFont();
    ImGui::SameLine();
    std::string more = "says the network alone";
    if (network->score) more += "; " + ScoreSentence(spec, static_cast<double>(*network->score));
    ImGui::TextDisabled("%s", more.c_str());
  }
  if (network != nullptr && network->problem.empty() &&
      !std::binary_search(there_.begin(), there_.end(), step())) {
    tell(kBad, "This checkpoint is gone; its answers were kept.");
  }
  if (!error_.empty()) tell(kBad, error_);
}

void TimeMachine::DrawSearch(const Frame& frame) {
  const GameSpec& spec = game_->game().spec();
  const int visits = kVisits[visits_choice_];
  if (visits == 0 || game_->over()) return;
  if (view_.search != nullptr && !view_.search->problem.empty()) {
    ImGui::TextWrapped("%s", view_.search->problem.c_str());
    return;
  }
  const PositionAnalysis* found = Found();
  if (found == nullptr || found->moves.empty()) {
    ImGui::TextDisabled("Searching with %d visits ...", visits);
    return;
  }
  const double sign = game_->shown().state->ToMove() == Player::kFirst ? 1.0 : -1.0;
  ImGui::PushFont(frame.fonts.bold);
  ImGui::TextUnformatted(ValueSentence(spec, sign * static_cast<double>(found->value)).c_str());
  ImGui::PopFont();
  ImGui::SameLine();
  ImGui::TextDisabled("after %d visits; best line:", visits);
  std::string line;
  const std::vector<Action>& best = found->moves.front().line;
  for (std::size_t i = 0; i < std::min(kLineShown, best.size()); ++i) {
    line += (i == 0 ? "" : "  ") + game_->game().ActionText(best[i]);
  }
  ImGui::PushStyleColor(ImGuiCol_Text, kGood);
  ImGui::TextWrapped("%s", line.c_str());
  ImGui::PopStyleColor();
}

void TimeMachine::DrawPlots(const Frame& frame, const Box& box) {
  const GameSpec& spec = game_->game().spec();
  const bool alone = spec.num_players == 1;
  std::vector<double> steps;
  std::vector<double> values;
  const std::vector<Action> moves = TopMoves(view_);
  std::vector<std::vector<double>> policies(moves.size());
  for (const auto& [step, network] : view_.networks) {
    if (!network->problem.empty()) continue;
    steps.push_back(static_cast<double>(step));
    const auto value = static_cast<double>(network->value);
    values.push_back(alone ? value : WinRate(value));
    for (std::size_t i = 0; i < moves.size(); ++i) {
      policies[i].push_back(static_cast<double>(network->Policy(moves[i])));
    }
  }
  PlotOptions options;
  options.title = alone ? "Expected return" : StrCat(PlayerName(spec, Player::kFirst), " wins");
  options.x_unit = PlotUnit::kWhole;
  options.y_unit = alone ? PlotUnit::kNumber : PlotUnit::kPercent;
  options.x_low = static_cast<double>(steps_.front());
  options.x_high = static_cast<double>(steps_.back());
  options.marker = static_cast<double>(step());
  options.pointed = pointed_;
  options.empty = "asking the checkpoints ...";
  if (!alone) options.y_low = 0.0, options.y_high = 1.0;
  std::vector<PlotSeries> series;
  series.push_back({"", PlotColour(0), steps, values});
  series.back().dots = true;
  const float gap = 8.0F * frame.scale;
  const float height = (box.height - gap) / 2.0F;
  const PlotAnswer above = DrawPlot(frame, {box.x, box.y, box.width, height}, options, series);

  options.title = "Policy";
  options.y_unit = PlotUnit::kPercent;
  options.y_low = 0.0;
  options.y_high.reset();
  series.clear();
  for (std::size_t i = 0; i < moves.size(); ++i) {
    series.push_back({game_->game().ActionText(moves[i]), PlotColour(i), steps, policies[i]});
    series.back().dots = true;
  }
  const PlotAnswer below =
      DrawPlot(frame, {box.x, box.y + height + gap, box.width, height}, options, series);
  const PlotAnswer& used = above.hovered_x ? above : below;
  pointed_ = used.hovered_x;
  if (!used.clicked) return;
  const auto nearest =
      std::min_element(steps_.begin(), steps_.end(), [&](std::int64_t a, std::int64_t b) {
        return std::fabs(static_cast<double>(a) - *used.hovered_x) <
               std::fabs(static_cast<double>(b) - *used.hovered_x);
      });
  Choose(static_cast<std::size_t>(nearest - steps_.begin()));
}

void TimeMachine::DrawToggles(const Frame& frame) {
  const auto toggle = [&](const char* name, int key, bool& on) {
    ImGui::Checkbox(name, &on);
    frame.NamePlace(name);
    if (frame.Pressed(key)) on = !on;
    ImGui::SameLine();
  };
  if (game_->game().spec().num_players == 2) {
    toggle("Policy (H)", SDL_SCANCODE_H, heat_);
    if (game_->game().spec().has_area) toggle("Ownership (O)", SDL_SCANCODE_O, ownership_);
    toggle("Best line (L)", SDL_SCANCODE_L, line_);
    ImGui::NewLine();
  }
  ImGui::AlignTextToFramePadding();
  ImGui::TextUnformatted("Search");
  for (std::size_t i = 0; i < kVisits.size(); ++i) {
    ImGui::SameLine();
    const std::string name = kVisits[i] == 0 ? "off" : std::to_string(kVisits[i]);
    const bool on = i == visits_choice_;
    if (on) ImGui::PushStyleColor(ImGuiCol_Button, ImGui::GetStyle().Colors[ImGuiCol_ButtonActive]);
    if (ImGui::Button(name.c_str())) visits_choice_ = i;
    frame.NamePlace("visits " + name);
    if (on) ImGui::PopStyleColor();
  }
  ImGui::SameLine();
  ImGui::TextUnformatted("visits");
}

void TimeMachine::DrawControls(const Frame& frame) {
  DrawToggles(frame);
  if (Button(frame, "Start position", SDL_SCANCODE_S, "S")) {
    StartPosition(game_->positions().front().game);
  }
  ImGui::SameLine();
  const char* next = source_.starts_with("game") ? "Older game" : "Newest game";
  if (Button(frame, next, 0, "one that self-play played (G)")) NextGame();
  ImGui::SameLine();
  if (Button(frame, "Move back", 0, "Up")) game_->GoTo(game_->ply() - 1);
  ImGui::SameLine();
  if (Button(frame, "Move on", 0, "Down")) game_->GoTo(game_->ply() + 1);
  const GameSpec& spec = game_->game().spec();
  if (spec.policy == PolicyLayout::kPointsAndPass) {
    ImGui::SameLine();
    if (Button(frame, "Pass", SDL_SCANCODE_P, "P")) Clicked(spec.num_actions - 1);
  }
  const bool board = spec.num_players == 2;
  ImGui::TextDisabled("%s, %s %d of %d%s", source_.c_str(), board ? "move" : "step", game_->ply(),
                      game_->plies(), board ? "; a click on the board plays on" : "");
  if (!board) return;
  if (Button(frame, "Play against this checkpoint", 0, "from the shown position on")) {
    frame.open(MakePlayScreen(GameFromHere()));
  }
}

void TimeMachine::DrawPanel(const Frame& frame, const Box& box) {
  ImGui::SetCursorScreenPos(box.min());
  ImGui::BeginChild("panel", {box.width, box.height});
  DrawVerdict(frame);
  DrawSearch(frame);
  // What is below the plots has the same height at any time.
  const float line = ImGui::GetFrameHeightWithSpacing();
  const float controls = (game_->game().spec().num_players == 1 ? 3.2F : 5.2F) * line;
  const float head = 3.4F * ImGui::GetTextLineHeightWithSpacing();
  const float top = std::max(ImGui::GetCursorScreenPos().y, box.y + head);
  const float plots = box.y + box.height - controls - top;
  if (plots > 60.0F * frame.scale) {
    DrawPlots(frame, {box.x, top, box.width, plots});
    ImGui::SetCursorScreenPos({box.x, top + plots + 8.0F * frame.scale});
  }
  DrawControls(frame);
  ImGui::EndChild();
}

void TimeMachine::Draw(const Frame& frame, const Box& box, const RunSnapshot& snapshot) {
  if (study_ == nullptr) study_ = std::make_unique<CheckpointStudy>(run_, frame.device);
  games_ = snapshot.newest_games;
  TakeCheckpoints(snapshot);
  if (!game_ && snapshot.game != nullptr) StartPosition(snapshot.game);
  if (!game_ && !games_.empty()) ShowGame(games_.back());
  if (!game_ || steps_.empty()) {
    ImGui::SetCursorScreenPos(box.min());
    ImGui::TextDisabled("There is no checkpoint yet.");
    return;
  }
  AskStudy();
  Advance(frame);
  const float gap = 10.0F * frame.scale;
  const float timeline = ImGui::GetFrameHeight();
  DrawTimeline(frame, {box.x, box.y, box.width, timeline});
  const Box body = {box.x, box.y + timeline + gap, box.width, box.height - timeline - gap};
  const float unit = frame.scale;
  if (body.height > 1.3F * body.width && body.height > 700.0F * unit) {
    const float board = std::min(body.width, 0.5F * body.height);
    DrawPosition(frame, {body.x, body.y, body.width, board});
    return DrawPanel(frame, {body.x, body.y + board + gap, body.width, body.height - board - gap});
  }
  const bool beside = body.width > 560.0F * unit;
  const float board = beside ? std::min(body.height, 0.52F * body.width) : body.width;
  DrawPosition(frame, {body.x, body.y, board, body.height});
  if (!beside) return;
  const float left = body.x + board + 1.5F * gap;
  DrawPanel(frame, {left, body.y, body.x + body.width - left, body.height});
}

}  // namespace tengen
