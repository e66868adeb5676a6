#include "experiments/bench/raw_forward.h"

#include <array>
#include <chrono>

#include "nets/cuda_device.h"
#include "nets/evaluation_pipeline.h"
#include "nets/folded_net.h"
#include "nets/intra_op_threads.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

// Calls `pass` for that long: evaluations per second.
template <typename Pass>
double Rate(int batch, double seconds, const Pass& pass) {
  using Clock = std::chrono::steady_clock;
  const auto begin = Clock::now();
  double evaluations = 0.0;
  double elapsed = 0.0;
  do {
    pass();
    evaluations += batch;
    elapsed = std::chrono::duration<double>(Clock::now() - begin).count();
  } while (elapsed < seconds);
  return evaluations / elapsed;
}

}  // namespace

class RawForward::Impl {
 public:
  virtual ~Impl() = default;
  virtual double Run(double seconds) = 0;
};

namespace {

class OnCpu : public RawForward::Impl {
 public:
  OnCpu(const ModelSnapshot& snapshot, BoardShape shape, int batch, Precision precision)
      : net_(snapshot, at::kCPU, TrunkType(precision, at::kCPU)),
        batch_(batch),
        planes_(at::rand({batch, shape.rows, shape.columns, snapshot.config.planes})
                    .permute({0, 3, 1, 2})),
        globals_(at::rand({batch, snapshot.config.globals})) {}

  double Run(double seconds) override {
    const at::InferenceMode inference;
    SetIntraOpThreads(1);
    return Rate(batch_, seconds, [this] { net_.Forward(planes_, globals_); });
  }

 private:
  const FoldedNet net_;
  const int batch_;
  const at::Tensor planes_, globals_;
};

class OnDevice : public RawForward::Impl {
 public:
  OnDevice(const ModelSnapshot& snapshot, BoardShape shape, int batch,
           const NetEvaluatorOptions& options)
      : device_(MakeCudaDevice(snapshot, options.device, options.precision, options.say)),
        batch_(batch),
        rows_(EvaluationPipeline::PassRows(batch)) {
    for (auto& host : hosts_) host = device_->NewBatch(shape, rows_);
    if (!device_->Prepare(shape, rows_)) {
      throw WorldError(StrCat("the device has too little memory free for a batch of ", rows_));
    }
  }

  double Run(double seconds) override {
    const double rate = Rate(batch_, seconds, [this] {
      // The one before last ends while the last one is computed.
      HostBatch& host = *hosts_[next_++ % hosts_.size()];
      device_->Await(host);
      device_->Queue(host, 0, batch_, rows_);
      device_->Mark(host);
    });
    for (auto& host : hosts_) device_->Await(*host);
    return rate;
  }

 private:
  const std::unique_ptr<BatchDevice> device_;
  const int batch_, rows_;
  std::array<std::unique_ptr<HostBatch>, 2> hosts_;
  std::size_t next_ = 0;
};

}  // namespace

RawForward::RawForward(const ModelSnapshot& snapshot, BoardShape shape, int batch,
                       const NetEvaluatorOptions& options) {
  if (options.device.is_cuda()) {
    impl_ = std::make_unique<OnDevice>(snapshot, shape, batch, options);
  } else {
    impl_ = std::make_unique<OnCpu>(snapshot, shape, batch, options.precision);
  }
}
RawForward::~RawForward() = default;
double RawForward::Run(double seconds) const { return impl_->Run(seconds); }

}  // namespace tengen
