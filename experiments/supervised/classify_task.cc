// Tasks that learn classes: tables, pictures, sounds.

#include <algorithm>
#include <numeric>

#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "experiments/datasets/augment.h"
#include "experiments/supervised/class_findings.h"
#include "experiments/supervised/learn_task.h"
#include "experiments/supervised/task_data.h"
#include "experiments/supervised/task_tensors.h"
#include "nets/losses.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

constexpr std::int64_t kStatisticsRows = 1024;

// Changes each example of a batch (datasets/augment.h).
Augmentation AugmentationOf(const AugmentConfig& config, const std::vector<int>& shape) {
  if (config == AugmentConfig()) return nullptr;
  return [config, shape](Batch& batch, Rng& rng) {
    const std::int64_t width = batch[0].numel() / batch[0].size(0);
    float* row = batch[0].data_ptr<float>();
    for (std::int64_t i = 0; i < batch[0].size(0); ++i, row += width) {
      Augment(config, shape, rng, {row, static_cast<std::size_t>(width)});
    }
  };
}

class ClassifyTask : public LearnTask {
 public:
  explicit ClassifyTask(const LearnConfig& config) : config_(config), data_(OpenTaskData(config)) {
    if (data_.train.labels.empty()) {
      throw UsageError(StrCat("data ", config.data.source,
                              " has numbers to be learnt, wanted classes; --set "
                              "loss=squared-error learns numbers"));
    }
    if (data_.train.class_names.size() < 2) {
      throw UsageError(StrCat("data ", config.data.source, " has one class, wanted two or more"));
    }
    net_ = OrUsageError(MakeTaskNet(config, shape()));
    train_ = Part(data_.train);
    validation_ = Part(data_.validation);
    test_ = Part(data_.test);
    const std::int64_t rows = train_.x.size(0);
    const std::int64_t batch =
        config.batch_size == 0 ? rows : std::min<std::int64_t>(config.batch_size, rows);
    source_ = std::make_shared<ShuffledSource>(
        std::vector{train_.x, train_.y}, batch, config.seed,
        AugmentationOf(config.data.augment, data_.preprocessing.shape()));
  }

  const Net& net() const override { return net_; }
  LossFunction loss() const override {
    return [net = net_, device = config_.device,
            smoothing = config_.label_smoothing](const Batch& batch) {
      const Batch here = OnDevice(batch, device);
      return SupervisedLoss(LossKind::kCrossEntropy, net.forward(here[0]), here[1], smoothing);
    };
  }
  std::shared_ptr<DataSource> source() const override { return source_; }
  std::vector<Batch> StatisticsBatches() const override {
    const std::int64_t rows = std::min(train_.x.size(0), kStatisticsRows);
    std::vector<Batch> batches;
    for (std::int64_t i = 0; i + 1 < rows; i += 256) {
      const std::int64_t count = std::min<std::int64_t>(256, rows - i);
      if (count < 2) break;  // BatchNorm wants two
      batches.push_back({train_.x.narrow(0, i, count), train_.y.narrow(0, i, count)});
    }
    return batches;
  }

  Measures Validate() override {
    const ClassScores scores = Score(validation_);
    return {{"validation_loss", scores.mean_loss()}, {"validation_accuracy", scores.accuracy()}};
  }

  std::vector<LearnRow> Finish() override {
    const ClassScores test = Score(test_);
    const ClassScores validation = Score(validation_);
    return {{"test accuracy", 100.0 * test.accuracy(), "%"},
            {"test loss", test.mean_loss(), "nats"},
            {"validation accuracy", 100.0 * validation.accuracy(), "%"},
            {"validation loss", validation.mean_loss(), "nats"},
            {"test examples", static_cast<double>(data_.test.size()), ""},
            {"parameters", static_cast<double>(ParameterCount(net_)), ""}};
  }

  nlohmann::ordered_json Findings(std::int64_t step) override {
    const ClassScores test = Score(test_);
    nlohmann::ordered_json findings;
    findings["classes"] = data_.train.class_names;
    findings["confusion"] = Confusion(test, data_.train.class_names.size());
    findings["mistakes"] = WorstMistakes(test, data_.test, data_.preprocessing.shape(), 12);
    findings["filters"] = FirstFilters(NetWeights(net_));
    findings["saliency"] = Saliency(net_, data_.test, data_.preprocessing.shape(), config_.device);
    const std::int64_t same = std::min(train_.x.size(0), test_.x.size(0));
    const ClassScores seen = Score({train_.x.narrow(0, 0, same), train_.y.narrow(0, 0, same)});
    findings["membership"] = {{"auc", MembershipAuc(seen.losses, test.losses)},
                              {"train_accuracy", seen.accuracy()},
                              {"test_accuracy", test.accuracy()}};
    findings["cost"] = {{"parameters", ParameterCount(net_)},
                        {"operations", MultiplyAdds(config_, shape(), NetWeights(net_),
                                                    data_.preprocessing.shape().front())},
                        {"seconds_per_prediction",
                         PredictionSeconds(net_, test_.x.narrow(0, 0, 1), config_.device)}};
    if (data_.preprocessing.shape() == std::vector<int>{2}) findings.update(Glance(step));
    return findings;
  }

  // Decision regions of two inputs; pictures and sounds that it gets most wrong.
  nlohmann::ordered_json Glance(std::int64_t) override {
    const std::vector<int>& form = data_.preprocessing.shape();
    if (form == std::vector<int>{2}) {
      return {{"regions", DecisionRegions(net_, data_.train, config_.device)}};
    }
    if (form.size() < 2) return nullptr;
    return {{"mistakes", WorstMistakes(Score(validation_), data_.validation, form, 4)}};
  }

  NetShape shape() const override {
    return {data_.preprocessing.shape(), static_cast<int>(data_.train.class_names.size())};
  }
  nlohmann::ordered_json DataFacts() const override {
    return {{"kind", "class"},
            {"label", config_.data.label},
            {"classes", data_.train.class_names},
            {"feature_names", data_.train.feature_names},
            {"preprocessing", data_.preprocessing.ToJson()},
            {"spectrum", SpectrumConfigToJson(config_.data.spectrum)},
            {"frames", data_.train.lengths.empty() ? 0 : data_.train.shape.front()}};
  }

 private:
  struct Tensors {
    at::Tensor x, y;
  };
  static Tensors Part(const Samples& samples) {
    return {FeatureTensor(samples), LabelTensor(samples)};
  }
  ClassScores Score(const Tensors& part) const {
    return ScoresOf(Outputs(net_, part.x, config_.device), part.y);
  }

  LearnConfig config_;
  TaskData data_;
  Net net_;
  Tensors train_, validation_, test_;
  std::shared_ptr<ShuffledSource> source_;
};

}  // namespace

std::unique_ptr<LearnTask> MakeClassifyTask(const LearnConfig& config) {
  return std::make_unique<ClassifyTask>(config);
}

std::unique_ptr<LearnTask> MakeLearnTask(const LearnConfig& config) {
  if (ReadsText(config)) return MakeTextTask(config);
  if (config.loss == LossKind::kSquaredError) return MakeRegressionTask(config);
  return MakeClassifyTask(config);
}

}  // namespace tengen
