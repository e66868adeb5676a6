#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "envs/core/game.h"
#include "envs/core/mutex.h"
#include "search/evaluator.h"

namespace tengen {

// What a CachingEvaluator keeps of each answer.
enum class CachedAnswer {
  kPriorAndValue,  // and the score
  kDetailsToo,     // asks the inner evaluator for details with every position
};

// Remembers the answers of another evaluator by State::InputKey, in memory fixed at construction.
// Thread-safe if the inner evaluator is.
//
// The table has one place per key: a new answer replaces what was there. It is split into shards
// with a lock each. A prior takes 16 bits: 5 of exponent and 11 of mantissa, relative error below
// 2^-12, below 2^-31 it becomes 0; priors are normalised again when read.
//
// A hit does not look at Evaluation::random: with random symmetries the first answer stays. With
// several threads it depends on timing which answer that is; where runs must repeat exactly, give
// each thread its own cache. Requests for ownership always go to the inner evaluator, and so do
// those for details that are not kept.
class CachingEvaluator final : public Evaluator {
 public:
  // Room for as many positions of `spec` as fit into `bytes`, at least one. Positions of games with
  // more actions are never kept. `inner` must outlive this object.
  CachingEvaluator(Evaluator& inner, const GameSpec& spec, std::int64_t bytes,
                   CachedAnswer kept = CachedAnswer::kPriorAndValue);
  ~CachingEvaluator() override;

  // What so many positions of `spec` take, each with its moves.
  static std::int64_t BytesFor(const GameSpec& spec, std::int64_t positions,
                               CachedAnswer kept = CachedAnswer::kPriorAndValue);

  Ticket Submit(std::span<Evaluation> batch) override;
  void Wait(Ticket ticket) override;

  // Forgets everything, for example when the inner evaluator got new weights. Answers to tickets
  // that are open come afterwards and are kept.
  void Clear();

  struct Stats {
    std::int64_t hits = 0;
    std::int64_t misses = 0;
  };
  Stats stats() const {
    return {hits_.load(std::memory_order_relaxed), misses_.load(std::memory_order_relaxed)};
  }
  // Positions that there is room for.
  std::int64_t capacity() const;

 private:
  struct Shard;
  struct OpenTicket;

  void Ask(std::span<Evaluation> batch, OpenTicket& open);
  void TakeAnswers(OpenTicket& open);
  void Free(Ticket ticket);
  Shard& ShardOf(const Key128& key);
  bool Find(const Key128& key, Evaluation& out);
  // `details`: of the answer; not looked at where they are not kept.
  void Keep(const Key128& key, const Evaluation& answer, const EvaluationDetails& details);

  // Constant after construction.
  Evaluator& inner_;
  const bool keeps_details_;
  std::size_t max_actions_;
  std::size_t entries_per_shard_;

  // Own synchronisation.
  std::vector<std::unique_ptr<Shard>> shards_;
  std::atomic<std::int64_t> hits_{0};
  std::atomic<std::int64_t> misses_{0};

  mutable Mutex mutex_;
  std::vector<std::unique_ptr<OpenTicket>> tickets_ TENGEN_GUARDED_BY(mutex_);
  std::vector<std::size_t> free_ TENGEN_GUARDED_BY(mutex_);
};

}  // namespace tengen
