#pragma once

namespace tengen {

// Ends waiting from another thread, once and for all: whoever waits for a file descriptor waits for
// fd() too. Thread-safe.
class Interruption {
 public:
  // Throws WorldError if the system gives no descriptor.
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  void Raise() const;
  bool raised() const;
  // Readable from Raise on; nobody reads it.
  int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace tengen
