#pragma once

#include <filesystem>
#include <memory>

#include "experiments/cluster/endpoint.h"

namespace tengen {

// Answers every HTTP request at an address with RUN/workers.json in Prometheus' text format, on a
// thread of its own. No encryption, and nothing but counts and names of workers: meant for loopback
// or a network of one's own.
class MetricsPort {
 public:
  // Listens when it returns. Throws WorldError: port in use, not this machine's address.
  MetricsPort(const Endpoint& endpoint, std::filesystem::path workers_file);
  ~MetricsPort();

  std::uint16_t port() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen
