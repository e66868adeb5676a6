#include "experiments/config/katago_config.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What KaTrain 1.20 and KataGo's example client put behind the path of the engine.
TEST(KataGoArguments, OneDashBecomesTwo) {
  EXPECT_THAT(OursFromKataGo({"analysis", "-model", "M", "-config", "C", "-override-config",
                              "homeDataDir=/tmp", "-analysis-threads", "2", "--net", "x", "-h"}),
              ElementsAre("analysis", "--model", "M", "--config", "C", "--override-config",
                          "homeDataDir=/tmp", "--analysis-threads", "2", "--net", "x", "-h"));
  EXPECT_THAT(OursFromKataGo({"katago", "gtp", "-model=M", "-override-version", "0.17"}),
              ElementsAre("gtp", "--model=M", "--override-version", "0.17"));
  EXPECT_THAT(
      OursFromKataGo({"katago", "benchmark", "-model", "M", "-v", "100", "-threads", "1,2"}),
      ElementsAre("benchmark", "--model", "M", "-v", "100", "--threads", "1,2"));
  EXPECT_THAT(OursFromKataGo({"katago", "version"}), ElementsAre("version"));
  EXPECT_THAT(OursFromKataGo({"match", "-model"}), ElementsAre("match", "-model"));
  EXPECT_THAT(OursFromKataGo({}), ElementsAre());
}

TEST(KataGoConfigTest, ReadsFilesOverridesAndIncludes) {
  TempFolder temp;
  std::ofstream(temp / "more.cfg") << "maxTime = 3\n";
  std::ofstream(temp / "a.cfg") << "# a comment\nmaxVisits = 500 # behind\n\r\nlogDir = \"logs\"\n"
                                   "@include more.cfg\nnnRandomize=false\nhuman = x=y\n";
  auto config =
      KataGoConfig::Read({(temp / "a.cfg").string()}, {"maxVisits=7,numThreads = 3", "b=c"})
          .value();
  EXPECT_EQ(config.TakeNumber("maxVisits", 1, 100).value(), 7.0) << "overrides count more";
  EXPECT_EQ(config.TakeNumber("maxTime", 0, 100).value(), 3.0);
  EXPECT_EQ(config.TakeFlag("nnRandomize").value(), false);
  EXPECT_EQ(config.Take("logDir"), "logs");
  EXPECT_EQ(config.TakeNumber("none", 0, 1).value(), std::nullopt);
  EXPECT_THAT(config.Unused(), ElementsAre("b", "human", "numThreads"));
}

TEST(KataGoConfigTest, AnEmptyValueTakesTheKeyAway) {
  TempFolder temp;
  std::ofstream(temp / "a.cfg") << "maxVisits = 500\nmaxTime = 3\n";
  auto config = KataGoConfig::Read({(temp / "a.cfg").string()}, {"maxVisits=,logDir= "}).value();
  EXPECT_EQ(config.TakeNumber("maxVisits", 1, 1000).value(), std::nullopt);
  EXPECT_EQ(config.Take("logDir"), std::nullopt);
  EXPECT_EQ(config.Take("maxTime"), "3");
}

// As KataGo's commandline.cpp and config_parser.cpp have it.
TEST(KataGoConfigTest, SeveralFilesQuotesAndCapitalFlags) {
  TempFolder temp;
  std::ofstream(temp / "a.cfg")
      << "\xEF\xBB\xBFmaxVisits = 500\nnnRandomize = True\nname = 'x y'\n";
  std::ofstream(temp / "b.cfg") << "maxVisits = 7\n@include \"more.cfg\"\n@include=last.cfg\n";
  std::ofstream(temp / "more.cfg") << "maxTime = 3\n";
  std::ofstream(temp / "last.cfg") << "flag = FALSE\n";
  auto config =
      KataGoConfig::Read({(temp / "a.cfg").string(), (temp / "b.cfg").string()}, {}).value();
  EXPECT_EQ(config.TakeNumber("maxVisits", 1, 1000).value(), 7.0) << "the later file counts";
  EXPECT_EQ(config.TakeFlag("nnRandomize").value(), true);
  EXPECT_EQ(config.TakeFlag("flag").value(), false);
  EXPECT_EQ(config.Take("name"), "x y");
  EXPECT_EQ(config.TakeNumber("maxTime", 0, 100).value(), 3.0);
  EXPECT_THAT(config.Unused(), ElementsAre());
}

TEST(KataGoConfigTest, WrongOnesAreSentences) {
  TempFolder temp;
  EXPECT_THAT(KataGoConfig::Read({(temp / "none.cfg").string()}, {}).error(),
              HasSubstr("No such file"));
  EXPECT_THAT(KataGoConfig::Read({temp.path().string()}, {}).error(), HasSubstr("config "));
  std::ofstream(temp / "bad.cfg") << "a = 1\nnonsense\n";
  EXPECT_THAT(KataGoConfig::Read({(temp / "bad.cfg").string()}, {}).error(),
              HasSubstr("line 2: 'nonsense', wanted KEY = VALUE"));
  std::ofstream(temp / "loop.cfg") << "@include loop.cfg\n";
  EXPECT_THAT(KataGoConfig::Read({(temp / "loop.cfg").string()}, {}).error(),
              HasSubstr("include each other"));
  EXPECT_THAT(KataGoConfig::Read({}, {"x"}).error(), HasSubstr("-override-config"));
  auto config = KataGoConfig::Read({}, {"maxVisits=many,nnRandomize=no"}).value();
  EXPECT_THAT(config.TakeNumber("maxVisits", 1, 10).error(),
              HasSubstr("maxVisits = 'many', wanted a number from 1 to 10"));
  EXPECT_THAT(config.TakeFlag("nnRandomize").error(), HasSubstr("wanted true or false"));
}

}  // namespace
}  // namespace tengen
