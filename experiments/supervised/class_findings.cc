#include "experiments/supervised/class_findings.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <ATen/core/grad_mode.h>
#include <nlohmann/json.hpp>

#include "experiments/supervised/task_tensors.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

constexpr std::int64_t kFilters = 32;
constexpr int kSaliencies = 6;
constexpr int kGrid = 40;       // cells to a side
constexpr int kExamples = 300;  // in a plane

at::Tensor RowTensor(const Samples& samples, int i, const std::vector<int>& shape) {
  std::vector<std::int64_t> sizes = {1};
  sizes.insert(sizes.end(), shape.begin(), shape.end());
  const auto row = samples.row(i);
  at::Tensor tensor = at::empty(sizes);
  std::copy(row.begin(), row.end(), tensor.data_ptr<float>());
  return tensor;
}

}  // namespace

double ClassScores::accuracy() const {
  std::size_t right = 0;
  for (std::size_t i = 0; i < labels.size(); ++i) right += labels[i] == predicted[i] ? 1U : 0U;
  return static_cast<double>(right) / static_cast<double>(labels.size());
}

double ClassScores::mean_loss() const {
  return std::accumulate(losses.begin(), losses.end(), 0.0) / static_cast<double>(losses.size());
}

ClassScores ScoresOf(const at::Tensor& logits, const at::Tensor& labels) {
  const at::Tensor log_p = at::log_softmax(logits.to(at::kDouble), 1).contiguous();
  const auto classes = log_p.size(1);
  const double* row = log_p.data_ptr<double>();
  const std::int64_t* label = labels.data_ptr<std::int64_t>();
  ClassScores scores;
  for (std::int64_t i = 0; i < log_p.size(0); ++i, row += classes) {
    const double* best = std::max_element(row, row + classes);
    scores.labels.push_back(static_cast<int>(label[i]));
    scores.predicted.push_back(static_cast<int>(best - row));
    scores.confidence.push_back(std::exp(*best));
    scores.losses.push_back(-row[label[i]]);
  }
  return scores;
}

nlohmann::ordered_json Confusion(const ClassScores& scores, std::size_t classes) {
  std::vector<std::vector<int>> counts(classes, std::vector<int>(classes));
  for (std::size_t i = 0; i < scores.labels.size(); ++i) {
    ++counts[static_cast<std::size_t>(scores.labels[i])]
            [static_cast<std::size_t>(scores.predicted[i])];
  }
  return counts;
}

nlohmann::ordered_json PictureJson(const at::Tensor& picture) {
  at::Tensor plane = picture.detach().to(at::kCPU).to(at::kFloat);
  while (plane.dim() > 2) plane = plane.mean(0);
  plane = plane.contiguous();
  std::vector<double> values;
  for (std::int64_t i = 0; i < plane.numel(); ++i) {
    values.push_back(std::round(100.0 * plane.data_ptr<float>()[i]) / 100.0);
  }
  return {{"rows", plane.size(0)}, {"columns", plane.size(1)}, {"values", values}};
}

nlohmann::ordered_json WorstMistakes(const ClassScores& scores, const Samples& samples,
                                     const std::vector<int>& shape, std::size_t most) {
  std::vector<std::size_t> wrong;
  for (std::size_t i = 0; i < scores.labels.size(); ++i) {
    if (scores.labels[i] != scores.predicted[i]) wrong.push_back(i);
  }
  std::stable_sort(wrong.begin(), wrong.end(), [&](std::size_t a, std::size_t b) {
    return scores.losses[a] > scores.losses[b];
  });
  if (wrong.size() > most) wrong.resize(most);
  nlohmann::ordered_json mistakes = nlohmann::ordered_json::array();
  for (const std::size_t i : wrong) {
    const auto name = [&](int label) {
      return samples.class_names[static_cast<std::size_t>(label)];
    };
    nlohmann::ordered_json mistake = {{"label", name(scores.labels[i])},
                                      {"predicted", name(scores.predicted[i])},
                                      {"confidence", scores.confidence[i]},
                                      {"loss", scores.losses[i]}};
    if (i < samples.names.size()) mistake["name"] = samples.names[i];
    if (shape.size() >= 2) {
      mistake["picture"] = PictureJson(RowTensor(samples, static_cast<int>(i), shape)[0]);
    }
    mistakes.push_back(std::move(mistake));
  }
  return mistakes;
}

nlohmann::ordered_json FirstFilters(const NamedTensors& weights) {
  nlohmann::ordered_json filters = nlohmann::ordered_json::array();
  at::Tensor first;
  for (const char* name : {"stem.conv.weight", "stage0_0.conv.weight", "layer0.weight", "weight"}) {
    if (const auto found = weights.find(name); found != weights.end()) first = found->second;
    if (first.defined()) break;
  }
  if (!first.defined()) return nullptr;
  const auto side = static_cast<std::int64_t>(std::lround(std::sqrt(first.size(1))));
  if (first.dim() == 2 && (side < 5 || side * side != first.size(1))) return nullptr;
  for (std::int64_t i = 0; i < std::min(kFilters, first.size(0)); ++i) {
    filters.push_back(PictureJson(first.dim() == 2 ? first[i].view({side, side}) : first[i]));
  }
  return filters;
}

nlohmann::ordered_json Saliency(const Net& net, const Samples& samples,
                                const std::vector<int>& shape, const std::string& device) {
  if (shape.size() < 2) return nullptr;
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (int i = 0; i < std::min(kSaliencies, samples.size()); ++i) {
    const at::AutoGradMode with_gradients(true);
    at::Tensor x = RowTensor(samples, i, shape).to(at::Device(device));
    x.requires_grad_();
    const at::Tensor logits = net.forward(x);
    const auto best = logits.argmax(1).item<std::int64_t>();
    const at::Tensor gradient = at::Tensor(logits[0][best]).sum();
    gradient.backward();
    const std::string& label =
        samples.class_names[static_cast<std::size_t>(samples.labels[static_cast<std::size_t>(i)])];
    all.push_back({{"label", label},
                   {"predicted", samples.class_names[static_cast<std::size_t>(best)]},
                   {"picture", PictureJson(x.detach()[0])},
                   {"saliency", PictureJson(x.grad()[0].abs() / x.grad().abs().max())}});
  }
  return all;
}

nlohmann::ordered_json DecisionRegions(const Net& net, const Samples& samples,
                                       const std::string& device) {
  double extent = 0.0;
  for (const float value : samples.features) {
    extent = std::max(extent, 1.05 * std::fabs(static_cast<double>(value)));
  }
  at::Tensor grid = at::empty({kGrid * kGrid, 2});
  for (int row = 0; row < kGrid; ++row) {
    for (int column = 0; column < kGrid; ++column) {
      float* point = grid.data_ptr<float>() + 2 * (row * kGrid + column);
      point[0] = static_cast<float>(extent * (2.0 * (column + 0.5) / kGrid - 1.0));
      point[1] = static_cast<float>(extent * (1.0 - 2.0 * (row + 0.5) / kGrid));
    }
  }
  const at::Tensor best = Outputs(net, grid, device).argmax(1).contiguous();
  std::vector<int> cells(best.data_ptr<std::int64_t>(),
                         best.data_ptr<std::int64_t>() + best.numel());
  nlohmann::ordered_json points = nlohmann::ordered_json::array();
  for (int i = 0; i < std::min(kExamples, samples.size()); ++i) {
    points.push_back(
        {samples.row(i)[0], samples.row(i)[1], samples.labels[static_cast<std::size_t>(i)]});
  }
  return {{"extent", extent}, {"side", kGrid}, {"cells", cells}, {"points", points}};
}

double MembershipAuc(const std::vector<double>& seen_losses,
                     const std::vector<double>& unseen_losses) {
  std::vector<double> unseen = unseen_losses;
  std::sort(unseen.begin(), unseen.end());
  double pairs = 0.0;
  for (const double loss : seen_losses) {
    const auto [low, high] = std::equal_range(unseen.begin(), unseen.end(), loss);
    pairs += static_cast<double>(unseen.end() - high) + 0.5 * static_cast<double>(high - low);
  }
  return pairs / (static_cast<double>(seen_losses.size()) * static_cast<double>(unseen.size()));
}

}  // namespace tengen
