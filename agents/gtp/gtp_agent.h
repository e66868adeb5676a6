#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agents/agent.h"
#include "agents/gtp/gtp_client.h"
#include "envs/core/result.h"
#include "envs/go/go_game.h"

namespace tengen {

struct GtpAgentOptions {
  GtpClientOptions client;
  // Told to the program as its time for each move (time_settings 0 SECONDS 1); 0 = nothing is told.
  // What it makes of that is its own affair: the client's time-out is the limit that counts.
  double seconds = 0.0;
};

// Another program of Go as an agent. Each game it is told, as far as it knows the command:
//
//   kata-set-rules   the rules, as KataGo's JSON object   (no other command tells rules; programs
//                                                          without it play by their command line)
//   boardsize or rectangular_boardsize, clear_board, komi
//   set_free_handicap, or play for each stone of another start position
//   time_settings
//
// then `play` for every move that is not its own, and `genmove`. If a position does not follow from
// the last one, the game is told anew.
//
// Act never throws because of the program and never waits longer than the client's time-out for
// each command. A program that fails is ended and started again at the next Act after Restart.
class GtpAgent : public Agent {
 public:
  GtpAgent(std::string name, const GtpAgentOptions& options);

  // Starts the program and tells it the game. Errors: it cannot be started, speaks no GTP, or does
  // not play on this board or with this komi.
  Status Prepare(const GoGame& game);

  std::string Name() const override { return name_; }
  void Restart() override { game_ = nullptr; }
  // REQUIRES: a position of Go.
  ActResult Act(const State& state, Rng& rng) override;
  // final_score, where the program knows it.
  std::optional<float> OwnScore(const State& state) override;

  // Name and version as the program gives them; "" before it runs.
  std::string program() const { return client_ == nullptr ? "" : client_->program(); }

 private:
  // What the commands so far came to: the first that was not answered with "=", or an answer.
  GtpReply Tell(const std::string& command);
  GtpReply TellGame(const GoGame& game);
  GtpReply TellStart(const GoGame& game);
  GtpReply TellPosition(const GoState& state);
  ActResult Fail(AgentFailure failure, std::string text);

  const std::string name_;
  const GtpAgentOptions options_;
  std::unique_ptr<GtpClient> client_;  // null before the first game and after a failure
  const GoGame* game_ = nullptr;       // that the program was told; null: none
  std::vector<Action> told_;           // its moves, from the start position
};

}  // namespace tengen
