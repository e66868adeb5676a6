#include "experiments/runs/json_tail.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using News = JsonTail::News;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class JsonTailTest : public ::testing::Test {
 protected:
  void Append(const std::string& text) { std::ofstream(file_, std::ios::app) << text; }
  // The numbers "n" of the lines that came; -1 where a line has none.
  std::vector<int> Read(std::size_t bytes = 1000) {
    std::vector<nlohmann::json> lines;
    news_ = tail_.Read(bytes, lines);
    std::vector<int> numbers;
    for (const nlohmann::json& line : lines) numbers.push_back(line.value("n", -1));
    return numbers;
  }

  TempFolder temp_;
  const std::filesystem::path file_ = temp_ / "metrics.jsonl";
  JsonTail tail_{file_};
  News news_ = News::kNone;
};

TEST_F(JsonTailTest, GivesEachLineOnceAndLeavesATornOne) {
  EXPECT_THAT(Read(), IsEmpty());
  EXPECT_EQ(news_, News::kGone);
  Append("{\"n\": 1}\n{\"n\": 2}\n{\"n\":");
  EXPECT_THAT(Read(), ElementsAre(1, 2));
  EXPECT_EQ(news_, News::kMore);
  EXPECT_THAT(Read(), IsEmpty());
  EXPECT_EQ(news_, News::kNone);
  Append(" 3}");
  EXPECT_THAT(Read(), IsEmpty()) << "its end is missing";
  Append("\n");
  EXPECT_THAT(Read(), ElementsAre(3));
}

TEST_F(JsonTailTest, CountsAndPassesOverWhatIsNoObject) {
  Append("nonsense\n[1]\n7\n\n{\"n\": 1}\n");
  EXPECT_THAT(Read(), ElementsAre(1));
  EXPECT_EQ(tail_.bad_lines(), 4);
}

TEST_F(JsonTailTest, ReadsInPiecesButAtLeastALine) {
  const std::string line = "{\"n\": 1, \"text\": \"" + std::string(200, 'x') + "\"}\n";
  for (int i = 0; i < 5; ++i) Append(line);
  // A piece of 500 bytes holds two of these lines; one of 10 grows until it holds one.
  EXPECT_THAT(Read(500), ElementsAre(1, 1));
  EXPECT_TRUE(tail_.more());
  EXPECT_THAT(Read(10), ElementsAre(1));
  EXPECT_TRUE(tail_.more());
  EXPECT_THAT(Read(), ElementsAre(1, 1));
  EXPECT_FALSE(tail_.more());
}

TEST_F(JsonTailTest, AFileThatWasCutBeginsAnew) {
  Append("{\"n\": 1}\n{\"n\": 2}\n");
  EXPECT_THAT(Read(), ElementsAre(1, 2));
  std::ofstream(file_) << "{\"n\": 3}\n";
  EXPECT_THAT(Read(), ElementsAre(3));
  EXPECT_EQ(news_, News::kReplaced);
}

TEST_F(JsonTailTest, AnotherFileInItsPlaceBeginsAnew) {
  Append("{\"n\": 1}\nbad\n");
  EXPECT_THAT(Read(), ElementsAre(1));
  std::ofstream(temp_ / "other") << "{\"n\": 2}\n{\"n\": 3}\n";
  std::filesystem::rename(temp_ / "other", file_);
  EXPECT_THAT(Read(), ElementsAre(2, 3));
  EXPECT_EQ(news_, News::kReplaced);
  EXPECT_EQ(tail_.bad_lines(), 0);
}

TEST_F(JsonTailTest, AFileThatComesBackIsReadFromItsBeginning) {
  Append("{\"n\": 1}\n");
  EXPECT_THAT(Read(), ElementsAre(1));
  std::filesystem::remove(file_);
  EXPECT_THAT(Read(), IsEmpty());
  EXPECT_EQ(news_, News::kGone);
  Append("{\"n\": 1}\n{\"n\": 2}\n");
  EXPECT_THAT(Read(), ElementsAre(1, 2));
  EXPECT_EQ(news_, News::kReplaced);
}

TEST_F(JsonTailTest, AFolderInItsPlaceIsGone) {
  std::filesystem::create_directory(file_);
  EXPECT_THAT(Read(), IsEmpty());
  EXPECT_EQ(news_, News::kGone);
}

}  // namespace
}  // namespace tengen
