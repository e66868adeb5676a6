#include "experiments/train/rank_place.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tengen {
namespace {

using ::testing::HasSubstr;
using Variables = std::map<std::string, std::string>;

Result<std::optional<RankPlace>> Read(const Variables& variables) {
  return RankPlaceFrom([&variables](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

std::string ErrorOf(const Variables& variables) {
  const auto place = Read(variables);
  return place ? "no error" : place.error();
}

// As torchrun 2.x sets them with --nnodes 2 --nproc-per-node 2.
const Variables kTorchrun = {{"RANK", "3"},
                             {"WORLD_SIZE", "4"},
                             {"LOCAL_RANK", "1"},
                             {"LOCAL_WORLD_SIZE", "2"},
                             {"MASTER_ADDR", "node1"},
                             {"MASTER_PORT", "29500"},
                             {"TORCHELASTIC_USE_AGENT_STORE", "True"},
                             {"TORCHELASTIC_RESTART_COUNT", "1"}};

Variables Changed(const std::string& name, const std::string& value) {
  Variables variables = kTorchrun;
  variables[name] = value;
  if (value.empty()) variables.erase(name);
  return variables;
}

TEST(RankPlace, ReadsWhatTorchrunSets) {
  const auto place = Read(kTorchrun);
  ASSERT_TRUE(place.ok());
  ASSERT_TRUE(place->has_value());
  EXPECT_EQ((*place)->rank, 3);
  EXPECT_EQ((*place)->size, 4);
  EXPECT_EQ((*place)->address, "node1");
  EXPECT_EQ((*place)->port, 29500);
  EXPECT_EQ((*place)->on_this_machine, 2);
  EXPECT_EQ((*place)->local_rank, 1);
  EXPECT_TRUE((*place)->is_served);
  EXPECT_EQ((*place)->prefix, "tengen/1");
}

TEST(RankPlace, EachRankOfAMachineHasACardOfItsOwn) {
  RankPlace place;
  EXPECT_EQ(DeviceOfRank("cuda", place, 2), "cuda:0");
  place.local_rank = 1;
  EXPECT_EQ(DeviceOfRank("cuda", place, 2), "cuda:1");
  place.local_rank = 2;
  EXPECT_EQ(DeviceOfRank("cuda", place, 2), "cuda:0");
  EXPECT_EQ(DeviceOfRank("cuda:1", place, 2), "cuda:1");
  EXPECT_EQ(DeviceOfRank("cpu", place, 2), "cpu");
  // Without a card the name stays, so that the refusal names what was asked for.
  EXPECT_EQ(DeviceOfRank("cuda", place, 0), "cuda");
}

TEST(RankPlace, OneProcessNeedsNone) {
  EXPECT_FALSE(Read({}).value().has_value());
  EXPECT_FALSE(Read({{"RANK", "0"}}).value().has_value());
  EXPECT_FALSE(Read({{"RANK", "0"}, {"WORLD_SIZE", "1"}}).value().has_value());
}

TEST(RankPlace, WithoutAgentRankZeroServes) {
  EXPECT_FALSE(Read(Changed("TORCHELASTIC_USE_AGENT_STORE", "")).value()->is_served);
}

TEST(RankPlace, NamesTheVariableThatIsWrong) {
  EXPECT_THAT(ErrorOf(Changed("RANK", "4")), HasSubstr("RANK is '4', wanted a whole number from 0"
                                                       " to 3"));
  EXPECT_THAT(ErrorOf(Changed("WORLD_SIZE", "two")), HasSubstr("WORLD_SIZE is 'two'"));
  EXPECT_THAT(ErrorOf(Changed("MASTER_PORT", "")), HasSubstr("MASTER_PORT is not set"));
  EXPECT_THAT(ErrorOf(Changed("MASTER_ADDR", "")), HasSubstr("MASTER_ADDR is not set"));
  EXPECT_THAT(ErrorOf(Changed("LOCAL_WORLD_SIZE", "9")), HasSubstr("LOCAL_WORLD_SIZE is '9'"));
  EXPECT_THAT(ErrorOf(Changed("LOCAL_RANK", "-1")), HasSubstr("LOCAL_RANK is '-1'"));
}

}  // namespace
}  // namespace tengen
