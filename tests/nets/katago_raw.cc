#include "tests/nets/katago_raw.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdio>
#include <sstream>

#include <gtest/gtest.h>

namespace tengen {

std::vector<KataGoRawBlock> ReadKataGoRawBlocks(const std::string& text) {
  std::vector<KataGoRawBlock> blocks;
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

void KataGoDifferences::Raise(double* largest, double difference) {
  *largest = std::max(*largest, std::abs(difference));
}

void KataGoDifferences::RaiseLead(double expected, double met) {
  const double tolerated = 5e-3 + std::ldexp(std::abs(expected), -11);
  Raise(&lead, expected - met);
  Raise(&lead_over, (expected - met) / tolerated);
}

void KataGoDifferences::Compare(const KataGoRawBlock& block, const KataGoAnswer& answer,
                                Player mover) {
  const bool white = mover == Player::kSecond;
  const double sign = white ? 1.0 : -1.0;
  const KataGoValues& v = answer.values;
  Raise(&win, block.values.at("whiteWin") - (white ? v.win : v.loss));
  Raise(&win, block.values.at("whiteLoss") - (white ? v.loss : v.win));
  Raise(&win, block.values.at("noResult") - v.no_result);
  RaiseLead(block.values.at("whiteLead"), sign * v.lead);
  Raise(&score, block.values.at("whiteScoreSelfplay") - sign * v.score_mean);
  const std::size_t points = answer.ownership.size();
  ASSERT_EQ(block.policy.size(), points + 1);
  ASSERT_EQ(block.ownership.size(), points);
  for (std::size_t p = 0; p <= points; ++p) {
    const double met = static_cast<double>(answer.policy[p]);
    if (std::isnan(block.policy[p])) {
      EXPECT_EQ(met, 0.0) << "illegal point " << p;
    } else {
      Raise(&policy, block.policy[p] - met);
    }
    if (p == points) continue;
    Raise(&ownership, block.ownership[p] - sign * static_cast<double>(answer.ownership[p]));
  }
}

void KataGoDifferences::Print(const char* test) const {
  std::printf(
      "%s: largest difference in policy %.2e, win rate %.2e, lead %.2e, score %.2e, ownership "
      "%.2e; float32 from float64 %.2e\n",
      test, policy, win, lead, score, ownership, single);
}

}  // namespace tengen
