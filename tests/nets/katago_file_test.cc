// Network files of KataGo. The small real network and its origin: tests/golden/katago.

#include "nets/katago_file.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/gzip_file.h"
#include "tests/nets/katago_support.h"
#include "tests/support/golden.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

const std::filesystem::path kTinyNetwork = Golden("katago/tiny-b1c6nbt-mish.bin.gz");
constexpr std::size_t kLimit = 1 << 24;

std::string ErrorOf(std::string_view bytes) {
  const auto network = ParseKataGoNetwork(bytes, "test");
  EXPECT_FALSE(network.ok());
  return network.ok() ? "" : network.error();
}

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(KataGoFileTest, ReadsTheSmallNestedBottleneckNetwork) {
  const auto network = LoadKataGoNetwork(kTinyNetwork);
  ASSERT_TRUE(network.ok()) << network.error();
  EXPECT_EQ(network->version, 11);
  EXPECT_EQ(network->channels, 6);
  ASSERT_EQ(network->blocks.size(), 1U);
  EXPECT_EQ(network->blocks[0].kind, KataGoBlock::Kind::kNestedBottleneck);
  EXPECT_EQ(network->trunk_norm.activation, KataGoActivation::kMish);
}

TEST(KataGoFileTest, TextAndBinaryFilesOfOneNetworkAreEqual) {
  const auto text = ParseKataGoNetwork(RandomKataGoFile(13, WeightFormat::kText, 7), "text");
  const auto binary = ParseKataGoNetwork(RandomKataGoFile(13, WeightFormat::kBinary, 7), "binary");
  ASSERT_TRUE(text.ok()) << text.error();
  ASSERT_TRUE(binary.ok()) << binary.error();
  EXPECT_EQ(text->input_conv.weights, binary->input_conv.weights);
  EXPECT_EQ(text->blocks[2].inner[1].pool_matrix.weights,
            binary->blocks[2].inner[1].pool_matrix.weights);
  EXPECT_EQ(text->value.ownership.weights, binary->value.ownership.weights);
}

TEST(KataGoFileTest, EveryVersionFrom8To14IsRead) {
  for (int version = 8; version <= 14; ++version) {
    const auto network =
        ParseKataGoNetwork(RandomKataGoFile(version, WeightFormat::kBinary, 1), "random");
    ASSERT_TRUE(network.ok()) << network.error();
    EXPECT_EQ(network->policy.point_out.out, version >= 12 ? 2 : 1) << version;
    EXPECT_EQ(network->value.score.out, version >= 9 ? 6 : 4) << version;
    EXPECT_EQ(network->scales.lead, version >= 13 ? 24.0 : 20.0) << version;
  }
}

TEST(KataGoFileTest, OtherVersionsAreRefusedByNumber) {
  const std::string file = RandomKataGoFile(14, WeightFormat::kText, 1);
  EXPECT_THAT(ErrorOf(Replaced(file, " 14 ", " 15 ")),
              HasSubstr("model version 15, wanted 8 to 14"));
  EXPECT_THAT(ErrorOf(Replaced(file, " 14 ", " 7 ")), HasSubstr("model version 7, wanted 8 to 14"));
}

TEST(KataGoFileTest, OtherInputsAreRefused) {
  const std::string file = RandomKataGoFile(8, WeightFormat::kText, 1);
  EXPECT_THAT(ErrorOf(Replaced(file, " 22 19 ", " 13 19 ")), HasSubstr("is 13, wanted 22"));
}

TEST(KataGoFileTest, LayersThatDoNotFitAreNamed) {
  const std::string file = RandomKataGoFile(8, WeightFormat::kText, 1);
  EXPECT_THAT(ErrorOf(Replaced(file, "matrix 19 8", "matrix 19 9")), HasSubstr("is 9, wanted 8"));
}

TEST(KataGoFileTest, UnknownBlocksAreNamed) {
  const std::string file = RandomKataGoFile(8, WeightFormat::kText, 1);
  EXPECT_THAT(ErrorOf(Replaced(file, "gpool_block", "attention_block")),
              HasSubstr("'attention_block', wanted ordinary_block"));
}

TEST(KataGoFileTest, UnknownActivationsAreNamed) {
  const std::string file = RandomKataGoFile(11, WeightFormat::kText, 1);
  EXPECT_THAT(ErrorOf(Replaced(file, "ACTIVATION_MISH", "ACTIVATION_GELU")),
              HasSubstr("'ACTIVATION_GELU', wanted"));
}

TEST(KataGoFileTest, WeightsThatAreNotFiniteAreRefused) {
  std::string file = RandomKataGoFile(8, WeightFormat::kText, 1);
  const std::size_t weight = file.find('\n', file.find("conv 5 5")) + 1;
  file.replace(weight, file.find(' ', weight) - weight, "nan");
  EXPECT_THAT(ErrorOf(file), HasSubstr("wanted finite"));
}

TEST(KataGoFileTest, HugeSizesDoNotAskForMemory) {
  const std::string file = RandomKataGoFile(8, WeightFormat::kText, 1);
  EXPECT_THAT(ErrorOf(Replaced(file, "conv 1 1 8 5", "conv 37 37 8 65536")),
              HasSubstr("the file ends in the weights"));
}

TEST(KataGoFileTest, EveryTruncationIsAnError) {
  for (const WeightFormat format : {WeightFormat::kText, WeightFormat::kBinary}) {
    std::string file = RandomKataGoFile(12, format, 1);
    // The last weight of a text may lose digits and still be one.
    const std::size_t whole = file.size() - 20;
    for (std::size_t length = 0; length < whole; length += 1 + length / 40) {
      EXPECT_NE(ErrorOf(file.substr(0, length)), "") << length;
    }
  }
}

TEST(KataGoFileTest, BytesBehindTheNetworkAreRefused) {
  EXPECT_THAT(ErrorOf(RandomKataGoFile(8, WeightFormat::kBinary, 1) + "more"),
              HasSubstr("4 bytes left over"));
}

TEST(KataGoFileTest, AnyFlippedByteIsAnErrorOrANetwork) {
  const std::string file = RandomKataGoFile(11, WeightFormat::kBinary, 1);
  for (std::size_t i = 0; i < file.size(); i += 5) {
    std::string damaged = file;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x14);
    const auto network = ParseKataGoNetwork(damaged, "damaged");
    EXPECT_TRUE(network.ok() || !network.error().empty()) << i;
  }
}

TEST(KataGoFileTest, ATruncatedGzipFileIsNamed) {
  std::ifstream file(kTinyNetwork, std::ios::binary);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  const TempFolder folder;
  const std::filesystem::path path = folder.path() / "cut.bin.gz";
  std::ofstream(path, std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  const auto network = LoadKataGoNetwork(path);
  ASSERT_FALSE(network.ok());
  EXPECT_THAT(network.error(), HasSubstr("cut.bin.gz"));
  EXPECT_THAT(network.error(), HasSubstr("wanted a whole file"));
}

TEST(KataGoFileTest, AFlippedByteInAGzipFileIsFound) {
  std::ifstream file(kTinyNetwork, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  const TempFolder folder;
  const std::filesystem::path path = folder.path() / "flipped.bin.gz";
  std::ofstream(path, std::ios::binary) << bytes;
  EXPECT_FALSE(LoadKataGoNetwork(path).ok());
}

TEST(KataGoFileTest, MissingFilesAndFoldersAreErrors) {
  const TempFolder folder;
  EXPECT_FALSE(LoadKataGoNetwork(folder.path() / "missing.bin.gz").ok());
  EXPECT_THAT(LoadKataGoNetwork(folder.path()).error(), HasSubstr("wanted a file"));
}

TEST(KataGoFileTest, InflatingStopsAtTheLimit) {
  EXPECT_THAT(ReadGzipFile(kTinyNetwork, 1000).error(), HasSubstr("more than 1000 bytes"));
  EXPECT_TRUE(ReadGzipFile(kTinyNetwork, kLimit).ok());
}

}  // namespace
}  // namespace tengen
