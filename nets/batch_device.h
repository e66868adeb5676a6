#pragma once

#include <memory>

#include <ATen/core/Tensor.h>

#include "envs/core/game.h"
#include "nets/head_layout.h"
#include "nets/precision.h"

namespace tengen {

// Memory of the host for one batch on its way to a device and back. R rows of one board shape.
struct HostBatch {
  virtual ~HostBatch() = default;

  BoardShape shape;
  at::Tensor planes;    // [R,H,W,c] uint8, each 0 or 1: a quarter of the bytes of float32
  at::Tensor globals;   // [R,g] float32
  HeadTensors answers;  // [R,...] float32
};

// Where EvaluationPipeline has batches computed: a queue of work in order, with a network behind
// it. NewBatch and Await are called from any thread, the rest from one at a time.
class BatchDevice {
 public:
  virtual ~BatchDevice() = default;

  virtual Precision precision() const = 0;

  // Takes the weights of another network of the same config; passes queued before keep the old
  // ones.
  virtual void Load(const ModelSnapshot& snapshot) = 0;

  // Zeroed memory. It must be given back (destroyed) before the device.
  virtual std::unique_ptr<HostBatch> NewBatch(BoardShape shape, int rows) = 0;

  // Makes what passes of `rows` rows of that shape need. False: the device has too little memory.
  virtual bool Prepare(BoardShape shape, int rows) = 0;

  // Queues one pass: rows first, ..., first + count - 1 go in, as `rows` rows of which the last
  // ones are anything, and their answers come back. Returns at once. REQUIRES: count <= rows,
  // Prepare(shape, rows) was true.
  virtual void Queue(HostBatch& batch, int first, int count, int rows) = 0;

  // Ends the batch's queued passes: Await returns once they are done.
  virtual void Mark(HostBatch& batch) = 0;

  // Waits for the newest Mark of this batch, for nothing queued after it, and throws what went
  // wrong (WorldError). Thread-safe.
  virtual void Await(HostBatch& batch) = 0;
};

}  // namespace tengen
