// How far a device's answers are from the CPU's in float32, position by position:
//
//   device_answers NETWORK DEVICE fp32|bf16 POSITIONS
//
// NETWORK is a network folder or a file of KataGo (fp32 only). Positions come from random games of
// Go, 9x9. Prints one JSON object: the largest and mean difference of priors, values and ownership,
// of scores in points, and how often the likeliest move is the same. Exits with 1 where something
// cannot be read or is not there.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "envs/core/rng.h"
#include "envs/registry/game_registry.h"
#include "nets/checkpoint.h"
#include "nets/katago_evaluator.h"
#include "nets/net_evaluator.h"

namespace tengen {
namespace {

template <typename T>
T Must(Result<T> result) {
  if (!result) throw WorldError(result.error());
  return std::move(*result);
}

struct Position {
  std::unique_ptr<State> state;
  std::vector<Action> legal;
  std::vector<float> prior, ownership;
};

std::vector<Position> RandomPositions(const Game& game, int count) {
  std::vector<Position> positions;
  for (int i = 0; i < count; ++i) {
    Rng rng(12, RngRole::kBench, static_cast<std::uint64_t>(i));
    Position position;
    position.state = game.NewState();
    for (int ply = 0; ply < i % 60; ++ply) {
      position.state->LegalActions(position.legal);
      // Passes would end games.
      const auto moves = static_cast<std::uint32_t>(position.legal.size() - 1);
      if (moves == 0) break;
      position.state->Apply(position.legal[rng.Below(moves)]);
    }
    position.state->LegalActions(position.legal);
    position.prior.resize(position.legal.size());
    position.ownership.resize(static_cast<std::size_t>(game.spec().shape.points()));
    positions.push_back(std::move(position));
  }
  return positions;
}

std::vector<Evaluation> Ask(Evaluator& evaluator, std::vector<Position>& positions) {
  std::vector<Evaluation> batch;
  for (Position& position : positions) {
    Evaluation evaluation;
    evaluation.state = position.state.get();
    evaluation.legal = position.legal;
    evaluation.prior = position.prior;
    evaluation.ownership = position.ownership;
    batch.push_back(evaluation);
  }
  evaluator.Evaluate(batch);
  return batch;
}

std::unique_ptr<Evaluator> Open(const std::string& network, Device device, Precision precision) {
  if (network.ends_with(".gz")) {
    KataGoEvaluatorOptions options;
    options.device = device;
    options.symmetry = EvaluationSymmetry::kIdentity;
    return std::make_unique<KataGoEvaluator>(Must(LoadKataGoNetwork(network)), options);
  }
  NetEvaluatorOptions options;
  options.device = device;
  options.precision = precision;
  options.symmetry = EvaluationSymmetry::kIdentity;
  return std::make_unique<NetEvaluator>(Must(LoadNetwork(network)).snapshot, options);
}

class Differences {
 public:
  void Add(double a, double b) {
    const double difference = std::isfinite(a) && std::isfinite(b) ? std::abs(a - b) : 1e9;
    largest_ = std::max(largest_, difference);
    sum_ += difference;
    ++count_;
  }
  nlohmann::ordered_json Json() const { return {{"largest", largest_}, {"mean", sum_ / count_}}; }

 private:
  double largest_ = 0.0;
  double sum_ = 0.0;
  double count_ = 0.0;
};

std::size_t Likeliest(const std::vector<float>& prior) {
  return static_cast<std::size_t>(std::max_element(prior.begin(), prior.end()) - prior.begin());
}

void Compare(const std::string& network, const std::string& device_name,
             const std::string& precision_name, int count) {
  const Device device = Must(ParseDevice(device_name));
  const Precision precision = precision_name == "bf16" ? Precision::kBfloat16 : Precision::kFloat32;
  const auto game = Must(MakeGame("go:size=9"));
  auto ours = RandomPositions(*game, count);
  auto theirs = RandomPositions(*game, count);
  const auto cpu = Open(network, Device::kCpu, Precision::kFloat32);
  const auto other = Open(network, device, precision);
  const auto a = Ask(*cpu, ours);
  const auto b = Ask(*other, theirs);
  Differences prior, value, score, ownership;
  int same = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t k = 0; k < ours[i].prior.size(); ++k) {
      prior.Add(ours[i].prior[k], theirs[i].prior[k]);
    }
    for (std::size_t p = 0; p < ours[i].ownership.size(); ++p) {
      ownership.Add(ours[i].ownership[p], theirs[i].ownership[p]);
    }
    value.Add(a[i].value, b[i].value);
    score.Add(a[i].score, b[i].score);
    same += Likeliest(ours[i].prior) == Likeliest(theirs[i].prior);
  }
  const nlohmann::ordered_json json = {
      {"network", network},    {"device", device.Text()},       {"precision", precision_name},
      {"positions", count},    {"same_likeliest_move", same},   {"prior", prior.Json()},
      {"value", value.Json()}, {"ownership", ownership.Json()}, {"score_points", score.Json()}};
  std::printf("%s\n", json.dump().c_str());
}

}  // namespace
}  // namespace tengen

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: device_answers NETWORK DEVICE fp32|bf16 POSITIONS\n");
    return 2;
  }
  try {
    tengen::Compare(argv[1], argv[2], argv[3], std::stoi(argv[4]));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "device_answers: %s\n", error.what());
    return 1;
  }
  return 0;
}
