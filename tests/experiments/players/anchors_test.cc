#include "experiments/players/anchors.h"

#include <cmath>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "experiments/config/presets.h"
#include "experiments/players/agent_spec.h"
#include "experiments/players/anchor_file.h"
#include "tests/support/fake_gtp.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using ::testing::UnorderedElementsAre;

const Pentanomial kEven{{3, 0, 6, 0, 3}};  // 24 games of equals

TEST(Anchors, ThoseFromOutsideAreLeftOutWhereTheyAreNotHere) {
  const auto go = *MakeGame("go:size=9,komi=6.5,ko=situational,suicide=multi");
  EXPECT_EQ(AnchorNames(*go).size(), 8U);
  EXPECT_EQ(AnchorNames(**MakeGame("connect4")).size(), 5U);
  EXPECT_THAT(AnchorAgent("gnugo:10", *go, {}).error(), HasSubstr("apt-get install gnugo"));
  EXPECT_THAT(AnchorAgent("katago-b6c96:0", *go, {}).error(), HasSubstr("--katago FILE"));
  EXPECT_EQ(*AnchorAgent("gnugo:10", *go, {"/bin/gnugo", {}}),
            "gtp:\"/bin/gnugo --mode gtp --level 10 --capture-all-dead --chinese-rules "
            "--situational-superko "
            "--allow-suicide\"");
  EXPECT_EQ(*AnchorAgent("katago-b6c96:100", *go, {{}, "/n.bin.gz"}),
            "katago:/n.bin.gz,visits=100,c_init=1.25,lcb=off");
  EXPECT_EQ(*AnchorAgent("mcts:50", *go, {}), "mcts:50");
}

TEST(Anchors, ProgramsThatWereNamedHaveToBeThere) {
  EXPECT_TRUE(OutsidePrograms::Find("", "")->katago.empty());
  EXPECT_THAT(OutsidePrograms::Find("/nowhere/gnugo", "").error(), HasSubstr("/nowhere/gnugo"));
  EXPECT_THAT(OutsidePrograms::Find("no-such-gnugo", "").error(), HasSubstr("no-such-gnugo"));
  EXPECT_THAT(OutsidePrograms::Find("", "/nowhere").error(), HasSubstr("/nowhere"));
  EXPECT_THAT(OutsidePrograms::Find("sh", "")->gnugo.string(), EndsWith("/sh"));
}

TEST(Anchors, EveryGameOfTheShippedFileIsKnownByItsOwnName) {
  const AnchorFile file = *AnchorFile::Parse(AnchorsJson());
  EXPECT_EQ(file.games().size(), 5U);
  for (const std::string& id : file.games()) {
    const auto game = MakeGame(id);
    ASSERT_TRUE(game.ok()) << id;
    EXPECT_EQ((*game)->spec().id, id) << "wanted the id as the game itself writes it";
    const AnchorList list = MeasuredAnchors(**game, {}, nullptr);
    ASSERT_GE(list.anchors.size(), 5U) << id;
    EXPECT_EQ(list.anchors.front().name, "random");
    EXPECT_EQ(list.anchors.front().elo, 0.0);
    for (const Anchor& anchor : list.anchors) {
      EXPECT_TRUE(!anchor.here() || AgentSpec::Parse(anchor.agent).ok()) << anchor.agent;
    }
  }
}

TEST(Anchors, OtherGamesAreNotMeasured) {
  EXPECT_TRUE(MeasuredAnchors(**MakeGame("go:size=9,komi=6.5"), {}, nullptr).anchors.empty());
}

TEST(Anchors, ThoseFromOutsideAreNamedWhenTheyAreNotHere) {
  const auto game = *MakeGame("go:size=9,komi=7,ko=positional,suicide=none");
  std::vector<std::string> missing;
  const AnchorList list = MeasuredAnchors(*game, {}, &missing);
  int here = 0;
  for (const Anchor& anchor : list.anchors) here += anchor.here() ? 1 : 0;
  EXPECT_EQ(list.anchors.size(), 8U);
  EXPECT_EQ(here, 5);
  EXPECT_THAT(missing, UnorderedElementsAre(HasSubstr("gnugo:10"), HasSubstr("katago-b6c96:0"),
                                            HasSubstr("katago-b6c96:100")));
}

TEST(AnchorList, WithoutMatchesTheEloIsTakenAsExact) {
  AnchorList list;
  list.anchors = {{"random", "random", 0.0}, {"mcts:50", "mcts:50", 500.0}};
  EXPECT_FALSE(list.errors_known());
  const RatingFit fit = list.Rate(1, {{2, 1, kEven}});
  EXPECT_EQ(fit.ratings()[1]->half_width, 0.0);
  EXPECT_NEAR(fit.ratings()[2]->elo, 500.0, 1e-6);
  // 24 games: 1.96 / sqrt(24 / 4) in units of 400 / log 10.
  EXPECT_NEAR(fit.ratings()[2]->half_width, 1.959964 / std::sqrt(6.0) * 173.7178, 1e-2);
}

TEST(AnchorList, WithMatchesAnAgentCarriesTheErrorsOfItsAnchors) {
  AnchorList list;
  list.anchors = {{"random", "random", 0.0}, {"mcts:50", "mcts:50", 0.0}};
  list.matches = {{1, 0, kEven}};
  EXPECT_TRUE(list.errors_known());
  const RatingFit fit = list.Rate(1, {{2, 1, kEven}});
  const double link = 1.959964 / std::sqrt(6.0) * 173.7178;
  EXPECT_NEAR(fit.ratings()[1]->half_width, link, 1e-2);
  EXPECT_NEAR(fit.ratings()[2]->half_width, std::sqrt(2.0) * link, 1e-2);
  EXPECT_NEAR(fit.Difference(2, 1)->half_width, link, 1e-2);
}

// A path that a shell and an agent's text would both take apart.
TEST(Anchors, PathsOfOutsideProgramsMayHoldAnything) {
  TempFolder temp;
  const auto folder = temp / "it's, \"my\" @ $HOME";
  std::filesystem::create_directory(folder);
  std::ofstream(folder / "gnu go") << "#!/bin/sh\nexec " << FakeGtp("play") << "\n";
  std::filesystem::permissions(folder / "gnu go", std::filesystem::perms::owner_all);
  std::ofstream(folder / "net,1.bin.gz") << "x";
  const auto programs =
      OutsidePrograms::Find((folder / "gnu go").string(), folder / "net,1.bin.gz").value();
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
