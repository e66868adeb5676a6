#pragma once

#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <vector>

namespace tengen {

// Functions that take turns on one thread, each on a stack of its own: one goes on until it yields,
// then the next. Nothing runs at the same time, so what only they share needs no lock, and a turn
// costs a small part of what it costs to wake a thread.
//
//   Run ─► A until it yields ─► B until it yields ─► at_rest ─► A goes on ─► ...
//
// A function that blocks its thread blocks all of them. It may throw out of its turns, but must not
// hold a lock when it yields. Used by one thread.
class Fibers {
 public:
  // What the stack of each can hold; memory is used as far as it is touched.
  static constexpr std::size_t kStackBytes = 1 << 20;

  // `at_rest` is called whenever all that have not ended have yielded. It must not throw.
  explicit Fibers(std::function<void()> at_rest);
  // REQUIRES: Run ended, or was never called.
  ~Fibers();
  Fibers(const Fibers&) = delete;
  Fibers& operator=(const Fibers&) = delete;

  // Before Run. Throws std::bad_alloc.
  void Add(std::function<void()> function);
  // Runs all of them to their end, then rethrows the first exception of any.
  void Run();
  // Called by one of the functions: gives the others their turn; returns after at_rest.
  void Yield();

 private:
  struct Fiber;

  static void Enter();
  void Resume(Fiber& fiber);

  const std::function<void()> at_rest_;
  std::vector<std::unique_ptr<Fiber>> fibers_;
  std::unique_ptr<Fiber> outside_;  // the stack that Run was called on
  Fiber* running_ = nullptr;        // null: none of them
  std::exception_ptr error_;
};

}  // namespace tengen
