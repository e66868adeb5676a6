#include "nets/onnx_sample.h"

#include <memory>
#include <vector>

#include "envs/core/rng.h"
#include "nets/encoder.h"
#include "nets/folded_net.h"
#include "nets/tensor_data.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

constexpr int kPositions = 32;

// Position number n lies n plies into a game of its own, if that goes on so long.
std::unique_ptr<State> RandomPosition(const Game& game, int n) {
  Rng rng(1, RngRole::kBench, static_cast<std::uint64_t>(n));
  std::unique_ptr<State> state = game.NewState();
  std::vector<Action> legal;
  for (int ply = 0; ply < n; ++ply) {
    const std::unique_ptr<State> before = state->Clone();
    state->LegalActions(legal);
    state->Apply(legal[rng.Below(static_cast<std::uint32_t>(legal.size()))]);
    if (state->IsTerminal()) {
      state->CopyFrom(*before);
      break;
    }
  }
  return state;
}

}  // namespace

TensorFile OnnxSample(const ModelSnapshot& snapshot, const Game& game) {
  const at::InferenceMode inference;
  const ModelConfig& config = snapshot.config;
  const BoardShape shape = game.spec().shape;
  const auto encoder = MakeEncoder(config.encoder).value();
  const at::Tensor planes = at::empty({kPositions, shape.rows, shape.columns, config.planes});
  const at::Tensor globals = at::empty({kPositions, config.globals});
  const auto planes_size = static_cast<std::size_t>(planes.numel() / kPositions);
  const auto globals_size = static_cast<std::size_t>(config.globals);
  for (int n = 0; n < kPositions; ++n) {
    const auto row = static_cast<std::size_t>(n);
    encoder->Encode(*RandomPosition(game, n), Symmetry(),
                    {DataOf<float>(planes) + row * planes_size, planes_size},
                    {DataOf<float>(globals) + row * globals_size, globals_size});
  }
  const FoldedNet net(snapshot, at::kCPU, at::kFloat);
  const HeadTensors answers = net.Forward(planes.permute({0, 3, 1, 2}), globals);
  TensorFile file;
  file.tensors["planes"] = planes.permute({0, 3, 1, 2}).contiguous();
  file.tensors["globals"] = globals;
  file.tensors["outputs"] = answers.outputs;
  if (answers.points.defined()) file.tensors["points"] = answers.points;
  if (answers.columns.defined()) file.tensors["columns"] = answers.columns;
  return file;
}

}  // namespace tengen
