#include "nets/conv_net.h"

#include <cmath>

#include <torch/nn.h>

#include "nets/residual_block.h"
#include "nets/torch_compat.h"

namespace tengen {
namespace {

namespace nn = torch::nn;

// The activation of norm(conv(x)) + added, which may be undefined.
at::Tensor Forward(const LearningConv& conv, const at::Tensor& x, Activation activation,
                   const at::Tensor& added = {}) {
  const bool relu = activation == Activation::kRelu;
  const at::Tensor y = conv.forward(x, relu, added);
  return relu ? y : Activate(activation, y);
}

class BlockImpl : public nn::Module {
 public:
  BlockImpl(int in, int out, int stride, Activation activation)
      : activation_(activation),
        first_(MakeConvNorm(in, out, 3, stride)),
        second_(MakeConvNorm(out, out, 3)) {
    if (in != out || stride != 1) {
      shortcut_ = MakeConvNorm(in, out, 1, stride);
    }
    register_module("first", first_.module);
    register_module("second", second_.module);
    if (shortcut_.module) register_module("shortcut", shortcut_.module);
  }
  at::Tensor forward(const at::Tensor& x) {
    const at::Tensor beside = shortcut_.module ? Forward(shortcut_, x, Activation::kNone) : x;
    return Forward(second_, Forward(first_, x, activation_), activation_, beside);
  }
  void ZeroScale() { second_.module->named_parameters()["norm.weight"].detach().zero_(); }

 private:
  Activation activation_;
  LearningConv first_;
  LearningConv second_;
  LearningConv shortcut_;  // without a module where there is none
};
TORCH_MODULE(Block);

// He et al. 2015 for all but the last map, whose input is no activation of its own.
void Initialise(nn::Module& module, std::uint64_t seed) {
  Rng rng(seed, RngRole::kNetInit);
  for (const auto& item : module.named_parameters()) {
    const at::Tensor& parameter = item.value();
    const bool last = item.key().starts_with("output.");
    if (parameter.dim() >= 2) {
      const auto inputs = static_cast<double>(parameter.numel() / parameter.size(0));
      FillUniform(parameter, last ? 1.0 / std::sqrt(inputs) : std::sqrt(6.0 / inputs), rng);
    } else if (item.key().find("norm") == std::string::npos) {
      parameter.detach().zero_();
    }
  }
}

class VggImpl : public nn::Module {
 public:
  VggImpl(const ConvNetConfig& config, std::shared_ptr<RandomStream> random)
      : config_(config), random_(std::move(random)) {
    int in = config.channels;
    int rows = config.rows, columns = config.columns;
    for (std::size_t s = 0; s < config.widths.size(); ++s) {
      for (int b = 0; b < config.blocks; ++b) {
        convs_.push_back(MakeConvNorm(in, config.widths[s], 3));
        register_module(StrCat("stage", s, "_", b), convs_.back().module);
        in = config.widths[s];
      }
      rows /= 2;
      columns /= 2;
    }
    hidden_ = register_module("hidden", nn::Linear(in * rows * columns, config.hidden));
    output_ = register_module("output", nn::Linear(config.hidden, config.outputs));
  }

  at::Tensor forward(const at::Tensor& x) {
    at::Tensor h = x;
    for (std::size_t i = 0; i < convs_.size(); ++i) {
      h = Forward(convs_[i], h, config_.activation);
      if ((i + 1) % static_cast<std::size_t>(config_.blocks) == 0) h = at::max_pool2d(h, {2, 2});
    }
    h = Activate(config_.activation, hidden_(h.flatten(1)));
    return output_(is_training() ? random_->Dropout(h, config_.dropout) : h);
  }

 private:
  ConvNetConfig config_;
  std::shared_ptr<RandomStream> random_;
  std::vector<LearningConv> convs_;
  nn::Linear hidden_ = nullptr;
  nn::Linear output_ = nullptr;
};

class ResidualImpl : public nn::Module {
 public:
  ResidualImpl(const ConvNetConfig& config, std::shared_ptr<RandomStream> random)
      : config_(config),
        random_(std::move(random)),
        stem_(MakeConvNorm(config.channels, config.widths.front(), 3)) {
    register_module("stem", stem_.module);
    int in = config.widths.front();
    for (std::size_t s = 0; s < config.widths.size(); ++s) {
      for (int b = 0; b < config.blocks; ++b) {
        const int stride = s > 0 && b == 0 ? 2 : 1;
        blocks_.push_back(register_module(StrCat("stage", s, "_", b),
                                          Block(in, config.widths[s], stride, config.activation)));
        in = config.widths[s];
      }
    }
    output_ = register_module("output", nn::Linear(in, config.outputs));
  }

  at::Tensor forward(const at::Tensor& x) {
    at::Tensor h = Forward(stem_, x, config_.activation);
    for (Block& block : blocks_) h = block(h);
    h = h.mean({2, 3});
    return output_(is_training() ? random_->Dropout(h, config_.dropout) : h);
  }
  void ZeroScale() {
    for (Block& block : blocks_) block->ZeroScale();
  }

 private:
  ConvNetConfig config_;
  std::shared_ptr<RandomStream> random_;
  LearningConv stem_;
  std::vector<Block> blocks_;
  nn::Linear output_ = nullptr;
};

}  // namespace

const std::vector<NamedValue<ConvStyle>>& ConvStyleNames() {
  static const std::vector<NamedValue<ConvStyle>> kNames = {{"vgg", ConvStyle::kVgg},
                                                            {"residual", ConvStyle::kResidual}};
  return kNames;
}

Status CheckConvNetConfig(const ConvNetConfig& config) {
  for (const auto& [name, size] :
       {std::pair("channels", config.channels), std::pair("rows", config.rows),
        std::pair("columns", config.columns), std::pair("outputs", config.outputs),
        std::pair("blocks", config.blocks), std::pair("hidden", config.hidden)}) {
    if (size < 1) return Error{StrCat(name, " is ", size, ", wanted at least 1")};
  }
  if (config.widths.empty()) return Error{"widths is empty, wanted one width for each stage"};
  for (const int width : config.widths) {
    if (width < 1) return Error{StrCat("widths holds ", width, ", wanted at least 1")};
  }
  const std::size_t halvings = config.widths.size() - (config.style == ConvStyle::kVgg ? 0 : 1);
  const int side = std::min(config.rows, config.columns);
  if (halvings > 30 || side >> halvings < 1) {
    return Error{StrCat("pictures of ", config.rows, "x", config.columns, " for ",
                        config.widths.size(), " stages, wanted fewer stages: each halves them")};
  }
  if (!(config.dropout >= 0.0 && config.dropout < 1.0)) {
    return Error{StrCat("dropout is ", config.dropout, ", wanted at least 0 and less than 1")};
  }
  return Ok{};
}

Net MakeConvNet(const ConvNetConfig& config, std::uint64_t seed) {
  const Status status = CheckConvNetConfig(config);
  TENGEN_CHECK(status.ok(), status.error());
  const auto random = std::make_shared<RandomStream>(seed);
  if (config.style == ConvStyle::kVgg) {
    const auto module = std::make_shared<VggImpl>(config, random);
    Initialise(*module, seed);
    return {module, [module](const at::Tensor& x) { return module->forward(x); }, random};
  }
  const auto module = std::make_shared<ResidualImpl>(config, random);
  Initialise(*module, seed);
  module->ZeroScale();
  return {module, [module](const at::Tensor& x) { return module->forward(x); }, random};
}

}  // namespace tengen
