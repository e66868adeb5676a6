#include "search/batching_evaluator.h"

#include <algorithm>

#include "envs/core/check.h"

namespace tengen {

BatchingEvaluator::BatchingEvaluator(Evaluator& inner, int max_batch)
    : inner_(inner), max_batch_(static_cast<std::size_t>(max_batch)) {
  TENGEN_CHECK(max_batch > 0, "max_batch ", max_batch, ", wanted at least 1");
  service_ = std::thread([this] { Serve(); });
}

BatchingEvaluator::~BatchingEvaluator() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
    queued_.NotifyAll();
  }
  service_.join();
}

Evaluator::Ticket BatchingEvaluator::Submit(std::span<Evaluation> batch) {
  MutexLock lock(mutex_);
  if (free_.empty()) {
    free_.push_back(submissions_.size());
    submissions_.push_back(std::make_unique<Submission>());
  }
  const std::size_t ticket = free_.back();
  free_.pop_back();
  Submission& submission = *submissions_[ticket];
  submission.positions = batch;
  submission.taken = 0;
  submission.done = 0;
  submission.error = nullptr;
  if (!batch.empty()) {
    queue_.push_back(&submission);
    queued_.NotifyOne();
  }
  return ticket;
}

void BatchingEvaluator::Wait(Ticket ticket) {
  std::exception_ptr error;
  {
    MutexLock lock(mutex_);
    TENGEN_CHECK(ticket < submissions_.size(), "ticket ", ticket, " was never given out");
    Submission& submission = *submissions_[ticket];
    while (submission.done < submission.positions.size()) submission.finished.Wait(mutex_);
    error = submission.error;
    submission.error = nullptr;
    free_.push_back(ticket);
  }
  if (error) std::rethrow_exception(error);
}

BatchingEvaluator::Stats BatchingEvaluator::stats() const {
  MutexLock lock(mutex_);
  return stats_;
}

void BatchingEvaluator::Serve() {
  while (true) {
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !closed_) queued_.Wait(mutex_);
      if (queue_.empty()) return;
    }
    LetOthersQueue();
    {
      MutexLock lock(mutex_);
      TakeBatch();
    }
    std::exception_ptr error;
    try {
      inner_.Evaluate(batch_);
    } catch (...) {
      error = std::current_exception();
    }
    MutexLock lock(mutex_);
    DeliverBatch(error);
  }
}

// Only this thread takes from the queue, so it does not shrink meanwhile. There are as many
// submissions as callers ever waited at once: with all of them here, or one that is alone, nobody
// is left to wait for.
void BatchingEvaluator::LetOthersQueue() {
  std::size_t seen = 0;
  while (true) {
    {
      MutexLock lock(mutex_);
      if (queue_.size() == seen || queue_.size() >= std::min(max_batch_, submissions_.size())) {
        return;
      }
      seen = queue_.size();
    }
    std::this_thread::yield();
  }
}

void BatchingEvaluator::TakeBatch() {
  batch_.clear();
  parts_.clear();
  while (!queue_.empty() && batch_.size() < max_batch_) {
    Submission& submission = *queue_.front();
    const std::size_t count =
        std::min(submission.positions.size() - submission.taken, max_batch_ - batch_.size());
    const auto from = submission.positions.subspan(submission.taken, count);
    batch_.insert(batch_.end(), from.begin(), from.end());
    parts_.push_back({&submission, submission.taken, count});
    submission.taken += count;
    if (submission.taken == submission.positions.size()) queue_.pop_front();
  }
}

// The spans were written in place; what the inner evaluator left in the copies follows here.
void BatchingEvaluator::DeliverBatch(const std::exception_ptr& error) {
  std::size_t next = 0;
  for (const Part& part : parts_) {
    for (std::size_t i = part.begin; i < part.begin + part.count; ++i, ++next) {
      part.submission->positions[i].value = batch_[next].value;
      part.submission->positions[i].score = batch_[next].score;
    }
    part.submission->done += part.count;
    if (error) part.submission->error = error;
    if (part.submission->done == part.submission->positions.size()) {
      part.submission->finished.NotifyOne();
    }
  }
  ++stats_.batches;
  stats_.positions += static_cast<std::int64_t>(batch_.size());
}

}  // namespace tengen
