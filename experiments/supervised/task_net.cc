#include "experiments/supervised/task_net.h"

#include <numeric>

#include <nlohmann/json.hpp>

#include "nets/linear_net.h"

namespace tengen {
namespace {

int Product(const std::vector<int>& shape) {
  return std::accumulate(shape.begin(), shape.end(), 1, std::multiplies<>());
}

std::string Text(const std::vector<int>& shape) {
  std::string text;
  for (const int size : shape) text += StrCat(text.empty() ? "" : "x", size);
  return text;
}

Result<Net> Recurrent(const LearnConfig& config, const NetShape& shape) {
  RecurrentNetConfig net = config.rnn;
  net.outputs = shape.outputs;
  if (shape.input.empty()) {  // a text
    net.vocabulary = shape.outputs;
    net.readout = RecurrentReadout::kEveryStep;
  } else {
    if (shape.input.size() != 2) {
      return Error{StrCat("task rnn and examples of ", Text(shape.input),
                          ", wanted sounds (frames x bands) or a text")};
    }
    if (net.readout == RecurrentReadout::kEveryStep) net.readout = RecurrentReadout::kMean;
    net.inputs = shape.input[1];
  }
  return MakeRecurrentNet(net, config.seed);
}

// Points of the map that a convolution of this name gives.
std::int64_t MapPoints(const ConvNetConfig& net, const NetShape& shape, const std::string& name) {
  std::int64_t rows = shape.input[1], columns = shape.input[2];
  if (!name.starts_with("stage")) return rows * columns;
  for (int stage = std::stoi(name.substr(5)); stage > 0; --stage) {
    const int up = net.style == ConvStyle::kResidual ? 1 : 0;  // strides round up, maxima down
    rows = (rows + up) / 2;
    columns = (columns + up) / 2;
  }
  return rows * columns;
}

}  // namespace

nlohmann::ordered_json NetShape::ToJson() const { return {{"input", input}, {"outputs", outputs}}; }

Result<NetShape> NetShape::FromJson(const nlohmann::json& json) {
  try {
    NetShape shape = {json.at("input").get<std::vector<int>>(), json.at("outputs").get<int>()};
    bool good = shape.outputs >= 1;
    for (const int size : shape.input) good = good && size >= 1;
    if (good) return shape;
  } catch (const nlohmann::json::exception&) {
  }
  return Error{"shape is " + json.dump() + ", wanted input sizes and outputs of at least 1"};
}

Result<Net> MakeTaskNet(const LearnConfig& config, const NetShape& shape) {
  if (config.task == "linear") {
    return MakeLinearNet({Product(shape.input), shape.outputs}, config.seed);
  }
  if (config.task == "mlp") {
    MlpNetConfig net = config.mlp;
    net.inputs = Product(shape.input);
    net.outputs = shape.outputs;
    return MakeMlpNet(net, config.seed);
  }
  if (config.task == "rnn") return Recurrent(config, shape);
  if (config.task == "attention") {
    AttentionNetConfig net = config.attention;
    net.vocabulary = shape.outputs;
    return MakeAttentionNet(net, config.seed);
  }
  if (shape.input.size() != 3) {
    return Error{StrCat("task cnn and examples of ", Text(shape.input),
                        ", wanted pictures (channels x rows x columns)")};
  }
  ConvNetConfig net = config.cnn;
  net.channels = shape.input[0];
  net.rows = shape.input[1];
  net.columns = shape.input[2];
  net.outputs = shape.outputs;
  const Status fits = CheckConvNetConfig(net);
  if (!fits) return Error{"config net: " + fits.error()};
  return MakeConvNet(net, config.seed);
}

std::int64_t MultiplyAdds(const LearnConfig& config, const NetShape& shape,
                          const NamedTensors& weights, std::int64_t length) {
  std::int64_t count = 0;
  const bool every_step = shape.input.empty();
  for (const auto& [name, weight] : weights) {
    if (weight.dim() < 2) continue;
    const bool looked_up =
        name == "places.weight" || (name == "symbols.weight" && config.task == "rnn");
    if (looked_up) continue;
    std::int64_t times = 1;
    if (weight.dim() == 4) times = MapPoints(config.cnn, shape, name);
    if (config.task == "attention" || name.starts_with("rnn.") || every_step) times = length;
    count += times * weight.numel();
  }
  if (config.task == "attention") {
    count += 2 * length * length * config.attention.width * config.attention.layers;
  }
  return count;
}

}  // namespace tengen
