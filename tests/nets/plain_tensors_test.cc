#include "nets/plain_tensors.h"

#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

PlainTensorFile Example() {
  PlainTensorFile file;
  file.tensors["codes"] = std::vector<std::int32_t>{7, -1};
  file.tensors["weights"] = std::vector<float>{0.5F, -2.0F, 3.25F};
  file.metadata["version"] = "1";
  return file;
}

// The format's own description: 8 bytes of length, the header, the data in the header's order.
TEST(PlainTensors, LieInTheFileAsTheFormatSays) {
  const std::string bytes = SerializePlainTensors(Example());
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  ASSERT_EQ(bytes.size(), 8 + length + 20);
  EXPECT_EQ(length % 8, 0U);
  EXPECT_THAT(bytes, HasSubstr(R"("codes":{"data_offsets":[0,8],"dtype":"I32","shape":[2]})"));
  EXPECT_THAT(bytes, HasSubstr(R"("weights":{"data_offsets":[8,20],"dtype":"F32","shape":[3]})"));
  float last = 0.0F;
  std::memcpy(&last, bytes.data() + bytes.size() - 4, 4);
  EXPECT_EQ(last, 3.25F);
}

TEST(PlainTensors, ReadWhatWasWritten) {
  TempFolder temp;
  WritePlainTensors(temp / "x.safetensors", Example());
  const auto read = ReadPlainTensors(temp / "x.safetensors");
  ASSERT_TRUE(read.ok()) << read.error();
  EXPECT_EQ(read->tensors, Example().tensors);
  EXPECT_EQ(read->metadata, Example().metadata);
}

TEST(PlainTensors, RefuseWhatDoesNotFit) {
  const std::string good = SerializePlainTensors(Example());
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    EXPECT_FALSE(ParsePlainTensors(std::string_view(good).substr(0, cut)).ok()) << cut;
  }
  const auto with = [&good](const std::string& from, const std::string& to) {
    std::string bytes = good;
    bytes.replace(bytes.find(from), from.size(), to);
    const auto parsed = ParsePlainTensors(bytes);
    return parsed.ok() ? "accepted" : parsed.error();
  };
  EXPECT_THAT(with("F32", "F64"), HasSubstr("wanted one of F32 or I32"));
  EXPECT_THAT(with("[8,20]", "[8,24]"), HasSubstr("data at 8 to 24"));
  EXPECT_THAT(with("[0,8]", "[8,0]"), HasSubstr("codes"));
  EXPECT_THAT(with("{\"__", "[\"__"), HasSubstr("not a JSON object"));
  EXPECT_THAT(ReadPlainTensors("/nowhere/x").error(), HasSubstr("/nowhere/x"));
}

}  // namespace
}  // namespace tengen
