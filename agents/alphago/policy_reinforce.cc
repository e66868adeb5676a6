#include "agents/alphago/policy_reinforce.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <torch/nn/module.h>

#include "agents/alphago/policy_games.h"
#include "nets/encoder.h"
#include "nets/net_evaluator.h"
#include "nets/parallel_loss.h"
#include "nets/torch_compat.h"
#include "nets/trainer.h"

namespace tengen {
namespace {

// Order of the tensors of a batch.
enum BatchIndex { kPlanes, kGlobals, kForbidden, kMove, kWeight, kSize };

// Batches of games for the match at the end of a run.
constexpr int kMatchGames = 64;

double Now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

template <typename T>
std::span<T> Row(const at::Tensor& tensor, std::int64_t row) {
  const std::int64_t length = tensor.numel() / tensor.size(0);
  return {tensor.data_ptr<T>() + row * length, static_cast<std::size_t>(length)};
}

NetEvaluator MakePlayer(const ModelSnapshot& snapshot, Device device, Precision precision) {
  NetEvaluatorOptions options;
  options.device = device;
  options.precision = precision;
  options.symmetry = EvaluationSymmetry::kIdentity;  // what learns is what played
  return {snapshot, options};
}

// On a device one thread fills the batches.
int PlayingThreads(Device device, int threads) { return device.is_cuda() ? 1 : threads; }

// On the CPU a part's numbers should fit into the caches, and parts should be many more than
// threads.
constexpr int kCpuPart = 64;
constexpr int kDevicePart = 4096;

int PartPositions(const PolicyReinforceConfig& config, Device device) {
  if (config.part_positions > 0) return config.part_positions;
  return device.is_cuda() ? kDevicePart : kCpuPart;
}

// The learner's decisions of one batch of games, in parts of about equal size.
class DecisionBatch {
 public:
  DecisionBatch(std::shared_ptr<const GoGame> game, std::string_view encoder, std::string device,
                int part_positions)
      : game_(std::move(game)),
        encoder_(MakeEncoder(encoder).value()),
        device_(std::move(device)),
        part_positions_(static_cast<std::size_t>(part_positions)) {}

  // `advantages`: z - b of each decision. REQUIRES: the games outlive the batch; there is a
  // decision.
  void Set(std::span<const ReinforceGame> games, std::vector<ReinforceDecision> decisions,
           std::vector<float> advantages) {
    games_ = games;
    decisions_ = std::move(decisions);
    advantages_ = std::move(advantages);
    TENGEN_CHECK(!decisions_.empty(), "games without a decision of the learner");
  }
  int positions() const { return static_cast<int>(decisions_.size()); }
  int parts() const {
    return static_cast<int>((decisions_.size() + part_positions_ - 1) / part_positions_);
  }

  // Tensors by BatchIndex, on the device. From any thread.
  Batch Part(int part) const {
    const auto number = static_cast<std::size_t>(part);
    const auto count = static_cast<std::size_t>(parts());
    const std::size_t begin = decisions_.size() * number / count;
    Batch batch = Fill(begin, decisions_.size() * (number + 1) / count);
    for (at::Tensor& tensor : batch) tensor = tensor.to(c10::Device(device_));
    return batch;
  }

 private:
  // Decisions begin, ..., end - 1.
  Batch Fill(std::size_t begin, std::size_t end) const {
    const GameSpec& spec = game_->spec();
    const auto n = static_cast<std::int64_t>(end - begin);
    Batch batch(kSize);
    batch[kPlanes] = at::empty({n, spec.shape.rows, spec.shape.columns, encoder_->planes()});
    batch[kGlobals] = at::empty({n, encoder_->globals()});
    batch[kForbidden] = at::ones({n, spec.num_actions});
    batch[kMove] = at::empty({n}, at::kLong);
    batch[kWeight] = at::empty({n});
    std::vector<Action> playable;
    std::unique_ptr<tengen::State> state;
    std::size_t of_game = games_.size();
    for (std::int64_t row = 0; row < n; ++row) {
      const std::size_t index = begin + static_cast<std::size_t>(row);
      const ReinforceDecision& decision = decisions_[index];
      const ReinforceGame& played = games_[decision.game];
      if (of_game != decision.game) state = game_->NewState();
      of_game = decision.game;
      while (state->Ply() < decision.ply) {
        state->Apply(played.moves[static_cast<std::size_t>(state->Ply())]);
      }
      encoder_->Encode(*state, Symmetry(), Row<float>(batch[kPlanes], row),
                       Row<float>(batch[kGlobals], row));
      PlayableMoves(static_cast<const GoState&>(*state), playable);
      const auto forbidden = Row<float>(batch[kForbidden], row);
      for (const Action move : playable) forbidden[static_cast<std::size_t>(move)] = 0.0F;
      Row<std::int64_t>(batch[kMove], row)[0] =
          played.moves[static_cast<std::size_t>(decision.ply)];
      Row<float>(batch[kWeight], row)[0] = advantages_[index] / static_cast<float>(games_.size());
    }
    batch[kPlanes] = batch[kPlanes].permute({0, 3, 1, 2});
    return batch;
  }

  const std::shared_ptr<const GoGame> game_;
  const std::shared_ptr<const InputEncoder> encoder_;
  const std::string device_;
  const std::size_t part_positions_;
  std::span<const ReinforceGame> games_;
  std::vector<ReinforceDecision> decisions_;
  std::vector<float> advantages_;  // of the decisions
};

TrainerConfig ReinforceTrainer(const PolicyReinforceConfig& config) {
  TrainerConfig trainer;
  trainer.optimizer = config.optimizer;
  trainer.ema_decay = 0.0;
  trainer.read_every = 1;
  return trainer;
}

}  // namespace

OptimizerConfig ReinforceOptimizer() {
  OptimizerConfig optimizer;
  optimizer.kind = OptimizerKind::kAdam;
  optimizer.lr = 2e-4;
  optimizer.weight_decay = 0.0;
  optimizer.clip_norm = 10.0;
  return optimizer;
}

at::Tensor ReinforceLoss(const at::Tensor& logits, const at::Tensor& forbidden,
                         const at::Tensor& move, const at::Tensor& weight) {
  // exp(-1e9) is 0 in float32, and the gradient there too.
  const at::Tensor log_p = (logits - 1e9 * forbidden).log_softmax(1);
  return -(weight * log_p.gather(1, move.unsqueeze(1)).squeeze(1)).sum();
}

struct PolicyReinforcer::Impl {
  Impl(std::shared_ptr<const GoGame> go, const ModelSnapshot& start,
       const PolicyReinforceConfig& reinforce, Device where, int thread_count,
       std::shared_ptr<Evaluator> value_network)
      : game(std::move(go)),
        config(reinforce),
        device(where),
        threads(thread_count),
        value(std::move(value_network)),
        model(MakeModel(start, where, reinforce.precision)),
        decisions(game, start.config.encoder, where.Text(), PartPositions(reinforce, where)),
        trainer(
            model.module(), [this](const tengen::Batch&) { return LossOfDecisions(); },
            ReinforceTrainer(reinforce)) {
    pool.push_back(Snapshot());
  }

  static Model MakeModel(const ModelSnapshot& start, Device device, Precision precision) {
    Model model(start.config, /*seed=*/0);
    const Status loaded = model.Load(start.weights);
    TENGEN_CHECK(loaded.ok(), loaded.error());
    model.MoveTo(device.Text());
    model.SetPrecision(precision);
    return model;
  }

  Loss LossOfDecisions() {
    model.Eval();  // BatchNorm's statistics stay
    const at::Tensor loss =
        ParallelLoss(model.module()->parameters(), decisions.parts(),
                     PlayingThreads(device, threads), [this](int part) {
                       const tengen::Batch batch = decisions.Part(part);
                       const ModelOutput output = model.Forward(batch[kPlanes], batch[kGlobals]);
                       return ReinforceLoss(output.policy_logits, batch[kForbidden], batch[kMove],
                                            batch[kWeight]);
                     });
    return {loss, {{"reinforce", loss}}};
  }

  // z - b of each decision.
  std::vector<float> AdvantagesOf(std::span<const ReinforceGame> games,
                                  std::span<const ReinforceDecision> of) const {
    if (config.baseline == ReinforceBaseline::kValue) {
      return AdvantagesOverValue(*game, games, of, *value, PlayingThreads(device, threads));
    }
    const std::vector<float> of_games = Advantages(games, config.baseline);
    std::vector<float> advantages;
    for (const ReinforceDecision& decision : of) {
      advantages.push_back(of_games[decision.game]);
    }
    return advantages;
  }

  ModelSnapshot Snapshot() { return {model.config(), trainer.AveragedWeights({}), batches}; }

  const std::shared_ptr<const GoGame> game;
  const PolicyReinforceConfig config;
  const Device device;
  const int threads;
  const std::shared_ptr<Evaluator> value;  // null but with ReinforceBaseline::kValue
  Model model;
  DecisionBatch decisions;
  Trainer trainer;
  std::vector<ModelSnapshot> pool;
  std::int64_t batches = 0;
};

PolicyReinforcer::PolicyReinforcer(std::shared_ptr<const GoGame> game, const ModelSnapshot& start,
                                   const PolicyReinforceConfig& config, Device device, int threads,
                                   std::shared_ptr<Evaluator> value) {
  TENGEN_CHECK(config.games > 0 && config.pool_every > 0 && threads > 0, config.games,
               " games, a new self every ", config.pool_every, " batches, ", threads,
               " threads; wanted more than 0");
  TENGEN_CHECK(config.baseline != ReinforceBaseline::kValue || value != nullptr,
               "results are measured from a value network, and there is none");
  impl_ = std::make_unique<Impl>(std::move(game), start, config, device, threads, std::move(value));
}
PolicyReinforcer::~PolicyReinforcer() = default;

StepMetrics PolicyReinforcer::Learn(std::span<const ReinforceGame> games) {
  std::vector<ReinforceDecision> decisions = LearnerDecisions(*impl_->game, games);
  std::vector<float> advantages = impl_->AdvantagesOf(games, decisions);
  impl_->decisions.Set(games, std::move(decisions), std::move(advantages));
  return impl_->trainer.Step(tengen::Batch());
}

PolicyReinforcer::Batch PolicyReinforcer::Step() {
  Impl& self = *impl_;
  Rng choice(self.config.seed, RngRole::kLearner, static_cast<std::uint64_t>(self.batches));
  const auto opponent = choice.Below(static_cast<std::uint32_t>(self.pool.size()));
  GameRange range;
  range.seed = self.config.seed;
  range.first =
      static_cast<std::uint64_t>(self.batches) * static_cast<std::uint64_t>(self.config.games);
  range.count = self.config.games;
  std::vector<ReinforceGame> games;
  const double begin_s = Now();
  {
    NetEvaluator ours = MakePlayer(self.Snapshot(), self.device, self.config.precision);
    NetEvaluator theirs = MakePlayer(self.pool[opponent], self.device, self.config.precision);
    games =
        PlayPolicyGames(*self.game, ours, theirs, range, PlayingThreads(self.device, self.threads));
  }
  Batch batch;
  batch.play_s = Now() - begin_s;
  batch.z = 2.0 * LearnerPoints(games) / self.config.games - 1.0;
  batch.metrics = Learn(games);
  batch.learn_s = Now() - begin_s - batch.play_s;
  batch.positions = self.decisions.positions();
  if (++self.batches % self.config.pool_every == 0) self.pool.push_back(self.Snapshot());
  return batch;
}

std::int64_t PolicyReinforcer::batches() const { return impl_->batches; }
ModelSnapshot PolicyReinforcer::Publish() const { return impl_->Snapshot(); }
const std::vector<ModelSnapshot>& PolicyReinforcer::pool() const { return impl_->pool; }
NamedTensors PolicyReinforcer::State() const { return impl_->trainer.State(); }

Status PolicyReinforcer::Load(const NamedTensors& state, std::vector<ModelSnapshot> pool,
                              std::int64_t batches) {
  const std::int64_t wanted = 1 + batches / impl_->config.pool_every;
  if (static_cast<std::int64_t>(pool.size()) != wanted) {
    return Error{
        StrCat(pool.size(), " earlier selves after ", batches, " batches, wanted ", wanted)};
  }
  if (Status loaded = impl_->trainer.Load(state); !loaded) return loaded;
  impl_->pool = std::move(pool);
  impl_->batches = batches;
  return Ok{};
}

std::vector<ReinforceGame> PlayNetworkGames(const GoGame& game, const ModelSnapshot& learner,
                                            const ModelSnapshot& opponent, int games,
                                            std::uint64_t seed, Device device, int threads) {
  NetEvaluator ours = MakePlayer(learner, device, Precision::kAuto);
  NetEvaluator theirs = MakePlayer(opponent, device, Precision::kAuto);
  std::vector<ReinforceGame> played;
  for (int first = 0; first < games; first += kMatchGames) {
    GameRange range;
    range.seed = seed;
    range.role = RngRole::kMatch;
    range.first = static_cast<std::uint64_t>(first);
    range.count = std::min(kMatchGames, games - first);
    for (ReinforceGame& each :
         PlayPolicyGames(game, ours, theirs, range, PlayingThreads(device, threads))) {
      played.push_back(std::move(each));
    }
  }
  return played;
}

}  // namespace tengen
