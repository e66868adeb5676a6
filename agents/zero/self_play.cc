#include "agents/zero/self_play.h"

#include <algorithm>
#include <utility>

#include "agents/zero/restart_pool.h"
#include "envs/registry/game_registry.h"

namespace tengen {

void LatestModel::Set(PlayingModel model) {
  MutexLock lock(mutex_);
  model_ = std::move(model);
}

PlayingModel LatestModel::Latest() {
  MutexLock lock(mutex_);
  return model_;
}

class SelfPlayWorker::Impl {
 public:
  Impl(const SelfPlayConfig& config, const GameNumbers& numbers, ModelSource& source,
       GameSink& sink)
      : config_(config), numbers_(numbers), next_(numbers.first), source_(source), sink_(sink) {
    const Status status = CheckSelfPlayConfig(config);
    TENGEN_CHECK(status.ok(), status.error());
    for (const std::string& id : GameIds(config)) games_.push_back(MakeGame(id).value());
    halves_.resize(static_cast<std::size_t>(config.halves));
    for (Half& half : halves_) half.batches = OneForEachShape();
    for (int i = 0; i < config.parallel_games; ++i) {
      auto game = std::make_unique<SelfPlayGame>(config_, games_,
                                                 config.restart_share > 0.0 ? &restarts_ : nullptr);
      BeginNext(*game);
      halves_[static_cast<std::size_t>(i % config.halves)].games.push_back(std::move(game));
    }
  }

  // An evaluator may still be writing into the trees.
  ~Impl() {
    for (Half& half : halves_) {
      for (ShapeBatch& batch : half.batches) {
        try {
          WaitFor(batch);
        } catch (...) {  // Nobody is left to hear of it.
        }
      }
    }
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bool Step() {
    const PlayingModel model = source_.Latest();
    ++stats_.rounds;
    for (Half& half : halves_) {
      for (ShapeBatch& batch : half.batches) WaitFor(batch);
      HandOut(half);
      AdvanceGames(half, model);
      Submit(half, model.evaluator);
    }
    return Deliver();
  }

  const SelfPlayStats& stats() const { return stats_; }
  std::uint64_t next_game() const { return next_; }

 private:
  // Pending leaves of games with one shape of board, one behind the other.
  struct ShapeBatch {
    BoardShape shape;
    int num_actions = 0;
    std::vector<Evaluation> leaves;
    std::size_t handed_out = 0;
    std::shared_ptr<Evaluator> evaluator;  // set while they are being evaluated
    Evaluator::Ticket ticket = 0;
  };
  struct Half {
    std::vector<std::unique_ptr<SelfPlayGame>> games;
    std::vector<std::size_t> batch_of;  // index of the batch that holds the game's leaves; by game
    std::vector<ShapeBatch> batches;
  };

  std::vector<ShapeBatch> OneForEachShape() const {
    std::vector<ShapeBatch> batches;
    for (const auto& game : games_) {
      const GameSpec& spec = game->spec();
      if (Find(batches, spec) == batches.size()) {
        batches.emplace_back().shape = spec.shape;
        batches.back().num_actions = spec.num_actions;
      }
    }
    return batches;
  }

  static std::size_t Find(const std::vector<ShapeBatch>& batches, const GameSpec& spec) {
    const auto found = std::find_if(batches.begin(), batches.end(), [&spec](const ShapeBatch& b) {
      return b.shape == spec.shape && b.num_actions == spec.num_actions;
    });
    return static_cast<std::size_t>(found - batches.begin());
  }

  void BeginNext(SelfPlayGame& game) {
    game.Begin(numbers_.seed, next_);
    next_ += numbers_.stride;
  }

  static void WaitFor(ShapeBatch& batch) {
    const std::shared_ptr<Evaluator> evaluator = std::exchange(batch.evaluator, nullptr);
    if (evaluator) evaluator->Wait(batch.ticket);
  }

  // Gives the answers to the trees. Priors and ownership were written in place.
  static void HandOut(Half& half) {
    for (std::size_t i = 0; i < half.batch_of.size(); ++i) {
      ShapeBatch& batch = half.batches[half.batch_of[i]];
      for (Evaluation& leaf : half.games[i]->pending()) {
        const Evaluation& answer = batch.leaves[batch.handed_out++];
        leaf.value = answer.value;
        leaf.score = answer.score;
      }
    }
  }

  void AdvanceGames(Half& half, const PlayingModel& model) {
    half.batch_of.clear();
    for (ShapeBatch& batch : half.batches) {
      batch.leaves.clear();
      batch.handed_out = 0;
    }
    for (const auto& game : half.games) {
      while (game->Advance(model.step, model.hash, stats_)) {
        finished_.push_back(game->TakeRecord());
        stats_.AddGame(finished_.back());
        BeginNext(*game);
      }
      const std::span<Evaluation> leaves = game->pending();
      half.batch_of.push_back(Find(half.batches, leaves.front().state->game().spec()));
      std::vector<Evaluation>& batch = half.batches[half.batch_of.back()].leaves;
      batch.insert(batch.end(), leaves.begin(), leaves.end());
    }
  }

  void Submit(Half& half, const std::shared_ptr<Evaluator>& evaluator) {
    stats_.batch_slots += static_cast<std::int64_t>(half.games.size()) * config_.mcts.leaf_batch;
    for (ShapeBatch& batch : half.batches) {
      if (batch.leaves.empty()) continue;
      ++stats_.batches;
      stats_.evaluations += static_cast<std::int64_t>(batch.leaves.size());
      batch.ticket = evaluator->Submit(batch.leaves);
      batch.evaluator = evaluator;
    }
  }

  bool Deliver() {
    std::vector<GameRecord> finished = std::move(finished_);
    finished_.clear();
    for (GameRecord& record : finished) {
      if (!sink_.Add(std::move(record))) return false;
    }
    return true;
  }

  const SelfPlayConfig config_;
  const GameNumbers numbers_;
  std::uint64_t next_;
  ModelSource& source_;
  GameSink& sink_;
  std::vector<std::shared_ptr<const Game>> games_;
  RestartPool restarts_;
  std::vector<Half> halves_;
  std::vector<GameRecord> finished_;
  SelfPlayStats stats_;
};

SelfPlayWorker::SelfPlayWorker(const SelfPlayConfig& config, const GameNumbers& numbers,
                               ModelSource& source, GameSink& sink)
    : impl_(std::make_unique<Impl>(config, numbers, source, sink)) {}
SelfPlayWorker::~SelfPlayWorker() = default;
bool SelfPlayWorker::Step() { return impl_->Step(); }
const SelfPlayStats& SelfPlayWorker::stats() const { return impl_->stats(); }
std::uint64_t SelfPlayWorker::next_game() const { return impl_->next_game(); }

SelfPlayThreads::SelfPlayThreads(const SelfPlayConfig& config, const GameNumbers& numbers,
                                 int count, ModelSource& source, GameSink& sink) {
  TENGEN_CHECK(count > 0, "threads ", count, ", wanted at least 1");
  stats_.resize(static_cast<std::size_t>(count));
  for (int worker = 0; worker < count; ++worker) {
    const auto offset = static_cast<std::uint64_t>(worker);
    const GameNumbers own = {numbers.seed, numbers.first + offset * numbers.stride,
                             numbers.stride * static_cast<std::uint64_t>(count)};
    try {
      threads_.emplace_back([this, worker, config, own, &source, &sink] {
        Run(worker, config, own, source, sink, stop_.get_token());
      });
    } catch (...) {
      RequestStop();  // nobody else would, and the threads are joined on the way out
      throw;
    }
  }
}

SelfPlayThreads::~SelfPlayThreads() { RequestStop(); }

void SelfPlayThreads::RequestStop() { stop_.request_stop(); }

void SelfPlayThreads::Join() {
  for (std::jthread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
  MutexLock lock(mutex_);
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

bool SelfPlayThreads::failed() const {
  MutexLock lock(mutex_);
  return error_ != nullptr;
}

SelfPlayStats SelfPlayThreads::stats() const {
  MutexLock lock(mutex_);
  SelfPlayStats sum;
  for (const SelfPlayStats& stats : stats_) sum += stats;
  return sum;
}

void SelfPlayThreads::Run(int worker, const SelfPlayConfig& config, const GameNumbers& numbers,
                          ModelSource& source, GameSink& sink, const std::stop_token& stop) {
  try {
    SelfPlayWorker games(config, numbers, source, sink);
    bool open = true;
    while (open && !stop.stop_requested()) {
      open = games.Step();
      MutexLock lock(mutex_);
      stats_[static_cast<std::size_t>(worker)] = games.stats();
    }
  } catch (...) {
    MutexLock lock(mutex_);
    if (!error_) error_ = std::current_exception();
    stop_.request_stop();
  }
}

}  // namespace tengen
