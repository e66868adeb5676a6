// Answers of KataGo's Eigen back end (version 1.17.2, CPU, float32) to its GTP command kata-raw-nn,
// in files eigen_raw_NETWORK.json: positions on 9x9, 13x13, 19x19 and 7x11, under several rules,
// komi and symmetries. The transformer b10c384h6nbttflrs (version 15) comes with the PyPI package
// katrain 1.20.0; the environment variable TENGEN_KATAGO_TRANSFORMER names the file. More positions
// of it, answered by KataGo's OpenCL back end: tests/golden/katago.

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/nets/katago_raw.h"
#include "tests/nets/katago_support.h"
#include "tests/support/golden.h"

namespace tengen {
namespace {

using Arithmetic = KataGoModel::Arithmetic;
using Json = nlohmann::json;

GoSetup SetupOf(const Json& position) {
  const std::map<std::string, std::string> rules = {
      {"new-zealand", "ko=situational,suicide=multi"},
      {"tromp-taylor", "ko=positional,suicide=multi"},
      {"aga", "ko=situational,suicide=none"},
      {"chinese", "ko=simple,suicide=none"},
      {"japanese", "ko=simple,suicide=none,score=territory,tax=seki"}};
  GoSetup setup;
  setup.shape = {position["height"].get<int>(), position["width"].get<int>()};
  setup.rules = Rules::Parse(rules.at(position["rules"].get<std::string>()) + ",komi=7").value();
  setup.rules.half_komi = static_cast<int>(2.0 * position["komi"].get<double>());
  return setup;
}

// Compares a network's answers with those of a file.
class KataGoAnswers {
 public:
  // Asks both arithmetics about every position; how many there were.
  int Compare(const KataGoNetwork& network, const Json& positions) {
    const KataGoEvaluator exact(network, OnCpuWith(Arithmetic::kFloat64));
    const KataGoEvaluator single(network, OnCpuWith(Arithmetic::kFloat32));
    int count = 0;
    for (const Json& position : positions) {
      SCOPED_TRACE(count++);
      KataGoPosition played(SetupOf(position));
      for (const Json& move : position["moves"]) played.Play({move[1].get<std::string>()});
      const auto blocks = ReadKataGoRawBlocks(position["raw"].get<std::string>());
      EXPECT_EQ(blocks.size(), 1U);
      const Symmetry symmetry = KataGoSymmetry(blocks.at(0).symmetry);
      const KataGoAnswer answer = single.Answer(played.state(), symmetry);
      differences_.Compare(blocks[0], answer, played.state().ToMove());
      KataGoDifferences::Raise(&differences_.single,
                               LargestDifference(answer, exact.Answer(played.state(), symmetry)));
    }
    return count;
  }

  // The answers have six decimals for probabilities, three for points and seven for ownership.
  void ExpectEqual(const char* name) const {
    differences_.Print(name);
    EXPECT_LE(differences_.policy, 1e-5);
    EXPECT_LE(differences_.win, 1e-5);
    EXPECT_LE(differences_.lead, 1e-3);
    EXPECT_LE(differences_.ownership, 1e-4);
  }

 private:
  KataGoDifferences differences_;
};

using KataGoEigenTest = KataGoDataTest;

constexpr const char* kNoTransformer =
    "NOT RUN: TENGEN_KATAGO_TRANSFORMER names no b10c384h6nbttflrs.bin.gz";

TEST_F(KataGoEigenTest, Convolutions) {
  KataGoAnswers answers;
  EXPECT_EQ(answers.Compare(Network("g170-b6c96-s175395328-d26788732.bin.gz"),
                            ReadJson("eigen_raw_g170-b6c96.json")),
            10);
  answers.ExpectEqual("g170-b6c96");
}

TEST_F(KataGoEigenTest, Transformer) {
  const char* path = std::getenv("TENGEN_KATAGO_TRANSFORMER");
  if (path == nullptr) GTEST_SKIP() << kNoTransformer;
  const auto network = LoadKataGoNetwork(path);
  ASSERT_TRUE(network.ok()) << network.error();
  EXPECT_EQ(network->version, 15);
  KataGoAnswers answers;
  EXPECT_EQ(answers.Compare(*network, ReadJson("eigen_raw_b10c384h6nbttflrs.json")), 10);
  answers.ExpectEqual("b10c384h6nbttflrs");
}

TEST(KataGoOpenClTest, TransformerInMorePositions) {
  const char* path = std::getenv("TENGEN_KATAGO_TRANSFORMER");
  if (path == nullptr) GTEST_SKIP() << kNoTransformer;
  const auto network = LoadKataGoNetwork(path);
  ASSERT_TRUE(network.ok()) << network.error();
  std::ifstream file(Golden("katago/opencl_raw_b10c384h6nbttflrs.json"));
  KataGoAnswers answers;
  EXPECT_EQ(answers.Compare(*network, Json::parse(file)), 12);
  answers.ExpectEqual("b10c384h6nbttflrs, more positions");
}

}  // namespace
}  // namespace tengen
