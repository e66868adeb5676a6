// KataGo's g170-b6c96 with 100 visits in this project's search against GNU Go, level 10, on 9x9:
// 100 games, each opening once with either colour. Needs TENGEN_KATAGO_DATA, and GNU Go (Debian's
// package gnugo, which root gets by itself); says NOT RUN without.

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/support/run_program.h"

namespace tengen {
namespace {

constexpr const char* kNet = "g170-b6c96-s175395328-d26788732.bin.gz";
constexpr const char* kGame = "go:size=9,komi=7.5,ko=positional,suicide=none";

std::string FindGnuGo() {
  for (const char* path : {"/usr/games/gnugo", "/usr/bin/gnugo", "/usr/local/bin/gnugo"}) {
    if (std::filesystem::exists(path)) return path;
  }
  return "";
}

std::string GnuGo() {
  if (FindGnuGo().empty() && ::geteuid() == 0) {
    std::printf("installing the package gnugo\n");
    std::fflush(stdout);
    if (std::system("apt-get install -y -q gnugo >/dev/null 2>&1") != 0) {
      std::printf("apt-get could not install it\n");
    }
  }
  return FindGnuGo();
}

TEST(GnuGo, LosesToKataGosSmallNetwork) {
  const char* folder = std::getenv("TENGEN_KATAGO_DATA");
  const std::string net = std::string(folder == nullptr ? "" : folder) + "/" + kNet;
  if (folder == nullptr || !std::filesystem::exists(net)) {
    GTEST_SKIP() << "NOT RUN: set TENGEN_KATAGO_DATA to a folder with " << kNet;
  }
  const std::string gnugo = GnuGo();
  if (gnugo.empty()) {
    GTEST_SKIP() << "NOT RUN: no GNU Go; install it with apt-get install gnugo";
  }
  const ProgramOutput output = RunTengen(
      "match 'katago:" + net + ",visits=100' 'gtp:\"" + gnugo +
          " --mode gtp --level 10 --chinese-rules --positional-superko\",timeout=600' --game " +
          kGame + " --games 100 --json",
      /*errors=*/false);
  ASSERT_EQ(output.code, 0);
  std::printf("%s\n", LastLine(output.text).c_str());
  const auto json = nlohmann::json::parse(LastLine(output.text));
  EXPECT_EQ(json.at("games"), 100);
  EXPECT_EQ(json.at("distinct_openings"), 50);
  EXPECT_EQ(json.at("ends").at("failure"), 0);
  EXPECT_GE(json.at("wins"), 92);
}

}  // namespace
}  // namespace tengen
