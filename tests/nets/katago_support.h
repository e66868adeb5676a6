#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json_fwd.hpp>

#include "envs/go/go_game.h"
#include "nets/katago_evaluator.h"
#include "nets/katago_file.h"

namespace tengen {

// Comparisons with files of KataGo that do not belong to this repository. The folder comes from the
// environment variable TENGEN_KATAGO_DATA; without it these tests are not run, and say so.
class KataGoDataTest : public ::testing::Test {
 protected:
  void SetUp() override;

  // A network file of the folder.
  KataGoNetwork Network(const std::string& name) const;
  std::string Text(const std::string& name) const;
  nlohmann::json ReadJson(const std::string& name) const;

  std::filesystem::path folder_;
};

// The state of a new game; keeps the game alive.
struct KataGoPosition {
  explicit KataGoPosition(GoSetup setup);
  // Moves as the game writes them ("C3", "pass").
  void Play(const std::vector<std::string>& moves);
  GoState& state() { return static_cast<GoState&>(*state_); }
  const GoState& state() const { return static_cast<const GoState&>(*state_); }

  std::shared_ptr<const GoGame> game;

 private:
  std::unique_ptr<State> state_;
};

// KataGo numbers symmetries otherwise: bit 0 flips rows, bit 1 columns, then bit 2 transposes.
Symmetry KataGoSymmetry(int code);

// Evaluation on the CPU without random symmetries.
KataGoEvaluatorOptions OnCpuWith(KataGoModel::Arithmetic arithmetic);

// Checks one case of tiny_nets_expected.json against its own tolerances.
void ExpectTinyCase(const nlohmann::json& expected, const KataGoNetwork& network);

// Largest difference of probabilities, ownership and values; points as networks give them, in units
// of 20.
double LargestDifference(const KataGoAnswer& a, const KataGoAnswer& b);

}  // namespace tengen
