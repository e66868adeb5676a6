#include "nets/katago_evaluator.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <ATen/Parallel.h>

#include "nets/tensor_data.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

Symmetry PickSymmetry(const Evaluation& evaluation, EvaluationSymmetry mode) {
  if (mode == EvaluationSymmetry::kIdentity) return Symmetry();
  return evaluation.state->game().spec().symmetries.Pick(evaluation.random);
}

const GoState& AsGo(const State& state) {
  const auto* go = dynamic_cast<const GoState*>(&state);
  TENGEN_CHECK(go != nullptr, "a position of ", state.game().spec().id, ", wanted go");
  return *go;
}

at::Tensor ToHost(const at::Tensor& tensor) {
  return tensor.to(at::kCPU, at::kDouble).contiguous();
}

std::span<const double> Row(const at::Tensor& tensor, std::size_t row) {
  const auto width = static_cast<std::size_t>(tensor.size(1));
  return {DataOf<double>(tensor) + row * width, width};
}

NoResult NoResultUnder(const Rules& rules) {
  return rules.ko == KoRule::kSimple || rules.scoring == ScoringRule::kTerritory
             ? NoResult::kPossible
             : NoResult::kImpossible;
}

KataGoValues ValuesOf(int version, const KataGoScales& scales, const GoState& state,
                      std::span<const double> outcome, std::span<const double> scores) {
  return ScaleKataGoValues(version, scales, outcome.first<3>(), scores,
                           NoResultUnder(state.rules()));
}

EvaluationDetails DetailsOf(const KataGoValues& values) {
  const double variance =
      std::max(0.0, values.score_mean_square - values.score_mean * values.score_mean);
  EvaluationDetails details;
  details.given = true;
  details.no_result = static_cast<float>(values.no_result);
  details.score_mean = static_cast<float>(values.score_mean);
  details.score_deviation = static_cast<float>(std::sqrt(variance));
  details.variance_time = static_cast<float>(values.variance_time);
  details.value_error = static_cast<float>(values.value_error);
  details.score_error = static_cast<float>(values.score_error);
  return details;
}

}  // namespace

// One batch's answers on the CPU, in float64.
struct KataGoEvaluator::Answers {
  explicit Answers(const KataGoOutput& output)
      : policy(ToHost(output.policy)),
        outcome(ToHost(output.outcome)),
        scores(ToHost(output.scores)),
        ownership(ToHost(output.ownership)) {}

  // Probabilities of the legal actions of the position in that row.
  void WritePrior(std::size_t row, const GameSpec& spec, Symmetry symmetry,
                  std::span<const Action> legal, std::span<float> prior) const {
    const std::span<const double> logits = Row(policy, row);
    const auto logit = [&](Action action) {
      return logits[static_cast<std::size_t>(spec.MapAction(symmetry, action))];
    };
    double largest = logit(legal.front());
    for (const Action action : legal) largest = std::max(largest, logit(action));
    double sum = 0.0;
    for (const Action action : legal) sum += std::exp(logit(action) - largest);
    for (std::size_t i = 0; i < legal.size(); ++i) {
      prior[i] = static_cast<float>(std::exp(logit(legal[i]) - largest) / sum);
    }
  }

  void WriteOwnership(std::size_t row, const GameSpec& spec, Symmetry symmetry,
                      std::span<float> out) const {
    const std::span<const double> raw = Row(ownership, row);
    for (std::size_t p = 0; p < out.size(); ++p) {
      const int turned = symmetry.Map(spec.shape, static_cast<int>(p));
      out[p] = static_cast<float>(std::tanh(raw[static_cast<std::size_t>(turned)]));
    }
  }

  at::Tensor policy, outcome, scores, ownership;
};

KataGoEvaluator::KataGoEvaluator(const KataGoNetwork& network,
                                 const KataGoEvaluatorOptions& options)
    : name_(network.name),
      version_(network.version),
      takes_profile_(network.metadata.has_value()),
      scales_(network.scales),
      options_(options),
      encoder_(0.5, network.area_with_suicide ? KataGoArea::kAsIfSuicideWereLegal
                                              : KataGoArea::kByTheRules),
      model_(network, options.device, options.arithmetic, PathFor(options.device)) {
  TENGEN_CHECK(!options.profile || network.metadata,
               "a profile for a network that takes none, wanted one with metadata");
}

at::Tensor KataGoEvaluator::Metadata(std::span<const GoState* const> states) const {
  if (!options_.profile) return {};
  constexpr auto kWidth = static_cast<std::size_t>(KataGoProfile::kInputs);
  const at::Tensor rows =
      at::empty({static_cast<std::int64_t>(states.size()), KataGoProfile::kInputs}, at::kFloat);
  for (std::size_t n = 0; n < states.size(); ++n) {
    options_.profile->Encode(states[n]->ToMove(), states[n]->game().spec().shape.points(),
                             {DataOf<float>(rows) + n * kWidth, kWidth});
  }
  return rows;
}

KataGoEvaluator::Answers KataGoEvaluator::Forward(std::span<const GoState* const> states,
                                                  std::span<const Symmetry> symmetries) const {
  const at::InferenceMode inference;
  if (!options_.device.is_cuda() && at::get_num_threads() != options_.threads) {
    at::set_num_threads(options_.threads);
  }
  const BoardShape shape = states.front()->game().spec().shape;
  const auto count = static_cast<std::int64_t>(states.size());
  const at::Tensor planes =
      at::empty({count, shape.rows, shape.columns, encoder_.planes()}, at::kFloat);
  const at::Tensor globals = at::empty({count, encoder_.globals()}, at::kFloat);
  const auto planes_size = static_cast<std::size_t>(shape.points() * encoder_.planes());
  const auto globals_size = static_cast<std::size_t>(encoder_.globals());
  for (std::size_t n = 0; n < states.size(); ++n) {
    TENGEN_CHECK(states[n]->game().spec().shape == shape, "one batch with boards of two shapes");
    encoder_.Encode(*states[n], symmetries[n],
                    {DataOf<float>(planes) + n * planes_size, planes_size},
                    {DataOf<float>(globals) + n * globals_size, globals_size});
  }
  const at::Device device = TorchDevice(options_.device);
  // As [N,C,H,W] this memory is channels-last.
  at::Tensor metadata = Metadata(states);
  if (metadata.defined()) metadata = metadata.to(device);
  return Answers(
      model_.Forward(planes.permute({0, 3, 1, 2}).to(device), globals.to(device), metadata));
}

Evaluator::Ticket KataGoEvaluator::Submit(std::span<Evaluation> batch) {
  if (batch.empty()) return 0;
  std::vector<const GoState*> states;
  std::vector<Symmetry> symmetries;
  for (const Evaluation& evaluation : batch) {
    states.push_back(&AsGo(*evaluation.state));
    symmetries.push_back(PickSymmetry(evaluation, options_.symmetry));
  }
  const Answers answers = Forward(states, symmetries);
  const GameSpec& spec = states.front()->game().spec();
  for (std::size_t n = 0; n < batch.size(); ++n) {
    Evaluation& evaluation = batch[n];
    answers.WritePrior(n, spec, symmetries[n], evaluation.legal, evaluation.prior);
    answers.WriteOwnership(n, spec, symmetries[n], evaluation.ownership);
    const KataGoValues values =
        ValuesOf(version_, scales_, *states[n], Row(answers.outcome, n), Row(answers.scores, n));
    evaluation.value = static_cast<float>(values.win - values.loss);
    evaluation.score = static_cast<float>(values.lead);
    if (evaluation.details != nullptr) *evaluation.details = DetailsOf(values);
  }
  return 0;
}

void KataGoEvaluator::Wait(Ticket) {}

KataGoAnswer KataGoEvaluator::Answer(const GoState& state, Symmetry symmetry) const {
  const GoState* const states[] = {&state};
  const Symmetry symmetries[] = {symmetry};
  const Answers answers = Forward(states, symmetries);
  const GameSpec& spec = state.game().spec();
  std::vector<Action> legal;
  state.LegalActions(legal);
  std::vector<float> prior(legal.size());
  answers.WritePrior(0, spec, symmetry, legal, prior);
  KataGoAnswer answer;
  answer.policy.resize(static_cast<std::size_t>(spec.num_actions));
  for (std::size_t i = 0; i < legal.size(); ++i) {
    answer.policy[static_cast<std::size_t>(legal[i])] = prior[i];
  }
  answer.ownership.resize(static_cast<std::size_t>(spec.shape.points()));
  answers.WriteOwnership(0, spec, symmetry, answer.ownership);
  answer.values =
      ValuesOf(version_, scales_, state, Row(answers.outcome, 0), Row(answers.scores, 0));
  return answer;
}

}  // namespace tengen
