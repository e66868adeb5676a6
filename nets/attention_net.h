#pragma once

#include <cstdint>
#include <vector>

#include "nets/net.h"

namespace tengen {

struct AttentionNetConfig {
  int vocabulary = 2;  // symbols are whole numbers below this
  int context = 64;    // T: longest row of symbols
  int layers = 4;
  int heads = 4;
  int width = 128;  // D; each head has D / heads of it
  double dropout = 0.0;
};

// How attention is computed: as written below, or by LibTorch's own operation where this LibTorch
// has one (scaled_dot_product_attention of 2.x and what 1.13 has in its place). Equal up to
// rounding.
enum class AttentionPath { kFormula, kFused };

// Decoder-only transformer (Vaswani et al. 2017; norms before the maps as in Radford et al. 2019):
// for each symbol, what comes behind it. With d = D / heads, causal(S) = S with -infinity where a
// symbol would see a later one, norm = layer normalisation without bias (Ba et al. 2016),
//
//   h = drop(symbols[x] + places[0..T-1])
//   layers x   Q, K, V = norm(h) W_qkv^T, cut into heads
//              A = softmax(causal(Q K^T / sqrt(d))),   h = h + drop(concat(drop(A) V) W_o^T)
//              h = h + drop(GELU(norm(h) W_up^T) W_down^T),  W_up [4D, D]
//   y = norm(h) symbols^T
//
//   x [N, T] int64 -> y [N, T, vocabulary], T <= context
//   symbols.weight [vocabulary, D], places.weight [context, D], layer0.norm1.weight [D],
//   layer0.query_key_value.weight [3D, D], layer0.mix.weight [D, D], layer0.norm2.weight,
//   layer0.up.weight, layer0.down.weight [D, 4D], ..., norm.weight
//
// No map has a bias. Weights are normal with deviation 0.02, those of mix and down 0.02 /
// sqrt(2 layers), a function of config and seed. REQUIRES: CheckAttentionNetConfig(config).
Net MakeAttentionNet(const AttentionNetConfig& config, std::uint64_t seed,
                     AttentionPath path = AttentionPath::kFused);
// First thing wrong with it.
Status CheckAttentionNetConfig(const AttentionNetConfig& config);

// The matrices A of one row of symbols, layers x [heads, T, T] in order. REQUIRES: `net` is
// MakeAttentionNet's; x [1, T].
std::vector<at::Tensor> AttentionMaps(const Net& net, const at::Tensor& x);

}  // namespace tengen
