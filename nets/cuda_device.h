#pragma once

#include <functional>
#include <memory>
#include <string>

#include "nets/batch_device.h"
#include "nets/device.h"
#include "nets/model.h"

namespace tengen {

// Whether this program was built with CUDA's headers beside a LibTorch with CUDA.
bool BuiltForCuda();

// A network on a CUDA device, with a stream of its own that goes before a learner's. Each board
// shape and number of rows has fixed memory on the device and one captured graph, made at its first
// pass: queueing a pass is three copies and one launch. Convolutions are channels-last, in bfloat16
// where the card has it; `say` hears, in one sentence, that it has not. float32 means float32: no
// TF32.
//
// Throws WorldError: the device failed, or has too little memory for the weights. REQUIRES: the
// device is there (CheckDevice), the snapshot's weights fit its config.
std::unique_ptr<BatchDevice> MakeCudaDevice(const ModelSnapshot& snapshot, Device device,
                                            Precision precision,
                                            const std::function<void(const std::string&)>& say);

}  // namespace tengen
