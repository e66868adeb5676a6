#include "experiments/players/anchors.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "experiments/players/agent_spec.h"
#include "tests/support/fake_gtp.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::StartsWith;

// A path that a shell and an agent's text would both take apart.
TEST(Anchors, PathsOfOutsideProgramsMayHoldAnything) {
  TempFolder temp;
  const auto folder = temp / "it's, \"my\" @ $HOME";
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "gnu go") << "#!/bin/sh\nexec " << FakeGtp("play") << "\n";
  std::filesystem::permissions(folder / "gnu go", std::filesystem::perms::owner_all);
  std::ofstream(folder / "net,1.bin.gz") << "x";
  const auto programs =
      OutsidePrograms::Find((folder / "gnu go").string(), folder / "net,1.bin.gz");
  const auto game = *MakeGame("go:size=5");

  const auto katago = AgentSpec::Parse(AnchorAgent("katago-b6c96:7", *game, programs).value());
  ASSERT_TRUE(katago.ok()) << katago.error();
  EXPECT_EQ(katago->folder, folder / "net,1.bin.gz");
  EXPECT_EQ(katago->visits, 7);

  const auto gnugo = AgentSpec::Parse(AnchorAgent("gnugo:10", *game, programs).value());
  ASSERT_TRUE(gnugo.ok()) << gnugo.error();
  EXPECT_THAT(gnugo->command, StartsWith("'"));
  const auto opened = AgentFactory::Open(*gnugo, game, Device::kCpu);
  ASSERT_TRUE(opened.ok()) << opened.error();
  EXPECT_EQ(opened->program(), "Fake 1.5");
}

}  // namespace
}  // namespace tengen
