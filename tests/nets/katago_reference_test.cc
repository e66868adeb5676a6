// Answers of KataGo itself, from the files of its repository (github.com/lightvector/KataGo):
//   rawnn.txt.stdout            cpp/tests/results/gtp/, made on a GPU
//   runNNOnTinyBoardTest.txt    cpp/tests/results/
//   analysis_basic.txt{,.stdout}  cpp/tests/analysis/basic.txt, cpp/tests/results/analysis/
//   tiny_nets_expected.json     numbers of cpp/tests/tinymodel.cpp
// and the networks they were made with.

#include <algorithm>
#include <cmath>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/nets/katago_raw.h"
#include "tests/nets/katago_support.h"

namespace tengen {
namespace {

using Arithmetic = KataGoModel::Arithmetic;
using Json = nlohmann::json;

constexpr const char* kNetwork = "g170-b6c96-s175395328-d26788732.bin.gz";

class KataGoReferenceTest : public KataGoDataTest {
 protected:
  void Load() {
    const KataGoNetwork network = Network(kNetwork);
    exact_.emplace(network, OnCpuWith(Arithmetic::kFloat64));
    single_.emplace(network, OnCpuWith(Arithmetic::kFloat32));
  }

  KataGoAnswer Ask(const GoState& state, Symmetry symmetry) {
    const KataGoAnswer answer = exact_->Answer(state, symmetry);
    KataGoDifferences::Raise(&differences_.single,
                             LargestDifference(answer, single_->Answer(state, symmetry)));
    return answer;
  }

  KataGoDifferences differences_;

 private:
  std::optional<KataGoEvaluator> exact_, single_;
};

TEST_F(KataGoReferenceTest, RawNetworkOutputsOverGtp) {
  Load();
  const std::vector<KataGoRawBlock> blocks = ReadKataGoRawBlocks(Text("rawnn.txt.stdout"));
  ASSERT_EQ(blocks.size(), 11U);
  GoSetup square;
  square.rules = Rules::Parse("ko=simple,suicide=none,komi=7.5").value();
  KataGoPosition nine(square);
  nine.Play({"C3", "C6"});
  for (std::size_t i = 0; i < 3; ++i) {
    SCOPED_TRACE(blocks[i].symmetry);
    differences_.Compare(blocks[i], Ask(nine.state(), KataGoSymmetry(blocks[i].symmetry)),
                         Player::kFirst);
  }
  // 7 columns, 10 rows. KataGo does not transpose rectangles: symmetries 4 to 7 are 0 to 3.
  GoSetup tall;
  tall.shape = {10, 7};
  tall.rules = Rules::Parse("ko=situational,suicide=multi,komi=7.5").value();
  KataGoPosition upright(tall);
  upright.Play({"C3", "C7", "F7"});
  for (std::size_t i = 3; i < blocks.size(); ++i) {
    SCOPED_TRACE(blocks[i].symmetry);
    differences_.Compare(blocks[i], Ask(upright.state(), KataGoSymmetry(blocks[i].symmetry % 4)),
                         Player::kSecond);
  }
  differences_.Print("rawnn");
  EXPECT_LE(differences_.policy, 1e-3);
  EXPECT_LE(differences_.win, 5e-4);
  EXPECT_LE(differences_.lead_over, 1.0);
  EXPECT_LE(differences_.ownership, 1e-2);
  EXPECT_LE(differences_.single, 1e-5);
}

TEST_F(KataGoReferenceTest, FivePointBoard) {
  Load();
  GoSetup setup;
  setup.shape = {5, 5};
  setup.diagram = {".....", "...X.", "..O..", ".XXO.", "....."};
  setup.to_move = Player::kSecond;
  setup.rules = Rules::Parse("ko=positional,suicide=multi,komi=7.5").value();
  const KataGoPosition position(setup);
  const KataGoAnswer answer = Ask(position.state(), KataGoSymmetry(3));
  const double policy[] = {0,   0, 0, 0,  0,  0,  3, 150, -1, 0, 0, 237, -1,
                           607, 0, 0, -1, -1, -1, 0, 0,   0,  0, 1, 0};
  const double ownership[] = {-21, -257, 64,   -419, 121,  -129, -354, -489, -148,
                              241, -341, -367, -294, 46,   292,  -322, -457, -80,
                              559, 277,  -247, -395, -127, -132, 91};
  EXPECT_NEAR(answer.values.win, 0.9025, 5e-4);
  EXPECT_NEAR(answer.values.lead, 7.87, 1e-2);
  EXPECT_NEAR(answer.values.score_mean, 9.37, 1e-2);
  EXPECT_NEAR(answer.values.score_mean_square, 242.9, 0.2);
  for (std::size_t p = 0; p < 25; ++p) {
    if (policy[p] >= 0) {
      EXPECT_NEAR(1000.0 * static_cast<double>(answer.policy[p]), policy[p], 1.5);
    }
    EXPECT_NEAR(1000.0 * static_cast<double>(answer.ownership[p]), ownership[p], 1.5) << p;
  }
  EXPECT_LE(differences_.single, 1e-5);
}

// The position after all moves of a query of the analysis engine.
KataGoPosition Queried(const Json& query) {
  GoSetup setup;
  setup.shape = {query["boardYSize"].get<int>(), query["boardXSize"].get<int>()};
  setup.rules = Rules::Parse(query["rules"] == "japanese"
                                 ? "ko=simple,suicide=none,score=territory,tax=seki,komi=6"
                                 : "ko=positional,suicide=multi,komi=7.5")
                    .value();
  setup.rules.half_komi = static_cast<int>(2.0 * query["komi"].get<double>());
  const Json& moves = query["moves"];
  if (moves[0][0] == "W") setup.to_move = Player::kSecond;
  if (!query["initialStones"].empty()) {
    setup.diagram.assign(static_cast<std::size_t>(setup.shape.rows),
                         std::string(static_cast<std::size_t>(setup.shape.columns), '.'));
    const KataGoPosition names(setup);
    for (const Json& stone : query["initialStones"]) {
      const auto point =
          static_cast<std::size_t>(names.game->ParseAction(stone[1].get<std::string>()).value());
      const auto columns = static_cast<std::size_t>(setup.shape.columns);
      setup.diagram[point / columns][point % columns] = stone[0] == "B" ? 'X' : 'O';
    }
  }
  KataGoPosition position(setup);
  for (const Json& move : moves) position.Play({move[1].get<std::string>()});
  return position;
}

std::vector<Json> JsonLines(const std::string& text) {
  std::vector<Json> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("{")) lines.push_back(Json::parse(line));
  }
  return lines;
}

TEST_F(KataGoReferenceTest, AnalysisEngine) {
  Load();
  const std::vector<Json> queries = JsonLines(Text("analysis_basic.txt"));
  const std::vector<Json> answers = JsonLines(Text("analysis_basic.txt.stdout"));
  ASSERT_EQ(queries.size(), answers.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    SCOPED_TRACE(i);
    const KataGoPosition position = Queried(queries[i]);
    // The analysis engine hides the moves before its root from the network.
    const GoStart start = StartFrom(position.state()).value();
    const KataGoAnswer met = Ask(*start.state, Symmetry());
    const Json& root = answers[i]["rootInfo"];
    const bool black = position.state().ToMove() == Player::kFirst;  // told from Black's view
    const double sign = black ? 1.0 : -1.0;
    const double win = 0.5 + sign * 0.5 * (met.values.win - met.values.loss);
    KataGoDifferences::Raise(&differences_.win, win - root["rawWinrate"].get<double>());
    KataGoDifferences::Raise(&differences_.win,
                             met.values.no_result - root["rawNoResultProb"].get<double>());
    differences_.RaiseLead(root["rawLead"].get<double>(), sign * met.values.lead);
    KataGoDifferences::Raise(&differences_.score,
                             sign * met.values.score_mean - root["rawScoreSelfplay"].get<double>());
    for (std::size_t a = 0; answers[i].contains("policy") && a < met.policy.size(); ++a) {
      const double policy = answers[i]["policy"][a].get<double>();
      EXPECT_EQ(policy < 0.0, met.policy[a] == 0.0F) << a;
      if (policy >= 0.0) {
        KataGoDifferences::Raise(&differences_.policy, policy - static_cast<double>(met.policy[a]));
      }
    }
  }
  differences_.Print("analysis");
  EXPECT_LE(differences_.policy, 1e-3);
  EXPECT_LE(differences_.win, 5e-4);
  EXPECT_LE(differences_.lead_over, 1.0);
  EXPECT_LE(differences_.single, 1e-5);
}

TEST_F(KataGoReferenceTest, TinyNetworks) {
  const Json file = ReadJson("tiny_nets_expected.json");
  ASSERT_EQ(file["cases"].size(), 2U);
  for (const Json& expectation : file["cases"]) {
    const auto name = expectation["net"].get<std::string>();
    SCOPED_TRACE(name);
    ExpectTinyCase(expectation, Network(name));
  }
}

}  // namespace
}  // namespace tengen
