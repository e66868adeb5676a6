#include "tests/nets/katago_support.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <utility>

#include <nlohmann/json.hpp>

namespace tengen {

void KataGoDataTest::SetUp() {
  const char* folder = std::getenv("TENGEN_KATAGO_DATA");
  if (folder == nullptr) {
    GTEST_SKIP() << "NOT RUN: TENGEN_KATAGO_DATA names no folder with KataGo's reference files";
  }
  folder_ = folder;
}

KataGoNetwork KataGoDataTest::Network(const std::string& name) const {
  auto network = LoadKataGoNetwork(folder_ / name);
  EXPECT_TRUE(network.ok()) << network.error();
  return std::move(network).value();
}

std::string KataGoDataTest::Text(const std::string& name) const {
  std::ifstream file(folder_ / name);
  EXPECT_TRUE(file.good()) << folder_ / name;
  return {std::istreambuf_iterator<char>(file), {}};
}

nlohmann::json KataGoDataTest::ReadJson(const std::string& name) const {
  return nlohmann::json::parse(Text(name));
}

KataGoPosition::KataGoPosition(GoSetup setup) : game(GoGame::Make(std::move(setup)).value()) {
  state_ = game->NewState();
}

void KataGoPosition::Play(const std::vector<std::string>& moves) {
  for (const std::string& move : moves) state_->Apply(game->ParseAction(move).value());
}

Symmetry KataGoSymmetry(int code) {
  const bool flip_rows = (code & 1) != 0;
  const bool flip_columns = (code & 2) != 0;
  if ((code & 4) == 0) {
    return Symmetry((flip_rows ? Symmetry::kFlipRows : 0) |
                    (flip_columns ? Symmetry::kFlipColumns : 0));
  }
  // Flips change places with a transpose that follows them.
  return Symmetry(Symmetry::kTranspose | (flip_rows ? Symmetry::kFlipColumns : 0) |
                  (flip_columns ? Symmetry::kFlipRows : 0));
}

KataGoEvaluatorOptions OnCpuWith(KataGoModel::Arithmetic arithmetic) {
  KataGoEvaluatorOptions options;
  options.arithmetic = arithmetic;
  options.symmetry = EvaluationSymmetry::kIdentity;
  return options;
}

void ExpectTinyCase(const nlohmann::json& expected, const KataGoNetwork& network) {
  GoSetup setup;
  setup.shape = {19, 19};
  setup.rules = Rules::Parse("ko=positional,suicide=multi,komi=7.5").value();
  for (const auto& row : expected["board_rows_top_first"]) {
    std::string text = row.get<std::string>();
    std::transform(text.begin(), text.end(), text.begin(),
                   [](char c) { return c == '.' ? c : static_cast<char>(c - 32); });
    setup.diagram.push_back(text);
  }
  const KataGoPosition position(setup);
  const KataGoEvaluator evaluator(network, OnCpuWith(KataGoModel::Arithmetic::kFloat32));
  const KataGoAnswer answer =
      evaluator.Answer(position.state(), KataGoSymmetry(expected["symmetry"]));
  // Black is to move, the expectations are White's.
  const KataGoValues& v = answer.values;
  const std::map<std::string, double> met = {{"whiteWinProb", v.loss},
                                             {"whiteLossProb", v.win},
                                             {"whiteNoResultProb", v.no_result},
                                             {"whiteScoreMean", -v.score_mean},
                                             {"whiteLead", -v.lead},
                                             {"whiteScoreMeanSq", v.score_mean_square},
                                             {"varTimeLeft", v.variance_time},
                                             {"shorttermWinlossError", v.value_error},
                                             {"shorttermScoreError", v.score_error}};
  for (const auto& [name, value] : met) {
    EXPECT_NEAR(value, expected["expected"][name].get<double>(),
                expected["tolerance"][name].get<double>())
        << name;
  }
  const double relative = network.version >= 11 ? 0.15 : 0.1;  // the files' policy_note
  for (std::size_t p = 0; p < answer.ownership.size(); ++p) {
    EXPECT_NEAR(-10000.0 * static_cast<double>(answer.ownership[p]),
                expected["expected_white_ownership_x10000"][p].get<double>(),
                expected["ownership_tolerance_x10000"].get<double>())
        << "point " << p;
    const double policy = expected["expected_policy_x10000"][p].get<double>();
    if (policy < 0.0) continue;  // illegal
    EXPECT_NEAR(10000.0 * static_cast<double>(answer.policy[p]), policy,
                std::min(60.0, relative * policy + 2.0) + std::min(10.0, relative * policy))
        << "point " << p;
  }
}

double LargestDifference(const KataGoAnswer& a, const KataGoAnswer& b) {
  constexpr double kPointsPerOutput = 20.0;  // see KataGoScales
  double largest = 0.0;
  const auto compare = [&largest](double x, double y) {
    largest = std::max(largest, std::abs(x - y));
  };
  for (std::size_t i = 0; i < a.policy.size(); ++i) {
    compare(static_cast<double>(a.policy[i]), static_cast<double>(b.policy[i]));
  }
  for (std::size_t i = 0; i < a.ownership.size(); ++i) {
    compare(static_cast<double>(a.ownership[i]), static_cast<double>(b.ownership[i]));
  }
  compare(a.values.win, b.values.win);
  compare(a.values.loss, b.values.loss);
  compare(a.values.no_result, b.values.no_result);
  compare(a.values.lead / kPointsPerOutput, b.values.lead / kPointsPerOutput);
  compare(a.values.score_mean / kPointsPerOutput, b.values.score_mean / kPointsPerOutput);
  return largest;
}

}  // namespace tengen
