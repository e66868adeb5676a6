#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace tengen {

// While one of these lives, the n-th change that this process makes below a folder goes wrong.
// Changes are the calls write, writev, fsync, ftruncate, rename, renameat2 and mkdir, which the
// test program puts itself in the way of (faulty_files.cc); other threads' count too. One at a
// time.
class FaultyFiles {
 public:
  enum class Fault {
    kFails,  // the call and all later ones do nothing and say that the disk is full
    kCut,    // a write that is half done, then as above: the disk fills up in the middle of it
    kOnce,   // the call alone says so: room comes back
    kDies,   // the process ends, as by kill -9, after half of a write
  };
  static constexpr int kExitCode = 77;  // of kDies

  // `nth` is counted from 1.
  FaultyFiles(std::filesystem::path folder, int nth, Fault fault);
  ~FaultyFiles();
  FaultyFiles(const FaultyFiles&) = delete;
  FaultyFiles& operator=(const FaultyFiles&) = delete;

  int changes() const;  // so far
};

std::string Name(FaultyFiles::Fault fault);

// For every fault and every n, as long as there are so many changes: makes `folder` anew, calls
// `prepare`, then `change` with the n-th change below the folder going wrong, in a process of its
// own for kDies, then `check`. What `change` throws must be a WorldError. All tests of one place in
// one call; fails where there was no change at all.
struct EveryFault {
  std::function<void()> prepare = [] {};
  std::function<void()> change;
  // What stands there now must be what was there before or after. `threw`: `change` did.
  std::function<void(bool threw)> check;
};
void TryEveryFault(const std::filesystem::path& folder, const EveryFault& steps);

}  // namespace tengen
