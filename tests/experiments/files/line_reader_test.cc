#include "experiments/files/line_reader.h"

#include <array>
#include <string_view>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace tengen {
namespace {

class LineReaderTest : public ::testing::Test {
 protected:
  LineReaderTest() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~LineReaderTest() override {
    Close();
    ::close(ends_[0]);
  }

  void Write(std::string_view text) {
    while (!text.empty()) {
      const ssize_t count = ::write(ends_[1], text.data(), text.size());
      ASSERT_GT(count, 0);
      text.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void Close() {
    if (ends_[1] >= 0) ::close(ends_[1]);
    ends_[1] = -1;
  }

  std::array<int, 2> ends_ = {-1, -1};
};

TEST_F(LineReaderTest, GivesLinesOneByOne) {
  LineReader reader(ends_[0]);
  Write("one\n\nthree\nthe rest");
  Close();
  EXPECT_EQ(reader.Next(), "one");
  EXPECT_EQ(reader.Next(), "");
  EXPECT_EQ(reader.Next(), "three");
  EXPECT_EQ(reader.Next(), "the rest") << "a line without its end is one too";
  EXPECT_EQ(reader.Next(), std::nullopt);
  EXPECT_EQ(reader.Next(), std::nullopt);
}

TEST_F(LineReaderTest, KnowsWhetherALineIsThere) {
  LineReader reader(ends_[0]);
  EXPECT_FALSE(reader.Waiting());
  Write("on");
  EXPECT_FALSE(reader.Waiting()) << "half a line";
  Write("e\ntwo\nthr");
  EXPECT_TRUE(reader.Waiting());
  EXPECT_EQ(reader.Next(), "one");
  EXPECT_TRUE(reader.Waiting());
  EXPECT_EQ(reader.Next(), "two");
  EXPECT_FALSE(reader.Waiting());
  Close();
  EXPECT_TRUE(reader.Waiting()) << "Next need not wait for the end of the stream";
  EXPECT_EQ(reader.Next(), "thr");
}

// Lines of exactly the limit and around it, and ends that fall on the edges of what is read at
// once.
TEST_F(LineReaderTest, DropsTheRestOfALineThatIsTooLong) {
  constexpr std::size_t kMax = LineReader::kMaxLine;
  const std::string longest(kMax, 'a');
  std::thread writer([&] {
    Write(longest + "\n");
    Write(longest + "b\n");
    Write(longest + std::string(1 << 14, 'b') + "THE-TAIL\nshort\n" + std::string(3 * kMax, 'c'));
    Close();
  });
  LineReader reader(ends_[0]);
  EXPECT_TRUE(reader.Next() == longest);
  EXPECT_TRUE(reader.Next() == longest);
  const auto cut = reader.Next();
  ASSERT_TRUE(cut.has_value());
  EXPECT_EQ(cut->size(), kMax);
  EXPECT_EQ(cut->find('T'), std::string::npos) << "nothing of the tail";
  EXPECT_EQ(reader.Next(), "short");
  EXPECT_TRUE(reader.Next() == std::string(kMax, 'c')) << "the last line has a limit too";
  EXPECT_EQ(reader.Next(), std::nullopt);
  writer.join();
}

TEST_F(LineReaderTest, KnowsTheLineThatWaits) {
  LineReader reader(ends_[0]);
  EXPECT_FALSE(reader.WaitingFor("# interrupt"));
  Write("# interrupt\r\nnext\n");
  EXPECT_TRUE(reader.WaitingFor("# interrupt"));
  EXPECT_FALSE(reader.WaitingFor("next"));
  EXPECT_EQ(reader.Next(), "# interrupt\r");
  EXPECT_TRUE(reader.WaitingFor("next"));
}

TEST_F(LineReaderTest, ManyShortLinesThatWaitAreTakenInLinearTime) {
  constexpr int kLines = 1'000'000;
  std::thread writer([&] {
    std::string block;
    for (int i = 0; i < 1000; ++i) block += "x\n";
    for (int i = 0; i < kLines / 1000; ++i) Write(block);
    Close();
  });
  LineReader reader(ends_[0]);
  int lines = 0;
  while (reader.Next()) ++lines;
  writer.join();
  EXPECT_EQ(lines, kLines);
}

}  // namespace
}  // namespace tengen
