#include "search/parallel_evaluator.h"

#include <algorithm>
#include <utility>

#include "envs/core/check.h"

namespace tengen {

ParallelEvaluator::ParallelEvaluator(std::shared_ptr<Evaluator> inner, int threads)
    : inner_(std::move(inner)), threads_(threads) {
  TENGEN_CHECK(threads > 0, threads, " threads, wanted at least 1");
  for (int i = 1; i < threads; ++i) workers_.emplace_back([this] { Work(); });
}

ParallelEvaluator::~ParallelEvaluator() {
  {
    MutexLock lock(mutex_);
    closed_ = true;
  }
  queued_.NotifyAll();
  for (std::thread& worker : workers_) worker.join();
}

Evaluator::Ticket ParallelEvaluator::Submit(std::span<Evaluation> batch) {
  if (batch.empty()) return 0;
  Ticket ticket = 0;
  int parts = 1;
  {
    MutexLock lock(mutex_);
    const auto most = static_cast<int>(std::min(batch.size(), static_cast<std::size_t>(threads_)));
    parts = std::clamp(threads_ - at_work_, 1, most);
    ticket = next_ticket_++;
    Call& call = calls_[ticket];
    call.parts = parts;
    at_work_ += parts;
    for (int left = parts; left > 0; --left) {
      const std::size_t size =
          (batch.size() + static_cast<std::size_t>(left) - 1) / static_cast<std::size_t>(left);
      queue_.push_back({batch.first(size), &call});
      batch = batch.subspan(size);
    }
  }
  for (int part = 0; part < parts; ++part) queued_.NotifyOne();
  return ticket;
}

void ParallelEvaluator::Wait(Ticket ticket) {
  if (ticket == 0) return;
  std::exception_ptr error;
  {
    MutexLock lock(mutex_);
    const auto call = calls_.find(ticket);
    TENGEN_CHECK(call != calls_.end(), "ticket ", ticket, " was never given out, or waited for");
    while (call->second.parts > 0) {
      // The oldest parts first, whoever asked for them.
      if (queue_.empty()) {
        ended_.Wait(mutex_);
      } else {
        RunFirst();
      }
    }
    error = call->second.error;
    calls_.erase(call);
  }
  if (error != nullptr) std::rethrow_exception(error);
}

// Lets go of the lock while it computes.
void ParallelEvaluator::RunFirst() {
  const Part part = queue_.front();
  queue_.pop_front();
  std::exception_ptr error;
  mutex_.Unlock();
  try {
    inner_->Evaluate(part.positions);
  } catch (...) {
    error = std::current_exception();
  }
  mutex_.Lock();
  --at_work_;
  if (error != nullptr) part.call->error = error;
  if (--part.call->parts == 0) ended_.NotifyAll();
}

void ParallelEvaluator::Work() {
  MutexLock lock(mutex_);
  for (;;) {
    while (queue_.empty() && !closed_) queued_.Wait(mutex_);
    if (queue_.empty()) return;
    RunFirst();
  }
}

}  // namespace tengen
