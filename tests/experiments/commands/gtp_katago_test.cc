// `tengen gtp` with a network of KataGo. TENGEN_KATAGO_DATA names a folder with files of KataGo's
// repository (github.com/lightvector/KataGo): the network g170-b6c96 (cpp/tests/models/), the
// commands rawnn.txt (cpp/tests/gtp/) and what KataGo answered to them on a GPU, rawnn.txt.stdout
// (cpp/tests/results/gtp/). Without it nothing is checked.

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/gtp_pipe.h"
#include "tests/support/run_program.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

class GtpKataGoTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("TENGEN_KATAGO_DATA");
    if (folder == nullptr) GTEST_SKIP() << "NOT RUN: TENGEN_KATAGO_DATA names no folder";
    folder_ = folder;
  }

  std::string Agent() const {
    return "gtp 'katago:" + (folder_ / "g170-b6c96-s175395328-d26788732.bin.gz").string() + "'";
  }

  fs::path folder_;
};

// The numbers of one evaluation under their names, in the order of the text; NAN is illegal.
using RawAnswer = std::map<std::string, std::vector<double>>;

// By question (evaluations of one board) and symmetry.
std::map<std::pair<int, int>, RawAnswer> ReadRawAnswers(std::istream& text) {
  std::map<std::pair<int, int>, RawAnswer> answers;
  RawAnswer* answer = nullptr;
  std::string name;
  int question = 0;
  for (std::string word; text >> word;) {
    if (word == "=") {
      ++question;
      continue;
    }
    char* end = nullptr;
    const double number = std::strtod(word.c_str(), &end);
    if (*end != '\0') {
      name = word;
    } else if (name == "symmetry") {
      answer = &answers[{question, static_cast<int>(number)}];
    } else {
      (*answer)[name].push_back(number);
    }
  }
  return answers;
}

TEST_F(GtpKataGoTest, RawAnswersAreKataGos) {
  const ProgramOutput output =
      RunTengen(Agent() + " < " + (folder_ / "rawnn.txt").string(), /*errors=*/false);
  ASSERT_EQ(output.code, 0);
  std::istringstream met_text(output.text);
  std::ifstream wanted_text(folder_ / "rawnn.txt.stdout");
  const auto met = ReadRawAnswers(met_text);
  const auto wanted = ReadRawAnswers(wanted_text);
  ASSERT_EQ(wanted.size(), 3U + 8U);
  ASSERT_EQ(met.size(), wanted.size());
  std::map<std::string, double> worst;
  for (const auto& [key, answer] : met) {
    ASSERT_EQ(wanted.count(key), 1U) << key.first << ", symmetry " << key.second;
    for (const auto& [name, numbers] : wanted.at(key)) {
      ASSERT_EQ(answer.count(name), 1U) << name;
      ASSERT_EQ(answer.at(name).size(), numbers.size()) << name;
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        const double number = answer.at(name)[i];
        ASSERT_EQ(std::isnan(number), std::isnan(numbers[i])) << name << ", number " << i;
        if (std::isnan(number)) continue;
        double difference = std::abs(number - numbers[i]);
        // A GPU rounds what it multiplies to 11 bits, see katago_reference_test.cc, and leads have
        // three decimals here.
        if (name == "whiteLead") difference -= std::ldexp(std::abs(number), -11) + 1e-3;
        worst[name] = std::max(worst[name], difference);
      }
    }
  }
  for (const auto& [name, difference] : worst) std::printf("%s %.2e\n", name.c_str(), difference);
  EXPECT_LE(worst.at("policy"), 1e-3);
  EXPECT_LE(worst.at("policyPass"), 1e-3);
  EXPECT_LE(worst.at("whiteWin"), 5e-4);
  EXPECT_LE(worst.at("whiteLoss"), 5e-4);
  EXPECT_LE(worst.at("whiteLead"), 5e-3);
  EXPECT_LE(worst.at("whiteOwnership"), 5e-3);
}

TEST_F(GtpKataGoTest, AnalysisComesInTimeGoesOnAndStops) {
  for (const char* size : {"9", "19"}) {
    GtpPipe gtp(Agent() + " --size " + size);
    for (const double interval_s : {0.2, 1.0}) {
      const std::string hundredths = std::to_string(std::lround(100.0 * interval_s));
      ExpectTimelyAnalysis(gtp, "lz-analyze b " + hundredths, interval_s);
      ExpectTimelyAnalysis(gtp, "kata-analyze w interval " + hundredths + " ownership true",
                           interval_s);
    }
  }
}

}  // namespace
}  // namespace tengen
