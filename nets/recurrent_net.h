#pragma once

#include <cstdint>
#include <vector>

#include "nets/named_value.h"
#include "nets/net.h"

namespace tengen {

enum class RecurrentCell {
  kVanilla,  // Elman 1990
  kGru,      // Cho et al. 2014
  kLstm,     // Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000
};
// "vanilla", "gru", "lstm".
const std::vector<NamedValue<RecurrentCell>>& RecurrentCellNames();

// What is read off the states h_1 ... h_T of the last layer.
enum class RecurrentReadout {
  kEveryStep,  // y_t = W h_t + b
  kLast,       // y = W h_T + b
  kMean,       // y = W (mean of h_t) + b
};

struct RecurrentNetConfig {
  RecurrentCell cell = RecurrentCell::kLstm;
  int inputs = 1;      // numbers of a moment; with a vocabulary the width of a symbol's vector
  int vocabulary = 0;  // inputs are symbols below this; 0 = they are numbers
  int hidden = 128;    // width of the state
  int layers = 1;      // the states of one are the inputs of the next
  int outputs = 1;
  RecurrentReadout readout = RecurrentReadout::kLast;
  double dropout = 0.0;  // between layers and before the last map
};

// How the layers are computed: as written below, or by LibTorch's own operation for whole rows
// (cuDNN's on a GPU). Equal up to rounding.
enum class RecurrentPath { kFormula, kFused };

// A recurrent network. With s(x) = 1 / (1 + exp(-x)), . element by element, x_t the input, h_0 = 0,
//
//   vanilla  h_t = tanh(W x_t + b + U h_(t-1) + c)
//   GRU      r = s(W_r x_t + b_r + U_r h_(t-1) + c_r),  z likewise,
//            n = tanh(W_n x_t + b_n + r . (U_n h_(t-1) + c_n)),  h_t = (1 - z) . n + z . h_(t-1)
//   LSTM     i, f, o = s(W x_t + b + U h_(t-1) + c) of each,  g = tanh(likewise),
//            m_t = f . m_(t-1) + i . g (m_0 = 0),  h_t = o . tanh(m_t)
//
//   x [N, T, inputs], or [N, T] int64 with a vocabulary -> y [N, outputs], or [N, T, outputs]
//   rnn.weight_ih_l0 [gates * hidden, inputs] (W of r, z, n or i, f, g, o one below the other),
//   rnn.weight_hh_l0 (U), ..., then rnn.bias_ih_l0 (b), rnn.bias_hh_l0 (c), ...; output.weight,
//   bias; symbols.weight [vocabulary, inputs]
//
// The recurrent layers are registered first, all weights before all biases, so that their place in
// a flat vector is one block as cuDNN lays it (see Trainer). Weights are uniform in
// +-1 / sqrt(hidden) as PyTorch's, a function of config and seed; vectors of symbols are normal.
// REQUIRES: all sizes >= 1, 0 <= dropout < 1.
Net MakeRecurrentNet(const RecurrentNetConfig& config, std::uint64_t seed,
                     RecurrentPath path = RecurrentPath::kFused);

}  // namespace tengen
