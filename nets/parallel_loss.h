#pragma once

#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>

namespace tengen {

// The sum of the losses of some parts of a batch, each of which is computed, forwards and
// backwards, on one thread with one LibTorch thread: threads meet once in an update. Those inside
// operators wait for each other at every operator, for long where other work has the processors.
//
// The sum's value is the sum of the losses, and its gradient by `parameters` is there already:
// backward() only adds it up. `loss_of(part)` gives a scalar that needs a gradient and is called
// for each part once, from several threads at a time; sums are made in the order of the parts, so
// that they are the same on any number of threads. The first exception is thrown again. REQUIRES:
// parts >= 1, threads >= 1.
at::Tensor ParallelLoss(const std::vector<at::Tensor>& parameters, int parts, int threads,
                        const std::function<at::Tensor(int part)>& loss_of);

}  // namespace tengen
