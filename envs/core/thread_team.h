#pragma once

#include <functional>
#include <memory>

namespace tengen {

// A fixed number of threads that do one job in parts and meet again, over and over. The caller's
// thread is one of them. Used by one thread at a time.
class ThreadTeam {
 public:
  static constexpr int kMost = 1024;

  // REQUIRES: 1 <= size <= kMost. A team of one has no threads of its own. Throws std::system_error
  // where the system gives no more threads.
  explicit ThreadTeam(int size);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const;

  // Calls work(0), ..., work(size - 1), each on its own thread, and returns when all are done.
  // Rethrows the first exception of any of them after the others finished. Throws
  // std::runtime_error in a process that was forked from the team's, where its threads are not.
  void Run(const std::function<void(int part)>& work);

 private:
  class Threads;

  const int process_;  // id of the one that made it
  std::unique_ptr<Threads> threads_;
};

}  // namespace tengen
