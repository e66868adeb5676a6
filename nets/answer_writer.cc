#include "nets/answer_writer.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "nets/tensor_data.h"

namespace tengen {
namespace {

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

// A tensor of the batch, [N, ...].
class Rows {
 public:
  explicit Rows(const at::Tensor& tensor)
      : data_(tensor.defined() ? DataOf<float>(tensor) : nullptr),
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

AnswerWriter::AnswerWriter(const ModelConfig& config) : config_(config), layout_(config) {}

void AnswerWriter::Write(const HeadTensors& heads, int first, std::span<const Symmetry> symmetries,
                         std::span<Evaluation> batch) const {
  if (batch.empty()) return;
  const GameSpec& spec = batch.front().state->game().spec();
  const Rows outputs(heads.outputs);
  const Rows points(heads.points);
  const Rows columns(heads.columns);
  TurnedActions turned(spec);
  for (std::size_t n = 0; n < batch.size(); ++n) {
    const std::size_t row = static_cast<std::size_t>(first) + n;
    Evaluation& evaluation = batch[n];
    const std::vector<Action>& actions = turned.By(symmetries[n]);
    WritePrior(spec, actions, outputs[row], points[row], columns[row], evaluation);
    evaluation.value = config_.value == ValueHead::kOutcome
                           ? OutcomeValue(outputs[row] + layout_.value)
                           : outputs[row][layout_.value];
    evaluation.score =
        layout_.score >= 0 ? outputs[row][layout_.score] * config_.score_scale : 0.0F;
    if (layout_.point_ownership >= 0 && !evaluation.ownership.empty()) {
      const float* logits = points[row] + layout_.point_ownership * spec.shape.points();
      for (std::size_t p = 0; p < evaluation.ownership.size(); ++p) {
        // 2 sigmoid(x) - 1.
        evaluation.ownership[p] =
            std::tanh(0.5F * logits[symmetries[n].Map(spec.shape, static_cast<int>(p))]);
      }
    }
  }
}

void AnswerWriter::WritePrior(const GameSpec& spec, const std::vector<Action>& turned,
                              const float* outputs, const float* points, const float* columns,
                              Evaluation& evaluation) const {
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

}  // namespace tengen
