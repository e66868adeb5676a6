#include "nets/recurrent_net.h"

#include <cmath>
#include <span>
#include <string>

#include <torch/nn.h>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

namespace nn = torch::nn;

int Gates(RecurrentCell cell) {
  return cell == RecurrentCell::kVanilla ? 1 : cell == RecurrentCell::kGru ? 3 : 4;
}

// State of a layer: [N, hidden], and the LSTM's memory.
struct CellState {
  at::Tensor h;
  at::Tensor memory;
};

// One moment of one layer. w = W x_t + b and u = U h_(t-1) + c, each [N, gates * hidden].
void Advance(RecurrentCell cell, const at::Tensor& w, const at::Tensor& u, CellState& state) {
  if (cell == RecurrentCell::kVanilla) {
    state.h = at::tanh(w + u);
    return;
  }
  const std::vector<at::Tensor> a = w.chunk(Gates(cell), 1);
  const std::vector<at::Tensor> b = u.chunk(Gates(cell), 1);
  if (cell == RecurrentCell::kGru) {
    const at::Tensor r = at::sigmoid(a[0] + b[0]);
    const at::Tensor z = at::sigmoid(a[1] + b[1]);
    const at::Tensor n = at::tanh(a[2] + r * b[2]);
    state.h = (1.0 - z) * n + z * state.h;
    return;
  }
  const at::Tensor i = at::sigmoid(a[0] + b[0]);
  const at::Tensor f = at::sigmoid(a[1] + b[1]);
  const at::Tensor g = at::tanh(a[2] + b[2]);
  const at::Tensor o = at::sigmoid(a[3] + b[3]);
  state.memory = f * state.memory + i * g;
  state.h = o * at::tanh(state.memory);
}

// Weights of all layers before their biases.
class RecurrentLayersImpl : public nn::Module {
 public:
  explicit RecurrentLayersImpl(const RecurrentNetConfig& config) : config_(config) {
    const int rows = Gates(config.cell) * config.hidden;
    for (int layer = 0; layer < config.layers; ++layer) {
      const int in = layer == 0 ? config.inputs : config.hidden;
      weights_.push_back(register_parameter(StrCat("weight_ih_l", layer), at::empty({rows, in})));
      weights_.push_back(
          register_parameter(StrCat("weight_hh_l", layer), at::empty({rows, config.hidden})));
    }
    for (int layer = 0; layer < config.layers; ++layer) {
      biases_.push_back(register_parameter(StrCat("bias_ih_l", layer), at::empty({rows})));
      biases_.push_back(register_parameter(StrCat("bias_hh_l", layer), at::empty({rows})));
    }
  }

  // x [N,T,inputs] -> [N,T,hidden] of layers [first, first + count).
  at::Tensor Fused(const at::Tensor& x, int first, int count) const {
    std::vector<at::Tensor> parameters;
    for (int i = 2 * first; i < 2 * (first + count); i += 2) {
      const auto k = static_cast<std::size_t>(i);
      for (const auto* all : {&weights_, &biases_}) {
        parameters.push_back((*all)[k]);
        parameters.push_back((*all)[k + 1]);
      }
    }
    const at::Tensor start = at::zeros({count, x.size(0), config_.hidden}, x.options());
    const bool train = is_training();
    if (config_.cell == RecurrentCell::kLstm) {
      return std::get<0>(at::lstm(x, {start, start}, parameters, /*has_biases=*/true, count,
                                  /*dropout=*/0.0, train, /*bidirectional=*/false,
                                  /*batch_first=*/true));
    }
    if (config_.cell == RecurrentCell::kGru) {
      return std::get<0>(at::gru(x, start, parameters, true, count, 0.0, train, false, true));
    }
    return std::get<0>(at::rnn_tanh(x, start, parameters, true, count, 0.0, train, false, true));
  }

  at::Tensor Formula(const at::Tensor& x, int layer) const {
    const auto k = static_cast<std::size_t>(2 * layer);
    const at::Tensor zero = at::zeros({x.size(0), config_.hidden}, x.options());
    CellState state = {zero, zero};
    std::vector<at::Tensor> states;
    for (std::int64_t t = 0; t < x.size(1); ++t) {
      Advance(config_.cell, at::linear(x.select(1, t), weights_[k], biases_[k]),
              at::linear(state.h, weights_[k + 1], biases_[k + 1]), state);
      states.push_back(state.h);
    }
    return at::stack(states, 1);
  }

 private:
  RecurrentNetConfig config_;
  std::vector<at::Tensor> weights_;
  std::vector<at::Tensor> biases_;
};

class RecurrentNetImpl : public nn::Module {
 public:
  RecurrentNetImpl(const RecurrentNetConfig& config, std::uint64_t seed, RecurrentPath path,
                   std::shared_ptr<RandomStream> random)
      : config_(config),
        path_(path),
        random_(std::move(random)),
        layers_(register_module("rnn", std::make_shared<RecurrentLayersImpl>(config))),
        output_(register_module("output", nn::Linear(config.hidden, config.outputs))) {
    if (config.vocabulary > 0) {
      symbols_ = register_module("symbols", nn::Embedding(config.vocabulary, config.inputs));
    }
    Rng rng(seed, RngRole::kNetInit);
    for (const auto& item : named_parameters()) {
      if (item.key().starts_with("symbols")) {
        FillNormal(item.value(), 1.0, rng);
      } else {
        FillUniform(item.value(), 1.0 / std::sqrt(config.hidden), rng);
      }
    }
  }

  at::Tensor forward(const at::Tensor& x) {
    at::Tensor h = symbols_ ? symbols_(x) : x;
    const bool drops = is_training() && config_.dropout > 0.0;
    if (path_ == RecurrentPath::kFused && !drops) {
      h = layers_->Fused(h, 0, config_.layers);
    } else {
      for (int layer = 0; layer < config_.layers; ++layer) {
        h = path_ == RecurrentPath::kFused ? layers_->Fused(h, layer, 1)
                                           : layers_->Formula(h, layer);
        if (drops && layer + 1 < config_.layers) h = random_->Dropout(h, config_.dropout);
      }
    }
    if (config_.readout == RecurrentReadout::kLast) h = h.select(1, h.size(1) - 1);
    if (config_.readout == RecurrentReadout::kMean) h = h.mean(1);
    return output_(drops ? random_->Dropout(h, config_.dropout) : h);
  }

 private:
  RecurrentNetConfig config_;
  RecurrentPath path_;
  std::shared_ptr<RandomStream> random_;
  std::shared_ptr<RecurrentLayersImpl> layers_;
  nn::Linear output_;
  nn::Embedding symbols_ = nullptr;
};

}  // namespace

const std::vector<NamedValue<RecurrentCell>>& RecurrentCellNames() {
  static const std::vector<NamedValue<RecurrentCell>> kNames = {
      {"vanilla", RecurrentCell::kVanilla},
      {"gru", RecurrentCell::kGru},
      {"lstm", RecurrentCell::kLstm}};
  return kNames;
}

Net MakeRecurrentNet(const RecurrentNetConfig& config, std::uint64_t seed, RecurrentPath path) {
  TENGEN_CHECK(config.inputs >= 1 && config.hidden >= 1 && config.layers >= 1 &&
                   config.outputs >= 1 && config.vocabulary >= 0,
               "sizes of a recurrent network below 1");
  const auto random = std::make_shared<RandomStream>(seed);
  const auto module = std::make_shared<RecurrentNetImpl>(config, seed, path, random);
  return {module, [module](const at::Tensor& x) { return module->forward(x); }, random};
}

}  // namespace tengen
