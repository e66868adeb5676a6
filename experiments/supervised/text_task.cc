// Tasks that learn what comes next in a text, character by character.

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"
#include "experiments/datasets/open_data.h"
#include "experiments/supervised/class_findings.h"
#include "experiments/supervised/learn_task.h"
#include "experiments/supervised/task_tensors.h"
#include "experiments/supervised/text_sampling.h"
#include "nets/losses.h"
#include "nets/tensor_ops.h"

namespace tengen {
namespace {

constexpr std::int64_t kGlanceSymbols = 16384;   // of the validation part, while training
constexpr std::int64_t kRecurrentLength = 1024;  // rows that a recurrent net is judged on
constexpr int kGlanceText = 100;
constexpr int kFinalText = 400;

at::Tensor SymbolTensor(const std::vector<int>& symbols) {
  at::Tensor tensor = at::empty({static_cast<std::int64_t>(symbols.size())}, at::kLong);
  std::copy(symbols.begin(), symbols.end(), tensor.data_ptr<std::int64_t>());
  return tensor;
}

class TextTask : public LearnTask {
 public:
  explicit TextTask(const LearnConfig& config)
      : config_(config),
        corpus_(OrUsageError(
            OpenCorpus(config.data.source, config.data.validation_share, /*seed=*/1))) {
    const auto context = static_cast<std::size_t>(config.attention.context);
    for (const auto& [part, symbols] :
         {std::pair("training", &corpus_.train), std::pair("validation", &corpus_.validation)}) {
      if (symbols->size() <= context) {
        throw UsageError(StrCat("text ", config.data.source, " has a ", part, " part of ",
                                symbols->size(), " characters, wanted more than the context, ",
                                context));
      }
    }
    if (config.batch_size < 1) throw UsageError("config batch_size is 0, wanted at least 1");
    net_ = OrUsageError(MakeTaskNet(config, shape()));
    train_ = SymbolTensor(corpus_.train);
    validation_ = SymbolTensor(corpus_.validation);
    source_ = std::make_shared<WindowSource>(train_, config.attention.context, config.batch_size,
                                             config.seed);
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
  std::vector<Batch> StatisticsBatches() const override { return {}; }

  Measures Validate() override {
    return {{"validation_loss", MeanLoss(std::min(validation_.numel(), kGlanceSymbols))}};
  }

  std::vector<LearnRow> Finish() override {
    const double loss = MeanLoss(validation_.numel());
    return {{"validation loss", loss, "nats per character"},
            {"validation perplexity", std::exp(loss), "characters"},
            {"validation characters", static_cast<double>(validation_.numel() - 1), ""},
            {"parameters", static_cast<double>(ParameterCount(net_)), ""}};
  }

  nlohmann::ordered_json Findings(std::int64_t step) override {
    nlohmann::ordered_json findings;
    findings["samples"] = {Sample(step, kFinalText)};
    findings["cost"] = {
        {"parameters", ParameterCount(net_)},
        {"operations", MultiplyAdds(config_, shape(), NetWeights(net_), length())},
        {"seconds_per_prediction", PredictionSeconds(net_, Row(0, length()), config_.device)}};
    if (config_.task == "attention") {
      const std::int64_t shown = std::min<std::int64_t>(32, length());
      findings["attention"] = nlohmann::ordered_json::array();
      std::vector<int> symbols(corpus_.validation.begin(), corpus_.validation.begin() + shown);
      findings["attention_text"] = corpus_.alphabet.Decode(symbols);
      for (const at::Tensor& layer :
           AttentionMaps(net_, Row(0, shown).to(at::Device(config_.device)))) {
        nlohmann::ordered_json heads = nlohmann::ordered_json::array();
        for (std::int64_t h = 0; h < layer.size(0); ++h) heads.push_back(PictureJson(layer[h]));
        findings["attention"].push_back(std::move(heads));
      }
    }
    return findings;
  }
  nlohmann::ordered_json Glance(std::int64_t step) override {
    return {{"text", Sample(step, kGlanceText)}};
  }

  NetShape shape() const override { return {{}, corpus_.alphabet.size()}; }
  nlohmann::ordered_json DataFacts() const override {
    return {{"kind", "text"}, {"alphabet", corpus_.alphabet.ToJson()}};
  }

 private:
  // Symbols of a row that the net takes at once when it is judged.
  std::int64_t length() const {
    return config_.task == "attention"
               ? config_.attention.context
               : std::min<std::int64_t>(kRecurrentLength, validation_.numel() - 1);
  }
  at::Tensor Row(std::int64_t begin, std::int64_t count) const {
    return validation_.narrow(0, begin, count).unsqueeze(0);
  }

  // Mean of -log p over all but the first of the symbols, each predicted once, in rows of length()
  // and a shorter last one.
  double MeanLoss(std::int64_t symbols) const {
    const std::int64_t predicted = symbols - 1;
    const std::int64_t rows = predicted / length();
    double sum = 0.0;
    const auto add = [&](const at::Tensor& x, const at::Tensor& t) {
      const at::Tensor y = net_.forward(x.to(at::Device(config_.device))).to(at::kCPU);
      const at::Tensor log_p = at::log_softmax(y.to(at::kDouble), 2);
      sum -= log_p.gather(2, t.unsqueeze(2)).sum().item<double>();
    };
    constexpr std::int64_t kRows = 32;
    const at::Tensor x = validation_.narrow(0, 0, rows * length()).view({rows, length()});
    const at::Tensor t = validation_.narrow(0, 1, rows * length()).view({rows, length()});
    for (std::int64_t i = 0; i < rows; i += kRows) {
      const std::int64_t count = std::min(kRows, rows - i);
      add(x.narrow(0, i, count), t.narrow(0, i, count));
    }
    if (const std::int64_t rest = predicted - rows * length(); rest > 0) {
      add(Row(rows * length(), rest), Row(rows * length() + 1, rest));
    }
    return sum / static_cast<double>(predicted);
  }

  std::string Sample(std::int64_t step, int count) const {
    Rng rng(config_.seed, RngRole::kEvaluation, static_cast<std::uint64_t>(step));
    const std::vector<int> start = {corpus_.validation.front()};
    return corpus_.alphabet.Decode(ContinueText(
        net_, start, {.count = count, .context = config_.attention.context}, config_.device, rng));
  }

  LearnConfig config_;
  TextCorpus corpus_;
  Net net_;
  at::Tensor train_, validation_;
  std::shared_ptr<WindowSource> source_;
};

}  // namespace

std::unique_ptr<LearnTask> MakeTextTask(const LearnConfig& config) {
  return std::make_unique<TextTask>(config);
}

}  // namespace tengen
