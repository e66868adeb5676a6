#include "nets/attention_net.h"

#include <cmath>
#include <limits>
#include <tuple>

#include <torch/nn.h>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

namespace nn = torch::nn;

at::Tensor FusedAttention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
#if TORCH_VERSION_MAJOR >= 2
  return at::scaled_dot_product_attention(q, k, v, {}, 0.0, /*is_causal=*/true);
#else
  return std::get<0>(at::_scaled_dot_product_attention(q, k, v, {}, 0.0, false,
                                                       /*is_causal=*/true));
#endif
}

class NormImpl : public nn::Module {
 public:
  explicit NormImpl(int width) : weight_(register_parameter("weight", at::ones({width}))) {}
  at::Tensor forward(const at::Tensor& x) {
    return at::layer_norm(x, weight_.sizes(), weight_, {}, 1e-5);
  }

 private:
  at::Tensor weight_;
};
TORCH_MODULE(Norm);

nn::Linear Map(int in, int out) { return nn::Linear(nn::LinearOptions(in, out).bias(false)); }

class LayerImpl : public nn::Module {
 public:
  LayerImpl(const AttentionNetConfig& config, AttentionPath path,
            std::shared_ptr<RandomStream> random)
      : config_(config),
        path_(path),
        random_(std::move(random)),
        norm1_(register_module("norm1", Norm(config.width))),
        query_key_value_(register_module("query_key_value", Map(config.width, 3 * config.width))),
        mix_(register_module("mix", Map(config.width, config.width))),
        norm2_(register_module("norm2", Norm(config.width))),
        up_(register_module("up", Map(config.width, 4 * config.width))),
        down_(register_module("down", Map(4 * config.width, config.width))) {}

  // h [N,T,D]; `maps` gets A [N,heads,T,T] if it is there.
  at::Tensor forward(const at::Tensor& h, std::vector<at::Tensor>* maps) {
    const at::Tensor with_mix = h + Drop(mix_(Attend(norm1_(h), maps)));
    return with_mix + Drop(down_(at::gelu(up_(norm2_(with_mix)))));
  }

 private:
  at::Tensor Drop(const at::Tensor& x) {
    return is_training() ? random_->Dropout(x, config_.dropout) : x;
  }

  at::Tensor Attend(const at::Tensor& x, std::vector<at::Tensor>* maps) {
    const std::int64_t n = x.size(0), length = x.size(1);
    const std::int64_t d = config_.width / config_.heads;
    // [3,N,heads,T,d]
    const at::Tensor qkv =
        query_key_value_(x).view({n, length, 3, config_.heads, d}).permute({2, 0, 3, 1, 4});
    const at::Tensor q = qkv[0], k = qkv[1], v = qkv[2];
    const bool drops = is_training() && config_.dropout > 0.0;
    at::Tensor y;
    if (path_ == AttentionPath::kFused && !drops && maps == nullptr) {
      y = FusedAttention(q, k, v);
    } else {
      if (later_.size(0) != length || later_.device() != x.device()) {
        later_ = at::ones({length, length}, x.options().dtype(at::kBool)).triu(1);
      }
      const at::Tensor scores =
          at::matmul(q, k.transpose(2, 3)) * (1.0 / std::sqrt(static_cast<double>(d)));
      const at::Tensor a =
          at::softmax(scores.masked_fill(later_, -std::numeric_limits<double>::infinity()), -1);
      if (maps != nullptr) maps->push_back(a);
      y = at::matmul(Drop(a), v);
    }
    return y.transpose(1, 2).reshape({n, length, config_.width});
  }

  AttentionNetConfig config_;
  AttentionPath path_;
  std::shared_ptr<RandomStream> random_;
  Norm norm1_;
  nn::Linear query_key_value_;
  nn::Linear mix_;
  Norm norm2_;
  nn::Linear up_;
  nn::Linear down_;
  at::Tensor later_ = at::empty({0, 0}, at::kBool);  // [T,T] true where the column comes later
};
TORCH_MODULE(Layer);

class AttentionNetImpl : public nn::Module {
 public:
  AttentionNetImpl(const AttentionNetConfig& config, std::uint64_t seed, AttentionPath path,
                   std::shared_ptr<RandomStream> random)
      : config_(config),
        random_(random),
        symbols_(register_module("symbols", nn::Embedding(config.vocabulary, config.width))),
        places_(register_module("places", nn::Embedding(config.context, config.width))),
        norm_(register_module("norm", Norm(config.width))) {
    for (int i = 0; i < config.layers; ++i) {
      layers_.push_back(register_module(StrCat("layer", i), Layer(config, path, random)));
    }
    Rng rng(seed, RngRole::kNetInit);
    const double small = 0.02 / std::sqrt(2.0 * config.layers);
    for (const auto& item : named_parameters()) {
      if (item.value().dim() < 2) continue;  // norms start as the identity
      const std::string& name = item.key();
      const bool ends_branch = name.ends_with(".mix.weight") || name.ends_with(".down.weight");
      FillNormal(item.value(), ends_branch ? small : 0.02, rng);
    }
  }

  at::Tensor forward(const at::Tensor& x, std::vector<at::Tensor>* maps = nullptr) {
    const std::int64_t length = x.size(1);
    TENGEN_CHECK(length <= config_.context, "a row of ", length, " symbols, wanted at most ",
                 config_.context);
    at::Tensor h = symbols_(x) + places_->weight.narrow(0, 0, length);
    if (is_training()) h = random_->Dropout(h, config_.dropout);
    for (Layer& layer : layers_) h = layer->forward(h, maps);
    return at::linear(norm_(h), symbols_->weight);
  }

 private:
  AttentionNetConfig config_;
  std::shared_ptr<RandomStream> random_;
  nn::Embedding symbols_;
  nn::Embedding places_;
  Norm norm_;
  std::vector<Layer> layers_;
};

}  // namespace

Status CheckAttentionNetConfig(const AttentionNetConfig& config) {
  for (const auto& [name, size] :
       {std::pair("vocabulary", config.vocabulary), std::pair("context", config.context),
        std::pair("layers", config.layers), std::pair("heads", config.heads),
        std::pair("width", config.width)}) {
    if (size < 1) return Error{StrCat(name, " is ", size, ", wanted at least 1")};
  }
  if (config.width % config.heads != 0) {
    return Error{StrCat("width is ", config.width, ", wanted a multiple of heads, ", config.heads)};
  }
  if (!(config.dropout >= 0.0 && config.dropout < 1.0)) {
    return Error{StrCat("dropout is ", config.dropout, ", wanted at least 0 and less than 1")};
  }
  return Ok{};
}

Net MakeAttentionNet(const AttentionNetConfig& config, std::uint64_t seed, AttentionPath path) {
  const Status status = CheckAttentionNetConfig(config);
  TENGEN_CHECK(status.ok(), status.error());
  const auto random = std::make_shared<RandomStream>(seed);
  const auto module = std::make_shared<AttentionNetImpl>(config, seed, path, random);
  return {module, [module](const at::Tensor& x) { return module->forward(x); }, random};
}

std::vector<at::Tensor> AttentionMaps(const Net& net, const at::Tensor& x) {
  const auto module = std::dynamic_pointer_cast<AttentionNetImpl>(net.module);
  TENGEN_CHECK(module != nullptr && x.size(0) == 1, "maps of one row through an attention net");
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> maps;
  module->forward(x, &maps);
  for (at::Tensor& map : maps) map = map[0];
  return maps;
}

}  // namespace tengen
