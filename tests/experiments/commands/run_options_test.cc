#include "experiments/commands/run_options.h"

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "experiments/config/usage_error.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

struct Config {
  std::string budget = "10m";
  std::string device = "cpu";
  std::uint64_t seed = 1;
  int threads = 0;
  bool deterministic = false;
};

RunOptionTexts AllTexts() {
  return {.folder = "runs/PRESET", .budget = "90s", .set = "learner.batch_size=256"};
}

TEST(RunOptions, ChangeWhatIsGivenAlone) {
  CLI::App app;
  RunOptions options;
  AddRunOptions(app, options, AllTexts());
  app.parse("--seed 0 --threads 3");
  Config config;
  TakeRunOptions(options, config);
  EXPECT_EQ(config.seed, 0U);
  EXPECT_EQ(config.threads, 3);
  EXPECT_EQ(config.budget, "10m");
  EXPECT_EQ(config.device, "cpu");
  EXPECT_FALSE(config.deterministic);
  EXPECT_EQ(RunFolderOf(options, "name"), "runs/name");
}

TEST(RunOptions, TakeAllOfThem) {
  CLI::App app;
  RunOptions options;
  AddRunOptions(app, options, AllTexts());
  app.parse(
      "--run-dir x --budget 2h --device cuda --seed 7 --threads 0 --deterministic --print-config "
      "--set a=1 --set b.c=2");
  Config config;
  config.threads = 5;
  TakeRunOptions(options, config);
  EXPECT_EQ(config.budget, "2h");
  EXPECT_EQ(config.device, "cuda");
  EXPECT_EQ(config.seed, 7U);
  EXPECT_EQ(config.threads, 0);
  EXPECT_TRUE(config.deterministic);
  EXPECT_TRUE(options.print_config);
  EXPECT_EQ(RunFolderOf(options, "name"), "x");
  std::vector<std::string> changes;
  ForEachAssignment(options, [&changes](const nlohmann::json& change) -> Status {
    changes.push_back(change.dump());
    return Ok{};
  });
  EXPECT_THAT(changes, ElementsAre(R"({"a":1})", R"({"b":{"c":2}})"));
}

TEST(RunOptions, WhatTheConfigRefusesIsWrongUse) {
  RunOptions options;
  options.set = {"a=1"};
  EXPECT_THROW(
      ForEachAssignment(options, [](const nlohmann::json&) -> Status { return Error{"no a"}; }),
      UsageError);
  options.set = {"nothing"};
  EXPECT_THROW(ForEachAssignment(options, [](const nlohmann::json&) -> Status { return Ok{}; }),
               UsageError);
}

TEST(RunOptions, LeaveOutThoseWithoutText) {
  CLI::App app;
  RunOptions options;
  AddRunOptions(app, options,
                {.folder = "runs/x",
                 .budget = "",
                 .set = "",
                 .device = "",
                 .threads = "",
                 .deterministic = ""});
  const std::string help = app.help();
  EXPECT_THAT(help, HasSubstr("--seed"));
  EXPECT_THAT(help, HasSubstr("runs/x"));
  for (const char* name :
       {"--budget", "--set", "--print-config", "--device", "--threads", "--deterministic"}) {
    EXPECT_THAT(help, Not(HasSubstr(name)));
  }
}

}  // namespace
}  // namespace tengen
