#include "agents/gtp/gtp_engine.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "agents/gtp/gtp_point.h"
#include "envs/core/check.h"
#include "envs/go/handicap.h"

namespace tengen {

const std::vector<GtpEngine::Command>& GtpEngine::Commands() {
  static const std::vector<Command> commands = {
      {"protocol_version", &GtpEngine::ProtocolVersion, 0},
      {"name", &GtpEngine::Name, 0},
      {"version", &GtpEngine::Version, 0},
      {"known_command", &GtpEngine::KnownCommand, 1},
      {"list_commands", &GtpEngine::ListCommands, 0},
      {"quit", &GtpEngine::Quit, 0},
      {"boardsize", &GtpEngine::BoardSize, 1},
      {"rectangular_boardsize", &GtpEngine::BoardSize, 1},
      {"clear_board", &GtpEngine::ClearBoard, 0},
      {"komi", &GtpEngine::Komi, 1},
      {"get_komi", &GtpEngine::GetKomi, 0},
      {"play", &GtpEngine::Play, 2},
      {"undo", &GtpEngine::Undo, 0},
      {"showboard", &GtpEngine::ShowBoard, 0},
      {"fixed_handicap", &GtpEngine::FixedHandicap, 1},
      {"place_free_handicap", &GtpEngine::PlaceFreeHandicap, 1},
      {"set_free_handicap", &GtpEngine::SetFreeHandicap, 2},
      {"genmove", &GtpEngine::GenMove, 1},
      {"reg_genmove", &GtpEngine::RegGenMove, 1},
      {"time_settings", &GtpEngine::TimeSettings, 3},
      {"kgs-time_settings", &GtpEngine::KgsTimeSettings, 1},
      {"kata-time_settings", &GtpEngine::KataTimeSettings, 1},
      {"kata-list_time_settings", &GtpEngine::ListTimeSettings, 0},
      {"time_left", &GtpEngine::TimeLeft, 3},
      {"cputime", &GtpEngine::CpuTime, 0},
      {"gomill-cpu_time", &GtpEngine::CpuTime, 0},
      {"final_score", &GtpEngine::FinalScore, 0},
      {"estimate_score", &GtpEngine::EstimateScore, 0},
      {"final_status_list", &GtpEngine::FinalStatusList, 1},
      {"loadsgf", &GtpEngine::LoadSgf, 1},
      {"printsgf", &GtpEngine::PrintSgf, 0},
      {"list_stones", &GtpEngine::ListStones, 1},
      {"captures", &GtpEngine::Captures, 1},
      {"move_history", &GtpEngine::MoveHistory, 0},
      {"last_move", &GtpEngine::LastMove, 0},
      {"query_boardsize", &GtpEngine::QueryBoardSize, 0},
      {"all_legal", &GtpEngine::AllLegal, 1},
      {"is_legal", &GtpEngine::IsLegal, 2},
      {"color", &GtpEngine::ColorAt, 1},
      {"top_moves_black", &GtpEngine::TopMovesBlack, 0},
      {"top_moves_white", &GtpEngine::TopMovesWhite, 0},
      {"gogui-analyze_commands", &GtpEngine::GoguiCommands, 0},
      {"gogui-interrupt", &GtpEngine::StopThinking, 0},
      {"gogui-play_sequence", &GtpEngine::PlaySequence, 0},
      {"gogui-setup", &GtpEngine::SetPosition, 0},
      {"tengen-policy", &GtpEngine::GoguiPolicy, 0},
      {"tengen-ownership", &GtpEngine::GoguiOwnership, 0},
      {"tengen-value", &GtpEngine::GoguiValue, 0},
      {"analyze", &GtpEngine::KataAnalyze, 0},
      {"genmove_analyze", &GtpEngine::KataGenMoveAnalyze, 0},
      {"lz-analyze", &GtpEngine::LzAnalyze, 0},
      {"lz-genmove_analyze", &GtpEngine::LzGenMoveAnalyze, 0},
      {"kata-analyze", &GtpEngine::KataAnalyze, 0},
      {"kata-genmove_analyze", &GtpEngine::KataGenMoveAnalyze, 0},
      {"kata-search", &GtpEngine::KataSearch, 1},
      {"kata-search_cancellable", &GtpEngine::KataSearchCancellable, 1},
      {"kata-search_analyze", &GtpEngine::KataSearchAnalyze, 0},
      {"kata-search_analyze_cancellable", &GtpEngine::KataSearchAnalyzeCancellable, 0},
      {"genmove_debug", &GtpEngine::GenMoveDebug, 1},
      {"kata-search_debug", &GtpEngine::KataSearchDebug, 1},
      {"debug_moves", &GtpEngine::DebugMoves, 0},
      {"kata-debug-print-tc", &GtpEngine::DebugClocks, 0},
      {"kata-benchmark", &GtpEngine::KataBenchmark, 1},
      {"kata-list-params", &GtpEngine::ListParams, 0},
      {"kata-get-param", &GtpEngine::GetParam, 1},
      {"kata-set-param", &GtpEngine::SetParam, 2},
      {"kata-get-params", &GtpEngine::GetParams, 0},
      {"kata-set-params", &GtpEngine::SetParams, 1},
      {"kata-get-models", &GtpEngine::GetModels, 0},
      {"kata-raw-nn", &GtpEngine::KataRawNn, 0},
      {"kata-set-rules", &GtpEngine::SetRules, 1},
      {"kata-set-rule", &GtpEngine::SetRule, 2},
      {"kata-get-rules", &GtpEngine::GetRules, 0},
      {"kgs-rules", &GtpEngine::KgsRules, 1},
      {"set_position", &GtpEngine::SetPosition, 0},
      {"clear_cache", &GtpEngine::ClearCache, 0},
      {"stop", &GtpEngine::StopThinking, 0},
  };
  return commands;
}

const GtpEngine::Command* GtpEngine::FindCommand(std::string_view name) {
  const auto& commands = Commands();
  const auto found = std::find_if(commands.begin(), commands.end(),
                                  [name](const Command& command) { return name == command.name; });
  return found == commands.end() ? nullptr : &*found;
}

GtpEngine::GtpEngine(const GtpConfig& config, EvaluatorFactory factory, Io io)
    : config_(config),
      factory_(std::move(factory)),
      io_(std::move(io)),
      game_(config.shape, config.rules.rules),
      rules_(config.rules) {
  game_.BeginAnewAtRepeats();
}

Result<std::unique_ptr<GtpEngine>> GtpEngine::Make(const GtpConfig& config,
                                                   EvaluatorFactory factory, Io io) {
  const auto [rows, columns] = config.shape;
  if (std::min(rows, columns) < 2 || std::max(rows, columns) > GoBoard::kMaxSide) {
    return Error{StrCat("board of ", columns, "x", rows, ", wanted 2 to ", GoBoard::kMaxSide)};
  }
  std::unique_ptr<GtpEngine> engine(new GtpEngine(config, std::move(factory), std::move(io)));
  if (const Status status = engine->Reopen(config.shape); !status) return Error{status.error()};
  return engine;
}

// An evaluator and a tree for the board; the board of the last one stays on errors.
Status GtpEngine::Reopen(BoardShape shape) {
  const GtpGame game(shape, rules_.rules);
  auto evaluator = factory_(game.game(), config_);
  if (!evaluator) return Error{evaluator.error()};
  evaluator_ = std::move(*evaluator);
  search_ = std::make_unique<PositionSearch>(evaluator_, config_.mcts, config_.seed);
  return Ok{};
}

Status GtpEngine::Adopt(std::string_view line) {
  const auto command = ParseGtpLine(line);
  const Command* known = command ? FindCommand(command->name) : nullptr;
  if (known == nullptr || command->arguments.size() < known->least) {
    return Error{"wanted a value"};
  }
  const Answer answer = (this->*known->handle)(command->arguments);
  if (!answer) return Error{answer.error()};
  return Ok{};
}

bool GtpEngine::Handle(std::string_view line) {
  const auto command = ParseGtpLine(line.substr(0, kMaxLine));
  if (!command) return !quit_;
  command_ = &*command;
  streamed_ = false;
  const Command* known = FindCommand(command->name);
  Answer answer = Error{"unknown command"};
  if (line.size() > kMaxLine) {
    answer = Error{StrCat("line of ", line.size(), " bytes, wanted at most ", kMaxLine)};
  } else if (known != nullptr && command->arguments.size() < known->least) {
    answer = Error{StrCat("syntax error: ", command->arguments.size(), " arguments, wanted ",
                          known->least, known->least == 1 ? "" : " at least")};
  } else if (known != nullptr) {
    answer = (this->*known->handle)(command->arguments);
  }
  io_.write(streamed_ ? "\n" : GtpAnswer(*command, answer));
  command_ = nullptr;
  return !quit_;
}

// Administration.

GtpEngine::Answer GtpEngine::ProtocolVersion(const Arguments&) { return std::string("2"); }
GtpEngine::Answer GtpEngine::Name(const Arguments&) { return config_.name; }
GtpEngine::Answer GtpEngine::Version(const Arguments&) { return config_.version; }

GtpEngine::Answer GtpEngine::KnownCommand(const Arguments& arguments) {
  return std::string(FindCommand(arguments[0]) != nullptr ? "true" : "false");
}

GtpEngine::Answer GtpEngine::ListCommands(const Arguments&) {
  std::string list;
  for (const Command& command : Commands()) {
    if (!list.empty()) list += '\n';
    list += command.name;
  }
  return list;
}

GtpEngine::Answer GtpEngine::Quit(const Arguments&) {
  quit_ = true;
  return std::string();
}

// The board.

// "9", "9 7" (columns, rows) or KataGo's "9:7".
GtpEngine::Answer GtpEngine::BoardSize(const Arguments& arguments) {
  std::string columns = arguments[0];
  std::string rows = arguments.size() > 1 ? arguments[1] : columns;
  if (const std::size_t colon = columns.find(':'); colon != std::string::npos) {
    rows = columns.substr(colon + 1);
    columns.resize(colon);
  }
  const auto c = ParseGtpInt(columns, 2, GoBoard::kMaxSide);
  const auto r = ParseGtpInt(rows, 2, GoBoard::kMaxSide);
  if (!c || !r) return Error{"unacceptable size"};
  const BoardShape shape = {*r, *c};
  // Loading a network takes its time.
  if (const Status status = shape == game_.shape() ? Ok{} : Reopen(shape); !status) {
    return Error{"unacceptable size: " + status.error()};
  }
  game_.Resize(shape);
  return ClearBoard({});
}

GtpEngine::Answer GtpEngine::ClearBoard(const Arguments&) {
  game_.Clear();
  clock_.Restart();
  search_->Forget();
  hopeless_ = {0, 0};
  return std::string();
}

GtpEngine::Answer GtpEngine::Komi(const Arguments& arguments) {
  const auto komi = ParseGtpNumber(arguments[0], -kMaxUserKomi, kMaxUserKomi);
  if (!komi) return Error{"syntax error: komi: " + komi.error()};
  if (2.0 * *komi != std::round(2.0 * *komi)) return Error{"komi, wanted a multiple of a half"};
  GtpRules rules = rules_;
  rules.rules.half_komi = static_cast<int>(2.0 * *komi);
  return AdoptRules(rules);
}

GtpEngine::Answer GtpEngine::GetKomi(const Arguments&) { return KomiText(rules_.rules.half_komi); }

// As KataGo: whoever asks the rules asks is_legal; a ko may be retaken here, and suicide of several
// stones is carried out.
GtpEngine::Answer GtpEngine::Play(const Arguments& arguments) {
  const auto player = ParseGtpPlayer(arguments[0]);
  if (!player) return Error{"syntax error: " + player.error()};
  const auto action = ParseGtpPoint(game_.game(), arguments[1]);
  if (!action) return Error{"syntax error: " + action.error()};
  if (const Status played = game_.PlayTolerantly(*player, *action); !played) {
    return Error{played.error()};
  }
  return std::string();
}

GtpEngine::Answer GtpEngine::Undo(const Arguments&) {
  if (!game_.Undo()) return Error{"cannot undo"};
  return std::string();
}

// set_position COLOR VERTEX COLOR VERTEX...: these stones and no history, Black to move.
GtpEngine::Answer GtpEngine::SetPosition(const Arguments& arguments) {
  const BoardShape shape = game_.shape();
  if (arguments.size() % 2 != 0) return Error{"syntax error: wanted pairs of COLOR and VERTEX"};
  std::vector<std::string> rows(static_cast<std::size_t>(shape.rows),
                                std::string(static_cast<std::size_t>(shape.columns), '.'));
  for (std::size_t at = 0; at < arguments.size(); at += 2) {
    const auto player = ParseGtpPlayer(arguments[at]);
    if (!player) return Error{"syntax error: " + player.error()};
    const auto action = ParseGtpPoint(game_.game(), arguments[at + 1]);
    if (!action) return Error{"syntax error: " + action.error()};
    if (*action == game_.game().pass()) return Error{"syntax error: a stone at 'pass'"};
    char& point = rows[static_cast<std::size_t>(*action / shape.columns)]
                      [static_cast<std::size_t>(*action % shape.columns)];
    if (point != '.') return Error{"two stones at " + arguments[at + 1].substr(0, 30)};
    point = *player == Player::kFirst ? 'X' : 'O';
  }
  const Status started = game_.Start(std::move(rows), Player::kFirst);
  if (!started) return Error{started.error()};
  search_->Forget();
  hopeless_ = {0, 0};
  return std::string();
}

GtpEngine::Answer GtpEngine::ClearCache(const Arguments&) {
  search_->Forget();
  return std::string();
}

// Any command ends an analysis or pondering; this one does nothing else.
GtpEngine::Answer GtpEngine::StopThinking(const Arguments&) { return std::string(); }

GtpEngine::Answer GtpEngine::ShowBoard(const Arguments&) {
  return StrCat("\n", game_.state().Text(), "captured: ", game_.removed(Player::kFirst), " black, ",
                game_.removed(Player::kSecond), " white; ",
                game_.to_move() == Player::kFirst ? "black" : "white", " to play; komi ",
                KomiText(rules_.rules.half_komi));
}

// Rules.

GtpEngine::Answer GtpEngine::AdoptRules(const Result<GtpRules>& rules) {
  if (!rules) return Error{rules.error()};
  rules_ = *rules;
  game_.SetRules(rules_.rules);
  search_->Forget();
  return std::string();
}

GtpEngine::Answer GtpEngine::SetRules(const Arguments& arguments) {
  std::string text;
  for (const std::string& argument : arguments) text += (text.empty() ? "" : " ") + argument;
  return AdoptRules(ParseGtpRules(text, rules_));
}

GtpEngine::Answer GtpEngine::SetRule(const Arguments& arguments) {
  return AdoptRules(ParseGtpRule(arguments[0], arguments[1], rules_));
}

// chinese (with superko, as that server plays), aga, japanese or new_zealand.
GtpEngine::Answer GtpEngine::KgsRules(const Arguments& arguments) {
  const std::string name = LowerCase(arguments[0]);
  return AdoptRules(ParseGtpRules(name == "chinese" ? "chinese-kgs" : name, rules_));
}

GtpEngine::Answer GtpEngine::GetRules(const Arguments&) { return GtpRulesText(rules_); }

// Handicap.

std::string GtpEngine::VerticesText(const std::vector<Action>& points) const {
  std::string text;
  for (const Action point : points) {
    text += (text.empty() ? "" : " ") + game_.game().ActionText(point);
  }
  return text;
}

Status GtpEngine::PlaceHandicap(const std::vector<Action>& points) {
  if (!game_.moves().empty() || game_.state().board().hash() != 0) return Error{"board not empty"};
  GoSetup setup;
  setup.shape = game_.shape();
  setup.rules = rules_.rules;
  const auto placed = WithHandicap(std::move(setup), points);
  if (!placed) return Error{placed.error()};
  return game_.Start(placed->diagram, placed->to_move);
}

GtpEngine::Answer GtpEngine::FixedHandicap(const Arguments& arguments) {
  const auto stones = ParseGtpInt(arguments[0], 2, 9);
  if (!stones) return Error{"invalid number of stones: " + stones.error()};
  const auto points = tengen::FixedHandicap(game_.shape(), *stones);
  if (!points) return Error{"invalid number of stones: " + points.error()};
  if (const Status placed = PlaceHandicap(*points); !placed) return Error{placed.error()};
  return VerticesText(*points);
}

GtpEngine::Answer GtpEngine::PlaceFreeHandicap(const Arguments& arguments) {
  const auto stones = ParseGtpInt(arguments[0], 2, game_.shape().points() - 1);
  if (!stones) return Error{"invalid number of stones: " + stones.error()};
  const auto points = FreeHandicap(game_.shape(), *stones);
  if (!points) return Error{"invalid number of stones: " + points.error()};
  if (const Status placed = PlaceHandicap(*points); !placed) return Error{placed.error()};
  return VerticesText(*points);
}

GtpEngine::Answer GtpEngine::SetFreeHandicap(const Arguments& arguments) {
  std::vector<Action> points;
  for (const std::string& argument : arguments) {
    const auto action = ParseGtpPoint(game_.game(), argument);
    if (!action) return Error{"syntax error: " + action.error()};
    points.push_back(*action);
  }
  if (const Status placed = PlaceHandicap(points); !placed) {
    return Error{"bad vertex list: " + placed.error()};
  }
  return std::string();
}

}  // namespace tengen
