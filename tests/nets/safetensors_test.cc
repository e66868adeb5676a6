#include "nets/safetensors.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/torch_compat.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::string WithHeader(const std::string& header, const std::string& data) {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + data;
}

// Written by Python's safetensors 0.8: save({"b": float32 [[1.5, -2, 0.25]], "a": int64 [7]},
// metadata={"format": "pt"}).
const std::string kPython = WithHeader(
    R"({"__metadata__":{"format":"pt"},"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]},)"
    R"("b":{"dtype":"F32","shape":[1,3],"data_offsets":[8,20]}}   )",
    std::string("\x07\0\0\0\0\0\0\0\0\0\xc0?\0\0\0\xc0\0\0\x80>", 20));

TensorFile Example() {
  return {{{"b", at::tensor({1.5F, -2.0F, 0.25F}).unsqueeze(0)}, {"a", at::tensor({7}, at::kLong)}},
          {{"format", "pt"}}};
}

TEST(Safetensors, ReadsWhatPythonWrote) {
  const Result<TensorFile> file = ParseSafetensors(kPython);
  ASSERT_TRUE(file.ok()) << file.error();
  EXPECT_EQ(file->metadata.at("format"), "pt");
  ASSERT_EQ(file->tensors.size(), 2U);
  for (const auto& [name, tensor] : Example().tensors) {
    EXPECT_EQ(file->tensors.at(name).scalar_type(), tensor.scalar_type());
    EXPECT_TRUE(at::equal(file->tensors.at(name), tensor)) << name;
  }
}

// Python's safetensors reads these bytes back as the same tensors.
TEST(Safetensors, WritesTheseBytes) {
  EXPECT_EQ(
      SerializeSafetensors(Example()),
      WithHeader(
          R"({"__metadata__":{"format":"pt"},"a":{"data_offsets":[0,8],"dtype":"I64","shape":[1]},)"
          R"("b":{"data_offsets":[8,20],"dtype":"F32","shape":[1,3]}}   )",
          kPython.substr(kPython.size() - 20)));
}

TEST(Safetensors, KeepsEveryTypeAndShape) {
  TensorFile file;
  for (const at::ScalarType type : {at::kFloat, at::kDouble, at::kBFloat16, at::kHalf, at::kChar,
                                    at::kShort, at::kInt, at::kLong, at::kByte, at::kBool}) {
    file.tensors[at::toString(type)] = (at::arange(6).reshape({2, 3}) % 2).to(type).t();
  }
  file.tensors["scalar"] = at::scalar_tensor(2.5);
  file.tensors["empty"] = at::empty({0, 4});
  const Result<TensorFile> read = ParseSafetensors(SerializeSafetensors(file));
  ASSERT_TRUE(read.ok()) << read.error();
  ASSERT_EQ(read->tensors.size(), file.tensors.size());
  for (const auto& [name, tensor] : file.tensors) {
    EXPECT_EQ(read->tensors.at(name).sizes(), tensor.sizes()) << name;
    EXPECT_EQ(read->tensors.at(name).scalar_type(), tensor.scalar_type()) << name;
    EXPECT_TRUE(at::equal(read->tensors.at(name), tensor.contiguous())) << name;
  }
}

TEST(Safetensors, EveryTruncationIsAnError) {
  for (std::size_t size = 0; size < kPython.size(); ++size) {
    EXPECT_FALSE(ParseSafetensors(std::string_view(kPython).substr(0, size)).ok()) << size;
  }
}

TEST(Safetensors, ErrorsSayWhatIsWrong) {
  const auto error = [](const std::string& header, const std::string& data) {
    return ParseSafetensors(WithHeader(header, data)).error();
  };
  EXPECT_THAT(ParseSafetensors("abc").error(), HasSubstr("3 bytes, wanted at least 8"));
  EXPECT_THAT(ParseSafetensors("\xff\xff\xff\xff\xff\xff\xff\xff{}").error(),
              HasSubstr("of which 2 are there"));
  EXPECT_THAT(error("[1]", ""), HasSubstr("not a JSON object"));
  EXPECT_THAT(error(R"({"x":{"dtype":"F7","shape":[1],"data_offsets":[0,4]}})", "abcd"),
              HasSubstr("tensor x: type F7 is not known"));
  EXPECT_THAT(error(R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", "abcdefgh"),
              HasSubstr("data at 0 to 4, wanted 0 to 8"));
  EXPECT_THAT(error(R"({"x":{"dtype":"F32","shape":[9],"data_offsets":[0,36]}})", "abcd"),
              HasSubstr("more than the 4 bytes"));
  EXPECT_THAT(error(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", "abcde"),
              HasSubstr("5 bytes of data, wanted 4"));
  EXPECT_THAT(error(R"({"x":{"dtype":"F32","data_offsets":[0,4]}})", "abcd"),
              HasSubstr("tensor x: header entry"));
}

TEST(Safetensors, OverflowingShapesAreErrors) {
  const std::string header =
      R"({"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0]}})";
  EXPECT_FALSE(ParseSafetensors(WithHeader(header, "")).ok());
}

TEST(Safetensors, FileErrorsNameTheFile) {
  EXPECT_THAT(ReadSafetensors("/nowhere/net.safetensors").error(),
              StartsWith("cannot open /nowhere/net.safetensors"));
  EXPECT_THROW(WriteSafetensors("/nowhere/net.safetensors", Example()), WorldError);
}

TEST(Safetensors, FullDiskThrowsAndKeepsNothing) {
  // Writing to /dev/full fails as a full disk does.
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  const auto folder = std::filesystem::path(::testing::TempDir()) / "full_disk";
  std::filesystem::create_directories(folder);
  std::filesystem::create_symlink("/dev/full", folder / "net.safetensors.tmp");
  EXPECT_THROW(WriteSafetensors(folder / "net.safetensors", Example()), WorldError);
  EXPECT_FALSE(std::filesystem::exists(folder / "net.safetensors"));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace tengen
