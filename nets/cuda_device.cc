#include "nets/cuda_device.h"

#include "envs/core/check.h"

#ifndef TENGEN_WITH_CUDA

namespace tengen {

bool BuiltForCuda() { return false; }

std::unique_ptr<BatchDevice> MakeCudaDevice(const ModelSnapshot&, Device device, Precision,
                                            const std::function<void(const std::string&)>&) {
  throw WorldError(StrCat("device ", device.Text(), ", wanted cpu: this build has no CUDA"));
}

}  // namespace tengen

#else

#include <cuda_runtime_api.h>
#include <map>
#include <tuple>
#include <utility>

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "nets/folded_net.h"
#include "nets/operator_device.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

constexpr int kWarmUps = 2;  // passes before the capture: cuDNN chooses, workspaces are made

// Calls `work`; what LibTorch throws becomes a WorldError.
template <typename Work>
auto OnTheDevice(Device device, const Work& work) -> decltype(work()) {
  try {
    return work();
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    throw WorldError(StrCat("device ", device.Text(), ": ", text.substr(0, text.find('\n'))));
  }
}

// cuDNN tries its algorithms out, and TF32 is as told. Captured graphs keep what was chosen.
class CuDnnChoices {
 public:
  explicit CuDnnChoices(bool allow_tf32)
      : benchmark_(at::globalContext().benchmarkCuDNN()),
        tf32_(at::globalContext().allowTF32CuDNN()) {
    at::globalContext().setBenchmarkCuDNN(true);
    at::globalContext().setAllowTF32CuDNN(allow_tf32);
  }
  ~CuDnnChoices() {
    at::globalContext().setBenchmarkCuDNN(benchmark_);
    at::globalContext().setAllowTF32CuDNN(tf32_);
  }
  CuDnnChoices(const CuDnnChoices&) = delete;
  CuDnnChoices& operator=(const CuDnnChoices&) = delete;

 private:
  const bool benchmark_;
  const bool tf32_;
};

struct CudaBatch : HostBatch {
  ~CudaBatch() override {
    if (done != nullptr) (void)cudaEventDestroy(done);
  }
  cudaEvent_t done = nullptr;
};

class CudaDevice : public BatchDevice {
 public:
  CudaDevice(const ModelSnapshot& snapshot, Device device, at::ScalarType type)
      : device_(device),
        torch_device_(TorchDevice(device)),
        config_(snapshot.config),
        stream_(c10::cuda::getStreamFromPool(/*isHighPriority=*/true, torch_device_.index())),
        pool_(at::cuda::graph_pool_handle()) {
    const c10::cuda::CUDAStreamGuard guard(stream_);
    net_ = std::make_unique<FoldedNet>(snapshot, torch_device_, type);
    stream_.synchronize();
  }
  ~CudaDevice() override {
    try {
      stream_.synchronize();
    } catch (const c10::Error&) {  // Whoever awaits a batch hears of it.
    }
  }

  Precision precision() const override {
    return net_->type() == at::kBFloat16 ? Precision::kBfloat16 : Precision::kFloat32;
  }

  void Load(const ModelSnapshot& snapshot) override {
    const c10::cuda::CUDAStreamGuard guard(stream_);
    OnTheDevice(device_, [&] {
      net_->Load(snapshot);
      stream_.synchronize();
    });
  }

  std::unique_ptr<HostBatch> NewBatch(BoardShape shape, int rows) override {
    return OnTheDevice(device_, [&] {
      const c10::cuda::CUDAGuard guard(torch_device_);
      auto batch = std::make_unique<CudaBatch>();
      AllocateHostBatch(*batch, config_, shape, rows, /*pinned=*/true);
      C10_CUDA_CHECK(
          cudaEventCreateWithFlags(&batch->done, cudaEventDisableTiming | cudaEventBlockingSync));
      return std::unique_ptr<HostBatch>(std::move(batch));
    });
  }

  bool Prepare(BoardShape shape, int rows) override {
    const auto key = std::tuple(shape.rows, shape.columns, rows);
    if (passes_.contains(key)) return true;
    const at::InferenceMode inference;
    const c10::cuda::CUDAStreamGuard guard(stream_);
    return OnTheDevice(device_, [&] {
      try {
        passes_.emplace(key, Capture(shape, rows));
        return true;
      } catch (const c10::OutOfMemoryError&) {
        c10::cuda::CUDACachingAllocator::emptyCache();
        return false;
      }
    });
  }

  void Queue(HostBatch& batch, int first, int count, int rows) override {
    const auto found = passes_.find({batch.shape.rows, batch.shape.columns, rows});
    TENGEN_CHECK(found != passes_.end(), "a pass of ", rows, " rows was not prepared");
    const at::InferenceMode inference;
    const c10::cuda::CUDAStreamGuard guard(stream_);
    OnTheDevice(device_, [&] {
      Pass& pass = *found->second;
      constexpr bool kNonBlocking = true;
      pass.planes.narrow(0, 0, count).copy_(batch.planes.narrow(0, first, count), kNonBlocking);
      pass.globals.narrow(0, 0, count).copy_(batch.globals.narrow(0, first, count), kNonBlocking);
      pass.graph.replay();
      ForAnswers(batch.answers, pass.answers, first, count,
                 [](at::Tensor to, const at::Tensor& from) { to.copy_(from, kNonBlocking); });
    });
  }

  void Mark(HostBatch& batch) override {
    OnTheDevice(device_, [&] {
      const c10::cuda::CUDAGuard guard(torch_device_);
      C10_CUDA_CHECK(cudaEventRecord(static_cast<CudaBatch&>(batch).done, stream_.stream()));
    });
  }

  void Await(HostBatch& batch) override {
    OnTheDevice(device_,
                [&] { C10_CUDA_CHECK(cudaEventSynchronize(static_cast<CudaBatch&>(batch).done)); });
  }

 private:
  // Fixed memory of the device, and the work between.
  struct Pass {
    at::Tensor planes, globals;
    HeadTensors answers;
    at::cuda::CUDAGraph graph;
  };

  std::unique_ptr<Pass> Capture(BoardShape shape, int rows) {
    const CuDnnChoices choices(/*allow_tf32=*/false);
    auto pass = std::make_unique<Pass>();
    const auto floats = at::TensorOptions(at::kFloat).device(torch_device_);
    pass->planes =
        at::zeros({rows, shape.rows, shape.columns, config_.planes}, floats.dtype(at::kByte));
    pass->globals = at::zeros({rows, config_.globals}, floats);
    // As [N,c,H,W] this memory is channels-last.
    const at::Tensor planes = pass->planes.permute({0, 3, 1, 2});
    for (int i = 0; i < kWarmUps; ++i) net_->Forward(planes, pass->globals);
    stream_.synchronize();
    // Other threads may go on allocating meanwhile.
    pass->graph.capture_begin(pool_, cudaStreamCaptureModeThreadLocal);
    try {
      pass->answers = net_->Forward(planes, pass->globals);
    } catch (...) {
      EndBrokenCapture(*pass);
      throw;
    }
    pass->graph.capture_end();
    return pass;
  }

  static void EndBrokenCapture(Pass& pass) {
    try {
      pass.graph.capture_end();
    } catch (const c10::Error&) {  // It says that the capture is broken.
    }
  }

  const Device device_;
  const at::Device torch_device_;
  const ModelConfig config_;
  const c10::cuda::CUDAStream stream_;
  const at::cuda::MempoolId_t pool_;  // of all graphs: they run one after the other
  std::unique_ptr<FoldedNet> net_;
  std::map<std::tuple<int, int, int>, std::unique_ptr<Pass>> passes_;  // by board and rows
};

}  // namespace

bool BuiltForCuda() { return true; }

std::unique_ptr<BatchDevice> MakeCudaDevice(const ModelSnapshot& snapshot, Device device,
                                            Precision precision,
                                            const std::function<void(const std::string&)>& say) {
  return OnTheDevice(device, [&]() -> std::unique_ptr<BatchDevice> {
    const c10::cuda::CUDAGuard guard(TorchDevice(device));
    const at::ScalarType type = TrunkType(precision, TorchDevice(device));
    if (type == at::kFloat && precision != Precision::kFloat32) {
      say(StrCat("device ", device.Text(), " has no bfloat16: networks compute in float32"));
    }
    return std::make_unique<CudaDevice>(snapshot, device, type);
  });
}

}  // namespace tengen

#endif
