#include "experiments/datasets/idx_file.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// By the definition of the format, byte by byte.
std::string Idx(const std::vector<int>& shape, const std::string& values) {
  std::string bytes = {0, 0, 8, static_cast<char>(shape.size())};
  for (const int extent : shape) {
    for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(extent >> shift & 255);
  }
  return bytes + values;
}

class IdxFile : public ::testing::Test {
 protected:
  std::filesystem::path Write(const std::string& name, const std::string& bytes) {
    std::ofstream(temp_ / name, std::ios::binary) << bytes;
    return temp_ / name;
  }
  // Two pictures of 1x2 in each part.
  void WriteSet(const std::string& train = std::string("\1\0", 2),
                const std::string& test = std::string("\1\0", 2)) {
    for (const auto& [part, labels] : {std::pair("train", train), std::pair("t10k", test)}) {
      Write(std::string("mnist-") + part + "-images-idx3-ubyte",
            Idx({2, 1, 2}, std::string("\0\xff\x33\x66", 4)));
      Write(std::string("mnist-") + part + "-labels-idx1-ubyte", Idx({2}, labels));
    }
  }

  TempFolder temp_;
};

TEST_F(IdxFile, GivesPicturesFromZeroToOneWithTheirLabels) {
  WriteSet();
  const auto set = ReadIdxFolder(temp_.path());
  ASSERT_TRUE(set.ok()) << set.error();
  EXPECT_THAT(set->train.shape, ElementsAre(1, 1, 2));
  EXPECT_THAT(set->train.features, ElementsAre(0.0F, 1.0F, 0.2F, 0.4F));
  EXPECT_THAT(set->train.labels, ElementsAre(1, 0));
  EXPECT_THAT(set->train.class_names, ElementsAre("0", "1"));
  EXPECT_EQ(set->test.size(), 2);
  EXPECT_TRUE(CheckSamples(set->train).ok());
}

TEST_F(IdxFile, RefusesLabelsOutOfRange) {
  WriteSet("\1\2");
  EXPECT_THAT(ReadIdxFolder(temp_.path(), {"shirt", "shoe"}).error(),
              AllOf(HasSubstr("labels-idx1-ubyte"), HasSubstr("a label of 2, wanted 0 to 1")));
}

// Without names a damaged label must not make classes of its own.
TEST_F(IdxFile, TakesTheClassesFromTheTrainingPart) {
  WriteSet("\1\2", "\2\3");
  EXPECT_THAT(ReadIdxFolder(temp_.path()).error(),
              AllOf(HasSubstr("t10k-labels"), HasSubstr("a label of 3, wanted 0 to 2")));
  WriteSet("\1\2", "\1\1");
  const auto set = ReadIdxFolder(temp_.path());
  ASSERT_TRUE(set.ok()) << set.error();
  EXPECT_EQ(set->test.class_names, set->train.class_names);
  WriteSet("\1\x4d", "\1\1");
  EXPECT_THAT(ReadIdxFolder(temp_.path()).error(),
              AllOf(HasSubstr("train-labels"), HasSubstr("a label of 77, but none of 2, wanted")));
}

TEST_F(IdxFile, RefusesWhatIsNoIdx) {
  EXPECT_THAT(ReadIdx(Write("a", "PNG...")).error(), HasSubstr("no IDX file"));
  EXPECT_THAT(ReadIdx(Write("b", std::string("\0\0\x0d\1\0\0\0\1....", 12))).error(),
              HasSubstr("IDX of type 13, wanted 8"));
  EXPECT_THAT(ReadIdx(Write("c", Idx({2, 2}, "abc"))).error(),
              HasSubstr("IDX of 2x2 with 3 bytes, wanted 4"));
  EXPECT_THAT(ReadIdx(Write("d", Idx({-1, -1, -1}, ""))).error(), HasSubstr("more than its bytes"));
  EXPECT_THAT(ReadIdx(Write("e", std::string("\0\0\x08\3\0\0", 6))).error(),
              HasSubstr("without dimensions"));
}

TEST_F(IdxFile, RefusesPartsThatDoNotFit) {
  const auto two = Write("images", Idx({2, 1, 2}, "abcd"));
  const auto three = Write("labels", Idx({3}, "abc"));
  EXPECT_THAT(ReadIdxImages(two, three).error(), HasSubstr("2 pictures"));
  EXPECT_THAT(ReadIdxImages(three, three).error(), HasSubstr("1 dimensions, wanted 3"));
  EXPECT_THAT(ReadIdxImages(two, two).error(), HasSubstr("3 dimensions, wanted 1"));

  EXPECT_THAT(ReadIdxFolder(temp_.path()).error(), HasSubstr("train-images-idx3-ubyte"));
  WriteSet();
  Write("mnist-t10k-images-idx3-ubyte", Idx({2, 2, 1}, "abcd"));
  EXPECT_THAT(ReadIdxFolder(temp_.path()).error(),
              HasSubstr("pictures of 1x1x2 and of 1x2x1, wanted one size"));
}

}  // namespace
}  // namespace tengen
