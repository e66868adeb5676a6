#include "experiments/supervised/held_out_score.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <span>

#include "agents/zero/zero_samples.h"
#include "envs/registry/game_registry.h"
#include "experiments/statistics/bootstrap.h"
#include "nets/encoder.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

constexpr std::int64_t kBatch = 256;

std::span<float> Row(const at::Tensor& tensor, std::int64_t row) {
  const std::int64_t length = tensor.numel() / tensor.size(0);
  return {tensor.data_ptr<float>() + row * length, static_cast<std::size_t>(length)};
}

// Gathers positions of one shape and looks at them a batch at a time.
class Scorer {
 public:
  Scorer(const ModelSnapshot& network, std::string_view device)
      : encoder_(MakeEncoder(network.config.encoder).value()),
        model_(network.config, /*seed=*/0),
        device_(device) {
    const Status loaded = model_.Load(network.weights);
    TENGEN_CHECK(loaded.ok(), loaded.error());
    model_.MoveTo(device);
    model_.Eval();
  }

  // Of game number `game`.
  void Add(const State& state, const GameRecord& record, int ply, std::size_t game) {
    const GameSpec& spec = state.game().spec();
    if (count_ > 0 && (spec.shape != shape_ || spec.num_actions != actions_)) Flush();
    if (count_ == 0) Begin(spec);
    ZeroRow row;
    row.planes = Row(planes_, count_);
    row.globals = Row(globals_, count_);
    row.policy = Row(policy_, count_);
    row.outcome = Row(outcome_, count_);
    float unused = 0.0F;
    row.value = row.score = row.area_weight = &unused;
    row.ownership = ownership_;
    FillZeroRow(*encoder_, state, record, ply, Symmetry(), {}, row);
    const auto legal = Row(illegal_, count_);
    std::fill(legal.begin(), legal.end(), 1.0F);
    state.LegalActions(legal_actions_);
    for (const Action action : legal_actions_) legal[static_cast<std::size_t>(action)] = 0.0F;
    games_.push_back(game);
    if (++count_ == kBatch) Flush();
  }

  HeldOutScore Finish(std::size_t games) {
    if (count_ > 0) Flush();
    score_.positions.resize(games);
    score_.hits.resize(games);
    const auto total = static_cast<double>(std::max<std::int64_t>(1, score_.position_count()));
    score_.policy_loss /= total;
    score_.value_loss /= total;
    return std::move(score_);
  }

 private:
  void Begin(const GameSpec& spec) {
    shape_ = spec.shape;
    actions_ = spec.num_actions;
    planes_ = at::empty({kBatch, shape_.rows, shape_.columns, encoder_->planes()});
    globals_ = at::empty({kBatch, encoder_->globals()});
    policy_ = at::empty({kBatch, actions_});
    outcome_ = at::empty({kBatch, 3});
    illegal_ = at::empty({kBatch, actions_});
    ownership_.resize(static_cast<std::size_t>(shape_.points()));
  }

  at::Tensor Filled(const at::Tensor& rows) const {
    return rows.narrow(0, 0, count_).to(c10::Device(device_));
  }

  void Flush() {
    const at::NoGradGuard no_grad;
    const ModelOutput output =
        model_.Forward(Filled(planes_).permute({0, 3, 1, 2}), Filled(globals_));
    const at::Tensor played = Filled(policy_);
    const at::Tensor logits = output.policy_logits.to(at::kFloat);
    const at::Tensor loss = -(played * logits.log_softmax(1)).sum(1);
    score_.policy_loss += loss.sum().item<double>();
    if (output.outcome_logits.defined()) {
      const at::Tensor told = output.outcome_logits.to(at::kFloat).log_softmax(1);
      score_.value_loss += -(Filled(outcome_) * told).sum().item<double>();
    }
    const at::Tensor best = (logits - 1e9 * Filled(illegal_)).argmax(1);
    const at::Tensor hit = best.eq(played.argmax(1)).to(at::kInt).cpu();
    for (std::int64_t i = 0; i < count_; ++i) {
      const std::size_t game = games_[static_cast<std::size_t>(i)];
      if (score_.positions.size() <= game) {
        score_.positions.resize(game + 1);
        score_.hits.resize(game + 1);
      }
      score_.positions[game] += 1;
      score_.hits[game] += hit.data_ptr<int>()[i];
    }
    count_ = 0;
    games_.clear();
  }

  const std::shared_ptr<const InputEncoder> encoder_;
  Model model_;
  const std::string device_;
  BoardShape shape_;
  int actions_ = 0;
  std::int64_t count_ = 0;  // rows filled
  at::Tensor planes_, globals_, policy_, outcome_;
  at::Tensor illegal_;  // [N,A] 1 where a move is not legal
  std::vector<float> ownership_;
  std::vector<Action> legal_actions_;
  std::vector<std::size_t> games_;  // of the rows
  HeldOutScore score_;
};

}  // namespace

std::int64_t HeldOutScore::position_count() const {
  return std::accumulate(positions.begin(), positions.end(), std::int64_t{0});
}

Interval HeldOutScore::Accuracy() const {
  Rng rng(/*seed=*/1, RngRole::kEvaluation);
  return GroupBootstrap(hits, positions, rng);
}

HeldOutScore ScoreHeldOut(const ModelSnapshot& network, const std::vector<GameRecord>& games,
                          std::string_view device, std::int64_t most_positions) {
  std::int64_t total = 0;
  for (const GameRecord& record : games) total += record.sample_count();
  const std::int64_t stride =
      most_positions == 0 ? 1 : std::max<std::int64_t>(1, total / most_positions);
  Scorer scorer(network, device);
  std::int64_t sample = 0;
  for (std::size_t i = 0; i < games.size(); ++i) {
    const auto game = MakeGame(games[i].game_id);
    TENGEN_CHECK(game.ok(), game.error());
    const std::unique_ptr<State> state = (*game)->NewState();
    for (std::size_t ply = 0; ply < games[i].plies.size(); ++ply) {
      if (games[i].plies[ply].sample && sample++ % stride == 0) {
        scorer.Add(*state, games[i], static_cast<int>(ply), i);
      }
      state->Apply(games[i].plies[ply].action);
    }
  }
  return scorer.Finish(games.size());
}

}  // namespace tengen
