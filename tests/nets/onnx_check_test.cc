// Exported networks in ONNX Runtime and OpenVINO. TENGEN_ONNX_PYTHON names a Python that has them
// (pip install onnxruntime openvino numpy); without it these tests are not run, and say so.

#include <cstdlib>

#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "nets/atomic_file.h"
#include "nets/onnx_export.h"
#include "nets/onnx_sample.h"
#include "tests/nets/random_model.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

// Every layout of policies, boards that are no squares.
class OnnxCheck : public ::testing::TestWithParam<GameAndTrunk> {};

TEST_P(OnnxCheck, OtherProgramsAnswerWithin1e4) {
  const char* python = std::getenv("TENGEN_ONNX_PYTHON");
  if (python == nullptr) GTEST_SKIP() << "NOT RUN: TENGEN_ONNX_PYTHON is not set";
  const auto game = *MakeGame(GetParam().game);
  const ModelSnapshot snapshot = RandomModel(ConfigFor(GetParam(), 16, 3), 1).Snapshot();
  TempFolder temp;
  WriteFileAtomically(temp / "net.onnx", ExportOnnx(snapshot, game->spec().shape));
  WriteSafetensors(temp / "net.safetensors", OnnxSample(snapshot, *game));
  const std::string script = Golden("../../experiments/bench/compare_nets.py");
  const std::string command =
      StrCat("'", python, "' '", script, "' '", (temp / "net.onnx").string(), "' --check '",
             (temp / "net.safetensors").string(), "'");
  EXPECT_EQ(std::system(command.c_str()), 0) << command;
}

INSTANTIATE_TEST_SUITE_P(Games, OnnxCheck,
                         ::testing::Values(GameAndTrunk{"go:size=5"}, GameAndTrunk{"go:size=9"},
                                           GameAndTrunk{"connect4"}, GameAndTrunk{"tictactoe"},
                                           GameAndTrunk{"cartpole"},
                                           GameAndTrunk{"gomoku:rows=3,columns=5,k=3"},
                                           GameAndTrunk{"go:size=9", Trunk::kBottleneck},
                                           GameAndTrunk{"connect4", Trunk::kBottleneck}));

}  // namespace
}  // namespace tengen
