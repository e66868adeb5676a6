#include "search/caching_evaluator.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "envs/core/check.h"

namespace tengen {
namespace {

constexpr std::size_t kMaxShards = 64;

// Floats of [2^-31, 1] in 16 bits: the upper bits of their distance from 2^-31. 0 stands for less.
constexpr std::uint32_t kSmallest = 0x30000000U;  // bits of 2^-31
constexpr int kDroppedBits = 12;

std::uint16_t PackPrior(float prior) {
  const auto bits = std::bit_cast<std::uint32_t>(std::clamp(prior, 0.0F, 1.0F));
  if (bits < kSmallest) return 0;
  const std::uint32_t half = 1U << (kDroppedBits - 1);
  return static_cast<std::uint16_t>(((bits - kSmallest + half) >> kDroppedBits) + 1);
}

float UnpackPrior(std::uint16_t packed) {
  if (packed == 0) return 0.0F;
  return std::bit_cast<float>(((packed - 1U) << kDroppedBits) + kSmallest);
}

}  // namespace

struct CachingEvaluator::Shard {
  struct Entry {
    Key128 key;
    float value = 0.0F;
    float score = 0.0F;
    std::uint16_t moves = 0;  // 0: empty
  };
  Mutex mutex;
  std::vector<Entry> entries TENGEN_GUARDED_BY(mutex);
  std::vector<std::uint16_t> priors TENGEN_GUARDED_BY(mutex);       // max_actions_ for each entry
  std::vector<EvaluationDetails> details TENGEN_GUARDED_BY(mutex);  // one an entry, or empty
};

// One call of Submit: what the inner evaluator was asked.
struct CachingEvaluator::OpenTicket {
  std::span<Evaluation> batch;
  std::vector<std::size_t> places;  // of the misses in the batch
  std::vector<Key128> keys;
  std::vector<Evaluation> misses;
  std::vector<EvaluationDetails> details;  // of the misses, where they are kept
  Ticket inner = 0;
};

CachingEvaluator::CachingEvaluator(Evaluator& inner, const GameSpec& spec, std::int64_t bytes,
                                   CachedAnswer kept)
    : inner_(inner),
      keeps_details_(kept == CachedAnswer::kDetailsToo),
      max_actions_(static_cast<std::size_t>(spec.num_actions)) {
  TENGEN_CHECK(bytes > 0, "cache of ", bytes, " bytes, wanted at least 1");
  TENGEN_CHECK(spec.num_actions <= 0xffff, "number of actions ", spec.num_actions,
               ", wanted at most ", 0xffff);
  const auto entries =
      static_cast<std::size_t>(std::max<std::int64_t>(1, bytes / BytesFor(spec, 1, kept)));
  const std::size_t shards = std::min(kMaxShards, entries);
  entries_per_shard_ = entries / shards;
  for (std::size_t i = 0; i < shards; ++i) {
    shards_.push_back(std::make_unique<Shard>());
    MutexLock lock(shards_.back()->mutex);
    shards_.back()->entries.resize(entries_per_shard_);
    shards_.back()->priors.resize(entries_per_shard_ * max_actions_);
    if (keeps_details_) shards_.back()->details.resize(entries_per_shard_);
  }
}

CachingEvaluator::~CachingEvaluator() = default;

std::int64_t CachingEvaluator::BytesFor(const GameSpec& spec, std::int64_t positions,
                                        CachedAnswer kept) {
  const std::size_t details = kept == CachedAnswer::kDetailsToo ? sizeof(EvaluationDetails) : 0;
  const std::size_t entry = sizeof(Shard::Entry) + details +
                            static_cast<std::size_t>(spec.num_actions) * sizeof(std::uint16_t);
  return positions * static_cast<std::int64_t>(entry);
}

std::int64_t CachingEvaluator::capacity() const {
  return static_cast<std::int64_t>(shards_.size() * entries_per_shard_);
}

Evaluator::Ticket CachingEvaluator::Submit(std::span<Evaluation> batch) {
  std::size_t ticket = 0;
  OpenTicket* open = nullptr;
  {
    MutexLock lock(mutex_);
    if (free_.empty()) {
      free_.push_back(tickets_.size());
      tickets_.push_back(std::make_unique<OpenTicket>());
    }
    ticket = free_.back();
    free_.pop_back();
    open = tickets_[ticket].get();
  }
  try {
    Ask(batch, *open);
  } catch (...) {
    Free(ticket);
    throw;
  }
  return ticket;
}

void CachingEvaluator::Ask(std::span<Evaluation> batch, OpenTicket& open) {
  open.batch = batch;
  open.places.clear();
  open.keys.clear();
  open.misses.clear();
  for (std::size_t i = 0; i < batch.size(); ++i) {
    const Key128 key = batch[i].state->InputKey();
    const bool kept = batch[i].ownership.empty() && (keeps_details_ || batch[i].details == nullptr);
    if (kept && Find(key, batch[i])) continue;
    open.places.push_back(i);
    open.keys.push_back(key);
    open.misses.push_back(batch[i]);
  }
  if (keeps_details_) {
    open.details.assign(open.misses.size(), EvaluationDetails());
    for (std::size_t i = 0; i < open.misses.size(); ++i) {
      open.misses[i].details = &open.details[i];
    }
  }
  const auto misses = static_cast<std::int64_t>(open.misses.size());
  misses_.fetch_add(misses, std::memory_order_relaxed);
  hits_.fetch_add(static_cast<std::int64_t>(batch.size()) - misses, std::memory_order_relaxed);
  if (misses > 0) open.inner = inner_.Submit(open.misses);
}

void CachingEvaluator::Wait(Ticket ticket) {
  OpenTicket* open = nullptr;
  {
    MutexLock lock(mutex_);
    TENGEN_CHECK(ticket < tickets_.size(), "ticket ", ticket, " was never given out");
    open = tickets_[ticket].get();
  }
  try {
    TakeAnswers(*open);
  } catch (...) {
    Free(ticket);
    throw;
  }
  Free(ticket);
}

void CachingEvaluator::TakeAnswers(OpenTicket& open) {
  if (!open.misses.empty()) inner_.Wait(open.inner);
  for (std::size_t i = 0; i < open.misses.size(); ++i) {
    Evaluation& out = open.batch[open.places[i]];
    out.value = open.misses[i].value;
    out.score = open.misses[i].score;
    if (keeps_details_ && out.details != nullptr) *out.details = open.details[i];
    Keep(open.keys[i], out, keeps_details_ ? open.details[i] : EvaluationDetails());
  }
}

void CachingEvaluator::Free(Ticket ticket) {
  MutexLock lock(mutex_);
  free_.push_back(ticket);
}

void CachingEvaluator::Clear() {
  for (const std::unique_ptr<Shard>& shard : shards_) {
    MutexLock lock(shard->mutex);
    for (Shard::Entry& entry : shard->entries) entry.moves = 0;
  }
}

CachingEvaluator::Shard& CachingEvaluator::ShardOf(const Key128& key) {
  return *shards_[key.high % shards_.size()];
}

bool CachingEvaluator::Find(const Key128& key, Evaluation& out) {
  Shard& shard = ShardOf(key);
  MutexLock lock(shard.mutex);
  const std::size_t place = key.low % entries_per_shard_;
  const Shard::Entry& entry = shard.entries[place];
  if (entry.moves != out.legal.size() || !(entry.key == key)) return false;
  const std::uint16_t* packed = shard.priors.data() + place * max_actions_;
  float sum = 0.0F;
  for (std::size_t i = 0; i < out.prior.size(); ++i) {
    out.prior[i] = UnpackPrior(packed[i]);
    sum += out.prior[i];
  }
  for (float& prior : out.prior) prior /= sum;
  out.value = entry.value;
  out.score = entry.score;
  if (out.details != nullptr) *out.details = shard.details[place];
  return true;
}

void CachingEvaluator::Keep(const Key128& key, const Evaluation& answer,
                            const EvaluationDetails& details) {
  if (answer.prior.empty() || answer.prior.size() > max_actions_) return;
  Shard& shard = ShardOf(key);
  MutexLock lock(shard.mutex);
  const std::size_t place = key.low % entries_per_shard_;
  shard.entries[place] = {key, answer.value, answer.score,
                          static_cast<std::uint16_t>(answer.prior.size())};
  if (keeps_details_) shard.details[place] = details;
  std::transform(answer.prior.begin(), answer.prior.end(),
                 shard.priors.begin() + static_cast<std::ptrdiff_t>(place * max_actions_),
                 PackPrior);
}

}  // namespace tengen
