#include "nets/operator_device.h"

#include "nets/intra_op_threads.h"
#include "nets/torch_compat.h"

namespace tengen {

void AllocateHostBatch(HostBatch& batch, const ModelConfig& config, BoardShape shape, int rows,
                       bool pinned) {
  const auto floats = at::TensorOptions(at::kFloat).pinned_memory(pinned);
  const HeadLayout layout(config);
  batch.shape = shape;
  batch.planes =
      at::zeros({rows, shape.rows, shape.columns, config.planes}, floats.dtype(at::kByte));
  batch.globals = at::zeros({rows, config.globals}, floats);
  batch.answers.outputs = at::zeros({rows, layout.outputs}, floats);
  if (layout.point_outputs > 0) {
    batch.answers.points = at::zeros({rows, layout.point_outputs, shape.points()}, floats);
  }
  if (layout.columns) batch.answers.columns = at::zeros({rows, shape.columns}, floats);
}

OperatorDevice::OperatorDevice(const ModelSnapshot& snapshot, Precision precision)
    : config_(snapshot.config),
      net_(snapshot, at::kCPU, TrunkType(precision, at::kCPU), ComputePath::kOperators) {}

Precision OperatorDevice::precision() const {
  return net_.type() == at::kBFloat16 ? Precision::kBfloat16 : Precision::kFloat32;
}

std::unique_ptr<HostBatch> OperatorDevice::NewBatch(BoardShape shape, int rows) {
  auto batch = std::make_unique<HostBatch>();
  AllocateHostBatch(*batch, config_, shape, rows, /*pinned=*/false);
  return batch;
}

bool OperatorDevice::Prepare(BoardShape shape, int rows) {
  Pass& pass = passes_[{shape.rows, shape.columns, rows}];
  if (pass.planes.defined()) return true;
  pass.planes = at::zeros({rows, shape.rows, shape.columns, config_.planes}, at::kByte);
  pass.globals = at::zeros({rows, config_.globals}, at::kFloat);
  return true;
}

void OperatorDevice::Queue(HostBatch& batch, int first, int count, int rows) {
  const at::InferenceMode inference;
  SetIntraOpThreads(1);
  const auto found = passes_.find({batch.shape.rows, batch.shape.columns, rows});
  TENGEN_CHECK(found != passes_.end(), "a pass of ", rows, " rows was not prepared");
  const Pass& pass = found->second;
  pass.planes.narrow(0, 0, count).copy_(batch.planes.narrow(0, first, count));
  pass.globals.narrow(0, 0, count).copy_(batch.globals.narrow(0, first, count));
  const HeadTensors answers = net_.Forward(pass.planes.permute({0, 3, 1, 2}), pass.globals);
  ForAnswers(batch.answers, answers, first, count,
             [](const at::Tensor& to, const at::Tensor& from) { to.copy_(from); });
}

}  // namespace tengen
