#include "nets/net_evaluator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <utility>
#include <vector>

#include "envs/core/mutex.h"
#include "nets/encoder.h"
#include "nets/folded_net.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

Symmetry PickSymmetry(const Evaluation& evaluation, EvaluationSymmetry mode) {
  if (mode == EvaluationSymmetry::kIdentity) return Symmetry();
  return evaluation.state->game().spec().symmetries.Pick(evaluation.random);
}

// exp(x - max) / sum, in place.
void Softmax(std::span<float> logits) {
  const float largest = *std::max_element(logits.begin(), logits.end());
  float sum = 0.0F;
  for (float& logit : logits) sum += (logit = std::exp(logit - largest));
  for (float& logit : logits) logit /= sum;
}

float OutcomeValue(const float* logits) {
  float outcome[3] = {logits[0], logits[1], logits[2]};
  Softmax(outcome);
  return outcome[0] - outcome[2];
}

// A tensor of the batch, [N, ...] float32 contiguous on the CPU.
class Rows {
 public:
  explicit Rows(const at::Tensor& tensor)
      : data_(tensor.defined() ? tensor.data_ptr<float>() : nullptr),
        width_(tensor.defined() ? static_cast<std::size_t>(tensor.numel() / tensor.size(0)) : 0) {}
  const float* operator[](std::size_t row) const { return data_ + row * width_; }

 private:
  const float* data_;
  std::size_t width_;
};

// Where each action lies on the turned board, by symmetry; made when first asked for.
class TurnedActions {
 public:
  explicit TurnedActions(const GameSpec& spec) : spec_(spec) {}

  const std::vector<Action>& By(Symmetry symmetry) {
    std::vector<Action>& actions = by_symmetry_[static_cast<std::size_t>(symmetry.index())];
    if (actions.empty()) {
      for (Action action = 0; action < spec_.num_actions; ++action) {
        actions.push_back(spec_.MapAction(symmetry, action));
      }
    }
    return actions;
  }

 private:
  const GameSpec& spec_;
  std::array<std::vector<Action>, Symmetry::kCount> by_symmetry_;
};

}  // namespace

class NetEvaluator::Impl {
 public:
  Impl(const ModelSnapshot& snapshot, const NetEvaluatorOptions& options)
      : config_(snapshot.config),
        step_(snapshot.step),
        options_(options),
        device_(options.device == Device::kCuda ? at::kCUDA : at::kCPU),
        type_(TrunkType(options.precision, device_)),
        encoder_(*MakeEncoder(config_.encoder)),
        layout_(config_),
        net_(snapshot, device_, type_) {}

  Ticket Submit(std::span<Evaluation> batch) {
    if (batch.empty()) return kDone;
    const at::InferenceMode inference;
    UseThreads();
    Work work = Encode(batch);
    work.answers = net_.Forward(work.planes, work.globals);
    if (options_.device == Device::kCpu) {
      WriteAnswers(work);
      return kDone;
    }
    MutexLock lock(mutex_);
    const Ticket ticket = ++last_ticket_;
    in_flight_.emplace(ticket, std::move(work));
    return ticket;
  }

  void Wait(Ticket ticket) {
    if (ticket == kDone) return;
    Work work = Take(ticket);
    const at::InferenceMode inference;
    // Copying to the CPU waits for the device.
    for (at::Tensor* tensor :
         {&work.answers.outputs, &work.answers.points, &work.answers.columns}) {
      if (tensor->defined()) *tensor = tensor->to(at::kCPU);
    }
    WriteAnswers(work);
  }

  const ModelConfig& config() const { return config_; }
  Precision precision() const {
    return type_ == at::kBFloat16 ? Precision::kBfloat16 : Precision::kFloat32;
  }
  std::int64_t step() const { return step_; }

 private:
  static constexpr Ticket kDone = 0;

  // One batch between encoding and answers.
  struct Work {
    std::span<Evaluation> batch;
    const GameSpec* spec = nullptr;
    std::vector<Symmetry> symmetries;  // of each position
    at::Tensor host_planes, host_globals;
    at::Tensor planes, globals;  // on the device
    HeadTensors answers;
  };

  void UseThreads() const {
    if (options_.device == Device::kCpu && at::get_num_threads() != options_.threads) {
      at::set_num_threads(options_.threads);
    }
  }

  Work Encode(std::span<Evaluation> batch) const {
    Work work;
    work.batch = batch;
    work.spec = &batch.front().state->game().spec();
    const BoardShape shape = work.spec->shape;
    const auto options =
        at::TensorOptions(at::kFloat).pinned_memory(options_.device == Device::kCuda);
    const auto size = static_cast<std::int64_t>(batch.size());
    work.host_planes = at::empty({size, shape.rows, shape.columns, config_.planes}, options);
    work.host_globals = at::empty({size, config_.globals}, options);
    const auto planes_size = static_cast<std::size_t>(shape.points() * config_.planes);
    const auto globals_size = static_cast<std::size_t>(config_.globals);
    auto* planes = work.host_planes.data_ptr<float>();
    auto* globals = work.host_globals.data_ptr<float>();
    for (const Evaluation& evaluation : batch) {
      TENGEN_CHECK(evaluation.state->game().spec().shape == shape,
                   "one batch with boards of two shapes");
      const Symmetry symmetry = PickSymmetry(evaluation, options_.symmetry);
      work.symmetries.push_back(symmetry);
      encoder_->Encode(*evaluation.state, symmetry, {planes, planes_size}, {globals, globals_size});
      planes += planes_size;
      globals += globals_size;
    }
    // As [N,c,H,W] this memory is channels-last.
    work.planes = work.host_planes.permute({0, 3, 1, 2}).to(device_, /*non_blocking=*/true);
    work.globals = work.host_globals.to(device_, /*non_blocking=*/true);
    return work;
  }

  void WriteAnswers(const Work& work) const {
    const GameSpec& spec = *work.spec;
    const Rows outputs(work.answers.outputs);
    const Rows points(work.answers.points);
    const Rows columns(work.answers.columns);
    TurnedActions turned(spec);
    for (std::size_t n = 0; n < work.batch.size(); ++n) {
      Evaluation& evaluation = work.batch[n];
      const std::vector<Action>& actions = turned.By(work.symmetries[n]);
      WritePrior(spec, actions, outputs[n], points[n], columns[n], evaluation);
      evaluation.value = config_.value == ValueHead::kOutcome
                             ? OutcomeValue(outputs[n] + layout_.value)
                             : outputs[n][layout_.value];
      evaluation.score =
          layout_.score >= 0 ? outputs[n][layout_.score] * config_.score_scale : 0.0F;
      if (layout_.point_ownership >= 0 && !evaluation.ownership.empty()) {
        const float* logits = points[n] + layout_.point_ownership * spec.shape.points();
        for (std::size_t p = 0; p < evaluation.ownership.size(); ++p) {
          // 2 sigmoid(x) - 1.
          evaluation.ownership[p] =
              std::tanh(0.5F * logits[work.symmetries[n].Map(spec.shape, static_cast<int>(p))]);
        }
      }
    }
  }

  void WritePrior(const GameSpec& spec, const std::vector<Action>& turned, const float* outputs,
                  const float* points, const float* columns, Evaluation& evaluation) const {
    const float* logits = points;
    if (layout_.columns) logits = columns;
    if (layout_.dense >= 0) logits = outputs + layout_.dense;
    if (layout_.point_policy >= 0) logits = points + layout_.point_policy * spec.shape.points();
    for (std::size_t i = 0; i < evaluation.legal.size(); ++i) {
      const Action action = evaluation.legal[i];
      const bool pass = layout_.pass >= 0 && action == spec.shape.points();
      evaluation.prior[i] =
          pass ? outputs[layout_.pass] : logits[turned[static_cast<std::size_t>(action)]];
    }
    Softmax(evaluation.prior);
  }

  Work Take(Ticket ticket) {
    MutexLock lock(mutex_);
    const auto found = in_flight_.find(ticket);
    TENGEN_CHECK(found != in_flight_.end(), "ticket ", ticket, " is not in flight");
    Work work = std::move(found->second);
    in_flight_.erase(found);
    return work;
  }

  const ModelConfig config_;
  const std::int64_t step_;
  const NetEvaluatorOptions options_;
  const at::Device device_;
  const at::ScalarType type_;
  const std::shared_ptr<const InputEncoder> encoder_;
  const HeadLayout layout_;
  const FoldedNet net_;

  Mutex mutex_;
  Ticket last_ticket_ TENGEN_GUARDED_BY(mutex_) = kDone;
  std::map<Ticket, Work> in_flight_ TENGEN_GUARDED_BY(mutex_);  // CUDA only
};

NetEvaluator::NetEvaluator(const ModelSnapshot& snapshot, const NetEvaluatorOptions& options)
    : impl_(std::make_unique<Impl>(snapshot, options)) {}
NetEvaluator::~NetEvaluator() = default;

Evaluator::Ticket NetEvaluator::Submit(std::span<Evaluation> batch) { return impl_->Submit(batch); }
void NetEvaluator::Wait(Ticket ticket) { impl_->Wait(ticket); }

const ModelConfig& NetEvaluator::config() const { return impl_->config(); }
Precision NetEvaluator::precision() const { return impl_->precision(); }
std::int64_t NetEvaluator::step() const { return impl_->step(); }

}  // namespace tengen
