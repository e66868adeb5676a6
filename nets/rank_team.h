#pragma once

#include <functional>
#include <memory>
#include <string>

#include <ATen/core/Tensor.h>

namespace tengen {

// Where a process stands among those that train one network together.
struct RankPlace {
  int rank = 0;  // 0 leads
  int size = 1;  // of the team
  // Where the ranks meet: rank 0's machine, by name or address.
  std::string address = "127.0.0.1";
  int port = 0;  // 0, on rank 0 only: one that is free
  // Another process already serves that port, as torchrun's agent does; else rank 0 does.
  bool is_served = false;
  // Of the keys there, so that a second try does not read what a first one left.
  std::string prefix = "tengen";
  int on_this_machine = 1;  // ranks that share its processors
  int local_rank = 0;       // among those
};

// Several processes that train one network together, by LibTorch's c10d with Gloo; means of vectors
// on GPUs by NCCL, where the program has it and each rank has a card of its own. Every rank makes
// the same calls in the same order, each of which waits for all others. A rank that ends, is killed
// or stays away for half an hour makes the calls of the others throw WorldError with one sentence.
// Not thread-safe.
class RankTeam {
 public:
  // Whether this program was built with Gloo.
  static bool Available();

  // Meets the others: waits for at most five minutes. `opened` is called on a rank that serves
  // before that, with the port that others can come to. Throws WorldError: no Gloo, a port in use,
  // ranks that did not come.
  explicit RankTeam(RankPlace place, const std::function<void(int port)>& opened = {});
  ~RankTeam();
  RankTeam(const RankTeam&) = delete;
  RankTeam& operator=(const RankTeam&) = delete;

  const RankPlace& place() const { return place_; }
  bool leads() const { return place_.rank == 0; }

  // Replaces a vector, on the CPU or a GPU and of the same length and type everywhere, by its mean
  // over the ranks: one all-reduce. Bit for bit the same everywhere.
  void Mean(at::Tensor vector);
  // Replaces a contiguous tensor on the CPU by that of rank 0.
  void Broadcast(at::Tensor tensor);
  // The same for bytes: returns those of rank 0.
  std::string Broadcast(const std::string& bytes);
  // Rank r gets row r of `rows` [size, n] on the CPU, which only rank 0 has; into `row` [n].
  void Scatter(const at::Tensor& rows, at::Tensor row);

 private:
  struct Impl;
  const RankPlace place_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tengen
