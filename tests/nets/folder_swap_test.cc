#include "nets/folder_swap.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "nets/atomic_file.h"
#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct Killed {};

// A file system without RENAME_EXCHANGE. It can fail at its n-th rename, or the process is killed
// in its place.
struct PlainFileSystem {
  int refusal = EINVAL;
  int fails_at = 0;
  int killed_at = 0;
  int renames = 0;

  RenameCalls Calls() {
    return {[this](const fs::path&, const fs::path&) { return refusal; },
            [this](const fs::path& from, const fs::path& to) {
              ++renames;
              if (renames == killed_at) throw Killed();
              return renames == fails_at ? EIO : SystemRenames().rename(from, to);
            }};
  }
};

class ReplaceFolderTest : public ::testing::Test {
 protected:
  void Make(const std::string& name, const std::string& content) {
    fs::create_directory(temp_ / name);
    std::ofstream(temp_ / name / "file") << content;
  }
  std::string Standing() {
    const auto text = ReadWholeFile(StandingFolder(temp_ / "state") / "file");
    return text ? *text : text.error();
  }
  void Replace(PlainFileSystem& disk) {
    ReplaceFolder(temp_ / "state.new", temp_ / "state", disk.Calls());
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(temp_.path())) {
      names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  TempFolder temp_;
};

TEST_F(ReplaceFolderTest, TheFirstTakesTheFreeName) {
  Make("state.new", "1");
  ReplaceFolder(temp_ / "state.new", temp_ / "state");
  EXPECT_EQ(Standing(), "1");
  EXPECT_THAT(Names(), ElementsAre("state"));
}

TEST_F(ReplaceFolderTest, TheNextReplacesItAndNothingStaysBeside) {
  Make("state", "1");
  Make("state.old", "0");  // a killed process left it
  Make("state.new", "2");
  ReplaceFolder(temp_ / "state.new", temp_ / "state");
  EXPECT_EQ(Standing(), "2");
  EXPECT_THAT(Names(), ElementsAre("state"));
}

TEST_F(ReplaceFolderTest, WithoutExchangeTwoRenamesDoIt) {
  for (const int refusal : {EINVAL, ENOSYS, ENOTSUP, EOPNOTSUPP}) {
    PlainFileSystem disk{.refusal = refusal};
    for (const char* content : {"1", "2", "3"}) {
      Make("state.new", content);
      Replace(disk);
      EXPECT_EQ(Standing(), content);
      EXPECT_THAT(Names(), ElementsAre("state"));
    }
  }
}

TEST_F(ReplaceFolderTest, AKillBetweenTheRenamesLeavesTheOldOneAside) {
  Make("state", "1");
  Make("state.new", "2");
  PlainFileSystem killed{.killed_at = 2};
  EXPECT_THROW(Replace(killed), Killed);
  EXPECT_FALSE(fs::exists(temp_ / "state"));
  EXPECT_EQ(Standing(), "1");

  // The next process is killed before its first rename: the old one is the only one, and stays.
  fs::remove_all(temp_ / "state.new");
  Make("state.new", "3");
  PlainFileSystem again{.killed_at = 1};
  EXPECT_THROW(Replace(again), Killed);
  EXPECT_EQ(Standing(), "1");

  PlainFileSystem disk;
  Replace(disk);
  EXPECT_EQ(Standing(), "3");
  EXPECT_THAT(Names(), ElementsAre("state"));
}

TEST_F(ReplaceFolderTest, ASecondRenameThatFailsPutsTheOldOneBack) {
  Make("state", "1");
  Make("state.new", "2");
  PlainFileSystem disk{.fails_at = 2};
  EXPECT_THROW(Replace(disk), WorldError);
  EXPECT_EQ(*ReadWholeFile(temp_ / "state/file"), "1");
}

TEST_F(ReplaceFolderTest, OtherErrorsAreNotTakenForAMissingExchange) {
  Make("state", "1");
  Make("state.new", "2");
  PlainFileSystem disk{.refusal = EACCES};
  try {
    Replace(disk);
    FAIL() << "replaced it";
  } catch (const WorldError& error) {
    EXPECT_THAT(error.what(), HasSubstr("state: Permission denied"));
  }
  EXPECT_EQ(disk.renames, 0);
  EXPECT_EQ(Standing(), "1");
}

TEST_F(ReplaceFolderTest, WorksOnNamesOfTheCurrentFolder) {
  const fs::path before = fs::current_path();
  fs::current_path(temp_.path());
  Make("state.new", "1");
  EXPECT_NO_THROW(ReplaceFolder("state.new", "state"));
  fs::current_path(before);
  EXPECT_EQ(Standing(), "1");
}

}  // namespace
}  // namespace tengen
