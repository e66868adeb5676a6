#include "experiments/viewer/play/play_session.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <thread>
#include <utility>

#include "agents/gtp/dead_stones.h"
#include "envs/core/check.h"
#include "experiments/config/game_by_name.h"
#include "experiments/config/usage_error.h"
#include "experiments/pictures/board_style.h"
#include "experiments/players/shipped_networks.h"
#include "nets/atomic_file.h"
#include "nets/gzip_file.h"
#include "search/batch_queue.h"

namespace tengen {
namespace {

constexpr int kPlayouts = 200;  // that guess which stones are dead
constexpr std::size_t kMaxRecordBytes = std::size_t{1} << 26;

// Owners of the points at the end, first player's view: of a search that knows, or of random games.
std::vector<bool> GuessDeadStones(std::shared_ptr<const State> position,
                                  std::vector<float> ownership_first) {
  const auto& state = dynamic_cast<const GoState&>(*position);
  if (ownership_first.empty()) {
    const auto start = StartFrom(state);  // the same board in a game that is not over
    if (!start) return {};
    Rng rng(1, RngRole::kEvaluation);
    ownership_first = OwnershipByPlayouts(*start->state, kPlayouts, rng);
  }
  std::vector<bool> dead(static_cast<std::size_t>(state.game().spec().shape.points()), false);
  for (const Point p : ChainsOfOthers(state.game(), state.board(), ownership_first)) {
    dead[static_cast<std::size_t>(state.game().ActionOf(p))] = true;
  }
  return dead;
}

}  // namespace

std::string DefaultOpponent(const std::string& game) {
  const std::vector<std::string> names = ShippedNetworkNames();
  try {
    const auto made = GameOrUsageError(game);
    const GameSpec& spec = made->spec();
    for (const std::string& name : names) {
      if (spec.name == "go" && spec.shape == BoardShape{9, 9} && name == "go9") {
        return "net:go9,visits=100";
      }
    }
  } catch (const UsageError&) {
    // Whoever opens the game says so.
  }
  return "mcts:800";
}

Result<std::unique_ptr<PlaySession>> PlaySession::Open(const PlayOptions& options, Device device) {
  try {
    std::optional<PlayGame> game;
    if (!options.record.empty()) {
      const auto bytes = ReadGzipFile(options.record, kMaxRecordBytes);
      if (!bytes) return Error{bytes.error()};
      auto read = PlayGame::ReadSgf(*bytes);
      if (!read) return Error{StrCat(options.record, ": ", read.error())};
      game.emplace(std::move(*read));
    } else {
      game.emplace(GameOrUsageError(options.game));
      if (game->game().spec().num_players != 2) {
        return Error{StrCat(options.game, " is for one player, wanted a game of two")};
      }
      for (const Action move : options.moves) {
        if (const Status played = game->Play(move); !played) {
          return Error{StrCat("move ", game->plies() + 1, ": ", played.error())};
        }
      }
    }
    auto session = std::unique_ptr<PlaySession>(new PlaySession(options, std::move(*game), device));
    if (const Status opened = session->OpenAgents(); !opened) return Error{opened.error()};
    return session;
  } catch (const std::runtime_error& error) {
    return Error{error.what()};
  }
}

PlaySession::PlaySession(const PlayOptions& options, PlayGame game, Device device)
    : options_(options), game_(std::move(game)), device_(device) {
  saved_revision_ = game_.revision();
}

namespace {

// People do not wait gladly, and evaluations one by one take several times as long as in a batch: a
// network collects several leaves and evaluates them on all processors, where its spec says neither
// number.
Result<AgentSpec> ParseQuickAgent(const std::string& text) {
  auto spec = AgentSpec::Parse(text);
  if (!spec.ok() || !spec->has_network()) return spec;
  if (!spec->chose_threads) {
    spec->UseThreads(std::clamp(static_cast<int>(std::thread::hardware_concurrency()), 1, 8));
  }
  if (!spec->chose_batch) {
    spec->leaf_batch = LeafBatchesFor(spec->visits, spec->batches).leaf_batch;
  }
  return spec;
}

}  // namespace

Status PlaySession::OpenAgents() {
  std::string analysis = options_.analysis;
  for (const Player player : {Player::kFirst, Player::kSecond}) {
    const std::string& text = options_.agents[Side(player)];
    if (text.empty()) continue;
    auto spec = ParseQuickAgent(text);
    if (!spec) return Error{spec.error()};
    if (analysis.empty() && spec->has_network()) analysis = text;
    agents_[Side(player)] =
        std::make_unique<Thinker>(*spec, device_, static_cast<std::uint64_t>(Index(player)) + 1);
  }
  if (options_.record.empty()) {
    game_.first_name = Name(Player::kFirst);
    game_.second_name = Name(Player::kSecond);
  }
  if (analysis.empty()) analysis = DefaultOpponent(game_.game().spec().id);
  auto spec = ParseQuickAgent(analysis);
  if (!spec) return Error{spec.error()};
  if (!spec->searches()) {
    return Error{StrCat("analysis by '", analysis, "', wanted a network or mcts:ROLLOUTS")};
  }
  analyst_ = std::make_unique<Thinker>(*spec, device_, 3);
  return Ok{};
}

std::string PlaySession::Name(Player player) const {
  const std::string& record = player == Player::kFirst ? game_.first_name : game_.second_name;
  if (!options_.record.empty()) return record;
  const std::string& text = options_.agents[Side(player)];
  return text.empty() ? "You" : text;
}

Thinker* PlaySession::Mover() const {
  return game_.over() ? nullptr : agents_[Side(game_.shown().state->ToMove())].get();
}

bool PlaySession::person_to_move() const { return !game_.over() && Mover() == nullptr; }

bool PlaySession::busy() const {
  if (dead_.valid()) return true;
  return game_.at_end() && error_.empty() && Mover() != nullptr;
}

void PlaySession::SetAnalysing(bool on) {
  analysing_ = on;
  if (on) return;
  analyst_->Stop();
  analysed_ = nullptr;
}

Status PlaySession::Move(Action action) {
  if (!person_to_move()) return Error{"it is not your turn"};
  return game_.Play(action);
}

void PlaySession::Undo() {
  error_.clear();
  game_.Undo(1);
  while (game_.ply() > 0 && !game_.over() && !is_person(game_.shown().state->ToMove()) &&
         (is_person(Player::kFirst) || is_person(Player::kSecond))) {
    game_.Undo(1);
  }
}

void PlaySession::Resign() {
  if (person_to_move()) game_.End(PlayEnd::kResignation, game_.shown().state->ToMove());
}

void PlaySession::AskAgain() {
  error_.clear();
  asked_ = nullptr;
}

void PlaySession::TakeOver() {
  error_.clear();
  if (game_.over()) return;
  const Player player = game_.shown().state->ToMove();
  agents_[Side(player)] = nullptr;
  options_.agents[Side(player)].clear();
}

void PlaySession::Advance(double delta_s) {
  if (!game_.over() && game_.at_end() && error_.empty() && game_.plies() > 0) {
    const Player player = game_.shown().state->ToMove();
    used_s_[Side(player)] += delta_s;
    if (options_.minutes > 0.0 && used_s_[Side(player)] >= 60.0 * options_.minutes) {
      game_.End(PlayEnd::kTime, player);
    }
  }
  LetAgentMove();
  Analyse();
  if (game_.needs_scoring()) GuessDead();
}

void PlaySession::KeepEvaluation(const Thought& thought) {
  if (!thought.analysis) return;
  last_ = std::make_shared<const Thought>(thought);
  PlayPosition& shown = game_.shown();
  if (thought.state != shown.state) return;
  const float sign = shown.state->ToMove() == Player::kFirst ? 1.0F : -1.0F;
  shown.win_rate_first = static_cast<float>(WinRate(sign * thought.analysis->value));
  if (thought.analysis->has_score) shown.score_first = sign * thought.analysis->score;
}

void PlaySession::LetAgentMove() {
  Thinker* mover = Mover();
  if (mover == nullptr || !game_.at_end() || !error_.empty()) return;
  const auto& state = game_.shown().state;
  if (asked_ != state) {
    asked_ = state;
    mover->Ask({game_.shown().game, state, false});
    return;
  }
  const std::shared_ptr<const Thought> thought = mover->Latest();
  if (thought->state != state) return;
  if (thought->request != 0) KeepEvaluation(*thought);
  if (!thought->finished) return;
  if (!thought->error.empty()) {
    error_ = StrCat(Name(state->ToMove()), ": ", thought->error);
    return;
  }
  if (thought->move.resigns) return game_.End(PlayEnd::kResignation, state->ToMove());
  if (const Status played = game_.Play(thought->move.action); !played) {
    error_ = StrCat(Name(state->ToMove()), ": ", played.error());
  }
}

void PlaySession::Analyse() {
  if (!analysing_) return;
  const PlayPosition& shown = game_.shown();
  if (shown.state->IsTerminal()) {
    analyst_->Stop();
    return;
  }
  if (analysed_ != shown.state) {
    analysed_ = shown.state;
    analyst_->Ask({shown.game, shown.state, true});
    return;
  }
  const std::shared_ptr<const Thought> thought = analyst_->Latest();
  if (thought->state == shown.state) KeepEvaluation(*thought);
  if (thought->finished && !thought->error.empty()) {
    error_ = StrCat("Analysis: ", thought->error);
    SetAnalysing(false);
  }
}

std::shared_ptr<const Thought> PlaySession::ShownThought() const {
  const auto& state = game_.shown().state;
  if (analysing_) {
    auto thought = analyst_->Latest();
    if (thought->state == state && thought->analysis) return thought;
  }
  if (last_ != nullptr && last_->state == state) return last_;
  return nullptr;
}

void PlaySession::GuessDead() {
  const auto& state = game_.shown().state;
  if (dead_.valid()) {
    if (dead_.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return;
    const std::vector<bool> dead = dead_.get();
    if (scored_ == state) game_.MarkDead(dead);
    return;
  }
  if (scored_ == state || game_.has_marks()) return;
  scored_ = state;
  std::vector<float> ownership;
  // A thought of another board, looked back at meanwhile, says nothing of this one.
  if (last_ != nullptr && last_->analysis &&
      last_->state->PositionHash() == state->PositionHash()) {
    ownership = last_->analysis->ownership;
    const bool flip = last_->state->ToMove() == Player::kSecond;
    for (float& owner : ownership) owner = flip ? -owner : owner;
    if (ownership.size() != static_cast<std::size_t>(game_.game().spec().shape.points())) {
      ownership.clear();
    }
  }
  dead_ = std::async(std::launch::async, GuessDeadStones, state, std::move(ownership));
}

std::string PlaySession::StatusText() const {
  if (!error_.empty()) return error_;
  if (game_.over()) {
    const std::string result = game_.ResultText();
    if (!game_.needs_scoring()) return result + ".";
    return dead_.valid() ? "Counting ..." : result + ". Click stones that are dead or alive.";
  }
  const GameSpec& spec = game_.game().spec();
  const Player player = game_.shown().state->ToMove();
  if (!game_.at_end()) {
    return StrCat("Move ", game_.ply(), " of ", game_.plies(), ", ", PlayerName(spec, player),
                  " to move.");
  }
  const Thinker* mover = Mover();
  if (mover == nullptr) return StrCat(PlayerName(spec, player), " to move: your turn.");
  const auto thought = mover->Latest();
  char text[64];
  std::snprintf(text, sizeof(text), ", %.1f s", thought->seconds);
  return StrCat(Name(player), " is ", thought->activity.empty() ? "thinking" : thought->activity,
                thought->seconds > 0.0 ? text : "", " ...");
}

void PlaySession::Save(const std::string& path) {
  WriteFileAtomically(path, game_.Record());
  saved_revision_ = game_.revision();
}

}  // namespace tengen
