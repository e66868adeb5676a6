#include "experiments/players/network_folder.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::HasSubstr;

TEST(NetworkFolder, IsANetworkOrTheNewestOfARunOrTheOneOfAStep) {
  TempFolder temp;
  for (const char* folder : {"run/checkpoints/00000000", "run/checkpoints/00000500",
                             "run/checkpoints/00001500", "run/checkpoints/notes", "net"}) {
    std::filesystem::create_directories(temp / folder);
  }
  std::ofstream(temp / "net/model.json") << "{}";
  EXPECT_EQ(NetworkFolder(temp / "net").value(), temp / "net");
  EXPECT_EQ(NetworkFolder(temp / "run").value(), temp / "run/checkpoints/00001500");
  EXPECT_EQ(NetworkFolder(temp / "run", 500).value(), temp / "run/checkpoints/00000500");
  EXPECT_EQ(NetworkFolder(temp / "run", 0).value(), temp / "run/checkpoints/00000000");
  EXPECT_EQ(NetworkFolder(temp / "run", 7).error(),
            "no checkpoint of step 7 (there are: 0, 500, 1500)");
}

TEST(NetworkFolder, SaysWhatIsWanted) {
  TempFolder temp;
  EXPECT_THAT(NetworkFolder(temp.path()).error(), HasSubstr("wanted a run folder"));
  EXPECT_THAT(NetworkFolder(temp / "none").error(), HasSubstr("no network in"));
  EXPECT_THAT(NetworkFolder(temp / std::string(300, 'x')).error(), HasSubstr("too long"));
}

}  // namespace
}  // namespace tengen
