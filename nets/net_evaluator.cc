#include "nets/net_evaluator.h"

#include <map>
#include <utility>
#include <vector>

#include "envs/core/mutex.h"
#include "nets/answer_writer.h"
#include "nets/cuda_device.h"
#include "nets/encoder.h"
#include "nets/evaluation_pipeline.h"
#include "nets/folded_net.h"
#include "nets/intra_op_threads.h"
#include "nets/pipeline_pool.h"
#include "nets/tensor_data.h"
#include "nets/torch_compat.h"

namespace tengen {

class NetEvaluator::Impl {
 public:
  Impl(const ModelSnapshot& snapshot, const NetEvaluatorOptions& options)
      : step(snapshot.step),
        config(snapshot.config),
        options_(options),
        encoder_(*MakeEncoder(config.encoder)),
        writer_(config) {}
  virtual ~Impl() = default;

  virtual Ticket Submit(std::span<Evaluation> batch) = 0;
  virtual void Wait(Ticket ticket) = 0;
  virtual Precision precision() const = 0;

  const std::int64_t step;
  const ModelConfig config;

 protected:
  Symmetry PickSymmetry(const Evaluation& evaluation) const {
    if (options_.symmetry == EvaluationSymmetry::kIdentity) return Symmetry();
    return evaluation.state->game().spec().symmetries.Pick(evaluation.random);
  }
  static BoardShape ShapeOf(std::span<const Evaluation> batch) {
    const BoardShape shape = batch.front().state->game().spec().shape;
    for (const Evaluation& evaluation : batch) {
      TENGEN_CHECK(evaluation.state->game().spec().shape == shape,
                   "one batch with boards of two shapes");
    }
    return shape;
  }

  const NetEvaluatorOptions options_;
  const std::shared_ptr<const InputEncoder> encoder_;
  const AnswerWriter writer_;
};

namespace {

// Everything on the caller's thread.
class OnCpu : public NetEvaluator::Impl {
 public:
  OnCpu(const ModelSnapshot& snapshot, const NetEvaluatorOptions& options)
      : Impl(snapshot, options),
        type_(TrunkType(options.precision, at::kCPU)),
        net_(snapshot, at::kCPU, type_) {}

  Evaluator::Ticket Submit(std::span<Evaluation> batch) override {
    if (batch.empty()) return 0;
    const at::InferenceMode inference;
    SetIntraOpThreads(options_.threads);
    const BoardShape shape = ShapeOf(batch);
    const auto size = static_cast<std::int64_t>(batch.size());
    const at::Tensor planes = at::empty({size, shape.rows, shape.columns, config.planes});
    const at::Tensor globals = at::empty({size, config.globals});
    const auto planes_size = static_cast<std::size_t>(shape.points() * config.planes);
    const auto globals_size = static_cast<std::size_t>(config.globals);
    std::vector<Symmetry> symmetries;
    symmetries.reserve(batch.size());
    auto* planes_data = DataOf<float>(planes);
    auto* globals_data = DataOf<float>(globals);
    for (const Evaluation& evaluation : batch) {
      const std::size_t n = symmetries.size();
      symmetries.push_back(PickSymmetry(evaluation));
      encoder_->Encode(*evaluation.state, symmetries.back(),
                       {planes_data + n * planes_size, planes_size},
                       {globals_data + n * globals_size, globals_size});
    }
    // As [N,c,H,W] this memory is channels-last.
    const HeadTensors answers = net_.Forward(planes.permute({0, 3, 1, 2}), globals);
    writer_.Write(answers, 0, symmetries, batch);
    return 0;
  }
  void Wait(Evaluator::Ticket) override {}
  Precision precision() const override {
    return type_ == at::kBFloat16 ? Precision::kBfloat16 : Precision::kFloat32;
  }

 private:
  const at::ScalarType type_;
  const FoldedNet net_;
};

class OnDevice : public NetEvaluator::Impl {
 public:
  OnDevice(const ModelSnapshot& snapshot, const NetEvaluatorOptions& options,
           std::shared_ptr<PipelinePool> pool)
      : Impl(snapshot, options), pool_(std::move(pool)), pipeline_(pool_->Take(snapshot)) {}
  ~OnDevice() override {
    MutexLock lock(mutex_);
    // What nobody waited for may still be written to; it must not be given to others.
    if (in_flight_.empty()) pool_->GiveBack(config, std::move(pipeline_));
  }

  Evaluator::Ticket Submit(std::span<Evaluation> batch) override {
    if (batch.empty()) return 0;
    Work work;
    work.batch = batch;
    work.parts = pipeline_->Reserve(ShapeOf(batch), static_cast<int>(batch.size()));
    try {
      for (const EvaluationPipeline::Rows& part : work.parts) Encode(part, work);
    } catch (...) {
      // The rows of others in the same batches must not wait for these.
      for (const EvaluationPipeline::Rows& part : work.parts) Finish(part);
      throw;
    }
    for (const EvaluationPipeline::Rows& part : work.parts) pipeline_->Ready(part);
    MutexLock lock(mutex_);
    const Evaluator::Ticket ticket = ++last_ticket_;
    in_flight_.emplace(ticket, std::move(work));
    return ticket;
  }

  void Wait(Evaluator::Ticket ticket) override {
    if (ticket == 0) return;
    const Work work = Take(ticket);
    std::size_t done = 0;
    std::exception_ptr error;
    for (const EvaluationPipeline::Rows& part : work.parts) {
      const auto count = static_cast<std::size_t>(part.count);
      try {
        pipeline_->Await(part);
        writer_.Write(part.host->answers, part.first,
                      std::span(work.symmetries).subspan(done, count),
                      work.batch.subspan(done, count));
      } catch (...) {
        error = std::current_exception();
      }
      pipeline_->Release(part);
      done += count;
    }
    if (error) std::rethrow_exception(error);
  }

  Precision precision() const override { return pipeline_->precision(); }

 private:
  // One batch between encoding and answers.
  struct Work {
    std::span<Evaluation> batch;
    std::vector<Symmetry> symmetries;  // of each position
    std::vector<EvaluationPipeline::Rows> parts;
  };

  // Appends the part's symmetries to the work.
  void Encode(const EvaluationPipeline::Rows& part, Work& work) const {
    const auto planes_size = static_cast<std::size_t>(part.host->shape.points() * config.planes);
    const auto globals_size = static_cast<std::size_t>(config.globals);
    auto* bytes = DataOf<std::uint8_t>(part.host->planes) +
                  static_cast<std::size_t>(part.first) * planes_size;
    auto* globals =
        DataOf<float>(part.host->globals) + static_cast<std::size_t>(part.first) * globals_size;
    std::vector<float> planes(planes_size);
    for (int n = 0; n < part.count; ++n, bytes += planes_size, globals += globals_size) {
      const Evaluation& evaluation = work.batch[work.symmetries.size()];
      work.symmetries.push_back(PickSymmetry(evaluation));
      encoder_->Encode(*evaluation.state, work.symmetries.back(), planes, {globals, globals_size});
      for (std::size_t i = 0; i < planes_size; ++i) bytes[i] = planes[i] != 0.0F ? 1 : 0;
    }
  }

  void Finish(const EvaluationPipeline::Rows& part) {
    pipeline_->Ready(part);
    pipeline_->Release(part);
  }

  Work Take(Evaluator::Ticket ticket) {
    MutexLock lock(mutex_);
    const auto found = in_flight_.find(ticket);
    TENGEN_CHECK(found != in_flight_.end(), "ticket ", ticket, " is not in flight");
    Work work = std::move(found->second);
    in_flight_.erase(found);
    return work;
  }

  const std::shared_ptr<PipelinePool> pool_;
  std::unique_ptr<EvaluationPipeline> pipeline_;
  Mutex mutex_;
  Evaluator::Ticket last_ticket_ TENGEN_GUARDED_BY(mutex_) = 0;
  std::map<Evaluator::Ticket, Work> in_flight_ TENGEN_GUARDED_BY(mutex_);
};

}  // namespace

NetEvaluator::NetEvaluator(const ModelSnapshot& snapshot, const NetEvaluatorOptions& options)
    : NetEvaluator(snapshot, options, nullptr) {}
NetEvaluator::NetEvaluator(const ModelSnapshot& snapshot, const NetEvaluatorOptions& options,
                           std::shared_ptr<PipelinePool> pool) {
  if (!pool) pool = MakePipelinePool(options);
  if (pool) {
    impl_ = std::make_unique<OnDevice>(snapshot, options, std::move(pool));
  } else {
    impl_ = std::make_unique<OnCpu>(snapshot, options);
  }
}
NetEvaluator::~NetEvaluator() = default;

Evaluator::Ticket NetEvaluator::Submit(std::span<Evaluation> batch) { return impl_->Submit(batch); }
void NetEvaluator::Wait(Ticket ticket) { impl_->Wait(ticket); }

const ModelConfig& NetEvaluator::config() const { return impl_->config; }
Precision NetEvaluator::precision() const { return impl_->precision(); }
std::int64_t NetEvaluator::step() const { return impl_->step; }

std::shared_ptr<PipelinePool> MakePipelinePool(const NetEvaluatorOptions& options) {
  if (!options.device.is_cuda()) return nullptr;
  EvaluationPipeline::Options pipeline;
  pipeline.largest_batch = options.largest_batch;
  pipeline.say = options.say;
  return std::make_shared<PipelinePool>(
      [options](const ModelSnapshot& snapshot) {
        return MakeCudaDevice(snapshot, options.device, options.precision, options.say);
      },
      pipeline);
}

}  // namespace tengen
