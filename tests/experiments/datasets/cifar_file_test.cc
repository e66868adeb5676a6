#include "experiments/datasets/cifar_file.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A record whose red, green and blue planes have one value each.
std::string Record(int label, int red, int green, int blue) {
  std::string bytes(1, static_cast<char>(label));
  for (const int value : {red, green, blue}) bytes += std::string(1024, static_cast<char>(value));
  return bytes;
}

class CifarFile : public ::testing::Test {
 protected:
  std::filesystem::path Write(const std::string& name, const std::string& bytes) {
    std::ofstream(temp_ / name, std::ios::binary) << bytes;
    return temp_ / name;
  }
  TempFolder temp_;
};

TEST_F(CifarFile, GivesPicturesByChannel) {
  const auto file = Write("a.bin", Record(3, 0, 51, 255) + Record(9, 1, 2, 3));
  const auto samples = ReadCifar10(std::vector{file, file});
  ASSERT_TRUE(samples.ok()) << samples.error();
  EXPECT_EQ(samples->size(), 4);
  EXPECT_THAT(samples->shape, ElementsAre(3, 32, 32));
  EXPECT_THAT(samples->labels, ElementsAre(3, 9, 3, 9));
  EXPECT_EQ(samples->class_names[3], "cat");
  EXPECT_EQ(samples->row(0)[0], 0.0F);
  EXPECT_EQ(samples->row(0)[1024], 0.2F);
  EXPECT_EQ(samples->row(0)[3071], 1.0F);
}

TEST_F(CifarFile, RefusesOtherFiles) {
  EXPECT_THAT(ReadCifar10(std::vector{Write("a.bin", "abc")}).error(),
              HasSubstr("3 bytes, wanted a multiple of 3073"));
  EXPECT_THAT(ReadCifar10(std::vector{Write("b.bin", Record(10, 0, 0, 0))}).error(),
              HasSubstr("record 0 has the class 10, wanted 0 to 9"));
}

TEST_F(CifarFile, ReadsTheWholeSetOrNamesWhatIsMissing) {
  for (int i = 1; i <= 5; ++i) Write(StrCat("data_batch_", i, ".bin"), Record(i, 0, 0, 0));
  EXPECT_THAT(ReadCifar10Set(temp_.path()).error(), HasSubstr("holds no test_batch.bin"));
  Write("test_batch.bin", Record(0, 0, 0, 0));
  const auto set = ReadCifar10Set(temp_.path());
  ASSERT_TRUE(set.ok()) << set.error();
  EXPECT_THAT(set->train.labels, ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(set->test.labels, ElementsAre(0));
}

}  // namespace
}  // namespace tengen
