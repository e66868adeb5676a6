#pragma once

#include <string>

#include "envs/core/game.h"
#include "nets/model.h"

namespace tengen {

// The network as an ONNX file's bytes, BatchNorm folded, for one board shape:
//   inputs   planes [batch,c,H,W], globals [batch,g], as the network's encoder writes them
//   outputs  outputs [batch,n]; where the network has them points [batch,O,H*W], columns [batch,W]
// with the meanings of HeadLayout; auxiliary heads are left out. REQUIRES: a trunk of
// convolutions, CheckModelPlays(config, a game with that shape), the weights fit the config.
std::string ExportOnnx(const ModelSnapshot& snapshot, BoardShape shape);

}  // namespace tengen
