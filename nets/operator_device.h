#pragma once

#include <map>
#include <memory>
#include <tuple>

#include "nets/batch_device.h"
#include "nets/folded_net.h"

namespace tengen {

// The CPU as a BatchDevice, with the code that other devices run (ComputePath::kOperators): passes
// are done when Queue returns. For tests, and to run all of the device path where there is no GPU.
class OperatorDevice : public BatchDevice {
 public:
  // REQUIRES: the snapshot's weights fit its config.
  OperatorDevice(const ModelSnapshot& snapshot, Precision precision);

  Precision precision() const override;
  void Load(const ModelSnapshot& snapshot) override { net_.Load(snapshot); }
  std::unique_ptr<HostBatch> NewBatch(BoardShape shape, int rows) override;
  bool Prepare(BoardShape shape, int rows) override;
  void Queue(HostBatch& batch, int first, int count, int rows) override;
  void Mark(HostBatch&) override {}
  void Await(HostBatch&) override {}

 private:
  struct Pass {
    at::Tensor planes, globals;  // of all rows
  };

  const ModelConfig config_;
  FoldedNet net_;
  std::map<std::tuple<int, int, int>, Pass> passes_;  // by board and rows
};

// Memory of the host for a batch of a network; `pinned` where a GPU reads it.
void AllocateHostBatch(HostBatch& batch, const ModelConfig& config, BoardShape shape, int rows,
                       bool pinned);

// Calls copy(part of a, part of b) for rows first, ..., first + count - 1 of `a`, and as many from
// the first of `b`, of each tensor that both have.
template <typename Copy>
void ForAnswers(const HeadTensors& a, const HeadTensors& b, int first, int count, Copy copy) {
  for (const auto& [to, from] : {std::pair(&a.outputs, &b.outputs), std::pair(&a.points, &b.points),
                                 std::pair(&a.columns, &b.columns)}) {
    if (to->defined()) copy(to->narrow(0, first, count), from->narrow(0, 0, count));
  }
}

}  // namespace tengen
