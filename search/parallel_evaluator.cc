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
  Call call;
  std::size_t own = batch.size();  // positions of the part on this thread, the first ones
  {
    MutexLock lock(mutex_);
    const int parts = std::clamp(
        threads_ - at_work_, 1,
        static_cast<int>(std::min<std::size_t>(batch.size(), static_cast<std::size_t>(threads_))));
    at_work_ += parts;
    const auto count = static_cast<std::size_t>(parts);
    own = (batch.size() + count - 1) / count;
    std::size_t begin = own;
    for (std::size_t i = 1; i < count; ++i) {
      const std::size_t size = (batch.size() - begin) / (count - i);
      queue_.push_back({batch.subspan(begin, size), &call});
      begin += size;
    }
    call.running = parts - 1;
  }
  queued_.NotifyAll();
  std::exception_ptr error = Run(batch.first(own));
  {
    MutexLock lock(mutex_);
    --at_work_;
    while (call.running > 0) call.ended.Wait(mutex_);
    if (error == nullptr) error = call.error;
  }
  if (error != nullptr) std::rethrow_exception(error);
  return 0;
}

void ParallelEvaluator::Wait(Ticket) {}

std::exception_ptr ParallelEvaluator::Run(std::span<Evaluation> positions) {
  try {
    inner_->Evaluate(positions);
    return nullptr;
  } catch (...) {
    return std::current_exception();
  }
}

void ParallelEvaluator::Work() {
  for (;;) {
    Part part;
    {
      MutexLock lock(mutex_);
      while (queue_.empty() && !closed_) queued_.Wait(mutex_);
      if (queue_.empty()) return;
      part = queue_.front();
      queue_.pop_front();
    }
    const std::exception_ptr error = Run(part.positions);
    MutexLock lock(mutex_);
    --at_work_;
    if (error != nullptr) part.call->error = error;
    // Under the lock: the caller's stack goes when it sees the last part ended.
    if (--part.call->running == 0) part.call->ended.NotifyOne();
  }
}

}  // namespace tengen
