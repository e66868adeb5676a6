#include "nets/checkpoint.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "nets/atomic_file.h"
#include "nets/folder_swap.h"
#include "nets/sha256.h"
#include "nets/torch_compat.h"
#include "tests/nets/random_model.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class Checkpoint : public ::testing::Test {
 protected:
  void SetUp() override {
    root_ = fs::path(::testing::TempDir()) / "tengen_checkpoint_test";
    fs::remove_all(root_);
    fs::create_directories(root_);
    folder_ = root_ / "net";
    const GameSpec spec = (*MakeGame("go:size=5"))->spec();
    network_.snapshot = RandomModel(ModelConfigFor(spec, 4, 1), 1).Snapshot(/*step=*/42);
    network_.facts = {{"game", spec.id}};
  }
  void TearDown() override { fs::remove_all(root_); }

  std::string Bytes(const char* file) { return *ReadWholeFile(folder_ / file); }
  void Replace(const char* file, const std::string& bytes) {
    std::ofstream(folder_ / file, std::ios::binary) << bytes;
  }
  std::string LoadError() { return LoadNetwork(folder_).error(); }

  fs::path root_;
  fs::path folder_;
  NetworkFile network_;
};

TEST_F(Checkpoint, ComesBackAsItWas) {
  SaveNetwork(folder_, network_);
  const Result<NetworkFile> loaded = LoadNetwork(folder_);
  ASSERT_TRUE(loaded.ok()) << loaded.error();
  EXPECT_EQ(loaded->snapshot.config, network_.snapshot.config);
  EXPECT_EQ(loaded->snapshot.step, 42);
  EXPECT_EQ(loaded->facts.at("game"), network_.facts.at("game"));
  ASSERT_EQ(loaded->snapshot.weights.size(), network_.snapshot.weights.size());
  for (const auto& [name, tensor] : network_.snapshot.weights) {
    EXPECT_TRUE(at::equal(loaded->snapshot.weights.at(name), tensor)) << name;
  }
}

TEST_F(Checkpoint, SavingAgainReplacesAndLeavesNothingBeside) {
  SaveNetwork(folder_, network_);
  network_.snapshot.step = 43;
  SaveNetwork(folder_, network_);
  EXPECT_EQ(LoadNetwork(folder_)->snapshot.step, 43);
  EXPECT_EQ(std::distance(fs::directory_iterator(root_), fs::directory_iterator()), 1);
}

TEST_F(Checkpoint, EqualNetworksGiveEqualBytes) {
  SaveNetwork(folder_, network_);
  const std::string json = Bytes("model.json");
  const std::string weights = Bytes("model.safetensors");
  SaveNetwork(folder_, network_);
  EXPECT_EQ(Bytes("model.json"), json);
  EXPECT_EQ(Bytes("model.safetensors"), weights);
}

TEST_F(Checkpoint, TheHashIsThatOfTheWeightsFile) {
  SaveNetwork(folder_, network_);
  const std::string hash = Sha256(Bytes("model.safetensors"));
  EXPECT_EQ(WeightsHash(network_.snapshot), hash);
  EXPECT_EQ(WeightsHash(LoadNetwork(folder_)->snapshot), hash);
  EXPECT_THAT(Bytes("model.json"), HasSubstr("\"sha256\": \"" + hash + "\""));
  network_.snapshot.step = 43;
  EXPECT_EQ(WeightsHash(network_.snapshot), hash);
  network_.snapshot.weights.begin()->second.flatten()[0] += 1.0F;
  EXPECT_NE(WeightsHash(network_.snapshot), hash);
}

TEST_F(Checkpoint, CrashWhileReplacingLeavesTheOldOne) {
  SaveNetwork(folder_, network_);
  fs::rename(folder_, FolderAside(folder_));
  EXPECT_EQ(LoadNetwork(folder_)->snapshot.step, 42);
  network_.snapshot.step = 43;
  SaveNetwork(folder_, network_);
  EXPECT_EQ(LoadNetwork(folder_)->snapshot.step, 43);
  EXPECT_FALSE(fs::exists(FolderAside(folder_)));
}

TEST_F(Checkpoint, TruncatedWeightsAreAnError) {
  SaveNetwork(folder_, network_);
  const std::string bytes = Bytes("model.safetensors");
  Replace("model.safetensors", bytes.substr(0, bytes.size() - 1));
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("model.safetensors: truncated"),
                                 HasSubstr(StrCat("wanted ", bytes.size()))));
}

TEST_F(Checkpoint, FlippedByteInTheWeightsIsAnError) {
  SaveNetwork(folder_, network_);
  std::string bytes = Bytes("model.safetensors");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  Replace("model.safetensors", bytes);
  EXPECT_THAT(LoadError(), HasSubstr("model.safetensors: damaged: checksum"));
}

TEST_F(Checkpoint, EveryFlippedByteInTheJsonIsAnError) {
  SaveNetwork(folder_, network_);
  const std::string bytes = Bytes("model.json");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == ' ' || bytes[i] == '\n') continue;
    std::string flipped = bytes;
    flipped[i] = static_cast<char>(flipped[i] ^ 1);
    Replace("model.json", flipped);
    EXPECT_FALSE(LoadNetwork(folder_).ok()) << "byte " << i << ": " << flipped;
  }
}

TEST_F(Checkpoint, TruncatedJsonIsAnError) {
  SaveNetwork(folder_, network_);
  Replace("model.json", Bytes("model.json").substr(0, 100));
  EXPECT_THAT(LoadError(), HasSubstr("model.json: truncated or not JSON"));
}

TEST_F(Checkpoint, UnknownVersionIsAnError) {
  SaveNetwork(folder_, network_);
  std::string json = Bytes("model.json");
  const std::string version = "\"version\": 1";
  json.replace(json.find(version), version.size(), "\"version\": 9");
  Replace("model.json", json);
  EXPECT_THAT(LoadError(), HasSubstr("format version 9, wanted 1"));
}

TEST_F(Checkpoint, MissingFilesAreErrors) {
  EXPECT_THAT(LoadError(), HasSubstr("cannot open"));
  SaveNetwork(folder_, network_);
  fs::remove(folder_ / "model.safetensors");
  EXPECT_THAT(LoadError(), AllOf(HasSubstr("cannot open"), HasSubstr("model.safetensors")));
}

TEST_F(Checkpoint, SavingWhereNothingCanBeWrittenThrows) {
  EXPECT_THROW(SaveNetwork("/proc/nowhere/net", network_), WorldError);
}

}  // namespace
}  // namespace tengen
