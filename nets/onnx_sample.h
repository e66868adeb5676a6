#pragma once

#include "envs/core/game.h"
#include "nets/model.h"
#include "nets/safetensors.h"

namespace tengen {

// 32 positions of random games and what the network says of them on the CPU in float32, by the
// names of ExportOnnx: for whoever runs the exported network elsewhere. A function of its
// arguments. REQUIRES: CheckModelPlays(config, game).
TensorFile OnnxSample(const ModelSnapshot& snapshot, const Game& game);

}  // namespace tengen
