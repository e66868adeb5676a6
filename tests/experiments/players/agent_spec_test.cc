#include "experiments/players/agent_spec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "envs/registry/game_registry.h"
#include "experiments/players/open_network.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

AgentSpec Parsed(const std::string& text) {
  auto spec = AgentSpec::Parse(text);
  EXPECT_TRUE(spec.ok()) << (spec.ok() ? "" : spec.error());
  return spec.ok() ? *spec : AgentSpec{};
}

TEST(AgentText, FoldersAndFilesBetweenQuotesMayHoldAnything) {
  const AgentSpec run = Parsed(R"(run:"my runs/a,b@c"@500,visits=10,batch=2)");
  EXPECT_EQ(run.folder, "my runs/a,b@c");
  EXPECT_EQ(run.step, 500);
  EXPECT_EQ(run.visits, 10);
  EXPECT_EQ(run.leaf_batch, 2);
  EXPECT_TRUE(run.chose_batch);
  const AgentSpec newest = Parsed(R"(run:"a@7")");
  EXPECT_EQ(newest.folder, "a@7");
  EXPECT_FALSE(newest.step.has_value());
  EXPECT_FALSE(newest.chose_batch);
  EXPECT_EQ(Parsed("run:my runs/go5@3").folder, "my runs/go5") << "spaces need no quotes";
  EXPECT_EQ(Parsed("run:a@b@3").folder, "a@b") << "the last @ is the step's";
  const AgentSpec file = Parsed(R"(katago:"nets/b6,\"x\" \\.gz",symmetry=fixed)");
  EXPECT_EQ(file.folder, R"(nets/b6,"x" \.gz)");
  EXPECT_EQ(file.symmetry, EvaluatedSymmetry::kIdentity);
  EXPECT_EQ(Parsed(R"(gtp:"x",log="a,b",timeout=5)").log, "a,b");
  EXPECT_EQ(Parsed(R"(gtp:"x",log="a,b",timeout=5)").timeout_s, 5.0);
}

TEST(AgentText, ThreadsOfANetworkChooseItsBatch) {
  EXPECT_EQ(Parsed("net:go9,visits=400,threads=2").threads, 2);
  EXPECT_EQ(Parsed("net:go9,visits=400,threads=2").batches, 4);
  EXPECT_EQ(Parsed("net:go9,visits=400,threads=2").Search().batches, 4);
  EXPECT_EQ(Parsed("net:go9,visits=400,threads=2").leaf_batch, 3);
  EXPECT_EQ(Parsed("net:go9,visits=2000,threads=2").leaf_batch, 8);
  EXPECT_EQ(Parsed("net:go9,visits=100,threads=2").leaf_batch, 1);
  EXPECT_EQ(Parsed("net:go9,visits=100,threads=2").batches, 3);
  EXPECT_EQ(Parsed("net:go9,visits=40,threads=2").batches, 1);
  EXPECT_EQ(Parsed("net:go9,visits=400").batches, 1);
  EXPECT_EQ(Parsed("net:go9,visits=0,threads=2").leaf_batch, 1);
  EXPECT_EQ(Parsed("net:go9,visits=400,threads=4,batch=3").leaf_batch, 3);
  EXPECT_EQ(Parsed("net:go9,visits=400").leaf_batch, 1);
  EXPECT_THAT(AgentSpec::Parse("mcts:100,threads=2").error(), HasSubstr("unknown option"));
  EXPECT_THAT(AgentSpec::Parse("net:go9,threads=0").error(), HasSubstr("wanted 1 to 256"));
}

TEST(AgentText, AProfileIsForNetworksOfKataGo) {
  EXPECT_EQ(Parsed("katago:human.bin.gz,profile=rank_5k_1d").profile, "rank_5k_1d");
  EXPECT_EQ(Parsed("katago:human.bin.gz").profile, "");
  const auto unknown = AgentSpec::Parse("katago:human.bin.gz,profile=rank_5");
  ASSERT_FALSE(unknown.ok());
  EXPECT_THAT(unknown.error(), HasSubstr("rank_5k (20k to 9d)"));
  EXPECT_FALSE(AgentSpec::Parse("run:runs/go9,profile=rank_5k").ok());
  EXPECT_FALSE(AgentSpec::Parse("mcts:10,profile=rank_5k").ok());
}

TEST(AgentText, WrongQuotesSayWhatIsWanted) {
  EXPECT_THAT(AgentSpec::Parse(R"(run:"a)").error(), HasSubstr("a quote is open"));
  EXPECT_THAT(AgentSpec::Parse(R"(run:"a"b)").error(), HasSubstr("step 'b'"));
  EXPECT_THAT(AgentSpec::Parse(R"(katago:"a"b)").error(), HasSubstr("wanted a comma"));
  EXPECT_THAT(AgentSpec::Parse(R"(katago:"")").error(), HasSubstr("wanted katago:FILE"));
  EXPECT_THAT(AgentSpec::Parse("run:").error(), HasSubstr("wanted run:FOLDER"));
  EXPECT_THAT(AgentSpec::Parse("run:@5").error(), HasSubstr("wanted run:FOLDER"));
  EXPECT_THAT(AgentSpec::Parse("run:a@b").error(), HasSubstr("stands between quotes"));
  EXPECT_THAT(AgentSpec::Parse(R"(gtp:"x",log="a)").error(), HasSubstr("a quote is open"));
  EXPECT_THAT(AgentSpec::Parse("randomly").error(), HasSubstr("wanted random,"));
  EXPECT_THAT(AgentSpec::Parse("").error(), HasSubstr("wanted random,"));
}

TEST(AgentText, WordsAreReadBackAsTheyWere) {
  for (const std::string path :
       {"runs/go5", "a b", "a,b", "a@b", "a\"b", "back\\slash", "a\\,\"@"}) {
    EXPECT_EQ(Parsed("run:" + AgentWord(path) + ",visits=3").folder, path);
    EXPECT_EQ(Parsed("run:" + AgentWord(path) + "@3").step, 3) << path;
    EXPECT_EQ(Parsed("katago:" + AgentWord(path)).folder, path);
  }
  EXPECT_EQ(AgentWord("runs/go5"), "runs/go5");
}

// These tests are linked without LibTorch.
TEST(AgentFactory, ANetworkNeedsTheOtherProgram) {
  const auto game = *MakeGame("go:size=9");
  EXPECT_THROW((void)AgentFactory::Open(Parsed("net:go9"), game, Device::kCpu), NeedsNetworks);
  EXPECT_THROW((void)AgentFactory::Open(Parsed("katago:x"), game, Device::kCpu), NeedsNetworks);
  EXPECT_TRUE(AgentFactory::Open(Parsed("mcts:20"), game, Device::kCpu).ok());
  EXPECT_TRUE(ParseDevice("cpu").ok());
  EXPECT_THROW((void)ParseDevice("cuda"), NeedsNetworks);
}

TEST(AgentStrength, IsWhatPaysUnlessAskedForAndTakesNumbers) {
  const AgentSpec plain = Parsed("mcts:50");
  EXPECT_EQ(plain.Search().c_init, 1.25);
  EXPECT_EQ(Parsed("run:x").Search().c_init, 0.55);
  EXPECT_EQ(Parsed("alphago:x").Search().c_init, 0.55);
  EXPECT_EQ(Parsed("rollouts:x").Search().c_init, 1.25);
  EXPECT_EQ(Parsed("run:x,c_init=1.25").Search().c_init, 1.25);
  EXPECT_EQ(plain.Search().lcb.stdevs, 0.0);
  EXPECT_EQ(Parsed("run:x").Search().lcb.stdevs, 5.0);
  EXPECT_EQ(Parsed("alphago:x").Search().lcb.stdevs, 0.0);
  EXPECT_EQ(Parsed("run:x,lcb=off").Search().lcb.stdevs, 0.0);
  EXPECT_EQ(plain.stdev.scale, 0.0);
  EXPECT_EQ(plain.value_bias.factor, 0.0);
  EXPECT_EQ(plain.score_utility, 0.0);
  const AgentSpec on = Parsed("run:x,lcb=on,stdev=on,value_bias=on,score_utility=on");
  EXPECT_EQ(on.Search().lcb.stdevs, 5.0);
  EXPECT_EQ(on.stdev.scale, 0.85);
  EXPECT_EQ(on.value_bias.factor, 0.35);
  EXPECT_EQ(on.score_utility, 0.3);
  EXPECT_EQ(Parsed("mcts:50,lcb=2.5").Search().lcb.stdevs, 2.5);
  EXPECT_EQ(Parsed("mcts:50,lcb=off").Search().lcb.stdevs, 0.0);
  EXPECT_THAT(AgentSpec::Parse("mcts:50,lcb=yes").error(),
              HasSubstr("lcb=yes, wanted on, off or standard deviations"));
  EXPECT_THAT(AgentSpec::Parse("mcts:50,score_utility=on").error(), HasSubstr("unknown option"));
  EXPECT_THAT(AgentSpec::Parse("mcts:50,c_init=-1").error(), HasSubstr("wanted 0 to 100"));
}

TEST(AgentStrength, ReachesTheSearch) {
  const auto game = MakeGame("tictactoe").value();
  const AgentSpec spec =
      Parsed("mcts:50,c_init=0.6,c_factor=0.225,c_base=500,lcb=on,stdev=0.5,value_bias=0.2");
  const AgentFactory factory(spec, game, nullptr);
  const MctsConfig config = factory.SearchConfig();
  EXPECT_EQ(config.c_init, 0.6);
  EXPECT_EQ(config.c_factor, 0.225);
  EXPECT_EQ(config.c_base, 500.0);
  EXPECT_EQ(config.lcb.stdevs, 5.0);
  EXPECT_EQ(config.stdev.scale, 0.5);
  EXPECT_EQ(config.value_bias.factor, 0.2);
}

}  // namespace
}  // namespace tengen
