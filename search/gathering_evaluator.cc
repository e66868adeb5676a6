#include "search/gathering_evaluator.h"

#include <algorithm>
#include <deque>
#include <exception>
#include <span>
#include <utility>
#include <vector>

#include "envs/core/check.h"
#include "envs/core/fibers.h"

namespace tengen {
namespace {

// In tickets of positions that were gathered; the inner evaluators' own do not have it.
constexpr Evaluator::Ticket kGathered = Evaluator::Ticket{1} << 63;

}  // namespace

// What the calls of one PlayTogether wait for.
class GatheringQueue {
 public:
  GatheringQueue() : fibers_([this] { EvaluateAll(); }) {}

  static GatheringQueue*& OfThisThread() {
    static thread_local GatheringQueue* queue = nullptr;
    return queue;
  }

  void Play(int count, const std::function<void()>& play) {
    for (int i = 0; i < count; ++i) fibers_.Add(play);
    fibers_.Run();
  }

  std::size_t Submit(GatheringEvaluator& asked, std::span<Evaluation> positions) {
    if (free_.empty()) {
      free_.push_back(submissions_.size());
      submissions_.emplace_back();
    }
    const std::size_t place = free_.back();
    free_.pop_back();
    submissions_[place] = {&asked, positions, positions.empty(), nullptr};
    if (!positions.empty()) waiting_.push_back(&submissions_[place]);
    return place;
  }

  void Wait(std::size_t place) {
    TENGEN_CHECK(place < submissions_.size(), "place ", place, " was never given out");
    while (!submissions_[place].done) fibers_.Yield();
    free_.push_back(place);
    if (submissions_[place].error) {
      std::rethrow_exception(std::exchange(submissions_[place].error, nullptr));
    }
  }

 private:
  struct Submission {
    GatheringEvaluator* asked = nullptr;
    std::span<Evaluation> positions;
    bool done = false;
    std::exception_ptr error;
  };

  static BoardShape ShapeOf(const Submission& submission) {
    return submission.positions.front().state->game().spec().shape;
  }

  void EvaluateAll() noexcept {
    while (!waiting_.empty()) {
      const Submission& first = *waiting_.front();
      GatheringEvaluator& asked = *first.asked;
      const BoardShape shape = ShapeOf(first);
      const auto others = std::stable_partition(
          waiting_.begin(), waiting_.end(), [&](const Submission* submission) {
            return submission->asked == &asked && ShapeOf(*submission) == shape;
          });
      const std::span<Submission*> alike(waiting_.begin(), others);
      Gather(alike);
      const std::exception_ptr error = EvaluateGathered(asked);
      Deliver(alike, error);
      waiting_.erase(waiting_.begin(), others);
    }
  }

  void Gather(std::span<Submission* const> submissions) {
    batch_.clear();
    for (const Submission* submission : submissions) {
      batch_.insert(batch_.end(), submission->positions.begin(), submission->positions.end());
    }
  }

  // All batches are handed over before the first is waited for, which lets a device overlap them.
  std::exception_ptr EvaluateGathered(GatheringEvaluator& asked) {
    const std::span<Evaluation> all(batch_);
    std::exception_ptr error;
    tickets_.clear();
    try {
      for (std::size_t begin = 0; begin < all.size(); begin += asked.max_batch_) {
        const std::size_t size = std::min(asked.max_batch_, all.size() - begin);
        tickets_.push_back(asked.inner_->Submit(all.subspan(begin, size)));
      }
    } catch (...) {
      error = std::current_exception();
    }
    for (const Evaluator::Ticket ticket : tickets_) {
      try {
        asked.inner_->Wait(ticket);
      } catch (...) {
        error = std::current_exception();
      }
    }
    asked.batches_ += static_cast<std::int64_t>(tickets_.size());
    asked.positions_ += static_cast<std::int64_t>(all.size());
    return error;
  }

  // The spans were written in place; what the inner evaluator left in the copies follows here.
  void Deliver(std::span<Submission* const> submissions, const std::exception_ptr& error) {
    std::size_t next = 0;
    for (Submission* submission : submissions) {
      for (Evaluation& position : submission->positions) {
        position.value = batch_[next].value;
        position.score = batch_[next].score;
        ++next;
      }
      submission->error = error;
      submission->done = true;
    }
  }

  Fibers fibers_;
  std::deque<Submission> submissions_;  // stay where they are
  std::vector<std::size_t> free_;       // of submissions_
  std::vector<Submission*> waiting_;    // in the order in which they came
  std::vector<Evaluation> batch_;
  std::vector<Evaluator::Ticket> tickets_;
};

void PlayTogether(int count, const std::function<void()>& play) {
  TENGEN_CHECK(count > 0, count, " calls, wanted at least 1");
  GatheringQueue*& of_thread = GatheringQueue::OfThisThread();
  TENGEN_CHECK(of_thread == nullptr, "PlayTogether within PlayTogether");
  GatheringQueue queue;
  of_thread = &queue;
  try {
    queue.Play(count, play);
  } catch (...) {
    of_thread = nullptr;
    throw;
  }
  of_thread = nullptr;
}

GatheringEvaluator::GatheringEvaluator(std::shared_ptr<Evaluator> inner, int max_batch)
    : inner_(std::move(inner)), max_batch_(static_cast<std::size_t>(max_batch)) {
  TENGEN_CHECK(max_batch > 0, "max_batch ", max_batch, ", wanted at least 1");
}

Evaluator::Ticket GatheringEvaluator::Submit(std::span<Evaluation> batch) {
  GatheringQueue* const queue = GatheringQueue::OfThisThread();
  if (queue == nullptr) return inner_->Submit(batch);
  return queue->Submit(*this, batch) | kGathered;
}

void GatheringEvaluator::Wait(Ticket ticket) {
  if ((ticket & kGathered) == 0) return inner_->Wait(ticket);
  GatheringQueue::OfThisThread()->Wait(ticket & ~kGathered);
}

}  // namespace tengen
