#include "agents/gtp/position_search.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <numeric>
#include <tuple>
#include <utility>

#include "envs/core/check.h"
#include "search/batch_queue.h"

namespace tengen {
namespace {

using Clock = std::chrono::steady_clock;

// What evaluators without ownership leave behind.
constexpr float kUntouched = std::numeric_limits<float>::quiet_NaN();

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Priors to the power of 1 / temperature, the largest first scaled to 1.
void Temper(std::span<float> priors, double temperature) {
  const double largest = *std::max_element(priors.begin(), priors.end());
  if (temperature == 1.0 || largest <= 0.0) return;
  double sum = 0.0;
  for (float& prior : priors) {
    prior = static_cast<float>(std::pow(prior / largest, 1.0 / temperature));
    sum += prior;
  }
  for (float& prior : priors) prior = static_cast<float>(prior / sum);
}

}  // namespace

double WinRate(double value) { return std::clamp(0.5 * (1.0 + value), 0.0, 1.0); }

double WinRateLowerBound(double win_rate, int visits) {
  if (visits == 0) return 0.0;
  const double half = 1.96 * std::sqrt((win_rate * (1.0 - win_rate) + 0.25 / visits) / visits);
  return std::max(0.0, win_rate - half);
}

PositionSearch::PositionSearch(std::shared_ptr<Evaluator> evaluator, const MctsConfig& config,
                               std::uint64_t seed)
    : evaluator_(std::move(evaluator)),
      mcts_(config),
      rng_(seed, RngRole::kMatch),
      answers_(static_cast<std::size_t>(config.batches)) {}

SearchResult PositionSearch::Run(const PositionSearchRequest& request) {
  const Clock::time_point start = Clock::now();
  double next_report = request.report ? request.first_s : std::numeric_limits<double>::infinity();
  const bool plain = request.limits.empty() && request.root_temperature == 1.0;
  if (!plain || !plain_) mcts_.Clear();
  plain_ = plain;
  root_ = request.root;
  limits_ = request.limits;
  legal_.clear();
  policy_.clear();
  tempered_.clear();
  details_ = {};
  ownership_mean_ = {};
  move_ownership_.clear();
  score_spread_ = {};
  move_score_spread_.clear();
  no_result_ = {};
  move_no_result_.clear();
  const int visits = LimitsLeaveNothing() ? 0 : request.visits;
  mcts_.Begin(*request.root, visits, Exploration::kOff, rng_);
  BatchQueue queue(
      mcts_, *evaluator_,
      [&](std::span<Evaluation> batch, int place) { Ask(request, batch, place); },
      [&](std::span<Evaluation> batch, int place) { Take(request, batch, place); });
  // The first batch may be the root alone.
  for (int batches = 1; queue.Step(); ++batches) {
    if (batches < 2) continue;
    const double elapsed = SecondsSince(start);
    const bool reports = elapsed >= next_report;
    const bool ends =
        (request.seconds && elapsed >= *request.seconds) || (request.stop && request.stop());
    if (reports || ends) queue.AwaitAll();
    if (reports) {
      request.report(mcts_.Result());
      next_report = elapsed + request.interval_s;
    }
    if (ends) mcts_.Stop();
  }
  return mcts_.Result();
}

void PositionSearch::Ask(const PositionSearchRequest& request, std::span<Evaluation> batch,
                         int place) {
  Answers& answers = answers_[static_cast<std::size_t>(place)];
  answers.details.assign(batch.size(), EvaluationDetails());
  for (std::size_t i = 0; i < batch.size(); ++i) batch[i].details = &answers.details[i];
  if (!request.ownership && !request.moves_ownership) return;
  const auto points = static_cast<std::size_t>(root_->game().spec().shape.points());
  answers.ownership.assign(batch.size() * points, kUntouched);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    batch[i].ownership = std::span(answers.ownership).subspan(i * points, points);
  }
}

void PositionSearch::Take(const PositionSearchRequest& request, std::span<Evaluation> batch,
                          int place) {
  const bool is_root = mcts_.node_count() == 0;
  AddScores(batch, is_root);
  if (request.ownership || request.moves_ownership) AddOwnership(batch, request.moves_ownership);
  if (is_root) {
    details_ = answers_[static_cast<std::size_t>(place)].details[0];
    KeepRoot(batch[0], request.root_temperature);
  }
  if (!limits_.empty()) LeaveOutMoves(batch);
}

void PositionSearch::KeepRoot(Evaluation& root, double temperature) {
  legal_.assign(root.legal.begin(), root.legal.end());
  policy_.assign(root.prior.begin(), root.prior.end());
  Temper(root.prior, temperature);
  tempered_.assign(root.prior.begin(), root.prior.end());
}

void PositionSearch::AddOwnership(std::span<const Evaluation> batch, bool moves) {
  for (const Evaluation& evaluation : batch) {
    if (std::isnan(evaluation.ownership[0])) continue;
    const double sign = evaluation.state->ToMove() == root_->ToMove() ? 1.0 : -1.0;
    ownership_mean_.Add(evaluation.ownership, sign);
    if (moves) move_ownership_[mcts_.RootMove(evaluation)].Add(evaluation.ownership, sign);
  }
}

void PositionSearch::AddScores(std::span<const Evaluation> batch, bool is_root) {
  for (const Evaluation& evaluation : batch) {
    const double sign = evaluation.state->ToMove() == root_->ToMove() ? 1.0 : -1.0;
    score_spread_.Add(sign * evaluation.score);
    no_result_.Add(evaluation.details->no_result);
    if (is_root) continue;
    const Action move = mcts_.RootMove(evaluation);
    move_score_spread_[move].Add(sign * evaluation.score);
    move_no_result_[move].Add(evaluation.details->no_result);
  }
}

float PositionSearch::Spread::Deviation() const {
  return count_ < 2 ? 0.0F : static_cast<float>(std::sqrt(squares_ / (count_ - 1)));
}

void PositionSearch::OwnershipMean::Add(std::span<const float> ownership, double sign) {
  sum_.resize(ownership.size());
  squares_.resize(ownership.size());
  for (std::size_t p = 0; p < sum_.size(); ++p) {
    const double owner = sign * ownership[p];
    sum_[p] += owner;
    squares_[p] += owner * owner;
  }
  ++count_;
}

std::vector<float> PositionSearch::OwnershipMean::Value() const {
  std::vector<float> mean;
  for (const double sum : sum_) mean.push_back(static_cast<float>(sum / count_));
  return mean;
}

std::vector<float> PositionSearch::OwnershipMean::Deviation() const {
  std::vector<float> deviation;
  for (std::size_t p = 0; p < sum_.size(); ++p) {
    const double mean = sum_[p] / count_;
    const double variance = std::max(0.0, squares_[p] / count_ - mean * mean);
    deviation.push_back(static_cast<float>(std::sqrt(variance)));
  }
  return deviation;
}

bool PositionSearch::LimitsLeaveNothing() const {
  if (limits_.empty()) return false;
  std::vector<Action> legal;
  root_->LegalActions(legal);
  return std::none_of(legal.begin(), legal.end(),
                      [this](Action move) { return limits_.Permits(root_->ToMove(), 0, move); });
}

// Limits make the searched priors sum to 1 over what they leave.
float PositionSearch::PriorOf(Action move, float searched) const {
  const auto at = std::find(legal_.begin(), legal_.end(), move);
  if (limits_.empty() || at == legal_.end()) return searched;
  return tempered_[static_cast<std::size_t>(at - legal_.begin())];
}

void PositionSearch::LeaveOutMoves(std::span<Evaluation> batch) {
  permitted_.resize(std::max(permitted_.size(), batch.size()));
  for (std::size_t i = 0; i < batch.size(); ++i) {
    Evaluation& evaluation = batch[i];
    const Player player = evaluation.state->ToMove();
    const int depth = evaluation.state->Ply() - root_->Ply();
    std::vector<Action>& permitted = permitted_[i];
    permitted.clear();
    double sum = 0.0;
    for (std::size_t m = 0; m < evaluation.legal.size(); ++m) {
      if (!limits_.Permits(player, depth, evaluation.legal[m])) continue;
      evaluation.prior[permitted.size()] = evaluation.prior[m];
      sum += evaluation.prior[m];
      permitted.push_back(evaluation.legal[m]);
    }
    if (permitted.empty()) permitted.push_back(evaluation.legal.back());  // the pass
    evaluation.legal = permitted;
    evaluation.prior = evaluation.prior.first(permitted.size());
    for (float& prior : evaluation.prior) {
      prior =
          sum > 0.0 ? static_cast<float>(prior / sum) : 1.0F / static_cast<float>(permitted.size());
    }
  }
}

PositionAnalysis PositionSearch::Analysis() const {
  const SearchResult result = mcts_.Result();
  const SearchScores scores = mcts_.Scores();
  PositionAnalysis analysis;
  std::vector<std::size_t> order(result.actions.size());
  std::iota(order.begin(), order.end(), 0);
  const auto key = [&result](std::size_t i) {
    return std::tuple(result.actions[i] == result.best, result.visits[i], result.priors[i]);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&key](std::size_t a, std::size_t b) { return key(a) > key(b); });
  for (const std::size_t i : order) {
    MoveAnalysis& move = analysis.moves.emplace_back();
    move.action = result.actions[i];
    move.visits = result.visits[i];
    move.prior = PriorOf(move.action, result.priors[i]);
    move.value = result.q[i];
    move.score = scores.moves[i];
    if (scores.selfplay_root) move.selfplay = scores.selfplay_moves[i];
    const auto spread = move_score_spread_.find(move.action);
    const bool known = spread != move_score_spread_.end() && spread->second.count() > 1;
    move.score_spread = (known ? spread->second : score_spread_).Deviation();
    move.line = mcts_.Line(move.action, &move.line_visits);
    const auto ownership = move_ownership_.find(move.action);
    if (ownership != move_ownership_.end()) {
      move.ownership = ownership->second.Value();
      move.ownership_spread = ownership->second.Deviation();
    }
    const auto no_result = move_no_result_.find(move.action);
    const Spread& of = no_result != move_no_result_.end() ? no_result->second : no_result_;
    move.no_result = static_cast<float>(of.mean());
  }
  analysis.visits = 1 + std::accumulate(result.visits.begin(), result.visits.end(), 0);
  analysis.value = result.root_value;
  analysis.score = scores.root;
  analysis.raw_value = result.raw_value;
  analysis.raw_score = result.raw_score;
  analysis.has_score = result.raw_score != 0.0F;
  analysis.selfplay = scores.selfplay_root;
  analysis.score_spread = score_spread_.Deviation();
  analysis.ownership = ownership_mean_.Value();
  analysis.ownership_spread = ownership_mean_.Deviation();
  analysis.no_result = static_cast<float>(no_result_.mean());
  analysis.legal = legal_;
  analysis.policy = policy_;
  analysis.details = details_;
  // Where the limits leave nothing there is the pass still; nobody allowed that.
  if (!limits_.empty()) {
    std::erase_if(analysis.moves, [this](const MoveAnalysis& move) {
      return !limits_.Permits(root_->ToMove(), 0, move.action);
    });
  }
  return analysis;
}

PositionEvaluation PositionSearch::Evaluate(const GoState& state, std::uint64_t random) {
  PositionEvaluation answer;
  state.LegalActions(answer.legal);
  answer.prior.resize(answer.legal.size());
  answer.ownership.assign(static_cast<std::size_t>(state.game().spec().shape.points()), kUntouched);
  Evaluation evaluation;
  evaluation.state = &state;
  evaluation.legal = answer.legal;
  evaluation.random = random;
  evaluation.prior = answer.prior;
  evaluation.ownership = answer.ownership;
  evaluation.details = &answer.details;
  evaluator_->Evaluate({&evaluation, 1});
  answer.value = evaluation.value;
  answer.score = evaluation.score;
  if (std::isnan(answer.ownership.front())) answer.ownership.clear();
  return answer;
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
