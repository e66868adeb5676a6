#include "envs/core/fibers.h"

#include <cstring>
#include <cxxabi.h>
#include <new>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <utility>

#include "envs/core/check.h"

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/common_interface_defs.h>
#elif defined(__SANITIZE_THREAD__)
#include <sanitizer/tsan_interface.h>
#endif

namespace tengen {
namespace {

// The functions that run on this thread, for the first steps of a new one.
thread_local Fibers* entered = nullptr;

// Memory whose lowest page must not be touched, so that an overflow ends the program.
class Stack {
 public:
  Stack() {
    memory_ = mmap(nullptr, Fibers::kStackBytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (memory_ == MAP_FAILED) throw std::bad_alloc();
    mprotect(memory_, static_cast<std::size_t>(sysconf(_SC_PAGESIZE)), PROT_NONE);
  }
  ~Stack() { munmap(memory_, Fibers::kStackBytes); }
  Stack(const Stack&) = delete;
  Stack& operator=(const Stack&) = delete;

  void* memory() const { return memory_; }

 private:
  void* memory_;
};

// Itanium C++ ABI, 2.2.2: what a thread knows of exceptions that are being thrown and caught. It
// belongs to a stack, so each fiber takes its own along.
struct ExceptionState {
  void* caught = nullptr;
  unsigned uncaught = 0;

  void Save() {
    std::memcpy(static_cast<void*>(this), abi::__cxa_get_globals(),
                sizeof caught + sizeof uncaught);
  }
  void Load() const {
    std::memcpy(abi::__cxa_get_globals(), this, sizeof caught + sizeof uncaught);
  }
};

}  // namespace

struct Fibers::Fiber {
  std::function<void()> function;
  std::unique_ptr<Stack> stack;  // null: that of the thread
  ucontext_t context;
  ExceptionState exceptions;
  bool ended = false;
#if defined(__SANITIZE_ADDRESS__)
  void* fake_stack = nullptr;
  const void* bottom = nullptr;
  std::size_t size = 0;
#elif defined(__SANITIZE_THREAD__)
  void* state = nullptr;
#endif
};

namespace {

// From one stack to another; returns when somebody switches back.
template <typename Fiber>
void Switch(Fiber& from, Fiber& to) {
  from.exceptions.Save();
  to.exceptions.Load();
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_start_switch_fiber(from.ended ? nullptr : &from.fake_stack, to.bottom, to.size);
#elif defined(__SANITIZE_THREAD__)
  __tsan_switch_to_fiber(to.state, 0);
#endif
  swapcontext(&from.context, &to.context);
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(from.fake_stack, nullptr, nullptr);
#endif
}

}  // namespace

Fibers::Fibers(std::function<void()> at_rest)
    : at_rest_(std::move(at_rest)), outside_(std::make_unique<Fiber>()) {}

Fibers::~Fibers() = default;

void Fibers::Add(std::function<void()> function) {
  auto fiber = std::make_unique<Fiber>();
  fiber->function = std::move(function);
  fiber->stack = std::make_unique<Stack>();
  getcontext(&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack->memory();
  fiber->context.uc_stack.ss_size = kStackBytes;
  fiber->context.uc_link = nullptr;
  makecontext(&fiber->context, &Fibers::Enter, 0);
#if defined(__SANITIZE_ADDRESS__)
  fiber->bottom = fiber->stack->memory();
  fiber->size = kStackBytes;
#endif
  fibers_.push_back(std::move(fiber));
}

// The first function on the new stack, which never returns.
void Fibers::Enter() {
  Fibers& fibers = *entered;
  Fiber& own = *fibers.running_;
#if defined(__SANITIZE_ADDRESS__)
  __sanitizer_finish_switch_fiber(nullptr, &fibers.outside_->bottom, &fibers.outside_->size);
#endif
  try {
    own.function();
  } catch (...) {
    if (!fibers.error_) fibers.error_ = std::current_exception();
  }
  own.ended = true;
  Switch(own, *fibers.outside_);
}

void Fibers::Resume(Fiber& fiber) {
  running_ = &fiber;
  Switch(*outside_, fiber);
  running_ = nullptr;
}

void Fibers::Yield() {
  TENGEN_CHECK(running_ != nullptr, "Yield outside of all fibers");
  Fiber& own = *running_;
  Switch(own, *outside_);
}

void Fibers::Run() {
  TENGEN_CHECK(entered == nullptr, "Run on a thread whose fibers run");
  entered = this;
#if defined(__SANITIZE_THREAD__)
  outside_->state = __tsan_get_current_fiber();
  for (const auto& fiber : fibers_) fiber->state = __tsan_create_fiber(0);
#endif
  while (!fibers_.empty()) {
    for (const auto& fiber : fibers_) Resume(*fiber);
    std::erase_if(fibers_, [](const std::unique_ptr<Fiber>& fiber) {
#if defined(__SANITIZE_THREAD__)
      if (fiber->ended) __tsan_destroy_fiber(fiber->state);
#endif
      return fiber->ended;
    });
    if (!fibers_.empty()) at_rest_();
  }
  entered = nullptr;
  if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
}

}  // namespace tengen
