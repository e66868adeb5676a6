#include "agents/gtp_search.h"

#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include "envs/core/check.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

}  // namespace

GtpSearch::GtpSearch(std::shared_ptr<Evaluator> evaluator, const MctsConfig& config,
                     std::uint64_t seed)
    : evaluator_(std::move(evaluator)), mcts_(config), rng_(seed, RngRole::kMatch) {}

SearchResult GtpSearch::Run(const GtpSearchRequest& request) {
  const Clock::time_point start = Clock::now();
  double next_report = request.report ? request.first_s : std::numeric_limits<double>::infinity();
  mcts_.Begin(*request.root, request.visits, Exploration::kOff, rng_);
  // The first batch may be the root alone.
  for (int batches = 1; mcts_.Gather() > 0; ++batches) {
    evaluator_->Evaluate(mcts_.pending());
    mcts_.Backup();
    if (batches < 2) continue;
    const double elapsed = SecondsSince(start);
    if (elapsed >= next_report) {
      request.report(mcts_.Result());
      next_report = elapsed + request.interval_s;
    }
    if ((request.seconds && elapsed >= *request.seconds) || (request.stop && request.stop())) {
      mcts_.Stop();
    }
  }
  return mcts_.Result();
}

GtpEvaluation GtpSearch::Evaluate(const GoState& state, std::uint64_t random) {
  constexpr float kUntouched = std::numeric_limits<float>::quiet_NaN();
  GtpEvaluation answer;
  state.LegalActions(answer.legal);
  answer.prior.resize(answer.legal.size());
  answer.ownership.assign(static_cast<std::size_t>(state.game().spec().shape.points()), kUntouched);
  Evaluation evaluation;
  evaluation.state = &state;
  evaluation.legal = answer.legal;
  evaluation.random = random;
  evaluation.prior = answer.prior;
  evaluation.ownership = answer.ownership;
  evaluator_->Evaluate({&evaluation, 1});
  answer.value = evaluation.value;
  answer.score = evaluation.score;
  if (std::isnan(answer.ownership.front())) answer.ownership.clear();
  return answer;
}

std::vector<float> GtpSearch::ScoresAfter(const GoState& root, std::span<const Action> moves) {
  std::vector<float> scores;
  for (const Action move : moves) {
    GoState state = root;
    state.Apply(move);
    scores.push_back(state.IsTerminal() ? 0.5F * static_cast<float>(state.HalfScore()) *
                                              (root.ToMove() == Player::kFirst ? 1.0F : -1.0F)
                                        : -Evaluate(state, rng_.Next()).score);
  }
  return scores;
}

std::vector<float> OwnershipByPlayouts(const GoState& state, int playouts, Rng& rng) {
  TENGEN_CHECK(playouts > 0, "playouts ", playouts, ", wanted at least 1");
  const GoGame& game = state.game();
  const auto points = static_cast<std::size_t>(game.pass());
  std::vector<float> mean(points, 0.0F);
  std::vector<Cell> owner(points);
  std::vector<Action> moves;
  for (int i = 0; i < playouts; ++i) {
    GoState playout = state;
    while (!playout.IsTerminal()) {
      moves.clear();
      for (const std::uint16_t p : playout.board().empty_points()) {
        if (!playout.board().IsEyeLike(p, playout.ToMove()) && playout.IsLegalAt(p)) {
          moves.push_back(game.ActionOf(p));
        }
      }
      playout.Apply(moves.empty() ? game.pass()
                                  : moves[rng.Below(static_cast<std::uint32_t>(moves.size()))]);
    }
    float score = 0.0F;
    playout.FinalArea(owner, &score);
    for (std::size_t p = 0; p < points; ++p) {
      if (owner[p] == Cell::kFirst) mean[p] += 1.0F / static_cast<float>(playouts);
      if (owner[p] == Cell::kSecond) mean[p] -= 1.0F / static_cast<float>(playouts);
    }
  }
  return mean;
}

}  // namespace tengen
