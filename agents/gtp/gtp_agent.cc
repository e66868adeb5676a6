#include "agents/gtp/gtp_agent.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "agents/gtp/gtp_rules.h"
#include "agents/gtp/gtp_text.h"
#include "envs/core/check.h"

namespace tengen {
namespace {

const GoState& AsGo(const State& state) {
  const auto* go = dynamic_cast<const GoState*>(&state);
  TENGEN_CHECK(go != nullptr, "a position of ", state.game().spec().id, ", wanted go");
  return *go;
}

std::vector<Action> MovesOf(const GoState& state) {
  std::vector<Action> moves;
  for (int back = state.Ply() - 1; back >= 0; --back) moves.push_back(state.RecentMove(back));
  return moves;
}

std::string BoardSizeCommand(BoardShape shape) {
  if (shape.rows == shape.columns) return StrCat("boardsize ", shape.rows);
  return StrCat("rectangular_boardsize ", shape.columns, " ", shape.rows);
}

std::string PlayCommand(const GoGame& game, Player player, Action action) {
  return StrCat("play ", GtpPlayerText(player), " ", game.ActionText(action));
}

// The stones of a game's start position.
std::vector<Action> StonesOf(const GoSetup& setup, char colour) {
  std::vector<Action> stones;
  Action action = 0;
  for (const std::string& row : setup.diagram) {
    for (const char point : row) {
      if (point == colour) stones.push_back(action);
      ++action;
    }
  }
  return stones;
}

// "B+3.5", "W+12.5", "0", "Draw": Black's points more than White's.
std::optional<float> ParseScore(std::string_view text) {
  const std::string lower = LowerCase(text);
  if (lower == "0" || lower == "draw" || lower == "jigo") return 0.0F;
  if (!lower.starts_with("b+") && !lower.starts_with("w+")) return std::nullopt;
  float points = 0.0F;
  const auto [end, error] = std::from_chars(lower.data() + 2, lower.data() + lower.size(), points);
  if (error != std::errc() || end == lower.data() + 2) return std::nullopt;
  return lower[0] == 'b' ? points : -points;
}

}  // namespace

GtpAgent::GtpAgent(std::string name, const GtpAgentOptions& options)
    : name_(std::move(name)), options_(options) {}

Status GtpAgent::Prepare(const GoGame& game) {
  const GtpReply reply = TellGame(game);
  if (!reply.ok()) return Error{reply.text};
  return Ok{};
}

// Refusals become failures: the game cannot go on without the command.
GtpReply GtpAgent::Tell(const std::string& command) {
  GtpReply reply = client_->Send(command);
  if (reply.refused) {
    reply.failure = AgentFailure::kBadAnswer;
    reply.text = StrCat("refused '", command, "': ", reply.text);
  }
  return reply;
}

GtpReply GtpAgent::TellGame(const GoGame& game) {
  game_ = nullptr;
  told_.clear();
  if (client_ == nullptr || !client_->alive()) {
    auto client = GtpClient::Start(options_.client);
    if (!client) return {AgentFailure::kExit, false, client.error()};
    client_ = std::move(*client);
  }
  std::vector<std::string> commands;
  if (client_->Knows("kata-set-rules")) {
    commands.push_back("kata-set-rules " + GtpRulesText({game.rules(), true}));
  }
  commands.push_back(BoardSizeCommand(game.spec().shape));
  commands.push_back("clear_board");
  commands.push_back("komi " + KomiText(game.rules().half_komi));
  if (options_.seconds > 0.0 && client_->Knows("time_settings")) {
    commands.push_back(StrCat("time_settings 0 ", options_.seconds, " 1"));
  }
  for (const std::string& command : commands) {
    if (GtpReply reply = Tell(command); !reply.ok()) return reply;
  }
  if (GtpReply reply = TellStart(game); !reply.ok()) return reply;
  game_ = &game;
  return {};
}

GtpReply GtpAgent::TellStart(const GoGame& game) {
  const GoSetup& setup = game.setup();
  const std::vector<Action> black = StonesOf(setup, 'X');
  const std::vector<Action> white = StonesOf(setup, 'O');
  if (setup.handicap > 1 && white.empty() && setup.to_move == Player::kSecond &&
      client_->Knows("set_free_handicap")) {
    std::string command = "set_free_handicap";
    for (const Action point : black) command += " " + game.ActionText(point);
    return Tell(command);
  }
  // No order of these stones captures any: every chain has a liberty in the end.
  for (const auto& [player, stones] :
       {std::pair(Player::kFirst, black), std::pair(Player::kSecond, white)}) {
    for (const Action point : stones) {
      if (GtpReply reply = Tell(PlayCommand(game, player, point)); !reply.ok()) return reply;
    }
  }
  return {};
}

GtpReply GtpAgent::TellPosition(const GoState& state) {
  const GoGame& game = state.game();
  const std::vector<Action> moves = MovesOf(state);
  const bool follows = game_ == &game && told_.size() <= moves.size() &&
                       std::equal(told_.begin(), told_.end(), moves.begin());
  if (!follows || client_ == nullptr || !client_->alive()) {
    if (GtpReply reply = TellGame(game); !reply.ok()) return reply;
  }
  while (told_.size() < moves.size()) {
    const Player first = game.setup().to_move;
    const Player player = told_.size() % 2 == 0 ? first : Opponent(first);
    const Action action = moves[told_.size()];
    if (GtpReply reply = Tell(PlayCommand(game, player, action)); !reply.ok()) return reply;
    told_.push_back(action);
  }
  return {};
}

ActResult GtpAgent::Act(const State& state, Rng&) {
  const GoState& go = AsGo(state);
  if (const GtpReply reply = TellPosition(go); !reply.ok()) {
    return Fail(reply.failure, reply.text);
  }
  const std::string command = StrCat("genmove ", GtpPlayerText(go.ToMove()));
  const GtpReply reply = Tell(command);
  if (!reply.ok()) return Fail(reply.failure, reply.text);
  ActResult result;
  if (LowerCase(reply.text) == "resign") {
    result.resigns = true;
    return result;
  }
  const auto action = go.game().ParseAction(reply.text);
  if (!action) {
    return Fail(AgentFailure::kBadAnswer,
                StrCat("answered '", command, "' with '", reply.text.substr(0, 60),
                       "', wanted a point of the board, pass or resign"));
  }
  if (!go.IsLegal(*action)) {
    return Fail(AgentFailure::kIllegalMove, "played " + reply.text + ", which the rules forbid");
  }
  told_.push_back(*action);
  result.action = *action;
  return result;
}

std::optional<float> GtpAgent::OwnScore(const State& state) {
  if (client_ == nullptr || !client_->Knows("final_score")) return std::nullopt;
  if (!TellPosition(AsGo(state)).ok()) return std::nullopt;
  const GtpReply reply = client_->Send("final_score");
  if (!reply.ok()) return std::nullopt;
  return ParseScore(reply.text);
}

ActResult GtpAgent::Fail(AgentFailure failure, std::string text) {
  client_.reset();
  game_ = nullptr;
  ActResult result;
  result.failure = failure;
  result.failure_text = std::move(text);
  return result;
}

}  // namespace tengen
