#pragma once

#include <deque>
#include <filesystem>
#include <string>

#include "envs/core/result.h"
#include "experiments/cluster/messages.h"

namespace tengen {

// A worker that was shut out: what it said of itself (HelloMessage), and from where.
struct BarredWorker {
  std::string address;  // of its machine (peer_host.h), or "folder"
  std::string name;
  std::string device;
  std::string instance;
  std::string why;
};

// What BarList knows a worker of another process by.
std::string PlaceOf(const std::string& address, const HelloMessage& hello);

// Workers that are not let in again, in a file, so that it makes no difference whether they or the
// learner are started anew. Known again is a process by its instance, and whoever comes from the
// same machine under the same name for the same device: so also another worker there that is like
// it in all three, but none of another name behind the same address or relay. Who takes another
// name is not known again: it has the key, and is kept out by a new key alone (README.md). Of very
// many the oldest are forgotten. Not thread-safe.
class BarList {
 public:
  // "" = no file. Throws WorldError where there is one that is no such list.
  explicit BarList(std::filesystem::path file = "");

  bool Contains(const std::string& address, const HelloMessage& hello) const;
  // Error: the file cannot be written; then this holds as long as this process does.
  Status Add(const std::string& address, const HelloMessage& hello, const std::string& why);

 private:
  void Read();

  const std::filesystem::path file_;
  std::deque<BarredWorker> bars_;  // oldest first
};

// A list of objects with the fields of BarredWorker. Taken out by hand while the learner is
// stopped, a worker is let in again.
std::filesystem::path BarFileOf(const std::filesystem::path& run);

}  // namespace tengen
