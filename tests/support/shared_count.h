#pragma once

#include <atomic>
#include <new>
#include <sys/mman.h>

namespace tengen {

// A count that processes forked from this one share: what a process that died had got done.
class SharedCount {
 public:
  SharedCount()
      : count_(new (::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS, -1, 0)) std::atomic<int>(0)) {}
  ~SharedCount() { ::munmap(count_, sizeof(std::atomic<int>)); }
  SharedCount(const SharedCount&) = delete;
  SharedCount& operator=(const SharedCount&) = delete;

  void operator=(int value) { *count_ = value; }
  operator int() const { return *count_; }

 private:
  std::atomic<int>* count_;
};

}  // namespace tengen
