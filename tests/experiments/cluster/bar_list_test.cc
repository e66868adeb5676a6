#include "experiments/cluster/bar_list.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

HelloMessage Hello(const std::string& name, const std::string& device,
                   const std::string& instance) {
  HelloMessage hello;
  hello.name = name;
  hello.device = device;
  hello.instance = instance;
  return hello;
}

TEST(BarList, KnowsAWorkerAgainThatWasStartedAnew) {
  BarList bars;
  const HelloMessage liar = Hello("node-7", "cpu", "aa");
  EXPECT_FALSE(bars.Contains("10.0.0.5", liar));
  ASSERT_TRUE(bars.Add("10.0.0.5", liar, "its game 5").ok());
  EXPECT_TRUE(bars.Contains("10.0.0.5", Hello("node-7", "cpu", "bb")));
  EXPECT_TRUE(bars.Contains("10.0.0.6", liar)) << "the same process by another way";
  EXPECT_FALSE(bars.Contains("10.0.0.5", Hello("node-8", "cpu", "bb")))
      << "one behind the same NAT";
  EXPECT_FALSE(bars.Contains("10.0.0.5", Hello("node-7", "cuda", "bb")));
  EXPECT_FALSE(bars.Contains("10.0.0.6", Hello("node-7", "cpu", "bb")));
}

TEST(BarList, ProcessesWithoutANumberAreNotTakenForOne) {
  BarList bars;
  ASSERT_TRUE(bars.Add("10.0.0.5", Hello("node-7", "cpu", ""), "").ok());
  EXPECT_FALSE(bars.Contains("10.0.0.5", Hello("node-8", "cpu", "")));
}

TEST(BarList, IsReadAgainByTheNextLearner) {
  const TempFolder temp;
  const fs::path file = BarFileOf(temp.path());
  for (int i = 0; i < 3; ++i) {
    BarList bars(file);
    ASSERT_TRUE(bars.Add("folder", Hello("n", "cpu", std::to_string(i)), "\xff is no UTF-8").ok());
    ASSERT_TRUE(bars.Add("folder", Hello("m", "cpu", "x"), "").ok());
  }
  const BarList bars(file);
  EXPECT_TRUE(bars.Contains("folder", Hello("n", "cpu", "9")));
  EXPECT_TRUE(bars.Contains("folder", Hello("m", "cpu", "9")));
  EXPECT_FALSE(bars.Contains("folder", Hello("n", "cuda", "1"))) << "there is one entry of n";
}

TEST(BarList, ForgetsTheOldestOfVeryMany) {
  BarList bars;
  for (int i = 0; i < 1001; ++i) {
    ASSERT_TRUE(bars.Add("10.0.0.5", Hello(std::to_string(i), "cpu", ""), "").ok());
  }
  EXPECT_FALSE(bars.Contains("10.0.0.5", Hello("0", "cpu", "")));
  EXPECT_TRUE(bars.Contains("10.0.0.5", Hello("1", "cpu", "")));
  EXPECT_TRUE(bars.Contains("10.0.0.5", Hello("1000", "cpu", "")));
}

TEST(BarList, AFileOfAnotherFormIsSaid) {
  const TempFolder temp;
  const fs::path file = BarFileOf(temp.path());
  const auto open = [&file] { BarList{file}; };
  std::ofstream(file) << "{}";
  EXPECT_THAT(open, ThrowsMessage<WorldError>(HasSubstr("is no JSON list of barred workers")));
  std::ofstream(file) << R"([{"name": "a"}, {"nam": "b"}])";
  EXPECT_THAT(open, ThrowsMessage<WorldError>(HasSubstr("did you mean 'entry 1.name'?")));
}

// A folder that is not there stands for a disk that cannot be written.
TEST(BarList, HoldsInMemoryWhereItCannotBeWritten) {
  const TempFolder temp;
  const fs::path file = temp / "gone" / "barred.json";
  BarList bars(file);
  const Status kept = bars.Add("10.0.0.5", Hello("node-7", "cpu", "aa"), "its game 5");
  ASSERT_FALSE(kept.ok());
  EXPECT_THAT(kept.error(), HasSubstr("only until the learner is started anew"));
  EXPECT_TRUE(bars.Contains("10.0.0.5", Hello("node-7", "cpu", "bb")));
}

}  // namespace
}  // namespace tengen
