// Tasks that learn a number: `learn linear`, and `learn mlp` with the squared error.

#include <algorithm>

#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "experiments/supervised/learn_task.h"
#include "experiments/supervised/task_data.h"
#include "experiments/supervised/task_tensors.h"
#include "nets/losses.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

constexpr int kPoints = 200;  // of a picture

// Weights of each input and then the bias.
using Line = std::vector<double>;

class RegressionTask : public LearnTask {
 public:
  explicit RegressionTask(const LearnConfig& config)
      : config_(config), data_(OpenTaskData(config)) {
    if (data_.train.targets.empty()) {
      throw UsageError(StrCat("data ", config.data.source,
                              " has classes, wanted numbers to be learnt by squared-error; "
                              "--set loss=cross-entropy learns classes"));
    }
    net_ = OrUsageError(MakeTaskNet(config, shape()));
    x_ = FeatureTensor(data_.train);
    y_ = TargetTensor(data_.train);
    const std::int64_t batch =
        config.batch_size == 0 ? x_.size(0) : std::min<std::int64_t>(config.batch_size, x_.size(0));
    source_ = std::make_shared<ShuffledSource>(std::vector{x_, y_}, batch, config.seed);
  }

  const Net& net() const override { return net_; }
  LossFunction loss() const override {
    return [net = net_, device = config_.device](const Batch& batch) {
      const Batch here = OnDevice(batch, device);
      return SupervisedLoss(LossKind::kSquaredError, net.forward(here[0]), here[1]);
    };
  }
  std::shared_ptr<DataSource> source() const override { return source_; }
  std::vector<Batch> StatisticsBatches() const override {
    const std::int64_t rows = std::min<std::int64_t>(x_.size(0), 512);
    return {{x_.narrow(0, 0, rows), y_.narrow(0, 0, rows)}};
  }

  Measures Validate() override {
    Measures measures = {{"validation_loss", MeanSquare(data_.validation)}};
    if (config_.task == "linear") {
      const Line line = Fitted();
      if (line.size() == 2) {
        measures.emplace_back("weight", line[0]);
        measures.emplace_back("bias", line[1]);
      }
    }
    return measures;
  }

  std::vector<LearnRow> Finish() override {
    std::vector<LearnRow> rows;
    if (config_.task == "linear") {
      AddLine("", Fitted(), rows);
      AddLine("least squares ", LeastSquares(), rows);
    }
    rows.push_back({"validation loss", MeanSquare(data_.validation), "squared error"});
    rows.push_back({"test loss", MeanSquare(data_.test), "squared error"});
    return rows;
  }

  nlohmann::ordered_json Findings(std::int64_t step) override {
    nlohmann::ordered_json findings;
    if (auto glance = Glance(step); glance.is_object()) findings = std::move(glance);
    findings["cost"] = {
        {"parameters", ParameterCount(net_)},
        {"operations", MultiplyAdds(config_, shape(), NetWeights(net_), 1)},
        {"seconds_per_prediction", PredictionSeconds(net_, x_.narrow(0, 0, 1), config_.device)}};
    return findings;
  }

  // Examples of one input and the curve through them, in the data's own units.
  nlohmann::ordered_json Glance(std::int64_t) override {
    if (data_.preprocessing.shape().size() != 1 || data_.preprocessing.shape()[0] != 1) {
      return nullptr;
    }
    const int count = std::min(kPoints, data_.train.size());
    std::vector<double> x, y, fitted;
    const at::Tensor inputs = x_.narrow(0, 0, count);
    const at::Tensor outputs = Outputs(net_, inputs, config_.device);
    for (int i = 0; i < count; ++i) {
      x.push_back(Raw(inputs.data_ptr<float>()[i], 0));
      y.push_back(data_.train.targets[static_cast<std::size_t>(i)]);
      fitted.push_back(outputs.data_ptr<float>()[i]);
    }
    return {{"line", {{"x", x}, {"y", y}, {"fitted", fitted}}}};
  }

  NetShape shape() const override { return {data_.preprocessing.shape(), 1}; }
  nlohmann::ordered_json DataFacts() const override {
    return {{"kind", "number"},
            {"label", config_.data.label},
            {"feature_names", data_.train.feature_names},
            {"preprocessing", data_.preprocessing.ToJson()}};
  }

 private:
  double MeanSquare(const Samples& samples) const {
    const at::Tensor y = Outputs(net_, FeatureTensor(samples), config_.device);
    return at::mse_loss(y.to(at::kDouble), TargetTensor(samples).to(at::kDouble)).item<double>();
  }

  double Mean(std::size_t i) const {
    const auto& mean = data_.preprocessing.mean();
    return mean.empty() ? 0.0 : mean[mean.size() == 1 ? 0 : i];
  }
  double Deviation(std::size_t i) const {
    const auto& deviation = data_.preprocessing.deviation();
    return deviation.empty() ? 1.0 : deviation[deviation.size() == 1 ? 0 : i];
  }
  double Raw(double scaled, std::size_t i) const { return scaled * Deviation(i) + Mean(i); }

  // Undoes the preprocessing: w (x - m) / d + b = (w / d) x + (b - w m / d).
  Line InRawUnits(Line line) const {
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
      if (Deviation(i) == 0.0) continue;
      line[i] /= Deviation(i);
      line.back() -= line[i] * Mean(i);
    }
    return line;
  }

  Line Fitted() const {
    const NamedTensors weights = NetWeights(net_);
    const at::Tensor weight = weights.at("weight").reshape({-1}).to(at::kDouble);
    Line line(weight.data_ptr<double>(), weight.data_ptr<double>() + weight.numel());
    line.push_back(weights.at("bias").item<double>());
    return InRawUnits(line);
  }

  // The line of least squares through the training examples, in closed form.
  Line LeastSquares() const {
    const at::Tensor ones = at::ones({x_.size(0), 1}, at::kDouble);
    const at::Tensor inputs = at::cat({x_.flatten(1).to(at::kDouble), ones}, 1);
    const at::Tensor solution = at::matmul(at::pinverse(inputs), y_.to(at::kDouble)).contiguous();
    return InRawUnits(
        {solution.data_ptr<double>(), solution.data_ptr<double>() + solution.numel()});
  }

  void AddLine(const std::string& prefix, const Line& line, std::vector<LearnRow>& rows) const {
    const auto& names = data_.train.feature_names;
    for (std::size_t i = 0; i + 1 < line.size(); ++i) {
      std::string name = prefix + "weight";
      if (line.size() > 2) name += " " + (i < names.size() ? names[i] : StrCat(i + 1));
      rows.push_back({name, line[i], ""});
    }
    rows.push_back({prefix + "bias", line.back(), ""});
  }

  LearnConfig config_;
  TaskData data_;
  Net net_;
  at::Tensor x_, y_;
  std::shared_ptr<ShuffledSource> source_;
};

}  // namespace

std::unique_ptr<LearnTask> MakeRegressionTask(const LearnConfig& config) {
  return std::make_unique<RegressionTask>(config);
}

}  // namespace tengen
