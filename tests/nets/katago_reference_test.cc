// Answers of KataGo itself, from the files of its repository (github.com/lightvector/KataGo):
//   rawnn.txt.stdout            cpp/tests/results/gtp/, made on a GPU
//   runNNOnTinyBoardTest.txt    cpp/tests/results/
//   analysis_basic.txt{,.stdout}  cpp/tests/analysis/basic.txt, cpp/tests/results/analysis/
//   tiny_nets_expected.json     numbers of cpp/tests/tinymodel.cpp
// and the networks they were made with.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/nets/katago_support.h"

namespace tengen {
namespace {

using Arithmetic = KataGoModel::Arithmetic;
using Json = nlohmann::json;

constexpr const char* kNetwork = "g170-b6c96-s175395328-d26788732.bin.gz";

// Largest differences met; printed at the end of a test.
struct Differences {
  double policy = 0.0;
  double win = 0.0;
  double lead = 0.0;       // points
  double lead_over = 0.0;  // as parts of what is tolerated
  double score = 0.0;
  double ownership = 0.0;
  double single = 0.0;  // of float32 from float64

  void Print(const char* test) const {
    std::printf(
        "%s: largest difference in policy %.2e, win rate %.2e, lead %.2e, score %.2e, ownership "
        "%.2e; float32 from float64 %.2e\n",
        test, policy, win, lead, score, ownership, single);
  }
};

void Raise(double* largest, double difference) {
  *largest = std::max(*largest, std::abs(difference));
}

// The answers come from an RTX A5000 (cpp/tests/results/*/*.log), where by default float32
// convolutions multiply in TF32: every factor is rounded to 11 bits. A float64 pass with the
// factors of all convolutions so rounded moves these leads by up to 5e-3 points and halves the
// largest difference of analysis_basic.txt (from 1.2e-2 to 6e-3, at a lead of 18 points).
void RaiseLead(Differences& differences, double expected, double met) {
  const double tolerated = 5e-3 + std::ldexp(std::abs(expected), -11);
  Raise(&differences.lead, expected - met);
  Raise(&differences.lead_over, (expected - met) / tolerated);
}

class KataGoReferenceTest : public KataGoDataTest {
 protected:
  void Load() {
    const KataGoNetwork network = Network(kNetwork);
    exact_.emplace(network, OnCpuWith(Arithmetic::kFloat64));
    single_.emplace(network, OnCpuWith(Arithmetic::kFloat32));
  }

  KataGoAnswer Ask(const GoState& state, Symmetry symmetry) {
    const KataGoAnswer answer = exact_->Answer(state, symmetry);
    Raise(&differences_.single, LargestDifference(answer, single_->Answer(state, symmetry)));
    return answer;
  }

  Differences differences_;

 private:
  std::optional<KataGoEvaluator> exact_, single_;
};

// One block of kata-raw-nn's output.
struct RawBlock {
  int symmetry = 0;
  std::map<std::string, double> values;
  std::vector<double> policy;  // the pass last; NaN = illegal
  std::vector<double> ownership;
};

std::vector<RawBlock> ReadRawBlocks(const std::string& text) {
  std::vector<RawBlock> blocks;
  std::vector<double>* numbers = nullptr;
  std::istringstream in(text);
  std::string line;
  while (std::getline(in, line)) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "=") word.clear(), words >> word;
    if (word == "symmetry") {
      blocks.emplace_back();
      words >> blocks.back().symmetry;
      numbers = nullptr;
    } else if (word == "policy") {
      numbers = &blocks.back().policy;
    } else if (word == "whiteOwnership") {
      numbers = &blocks.back().ownership;
    } else if (!word.empty() && std::isalpha(word[0]) != 0 && word != "NAN") {
      words >> word;
      if (!blocks.empty()) {
        blocks.back().values[line.substr(0, line.find(' '))] = std::stod(word);
        if (line.starts_with("policyPass")) blocks.back().policy.push_back(std::stod(word));
      }
      numbers = nullptr;
    } else if (numbers != nullptr && !word.empty()) {
      do {
        numbers->push_back(std::stod(word));
      } while (words >> word);
    }
  }
  return blocks;
}

// `at(p)`: where point p of the block stands in the answer.
template <typename At>
void CompareRaw(const RawBlock& block, const KataGoAnswer& answer, Player mover, At at,
                Differences& differences) {
  const bool white = mover == Player::kSecond;
  const double sign = white ? 1.0 : -1.0;
  const KataGoValues& v = answer.values;
  Raise(&differences.win, block.values.at("whiteWin") - (white ? v.win : v.loss));
  Raise(&differences.win, block.values.at("whiteLoss") - (white ? v.loss : v.win));
  Raise(&differences.win, block.values.at("noResult") - v.no_result);
  RaiseLead(differences, block.values.at("whiteLead"), sign * v.lead);
  Raise(&differences.score, block.values.at("whiteScoreSelfplay") - sign * v.score_mean);
  const std::size_t points = answer.ownership.size();
  ASSERT_EQ(block.policy.size(), points + 1);
  ASSERT_EQ(block.ownership.size(), points);
  for (std::size_t p = 0; p <= points; ++p) {
    const std::size_t there = p == points ? p : at(p);
    const double met = static_cast<double>(answer.policy[there]);
    if (std::isnan(block.policy[p])) {
      EXPECT_EQ(met, 0.0) << "illegal point " << p;
    } else {
      Raise(&differences.policy, block.policy[p] - met);
    }
    if (p == points) continue;
    Raise(&differences.ownership,
          block.ownership[p] - sign * static_cast<double>(answer.ownership[there]));
  }
}

TEST_F(KataGoReferenceTest, RawNetworkOutputsOverGtp) {
  Load();
  const std::vector<RawBlock> blocks = ReadRawBlocks(Text("rawnn.txt.stdout"));
  ASSERT_EQ(blocks.size(), 11U);
  GoSetup square;
  square.rules = Rules::Parse("ko=simple,suicide=none,komi=7.5").value();
  KataGoPosition nine(square);
  nine.Play({"C3", "C6"});
  for (std::size_t i = 0; i < 3; ++i) {
    SCOPED_TRACE(blocks[i].symmetry);
    CompareRaw(
        blocks[i], Ask(nine.state(), KataGoSymmetry(blocks[i].symmetry)), Player::kFirst,
        [](std::size_t p) { return p; }, differences_);
  }
  // 7 columns, 10 rows. KataGo does not transpose rectangles: symmetries 4 to 7 are 0 to 3.
  GoSetup tall;
  tall.shape = {10, 7};
  tall.rules = Rules::Parse("ko=situational,suicide=multi,komi=7.5").value();
  KataGoPosition upright(tall);
  upright.Play({"C3", "C7", "F7"});
  for (std::size_t i = 3; i < blocks.size(); ++i) {
    SCOPED_TRACE(blocks[i].symmetry);
    CompareRaw(
        blocks[i], Ask(upright.state(), KataGoSymmetry(blocks[i].symmetry % 4)), Player::kSecond,
        [](std::size_t p) { return p; }, differences_);
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
    Raise(&differences_.win, win - root["rawWinrate"].get<double>());
    Raise(&differences_.win, met.values.no_result - root["rawNoResultProb"].get<double>());
    RaiseLead(differences_, root["rawLead"].get<double>(), sign * met.values.lead);
    Raise(&differences_.score,
          sign * met.values.score_mean - root["rawScoreSelfplay"].get<double>());
    for (std::size_t a = 0; answers[i].contains("policy") && a < met.policy.size(); ++a) {
      const double policy = answers[i]["policy"][a].get<double>();
      EXPECT_EQ(policy < 0.0, met.policy[a] == 0.0F) << a;
      if (policy >= 0.0) {
        Raise(&differences_.policy, policy - static_cast<double>(met.policy[a]));
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
