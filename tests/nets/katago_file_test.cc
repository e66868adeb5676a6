// Network files of KataGo. The small real network and its origin: tests/golden/katago.

#include "nets/katago_file.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/gzip_file.h"
#include "tests/nets/random_katago_file.h"
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

TEST(KataGoFileTest, EveryVersionFrom8To17IsRead) {
  for (int version = 8; version <= 17; ++version) {
    const auto network =
        ParseKataGoNetwork(RandomKataGoFile(version, WeightFormat::kBinary, 1), "random");
    ASSERT_TRUE(network.ok()) << network.error();
    EXPECT_EQ(network->policy.point_out.out, version == 16 ? 4 : version >= 12 ? 2 : 1) << version;
    EXPECT_EQ(network->policy.has_pass_hidden(), version >= 15) << version;
    EXPECT_EQ(network->value.score.out, version >= 9 ? 6 : 4) << version;
    EXPECT_EQ(network->scales.lead, version >= 13 ? 24.0 : 20.0) << version;
  }
}

TEST(KataGoFileTest, OtherVersionsAreRefusedByNumber) {
  const std::string file = RandomKataGoFile(14, WeightFormat::kText, 1);
  EXPECT_THAT(ErrorOf(Replaced(file, " 14 ", " 18 ")),
              HasSubstr("model version 18, wanted 8 to 17"));
  EXPECT_THAT(ErrorOf(Replaced(file, " 14 ", " 7 ")), HasSubstr("model version 7, wanted 8 to 17"));
}

TEST(KataGoFileTest, TransformersAreReadWhereverBlocksStand) {
  const auto network = ParseKataGoNetwork(RandomKataGoFile(15, WeightFormat::kText, 1), "random");
  ASSERT_TRUE(network.ok()) << network.error();
  ASSERT_EQ(network->blocks.size(), 6U);
  const KataGoBlock& nested = network->blocks[3];
  ASSERT_EQ(nested.inner.size(), 3U);
  EXPECT_EQ(nested.inner[0].kind, KataGoBlock::Kind::kAttention);
  EXPECT_EQ(nested.inner[0].attention.rotation, KataGoAttention::Rotation::kLearnt);
  EXPECT_EQ(nested.inner[0].attention.frequencies.size(), 8U);  // 2 heads of keys, 2 pairs
  EXPECT_EQ(nested.inner[1].kind, KataGoBlock::Kind::kFeedForward);
  EXPECT_EQ(nested.inner[1].feed_forward.gate.out, 10);
  EXPECT_EQ(nested.inner[2].attention.rotation, KataGoAttention::Rotation::kNone);
  const KataGoAttention& fixed = network->blocks[4].attention;
  EXPECT_EQ(fixed.rotation, KataGoAttention::Rotation::kFixed);
  EXPECT_EQ(fixed.theta, 100.0);
  EXPECT_EQ(fixed.heads, 4);
  EXPECT_EQ(fixed.key_heads, 2);
}

TEST(KataGoFileTest, TheTrunksEndMetadataAndAreaAreRead) {
  RandomKataGoParts parts;
  parts.last_norm = RandomKataGoParts::LastNorm::kBoardRms;
  parts.metadata = true;
  parts.area_with_suicide = true;
  const auto network =
      ParseKataGoNetwork(RandomKataGoFile(17, WeightFormat::kText, 1, parts), "random");
  ASSERT_TRUE(network.ok()) << network.error();
  ASSERT_TRUE(network->trunk_rms_norm.has_value());
  EXPECT_EQ(network->trunk_rms_norm->over, KataGoRmsNorm::Over::kBoard);
  EXPECT_EQ(network->trunk_activation(), KataGoActivation::kMish);
  ASSERT_TRUE(network->metadata.has_value());
  EXPECT_EQ(network->metadata->last.out, 8);
  EXPECT_TRUE(network->area_with_suicide);
}

// The weights of an attention block by hand: norm 8, query 8x16, key 8x8, value 8x6, mix 12x8; of a
// feed-forward block: norm 8, 3 times 8x10.
TEST(KataGoFileTest, ParametersOfTransformersCount) {
  auto network = ParseKataGoNetwork(RandomKataGoFile(15, WeightFormat::kText, 1), "random").value();
  const std::int64_t all = network.ParameterCount();
  network.blocks.pop_back();
  EXPECT_EQ(all - network.ParameterCount(), 8 + 240);
  const std::int64_t rest = network.ParameterCount();
  network.blocks.pop_back();
  EXPECT_EQ(rest - network.ParameterCount(), 8 + 128 + 64 + 48 + 96);
}

TEST(KataGoFileTest, OptionsOfLaterFilesAreRefused) {
  const std::string file = RandomKataGoFile(17, WeightFormat::kText, 1);
  EXPECT_THAT(ErrorOf(Replaced(file, "0 0 0 0 0 0 0 0 ", "0 0 0 7 0 0 0 0 ")),
              HasSubstr("the network's options, number 2 of 6, is 7, wanted 0"));
  EXPECT_THAT(ErrorOf(Replaced(file, "0 0 0 0 0 0 0 0 ", "2 0 0 0 0 0 0 0 ")),
              HasSubstr("is '2', wanted a number from 0 to 1"));
  EXPECT_THAT(ErrorOf(Replaced(file, "0 0 0 0 0 0 \nconv", "0 0 0 0 0 1 \nconv")),
              HasSubstr("trunk: the trunk's options, number 5 of 5, is 1, wanted 0"));
  EXPECT_THAT(ErrorOf(Replaced(file, "0 0 0 0 0 0 \nconv", "2 0 0 0 0 0 \nconv")),
              HasSubstr("the kind of the last norm is '2', wanted a number from 0 to 1"));
  EXPECT_THAT(ErrorOf(Replaced(file, "policy 2 0 0 0", "policy 2 0 0 4")),
              HasSubstr("the policy head's options, number 3 of 3, is 4"));
  EXPECT_THAT(ErrorOf(Replaced(file, "policy 2 0 0 0", "policy 3 0 0 0")),
              HasSubstr("the number of outputs is 3, wanted 2 or 4"));
  EXPECT_THAT(ErrorOf(Replaced(file, "value 0 0 0", "value 1 0 0")),
              HasSubstr("the value head's options, number 1 of 3, is 1"));
}

TEST(KataGoFileTest, TransformersThatDoNotFitAreNamed) {
  const std::string file = RandomKataGoFile(15, WeightFormat::kText, 1);
  EXPECT_THAT(ErrorOf(Replaced(file, "attention 4 2 4 3", "attention 3 2 4 3")),
              HasSubstr("attention: 3 heads, wanted a multiple of the 2 heads of keys"));
  EXPECT_THAT(ErrorOf(Replaced(file, "attention 4 2 4 3", "attention 4 2 5 3")),
              HasSubstr("is 5, wanted even"));
  EXPECT_THAT(ErrorOf(Replaced(file, "attention 4 2 4 3", "attention 4 4 4 3")),
              HasSubstr("the number of outputs is 8, wanted 16"));
  EXPECT_THAT(ErrorOf(Replaced(file, "frequencies 2 2 2", "frequencies 2 2 3")),
              HasSubstr("is 3, wanted 2"));
  EXPECT_THAT(ErrorOf(Replaced(file, "theta 100", "theta -1")), HasSubstr("theta wanted"));
  EXPECT_THAT(ErrorOf(Replaced(file, "feed-forward 6 10 1", "feed-forward 6 10 0")),
              HasSubstr("without a gate, wanted one with"));
}

TEST(KataGoFileTest, ATruncatedTransformerIsOneSentence) {
  const std::string file = RandomKataGoFile(15, WeightFormat::kBinary, 1);
  const std::size_t block = file.find("transformer_attention_block");
  const std::size_t matrix = file.find("matrix 6 16", block);
  EXPECT_THAT(ErrorOf(file.substr(0, matrix + 60)),
              HasSubstr("test: the file ends in the weights of matrix: "));
  const std::size_t heads = file.find("attention 4 2 4 3", block);
  EXPECT_EQ(ErrorOf(file.substr(0, heads + 14)), StrCat("test: the file ends at byte ", heads + 14,
                                                        ", wanted the size of a head's keys"));
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
    RandomKataGoParts parts;
    parts.metadata = true;
    std::string file = RandomKataGoFile(17, format, 1, parts);
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
  const std::string file = RandomKataGoFile(17, WeightFormat::kBinary, 1);
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
