#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <nlohmann/json_fwd.hpp>

#include "experiments/datasets/samples.h"
#include "nets/net.h"

namespace tengen {

// How a net judged labelled examples.
struct ClassScores {
  std::vector<int> labels;
  std::vector<int> predicted;      // most probable class
  std::vector<double> confidence;  // its probability
  std::vector<double> losses;      // -log probability of the label, nats

  double accuracy() const;   // share of labels that were predicted
  double mean_loss() const;  // nats
};
// logits [n, classes], labels [n] int64, on the CPU.
ClassScores ScoresOf(const at::Tensor& logits, const at::Tensor& labels);

// Counts, [label][predicted].
nlohmann::ordered_json Confusion(const ClassScores& scores, std::size_t classes);

// At most `most` examples that the net was most wrong about: name, label, predicted, confidence,
// and the picture where it is one.
nlohmann::ordered_json WorstMistakes(const ClassScores& scores, const Samples& samples,
                                     const std::vector<int>& shape, std::size_t most);

// Kernels of a first convolution, or rows of a first linear map of a square picture; null where
// there are none.
nlohmann::ordered_json FirstFilters(const NamedTensors& weights);

// |d (logit of the predicted class) / d x| of a few pictures or sounds (Simonyan et al. 2014); null
// for tables.
nlohmann::ordered_json Saliency(const Net& net, const Samples& samples,
                                const std::vector<int>& shape, const std::string& device);

// Predicted classes on a grid over the plane of two inputs, with some examples.
nlohmann::ordered_json DecisionRegions(const Net& net, const Samples& samples,
                                       const std::string& device);

// Area under the curve of a test that calls an example "seen in training" when its loss is small
// (Yeom et al. 2018): the probability that a seen example's loss is below an unseen one's, ties
// half. 0.5 leaks nothing. REQUIRES: both are not empty.
double MembershipAuc(const std::vector<double>& seen_losses,
                     const std::vector<double>& unseen_losses);

// Numbers of a picture with two decimals, for JSON: {rows, columns, values}. Channels are averaged.
nlohmann::ordered_json PictureJson(const at::Tensor& picture);

}  // namespace tengen
