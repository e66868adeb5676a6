#include "experiments/files/sgf_files.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace tengen {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(SgfFiles, AreKnownByTheirNamesInCapitalsToo) {
  for (const char* name : {"a.sgf", "A.SGF", "x/b.Sgf", "a.sgf.gz", "A.SGF.GZ"}) {
    EXPECT_TRUE(HasSgfName(name)) << name;
  }
  for (const char* name : {"", "sgf", "a.sgf.txt", "a.gz", "a.sgf/b"}) {
    EXPECT_FALSE(HasSgfName(name)) << name;
  }
}

TEST(SgfFiles, AreFoundInFoldersBelowInTheirOrder) {
  TempFolder temp;
  std::filesystem::create_directories(temp / "b/deep");
  std::filesystem::create_directories(temp / "folder.sgf");
  for (const char* name : {"c.SGF", "a.sgf", "b/deep/d.sgf", "b/notes.txt"}) {
    std::ofstream(temp / name) << "(;)";
  }
  // Names that lead nowhere, or round in circles.
  std::filesystem::create_symlink("nowhere", temp / "broken.sgf");
  std::filesystem::create_symlink("circle.sgf", temp / "circle.sgf");
  const auto files = SgfFilesIn(temp.path());
  ASSERT_TRUE(files.ok()) << files.error();
  EXPECT_THAT(*files, ElementsAre(temp / "a.sgf", temp / "b/deep/d.sgf", temp / "c.SGF"));
}

TEST(SgfFiles, AFolderThatCannotBeReadIsAnError) {
  TempFolder temp;
  EXPECT_THAT(SgfFilesIn(temp / "none").error(), HasSubstr("none"));
  EXPECT_THAT(SgfFilesIn(temp / std::string(300, 'x')).error(), HasSubstr("too long"));
}

}  // namespace
}  // namespace tengen
